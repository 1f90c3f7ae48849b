"""Cached aggregates are what the log says, whoever else records in between."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from eventsourcing.domain import Aggregate
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.log import EventLog, LostRace
from services.chassis.recorder import SQLiteRecorder

AT = datetime(2024, 1, 1, tzinfo=UTC)
IDS = [uuid5(UUID(int=0), str(number)) for number in range(3)]


class Sum(Aggregate):
    def __init__(self) -> None:
        self.total = 0

    class Added(Aggregate.Event):
        amount: int

        def apply(self, aggregate: "Sum") -> None:
            aggregate.total += self.amount


def opened(path: Path) -> EventLog:
    return EventLog(SQLiteRecorder(str(path), ()))


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[list[EventLog]]:
    held = [opened(tmp_path / "log.db") for _ in range(2)]
    yield held
    for log in held:
        log.close()


def add(log: EventLog, place: int, amount: int, look_at: int | None = None) -> int:
    """Adds to one sum, having looked at another; what was seen of the other."""
    with log.unit() as unit:
        other = None if look_at is None else unit.get(Sum, IDS[look_at])
        seen = other.total if other is not None else 0
        mine = unit.get(Sum, IDS[place])
        if mine is None:
            mine = unit.add(Sum._create(Sum.Created, id=IDS[place], timestamp=AT))
        mine.trigger_event(Sum.Added, timestamp=AT, amount=amount)
        return seen


STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2), st.booleans()), min_size=1, max_size=25
)


@given(STEPS)
def test_what_is_seen_is_what_was_recorded_whoever_recorded_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int, bool]]
):
    path = tmp_path_factory.mktemp("logs") / "log.db"
    held = [opened(path), opened(path)]
    totals = [0, 0, 0]
    for who, place, look_at, only_reads in steps:
        if only_reads:
            with held[who].unit() as unit:
                seen = unit.get(Sum, IDS[look_at])
            assert (seen.total if seen else 0) == totals[look_at]
        else:
            assert add(held[who], place, 1, look_at) == totals[look_at]
            totals[place] += 1
    for log in held:
        log.close()


def test_after_a_lost_race_nothing_old_is_believed(logs: list[EventLog]):
    mine, other = logs
    add(mine, 0, 1)
    with pytest.raises(LostRace), mine.unit() as unit:
        held = unit.get(Sum, IDS[0])
        add(other, 0, 10)
        held.trigger_event(Sum.Added, timestamp=AT, amount=100)
    add(mine, 1, 1)
    assert add(mine, 0, 1, look_at=0) == 11


def test_a_unit_that_came_between_leaves_nothing_stale(logs: list[EventLog]):
    mine, _ = logs
    add(mine, 0, 1)
    with mine.unit() as outer:
        outer.get(Sum, IDS[0])
        add(mine, 0, 5)
    assert add(mine, 1, 1, look_at=0) == 6
