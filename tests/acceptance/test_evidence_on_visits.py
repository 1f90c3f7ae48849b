"""Evidence that is named on a visit (section 3): given a township's days, when a visit saw something, then facts."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.house.scenario import Line, rehearse
from services.house.settings import Settings

UNTIL = date(2024, 2, 20)
KINDS = frozenset({"graded", "met", "missed", "reconciled", "superseded", "opened", "refused_line"})
SEEN = ("guardianship_failure", "major_illness", "violence", "abuse_or_abandonment", "disability")


def at(moment: str, do: str, **fields: Any) -> Line:
    return {"at": f"{moment}:00+08:00", "do": do, **fields}


def enrolled(**given: Any) -> Line:
    supporters = [{"id": "S1", "left_county_on": "2023-01-01"}]
    form = {"elder": "wang", "born": "1950-03-01", "sex": "f", "village": "V1", "group": "G1"}
    form |= {"living": "with_relatives", "evidence": [], "health": [], "declined_institution": False}
    return at("2024-01-01T09:00", "enrol", **form | {"supporters": supporters, "carer": "grid"} | given)


def visit(moment: str, *evidence: str, **given: Any) -> Line:
    told = {"visit": "v1", "elder": "wang", "by": "grid", "on": moment[:10], "mode": "in_person"}
    told |= {"check_up": False, "confirms_facts": False}
    return at(moment, "visit", **told | ({"evidence": list(evidence)} if evidence else {}) | given)


STAFF = [
    at("2024-01-01T08:00", "open_village", village="V1", name="高良村", groups=["G1"]),
    at("2024-01-01T08:01", "appoint", staff="lead", role="village_lead", village="V1"),
    at("2024-01-01T08:02", "appoint", staff="leader", role="township_leader", village="V1"),
    at("2024-01-01T08:03", "appoint", staff="grid", role="grid_worker", village="V1"),
    at("2024-01-01T08:04", "appoint", staff="clinic", role="clinic"),
]


def played(*lines: Line, until: date = UNTIL) -> list[dict[str, Any]]:
    return rehearse([*STAFF, *lines], until, Settings()).facts


def of_wang(facts: list[dict[str, Any]], day: str, *kinds: str) -> list[tuple[Any, ...]]:
    """What was concluded of the elder on a day: the fact, the grade or duty, and what it rests on or its period."""
    told = [fact for fact in facts if fact.get("on") == day and fact["fact"] in (kinds or KINDS)]
    return sorted(
        (fact["fact"], fact["grade"], fact["because"])
        if fact["fact"] == "graded"
        else (fact["fact"], fact["duty"], fact["period"])
        for fact in told
        if fact.get("subject", fact.get("elder")) == "wang"
    )


def notices(facts: list[dict[str, Any]], about: str = "graded") -> list[tuple[str, str, int]]:
    sent = [fact for fact in facts if fact["fact"] == "notice" and fact["about"] == about]
    return [(one["at"][:16], one["to"], one["level"]) for one in sent]


def test_a_visit_counts_for_what_is_open_and_then_its_evidence_raises_the_grade_at_once():
    facts = played(enrolled(), visit("2024-01-10T10:00", "incapacity"))
    assert of_wang(facts, "2024-01-10") == [
        ("graded", "red", ["incapacity"]),
        ("met", "follow_up", "2024Q1"),
        ("met", "home_visit", "2024-01"),
        ("opened", "follow_up", "2024-01"),
        ("opened", "reassessment", "2024-04-10"),
    ]
    (opened,) = [
        fact for fact in facts if fact.get("period") == "2024-01" and fact.get("duty") == "follow_up"
    ][:1]
    assert opened["count"] == 2, (
        "22 of 31 days, rounded up: two are owed, and the visit of the day is one of them"
    )
    first = [("2024-01-10T10:00", who, 0) for who in ("grid", "lead", "leader")]
    assert notices(facts)[:3] == first
    assert ("missed", "follow_up", "2024-01") in of_wang(facts, "2024-02-01")


def test_all_that_one_visit_names_is_one_grading():
    facts = played(enrolled(), visit("2024-01-10T10:00", "violence", "disability", "incapacity"))
    graded = of_wang(facts, "2024-01-10", "graded")
    assert graded == [("graded", "red", ["disability", "incapacity", "violence"])]
    assert [who for _, who, level in notices(facts) if level == 0] == ["lead", "leader"], "no carer is told"


@pytest.mark.parametrize(("by", "mode"), [("grid", "phone"), ("clinic", "in_person"), ("leader", "video")])
def test_whoever_came_and_however_what_they_saw_is_observed(by: str, mode: str):
    facts = played(enrolled(), visit("2024-01-10T10:00", "major_illness", by=by, mode=mode))
    assert of_wang(facts, "2024-01-10", "graded") == [("graded", "red", ["major_illness"])]
    assert ("met", "home_visit", "2024-01") not in of_wang(facts, "2024-01-10")


def test_a_late_record_reconciles_the_miss_of_its_day_and_raises_the_grade_today():
    facts = played(enrolled(), visit("2024-02-07T10:00", "disability", on="2024-01-20"))
    assert of_wang(facts, "2024-02-07") == [
        ("graded", "yellow", ["disability"]),
        ("met", "follow_up", "2024Q1"),
        ("opened", "follow_up", "2024-02"),
        ("opened", "reassessment", "2024-05-07"),
        ("reconciled", "home_visit", "2024-01"),
    ]


def test_what_is_held_already_changes_nothing_and_what_is_new_beside_it_does():
    held = enrolled(evidence=["disability"])
    facts = played(held, visit("2024-01-10T10:00", "disability"))
    assert of_wang(facts, "2024-01-10", "graded", "opened") == []
    facts = played(held, visit("2024-01-10T10:00", "disability", "violence"))
    assert of_wang(facts, "2024-01-10", "graded") == [("graded", "red", ["disability", "violence"])]


def test_before_the_certification_it_is_kept_until_that_grades():
    away = [{"id": "S1", "left_county_on": "2023-08-01"}]
    facts = played(enrolled(supporters=away), visit("2024-01-10T10:00", "incapacity"))
    assert [fact for fact in facts if fact["fact"] == "graded" and fact["on"] < "2024-02-01"] == []
    assert of_wang(facts, "2024-02-01", "graded") == [("graded", "red", ["incapacity"])]


def test_of_who_has_left_the_register_it_has_no_effect_though_the_visit_of_before_is_taken():
    died = at("2024-02-06T12:00", "died", elder="wang", on="2024-02-06")
    facts = played(enrolled(), died, visit("2024-02-07T10:00", "violence", on="2024-01-20"))
    assert of_wang(facts, "2024-02-07") == [("reconciled", "home_visit", "2024-01")]
    assert [fact for fact in facts if fact["fact"] == "refused_line"] == []


def test_the_same_again_is_a_repeat_in_any_order_and_with_other_evidence_a_conflict():
    first = visit("2024-01-10T10:00", "disability", "economic_hardship")
    again = visit("2024-01-11T10:00", "economic_hardship", "disability", on="2024-01-10")
    other = visit("2024-01-12T10:00", "violence", on="2024-01-10")
    without = visit("2024-01-13T10:00", on="2024-01-10")
    facts = played(enrolled(), first, again, other, without)
    refused = [(fact["line"], fact["reason"]) for fact in facts if fact["fact"] == "refused_line"]
    assert refused == [(9, "CommandConflict"), (10, "CommandConflict")]
    assert [fact["grade"] for fact in facts if fact["fact"] == "graded"] == ["green", "yellow"]


@pytest.mark.parametrize(
    "wrong", [["advanced_age"], ["disability", "advanced_age"], ["gloom"], "violence", None]
)
def test_age_an_unknown_name_or_no_list_refuses_the_whole_line(wrong: Any):
    facts = played(enrolled(), visit("2024-01-10T10:00", evidence=wrong))
    assert [fact["line"] for fact in facts if fact["fact"] == "refused_line"] == [7]
    assert of_wang(facts, "2024-01-10") == []


def test_under_protection_yellow_becomes_red_and_its_three_months_begin_again():
    facts = played(
        enrolled(evidence=["economic_hardship"]),
        visit("2024-02-20T10:00", "guardianship_failure"),
    )
    assert of_wang(facts, "2024-02-20", "graded", "superseded") == [
        ("graded", "red", ["economic_hardship", "guardianship_failure"]),
        ("superseded", "reassessment", "2024-04-01"),
    ]
    assert ("opened", "reassessment", "2024-05-20") in of_wang(facts, "2024-02-20")


DAYS = st.dates(date(2024, 1, 2), date(2024, 1, 20))


@given(
    st.lists(st.tuples(DAYS, st.sampled_from(SEEN)), max_size=3, unique_by=lambda pair: pair[0]), st.data()
)
@settings(max_examples=12)
def test_a_visits_evidence_is_that_observed_on_its_day(seen: list[tuple[date, str]], data: st.DataObject):
    named, observed = list[Line](), list[Line]()
    for number, (day, evidence) in enumerate(sorted(seen)):
        on = data.draw(st.dates(date(2024, 1, 1), day))
        told = {
            "visit": f"v{number}",
            "on": on.isoformat(),
            "mode": data.draw(st.sampled_from(("phone", "in_person"))),
        }
        moment = f"{day}T10:00"
        named.append(visit(moment, evidence, **told))
        observe = at(moment, "observe", elder="wang", evidence=evidence, on=told["on"])
        observed += [visit(moment, **told), observe]
    until = date(2024, 2, 2)
    assert played(enrolled(), *named, until=until) == played(enrolled(), *observed, until=until)
