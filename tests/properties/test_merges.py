"""A merge that is undone leaves no trace in what is owed later: given any situation, when both happen in one period."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import midnight
from services.visits import events
from services.visits.domain import CareRecord
from tests.unit.policies import DUTIES
from tests.unit.visits.test_care_record import WHO, certified

FIRST = date(2024, 1, 1)
NEXT_YEAR = "2025-01-01"


def owed_later(record: CareRecord, today: date) -> list[tuple[Any, ...]]:
    """What opens from the next year on, when no period begun in this one is left; and what is owed once."""
    record.collect_events()
    while today < date(2025, 4, 1):
        today += timedelta(days=1)
        record.turn_day(midnight(today), DUTIES, WHO)
    opened = [one for one in record.collect_events() if isinstance(one, events.DutyOpened)]
    return [(one.duty, one.period, one.count, one.opens_on) for one in opened if one.opens_on >= NEXT_YEAR]


def once(record: CareRecord) -> dict[str, date]:
    return {one.duty: one.closes_on for one in record.duties.values() if one.owed is None}


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
    assert not pair[0].duties
    for record in pair:
        record.turn_day(midnight(parted_on), DUTIES, WHO)
    pair[0].part(midnight(parted_on), DUTIES, WHO)
    assert once(pair[0]) == once(pair[1])
    assert owed_later(pair[0], parted_on) == owed_later(pair[1], parted_on)
