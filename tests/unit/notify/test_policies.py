"""Who is told what: given a rule, when its cause arises, then these people at these levels, at this hour."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.kernel.calendar import ONE_DAY, SHANGHAI
from services.kernel.policy_limits import Contradictions
from services.notify.policies import (
    CARER_ROLE,
    NotifyPolicy,
    first_told_at,
    next_digest,
    present_owner,
    recipients,
    rule_for_grade,
    rule_for_miss,
    told_overdue,
)
from tests.unit.policies import NOTIFY

DAY = date(2024, 3, 1)


class Staff:
    def __init__(self, **held: str) -> None:
        self.held = held

    def holder(self, role: str, village: str, on: date) -> str | None:
        del on
        return self.held.get(role) if village else None

    def has_left(self, staff: str, day: date) -> bool:
        return staff == "gone" and day > DAY

    def reached(self, staff: str, day: date) -> str | None:
        del day
        return staff


ALL = Staff(village_lead="lead", township_leader="leader", leading_group_office="office")


def told(grade: str | None, role: str, *, again: bool = False, who: Staff = ALL) -> list[tuple[int, str]]:
    rule = rule_for_miss(grade, "home_visit", missed_before=again, policy=NOTIFY)
    person = {"carer": "carer", "clinic": "clinic", **ALL.held}.get(role)
    return recipients(rule, (role, person), "V1", DAY, NOTIFY, who)


@pytest.mark.parametrize(
    ("grade", "again", "expected"),
    [
        ("red", False, [(0, "carer"), (1, "lead"), (2, "leader")]),
        ("yellow", False, [(0, "carer"), (1, "lead")]),
        ("green", False, [(0, "carer")]),
        ("green", True, [(0, "carer"), (1, "lead")]),
    ],
)
def test_a_miss_is_told_by_the_elders_grade(grade: str, again: bool, expected: list[tuple[int, str]]):
    assert expected == told(grade, CARER_ROLE, again=again)


@pytest.mark.parametrize("owed_by", [CARER_ROLE, "village_lead", "clinic"])
def test_a_miss_of_one_who_has_left_is_told_to_whoever_answers_now_and_else_to_who_owed_it(owed_by: str):
    now = {CARER_ROLE: "successor", "village_lead": "lead", "clinic": None}[owed_by]
    found = [
        present_owner((owed_by, who), "successor", "V1", day, ALL)
        for who, day in (
            ("gone", DAY),
            ("gone", DAY + ONE_DAY),
            ("there", DAY + ONE_DAY),
            (None, DAY + ONE_DAY),
        )
    ]
    assert found == [(owed_by, "gone"), (owed_by, now), (owed_by, "there"), (owed_by, None)]


def test_a_clinic_stands_at_the_carers_level():
    assert told(None, "clinic") == [(0, "clinic")]


def test_whoever_owed_it_stands_at_their_own_level_and_is_told_once():
    assert told("red", "village_lead") == [(1, "lead"), (2, "leader")]
    assert told(None, "leading_group_office") == [(3, "office")]
    assert told(None, "leading_group_office", again=True) == [(3, "office"), (1, "lead")]


def test_a_level_that_nobody_holds_is_passed_over():
    assert told("red", CARER_ROLE, who=Staff(township_leader="leader")) == [(0, "carer"), (2, "leader")]
    rule = rule_for_miss("red", "home_visit", missed_before=False, policy=NOTIFY)
    assert recipients(rule, (CARER_ROLE, None), "V1", DAY, NOTIFY, ALL) == [(1, "lead"), (2, "leader")]


def test_a_look_in_of_a_red_elder_goes_no_further_and_of_a_yellow_one_does():
    red, yellow = (
        rule_for_miss(grade, "look_in", missed_before=False, policy=NOTIFY) for grade in ("red", "yellow")
    )
    assert red == replace(NOTIFY.missed["red"], escalation=None)
    assert red.is_urgent is False
    assert yellow == NOTIFY.missed["yellow"]


def test_a_second_miss_in_a_row_of_a_red_elder_is_told_as_the_first():
    assert rule_for_miss("red", "home_visit", missed_before=True, policy=NOTIFY) == NOTIFY.missed["red"]
    assert (
        rule_for_miss(None, "spot_check", missed_before=True, policy=NOTIFY) == NOTIFY.missed_again["green"]
    )


def test_a_rule_without_the_carers_level_tells_the_others_alone():
    rule = replace(NOTIFY.lowered, levels=(1, 2))
    assert recipients(rule, (CARER_ROLE, "carer"), "V1", DAY, NOTIFY, ALL) == [(1, "lead"), (2, "leader")]


@pytest.mark.parametrize(
    ("previous", "grade", "expected"),
    [
        (None, "green", None),
        (None, "yellow", NOTIFY.raised["yellow"]),
        ("yellow", "yellow", NOTIFY.raised["yellow"]),
        ("green", "red", NOTIFY.raised["red"]),
        ("red", "yellow", NOTIFY.lowered),
        ("yellow", "green", NOTIFY.lowered),
    ],
)
def test_a_first_red_or_yellow_is_a_rise(previous: str | None, grade: str, expected: object):
    assert expected == rule_for_grade(previous, grade, NOTIFY)


@pytest.mark.parametrize(
    ("arises", "goes_out"),
    [
        ("2024-03-01T07:59:59", "2024-03-01T08:00:00"),
        ("2024-03-01T08:00:00", "2024-03-01T08:00:00"),
        ("2024-03-01T20:59:59", "2024-03-01T20:59:59"),
        ("2024-03-01T21:00:00", "2024-03-02T08:00:00"),
    ],
)
def test_at_night_only_what_is_urgent_goes_out(arises: str, goes_out: str):
    at = datetime.fromisoformat(arises).replace(tzinfo=SHANGHAI)
    later = datetime.fromisoformat(goes_out).replace(tzinfo=SHANGHAI)
    assert later == first_told_at(at, NOTIFY.lowered, NOTIFY)
    assert at == first_told_at(at, NOTIFY.incident, NOTIFY)


def test_an_incident_is_repeated_at_the_top_every_half_hour_twelve_times():
    escalation = NOTIFY.incident.escalation
    assert escalation is not None
    assert (escalation.after, escalation.steps, escalation.at_the_top, escalation.repeats) == (
        timedelta(minutes=30),
        None,
        "repeat",
        12,
    )


def refused(**rows: Any) -> list[str]:
    """The settings that a table with these rows is refused for."""
    with pytest.raises(Contradictions) as error:
        replace(NOTIFY, **rows)
    return [".".join(found.setting) for found in error.value.found]


def test_a_table_without_a_grade_or_with_a_level_too_many_is_refused():
    missed = {grade: rule for grade, rule in NOTIFY.missed.items() if grade != "red"}
    pink, blue = {"pink": NOTIFY.lowered}, {"blue": NOTIFY.lowered}
    assert refused(missed=missed) == ["missed"]
    assert refused(raised=NOTIFY.raised | pink) == ["raised"]
    assert refused(raised=pink, missed_again=blue) == ["raised", "missed_again"]
    for level in (4, -1):
        rule = replace(NOTIFY.lowered, levels=(0, level))
        assert refused(lowered=rule) == ["lowered.levels"]
        assert refused(raised={"red": rule}) == ["raised.red.levels"]
        assert refused(missed={**NOTIFY.missed, "red": rule}) == ["missed.red.levels"]
        assert refused(missed_again={"red": rule}) == ["missed_again.red.levels"]
    assert isinstance(replace(NOTIFY, lowered=replace(NOTIFY.lowered, levels=(0, 3))), NotifyPolicy)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((0,), ["centre", "clinic"]), ((0, 1), ["centre", "clinic", "lead"]), ((1, 2), ["lead", "leader"])],
)
def test_of_an_overdue_step_the_roles_that_owe_it_are_level_0_and_each_is_told_once(
    levels: tuple[int, ...], expected: list[str]
):
    policy = replace(NOTIFY, overdue=replace(NOTIFY.overdue, levels=levels))
    who = Staff(party_service_centre="centre", clinic="clinic", doctor="clinic", **ALL.held)
    owed_by = ["party_service_centre", "clinic", "doctor", "nobody"]
    assert told_overdue(owed_by, "V1", DAY, policy, who) == expected


def test_a_reminder_is_in_this_mornings_digest_up_to_its_hour_and_then_in_tomorrows():
    hour = datetime.combine(date(2024, 3, 4), NOTIFY.quiet_until, SHANGHAI)
    assert next_digest(hour, NOTIFY) == hour
    assert next_digest(hour + timedelta(seconds=1), NOTIFY) == hour + timedelta(days=1)


@pytest.mark.parametrize("row", ["reminded", "overdue", "taken_over"])
def test_what_waits_for_the_digest_is_neither_urgent_nor_escalated(row: str):
    urgent = replace(NOTIFY.lowered, is_urgent=True)
    escalated = replace(NOTIFY.lowered, escalation=NOTIFY.incident.escalation)
    assert refused(**{row: urgent}) == [f"{row}.is_urgent"]
    assert refused(**{row: escalated}) == [f"{row}.escalation"]
