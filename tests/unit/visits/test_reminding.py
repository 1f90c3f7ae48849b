"""What is nearly due: given what is owed, when days pass, then one reminder a period of what is still lacking."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import ONE_DAY, midnight
from services.visits.care.domain import CareRecord
from services.visits.duties.events import DutyNearlyDue, ReminderSettled
from services.visits.policies import reminded_on
from services.visits.terms import PlaceKind
from tests.unit.policies import DUTIES
from tests.unit.visits.test_care_record import PARTIES, WHO, at, certified, visit
from tests.unit.visits.test_territory import done, opened


def reminding(record: CareRecord) -> list[DutyNearlyDue]:
    return [event for event in record.collect_events() if isinstance(event, DutyNearlyDue)]


def reminders(record: CareRecord) -> list[tuple[str, str, str, int]]:
    return sorted((event.on, event.duty, event.period, event.remaining) for event in reminding(record))


def live(record: CareRecord, first: str, last: str) -> list[tuple[str, str, str, int]]:
    """As the house does: it is turned on the days for which it asked to be woken."""
    day, found = date.fromisoformat(first), list[tuple[str, str, str, int]]()
    while day <= date.fromisoformat(last):
        record.turn_day(midnight(day), DUTIES, WHO)
        found += reminders(record)
        day = record.next_wake(day, DUTIES) or date.max
    return found


def test_what_is_unmet_seven_days_before_a_month_or_quarter_ends_is_reminded_of_once():
    assert live(certified(), "2024-01-01", "2024-01-31") == [
        ("2024-01-24", "care_agreement", "2024-01-31", 1),
        ("2024-01-24", "home_visit", "2024-01", 1),
    ]
    assert live(certified(), "2024-03-01", "2024-03-31") == [
        ("2024-03-24", "follow_up", "2024Q1", 1),
        ("2024-03-24", "health_follow_up", "2024Q1", 1),
        ("2024-03-24", "home_visit", "2024-03", 1),
        ("2024-03-24", "information_update", "2024Q1", 1),
    ]


def test_a_week_is_reminded_of_two_days_before_its_last():
    record = certified(living="alone", declined_institution=True)
    told = live(record, "2024-01-01", "2024-01-14")
    assert [one for one in told if one[1] == "look_in"] == [
        ("2024-01-05", "look_in", "2024-W01", 1),
        ("2024-01-12", "look_in", "2024-W02", 1),
    ]


def test_what_was_done_is_not_reminded_of_and_half_done_says_what_remains():
    record = certified(grade="red")
    visit(record, "2024-01-09")
    assert live(record, "2024-01-10", "2024-01-31") == [
        ("2024-01-24", "care_agreement", "2024-01-31", 1),
        ("2024-01-24", "follow_up", "2024-01", 1),
    ]


def settled(record: CareRecord) -> list[tuple[str, str, str, str | None]]:
    found = [one for one in record.collect_events() if isinstance(one, ReminderSettled)]
    return [(one.duty, one.period, one.owed_by, one.responsible) for one in found]


def test_what_is_done_on_the_day_of_its_reminder_is_said_and_what_is_done_later_is_not():
    record = certified()
    record.turn_day(midnight(date(2024, 1, 24)), DUTIES, WHO)
    record.collect_events()
    told = {"by": "grid", "on": "2024-01-24", "mode": "in_person", "check_up": False, "confirms_facts": False}
    record.record_visit("v1", told, "grid_worker", at("2024-01-24"), DUTIES, WHO)
    assert settled(record) == [("home_visit", "2024-01", "carer", "grid")]
    record.sign_agreement("lead", date(2024, 1, 24), (None, None), PARTIES, at("2024-01-24"), DUTIES, WHO)
    assert [one[0] for one in settled(record)] == ["care_agreement"]
    later = certified()
    later.turn_day(midnight(date(2024, 1, 24)), DUTIES, WHO)
    assert not [one for one in visit(later, "2024-01-25") if one.startswith("ReminderSettled")]


def test_a_reassessment_is_reminded_of_seven_days_before_it_is_due():
    record = certified(grade="green")
    record.graded("red", 0, date(2024, 4, 12), at("2024-01-12"), DUTIES, WHO)
    told = live(record, "2024-01-13", "2024-04-12")
    assert [one for one in told if one[1] == "reassessment"] == [
        ("2024-04-05", "reassessment", "2024-04-12", 1)
    ]


def test_what_opens_on_the_day_or_later_is_not_reminded_of():
    record = certified(grade="red", day="2024-01-24")
    assert "follow_up" not in {one[1] for one in live(record, "2024-01-24", "2024-01-31")}


def test_whoever_is_away_for_the_rest_is_not_reminded_of_and_wakes_nobody():
    record = certified()
    record.absent(date(2024, 1, 2), date(2024, 1, 31), "hospital", at("2024-01-02"), DUTIES, WHO)
    assert [one[1] for one in live(record, "2024-01-03", "2024-01-31")] == ["care_agreement"]
    assert record.next_wake(date(2024, 1, 24), DUTIES) == date(2024, 2, 1)


def test_a_day_that_was_turned_late_still_reminds():
    record = certified()
    visit(record, "2024-01-24", mode="phone")
    assert record.next_wake(date(2024, 1, 24), DUTIES) == date(2024, 1, 24), "it is still to be done"
    record.turn_day(at("2024-01-26"), DUTIES, WHO)
    assert {one[0] for one in reminders(record)} == {"2024-01-26"}


def test_a_place_is_reminded_of_with_its_village_and_who_holds_the_role():
    place = opened("V1", "2024-01-01")
    place.collect_events()
    place.turn_day(at("2024-01-24"), DUTIES, WHO)
    [event] = [one for one in place.collect_events() if isinstance(one, DutyNearlyDue)]
    assert (event.duty, event.village, event.opens_on, event.closes_on) == (
        "group_activity",
        "V1",
        "2024-01-01",
        "2024-01-31",
    )
    assert (event.owed_by, event.responsible) == ("village_lead", "village_lead of V1")


def test_a_group_that_was_screened_is_not_reminded_of():
    place = opened("V1/G1", "2024-01-01", PlaceKind.GROUP)
    done(place, "full_screening", "2024-02-02")
    place.collect_events()
    place.turn_day(at("2024-03-24"), DUTIES, WHO)
    assert place.collect_events() == []


@pytest.mark.parametrize(("kind", "days"), [("week", 3), ("month", 10)])
def test_the_days_are_rows_of_the_policy(kind: str, days: int):
    policy = replace(DUTIES, reminded_before={**DUTIES.reminded_before, kind: days})
    record = certified(living="alone", declined_institution=True)
    duty = next(
        held for held in record.book.duties.values() if held.owed is not None and held.owed.kind == kind
    )
    assert reminded_on(duty, policy) == duty.closes_on - timedelta(days=days)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["visit", "red", "green", "alone", "absent"])),
        max_size=20,
    )
)
def test_waking_when_asked_reminds_as_turning_every_day_does_and_never_twice(acts: list[tuple[int, str]]):
    daily, woken = certified(), certified()
    told: tuple[list[DutyNearlyDue], list[DutyNearlyDue]] = ([], [])
    day, wake = date(2024, 1, 1), woken.next_wake(date(2024, 1, 1), DUTIES)
    for number, (gap, act) in enumerate(acts):
        for _ in range(gap):
            day += ONE_DAY
            daily.turn_day(midnight(day), DUTIES, WHO)
            if wake is not None and wake <= day:
                woken.turn_day(midnight(day), DUTIES, WHO)
                wake = woken.next_wake(day, DUTIES)
        for record in (daily, woken):
            do(record, act, day, number)
        wake = woken.next_wake(day, DUTIES)
        for place, record in enumerate((daily, woken)):
            told[place].extend(reminding(record))
    assert [vars(event) for event in told[0]] == [vars(event) for event in told[1]]
    seen = [(event.duty, event.opens_on) for event in told[0]]
    assert len(set(seen)) == len(seen)


def do(record: CareRecord, act: str, day: date, number: int) -> None:
    moment = midnight(day) + timedelta(hours=9)
    if act == "visit":
        told = {"by": "grid", "on": day.isoformat(), "mode": "in_person", "check_up": False}
        record.record_visit(f"v{number}", told | {"confirms_facts": True}, "grid_worker", moment, DUTIES, WHO)
    elif act == "absent":
        record.absent(day, day + timedelta(days=12), "hospital", moment, DUTIES, WHO)
    elif act == "alone":
        record.change({"living": "alone", "declined_institution": True}, moment, DUTIES, WHO)
    else:
        record.change({"grade": act}, moment, DUTIES, WHO)
