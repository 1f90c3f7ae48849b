"""Merges: what was done for either entry counts as if for one; undone, it leaves no trace in what is owed later."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import midnight
from services.visits.care.domain import CareRecord
from services.visits.duties import events as duty_events
from tests.unit.policies import DUTIES
from tests.unit.visits.test_care_record import WHO, certified, visit

FIRST = date(2024, 1, 1)
NEXT_YEAR = "2025-01-01"


def owed_later(record: CareRecord, today: date) -> list[tuple[Any, ...]]:
    """What opens from the next year on, when no period begun in this one is left; and what is owed once."""
    record.collect_events()
    while today < date(2025, 4, 1):
        today += timedelta(days=1)
        record.turn_day(midnight(today), DUTIES, WHO)
    opened = [one for one in record.collect_events() if isinstance(one, duty_events.DutyOpened)]
    return [(one.duty, one.period, one.count, one.opens_on) for one in opened if one.opens_on >= NEXT_YEAR]


def once(record: CareRecord) -> dict[str, date]:
    return {one.duty: one.closes_on for one in record.book.duties.values() if one.owed is None}


@given(
    st.sampled_from(("green", "yellow", "red")),
    st.sampled_from(("alone", "with_relatives")),
    st.booleans(),
    st.integers(1, 29),
    st.integers(0, 29),
)
def test_merge_and_undo_is_the_identity_on_what_is_owed_later(
    grade: str, living: str, declines: bool, after: int, lasts: int
):
    pair = [
        certified(FIRST.isoformat(), grade, living=living, declined_institution=declines) for _ in range(2)
    ]
    merged_on = FIRST + timedelta(days=after)
    parted_on = min(merged_on + timedelta(days=lasts), FIRST + timedelta(days=29))
    for record in pair:
        record.turn_day(midnight(merged_on), DUTIES, WHO)
    pair[0].merge("other", midnight(merged_on), DUTIES, WHO)
    assert not pair[0].book.duties
    for record in pair:
        record.turn_day(midnight(parted_on), DUTIES, WHO)
    pair[0].part(midnight(parted_on), DUTIES, WHO)
    assert once(pair[0]) == once(pair[1])
    assert owed_later(pair[0], parted_on) == owed_later(pair[1], parted_on)


VISITED = st.lists(
    st.tuples(st.integers(0, 59), st.sampled_from(("kept", "merged")), st.sampled_from(("grid", "clinic"))),
    max_size=8,
)
KINDS = (duty_events.DutyMet, duty_events.VisitMissed, duty_events.MissReconciled, duty_events.DutyWaived)


def visited(records: dict[str, CareRecord], visits: list[tuple[int, str, str]], until: date) -> None:
    """Each of them is visited on its days, and turns every day of the way."""
    today = FIRST
    while today <= until:
        for record in records.values():
            record.turn_day(midnight(today), DUTIES, WHO)
        for after, entry, by in visits:
            if FIRST + timedelta(days=after) == today and by not in _by_on(records[entry], today):
                visit(records[entry], today.isoformat(), by=by, check_up=by == "clinic", confirms_facts=True)
        today += timedelta(days=1)


def _by_on(record: CareRecord, today: date) -> set[str]:
    return {one["by"] for one in record.state.visits.values() if one["on"] == today.isoformat()}


def still_lacking(record: CareRecord) -> list[tuple[str, str, int]]:
    """What is open and not met, and what is missed and not reconciled: how often it is still owed."""
    open_duties = [one for one in record.book.duties.values() if not one.is_met and one.owed is not None]
    missed = [one for one in record.book.missed.values() if one.owed is not None]
    return sorted((one.duty, one.label, one.count - record.book.done(one)) for one in (*open_duties, *missed))


@given(st.sampled_from(("green", "yellow", "red")), VISITED, st.integers(1, 59))
def test_after_a_merge_the_kept_entry_lacks_what_one_person_visited_so_would_lack(
    grade: str, visits: list[tuple[int, str, str]], after: int
):
    """Nothing more and nothing less is open or missed than for somebody who had one entry all along."""
    records = {name: certified(FIRST.isoformat(), grade) for name in ("kept", "merged")}
    single = {"kept": certified(FIRST.isoformat(), grade)}
    merged_on = FIRST + timedelta(days=after)
    visits = [one for one in visits if one[0] <= after]
    visited(records, visits, merged_on)
    visited(single, [(day, "kept", by) for day, _, by in visits], merged_on)
    records["merged"].elder = "other"
    records["merged"].merge("wang", midnight(merged_on), DUTIES, WHO)
    records["kept"].take_in(records["merged"].done_for, midnight(merged_on), DUTIES, WHO)
    assert still_lacking(records["kept"]) == still_lacking(single["kept"])


@given(VISITED, st.integers(1, 58), st.integers(1, 30))
def test_undone_each_counts_its_own_and_what_was_met_stays_so(
    visits: list[tuple[int, str, str]], after: int, lasts: int
):
    records = {name: certified(FIRST.isoformat(), "red") for name in ("kept", "merged")}
    merged_on = FIRST + timedelta(days=after)
    visited(records, [one for one in visits if one[0] <= after], merged_on)
    kept, own = records["kept"], {duty: set(days) for duty, days in records["kept"].book.days.items()}
    records["merged"].elder = "other"
    records["merged"].merge("wang", midnight(merged_on), DUTIES, WHO)
    kept.take_in(records["merged"].done_for, midnight(merged_on), DUTIES, WHO)
    parted_on = merged_on + timedelta(days=lasts)
    kept.turn_day(midnight(parted_on), DUTIES, WHO)
    met = {duty for duty, one in kept.book.duties.items() if one.is_met}
    kept.collect_events()
    kept.give_back(records["merged"].done_for, midnight(parted_on), DUTIES, WHO)
    assert {duty for duty, one in kept.book.duties.items() if one.is_met} == met
    assert {duty: kept.book.days_of(duty) for duty in own} == own
    assert not [one for one in kept.collect_events() if isinstance(one, KINDS)]
