"""Histories of a few lines that went wrong once: what is concluded of them now."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from services.house.scenario import read_lines, rehearse
from services.house.settings import Settings

CASES = Path(__file__).parent / "cases"


def concluded(case: str, until: str, *kinds: str) -> list[dict[str, Any]]:
    played = rehearse(read_lines(CASES / case), date.fromisoformat(until), Settings())
    return [json.loads(json.dumps(fact)) for fact in played.facts if fact["fact"] in kinds]


def test_one_person_entered_twice_who_was_visited_is_not_missed():
    facts = concluded("merged-and-visited/merge.jsonl", "2024-03-05", "met", "missed", "refused_line")
    ours = [
        (one["fact"], one["on"], one["duty"], one["period"], one["subject"])
        for one in facts
        if one.get("subject") in {"K", "M"}
    ]
    assert [one for one in ours if one[2] == "home_visit"] == [
        ("met", "2024-01-10", "home_visit", "2024-01", "M"),
        ("met", "2024-01-20", "home_visit", "2024-01", "K"),
        ("met", "2024-02-12", "home_visit", "2024-02", "M"),
        ("missed", "2024-03-01", "home_visit", "2024-02", "K"),
    ]
    assert [one["line"] for one in facts if one["fact"] == "refused_line"] == [12]


def test_a_supporter_who_is_both_away_and_at_home_is_refused_and_nobody_is_certified():
    case = "number-unchecked-over-http/supporter-twice.jsonl"
    facts = concluded(case, "2024-02-05", "certified", "refused", "refused_line")
    assert [(one["fact"], one["line"]) for one in facts] == [("refused_line", 8), ("refused_line", 9)]


def test_a_death_by_mistake_is_taken_back_and_impossible_dates_are_not_taken():
    kinds = ("certified", "ended", "met", "missed", "ended_duty", "refused_line")
    facts = concluded("death-by-mistake/death.jsonl", "2024-03-01", *kinds)
    ours = [(one["fact"], one["on"]) for one in facts if one.get("elder") == "K"]
    assert ours == [("certified", "2024-01-01"), ("ended", "2024-01-10"), ("certified", "2024-01-25")]
    assert [one["reason"] for one in facts if one["fact"] == "refused_line"] == [
        "BeforeEnrolment",
        "BeforeEnrolment",
        "LongAbsence",
    ]
    visited = [(one["fact"], one["on"], one["period"]) for one in facts if one.get("duty") == "home_visit"]
    assert visited == [("ended_duty", "2024-01-10", "2024-01"), ("met", "2024-02-03", "2024-02")]
