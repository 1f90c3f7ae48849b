"""Cached aggregates are what the log says, whoever else records in between."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from eventsourcing.domain import Aggregate
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.log.unit import LOT

AT = datetime(2024, 1, 1, tzinfo=UTC)
BEGINNING = 1
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


def add(log: EventLog, place: int, amount: int, look_at: int | None = None, *, is_ahead: bool = False) -> int:
    """Adds to one sum, having looked at another; what was seen of the other."""
    with log.unit() as unit:
        if is_ahead:
            unit.read_ahead(IDS)
        other = None if look_at is None else unit.get(Sum, IDS[look_at])
        seen = other.total if other is not None else 0
        mine = unit.get(Sum, IDS[place])
        if mine is None:
            mine = unit.add(Sum._create(Sum.Created, id=IDS[place], timestamp=AT))
        mine.trigger_event(Sum.Added, timestamp=AT, amount=amount)
        return seen


def counted(log: EventLog) -> list[bool]:
    """Grows by one with each transaction that reads; each unit of a shared log begins with one."""
    asked: list[bool] = []
    transact = log.recorder.transact
    log.recorder.transact = lambda work, *, commit: asked.append(commit) or transact(work, commit=commit)
    return asked


# Who, which sum, which one they look at, whether they only look, whether they read ahead, and whom the other one
# writes to in between (3: to none).
STEPS = st.lists(
    st.tuples(
        *(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans()),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
)


@given(STEPS)
def test_what_is_seen_is_what_was_recorded_whoever_recorded_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int, bool, bool, int]]
):
    path = tmp_path_factory.mktemp("logs") / "log.db"
    held = [opened(path), opened(path)]
    totals = [0, 0, 0]
    for who, place, look_at, only_reads, is_ahead, between in steps:
        if between < 3:
            held[who].read_ahead(IDS)
            add(held[1 - who], between, 1)
            totals[between] += 1
        if only_reads:
            with held[who].unit() as unit:
                unit.read_ahead(IDS if is_ahead else ())
                seen = unit.get(Sum, IDS[look_at])
            assert (seen.total if seen else 0) == totals[look_at]
        else:
            assert add(held[who], place, 1, look_at, is_ahead=is_ahead) == totals[look_at]
            totals[place] += 1
    for log in held:
        log.close()


@given(STEPS)
def test_what_is_decided_on_what_was_read_ahead_is_never_decided_on_what_was_not_so(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int, bool, bool, int]]
):
    """A foreign write to what is changed is a lost race; decided again, it rests on what was written."""
    path = tmp_path_factory.mktemp("logs") / "log.db"
    held = [opened(path), opened(path)]
    totals = [0, 0, 0]
    for who, place, _, is_again, is_ahead, between in steps:
        attempts = 0
        while True:
            attempts += 1
            try:
                with held[who].unit() as unit:
                    unit.read_ahead(IDS if is_ahead else ())
                    mine = unit.get(Sum, IDS[place])
                    if between < 3 and (attempts == 1 or (is_again and attempts == 2)):
                        add(held[1 - who], between, 1, is_ahead=is_ahead)
                        totals[between] += 1
                    mine = mine or unit.add(Sum._create(Sum.Created, id=IDS[place], timestamp=AT))
                    mine.trigger_event(Sum.Added, timestamp=AT, amount=1)
            except LostRace:
                assert between == place
                continue
            totals[place] += 1
            assert mine.total == totals[place]
            break
    for log in held:
        assert [getattr(log.load(Sum, one), "total", 0) for one in IDS] == totals
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


def test_what_is_read_ahead_is_read_in_one_go_and_believed_in_its_unit(logs: list[EventLog]):
    mine, other = logs
    for place in (0, 1):
        add(other, place, place + 1)
    asked = counted(mine)
    with mine.unit() as unit:
        unit.read_ahead(IDS)
        seen = [unit.get(Sum, one) for one in IDS]
    assert [one.total if one else None for one in seen] == [1, 2, None]
    assert len(asked) == BEGINNING + 1


def test_what_is_current_is_not_read_again(logs: list[EventLog]):
    mine, _ = logs
    add(mine, 0, 1)
    asked = counted(mine)
    with mine.unit() as unit:
        unit.read_ahead([IDS[0]])
        assert unit.get(Sum, IDS[0]).total == 1
    assert len(asked) == BEGINNING


def test_a_write_between_reading_ahead_and_recording_is_a_lost_race_and_then_seen(logs: list[EventLog]):
    mine, other = logs
    add(other, 0, 1)
    with pytest.raises(LostRace), mine.unit() as unit:
        unit.read_ahead(IDS)
        add(other, 0, 10)
        unit.get(Sum, IDS[0]).trigger_event(Sum.Added, timestamp=AT, amount=100)
    with mine.unit() as unit:
        unit.read_ahead(IDS)
        assert unit.get(Sum, IDS[0]).total == 11


def test_a_write_between_reading_ahead_and_the_unit_is_seen_in_it(logs: list[EventLog]):
    mine, other = logs
    add(other, 0, 1)
    mine.read_ahead(IDS)
    add(other, 0, 10)
    add(other, 1, 100)
    with mine.unit() as unit:
        assert [unit.get(Sum, one).total for one in IDS[:2]] == [11, 100]


def test_a_write_to_another_one_is_seen_by_the_next_unit(logs: list[EventLog]):
    mine, other = logs
    for place in (0, 1):
        add(other, place, 1)
    with mine.unit() as unit:
        unit.read_ahead(IDS)
        add(other, 1, 10)
        unit.get(Sum, IDS[0]).trigger_event(Sum.Added, timestamp=AT, amount=1)
    assert add(mine, 0, 1, look_at=1) == 11


def test_what_the_log_had_not_and_another_made_meanwhile_is_a_lost_race(logs: list[EventLog]):
    mine, other = logs
    with pytest.raises(LostRace), mine.unit() as unit:
        unit.read_ahead(IDS)
        assert unit.get(Sum, IDS[0]) is None
        add(other, 0, 10)
        unit.add(Sum._create(Sum.Created, id=IDS[0], timestamp=AT))
    assert add(mine, 1, 1, look_at=0) == 10


def test_what_the_log_had_not_and_the_unit_makes_is_there_in_the_next(logs: list[EventLog]):
    mine, _ = logs
    with mine.unit() as unit:
        unit.read_ahead(IDS)
        unit.add(Sum._create(Sum.Created, id=IDS[0], timestamp=AT))
    with mine.unit() as unit:
        assert unit.get(Sum, IDS[0]) is not None


def test_a_unit_that_read_ahead_in_between_leaves_nothing_stale(logs: list[EventLog]):
    mine, _ = logs
    add(mine, 0, 1)
    with mine.unit() as outer:
        held = outer.get(Sum, IDS[0])
        with mine.unit() as inner:
            inner.read_ahead(IDS)
        held.trigger_event(Sum.Added, timestamp=AT, amount=5)
    assert add(mine, 1, 1, look_at=0) == 6


def test_a_unit_between_that_writes_what_was_read_ahead_is_seen(logs: list[EventLog]):
    mine, _ = logs
    add(mine, 0, 1)
    with mine.unit() as outer:
        outer.read_ahead(IDS)
        add(mine, 0, 5)
        assert outer.get(Sum, IDS[0]).total == 6
        outer.get(Sum, IDS[0]).trigger_event(Sum.Added, timestamp=AT, amount=1)
    assert add(mine, 1, 1, look_at=0) == 7


def test_more_than_a_lot_is_read_ahead_too(logs: list[EventLog]):
    mine, other = logs
    for place in range(3):
        add(other, place, 1)
    asked = counted(mine)
    with mine.unit() as unit:
        found = unit.all(
            Sum, [*IDS, *(uuid5(IDS[0], str(number)) for number in range(2 * LOT))], lambda _: True
        )
    assert [one.id for one in found] == IDS
    assert len(asked) == BEGINNING + 3
