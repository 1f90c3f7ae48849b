"""Comparisons with departments' lists, folded from the facts of the registry."""

from typing import Any

from services.reports.comparison_facts import Comparisons
from tests.unit.reports.test_picture import Told

ROW: dict[str, Any] = {
    "kind": "on_theirs",
    "category": "disability",
    "elder": "E1",
    "place": "表 3",
    "tail": "0015",
}


def made(told: Told, *rows: dict[str, Any]) -> str:
    held: dict[str, Any] = {"department": "残联", "by": "office", "same": 4, "compared_on": "2024-02-20"}
    return told("registry.ComparisonMade", "C1", differences=list(rows), **held)


def decided(told: Told, number: str, decision: str, comparison: str = "C1") -> str:
    said = {"difference": number, "decision": decision, "reason": "核对", "by": "office"}
    return told("registry.DifferenceDecided", comparison, **said)


def folded(told: Told) -> Comparisons:
    comparisons = Comparisons()
    for fact in told.facts:
        comparisons.take(fact)
    return comparisons


def test_a_difference_that_is_to_be_visited_has_no_conclusion_until_it_is_decided_again():
    told = Told()
    first = made(told, ROW, {"kind": "not_registered", "category": "disability", "elder": None})
    visit = decided(told, "1", "to_be_visited")
    theirs, stranger = folded(told).made["C1"].differences
    assert theirs.to_be_visited is not None
    assert (theirs.decision, theirs.concluded, theirs.to_be_visited.id) == ("to_be_visited", None, visit)
    assert (stranger.decision, stranger.elder, stranger.tail, stranger.ids) == ("", "", "", [first])
    last = decided(told, "1", "rejected")
    (theirs, _) = folded(told).made["C1"].differences
    assert theirs.concluded is not None
    assert (theirs.decision, theirs.concluded.id, theirs.ids) == ("rejected", last, [first, visit, last])


def test_a_decision_about_a_comparison_that_had_not_been_made_by_then_changes_nothing():
    told = Told()
    decided(told, "1", "accepted", "C9")
    assert folded(told).made == {}
