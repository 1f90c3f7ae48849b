"""The log keeps what was accepted, all of a unit or nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from eventsourcing.domain import Aggregate

from services.chassis.log.event_log import CommandConflict, EventLog, LostRace
from services.chassis.log.recorder import SQLiteRecorder

AT = datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=8)))


class Tally(Aggregate):
    def __init__(self) -> None:
        self.total = 0

    class Added(Aggregate.Event):
        amount: int

        def apply(self, aggregate: "Tally") -> None:
            aggregate.total += self.amount


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    held = EventLog(SQLiteRecorder(str(tmp_path / "log.db"), ()))
    yield held
    held.close()


def add(tally: Tally, amount: int) -> Tally:
    tally.trigger_event(Tally.Added, timestamp=AT, amount=amount)
    return tally


def test_what_a_unit_decided_is_read_back_with_its_time(log: EventLog):
    tally = add(add(Tally(), 2), 3)
    with log.unit() as unit:
        unit.add(tally)
    read = log.load(Tally, tally.id)
    assert (read.total, read.version) == (5, 3)
    assert log.load(Tally, tally.id, until=2).total == 2
    assert [row.event.timestamp for row in log.events(1)] == [AT, AT]


def test_a_file_is_written_ahead_so_that_readers_do_not_wait(log: EventLog):
    assert [tuple(row) for row in log.query("PRAGMA journal_mode")] == [("wal",)]


def test_an_error_inside_records_neither_events_nor_positions_nor_answers(log: EventLog):
    tally = add(Tally(), 1)
    with pytest.raises(RuntimeError), log.unit() as unit:
        unit.add(tally)
        unit.reached("registry", 3, 7)
        unit.answer("c1", {}, {})
        raise RuntimeError
    assert log.load(Tally, tally.id) is None
    assert log.position("registry", 3) == 0
    assert log.first_answer("c1", {}) is None


def test_effects_and_position_are_recorded_once_however_often_the_batch_comes(log: EventLog):
    tally = add(Tally(), 1)
    with log.unit() as unit:
        unit.add(tally)
        unit.reached("registry", 3, 7)
    with pytest.raises(LostRace), log.unit() as again:
        add(again.get(Tally, tally.id), 1)
        again.reached("registry", 3, 7)
    assert log.load(Tally, tally.id).total == 1
    assert (log.position("registry", 3), log.position("registry", 4)) == (7, 0)


def test_where_one_of_several_positions_was_reached_before_none_moves(log: EventLog):
    with log.unit() as unit:
        unit.reached("registry", 3, 7)
    with pytest.raises(LostRace), log.unit() as again:
        again.reached("registry", 2, 9)
        again.reached("registry", 3, 6)
    assert (log.position("registry", 2), log.position("registry", 3)) == (0, 7)


def test_who_decided_on_an_old_version_loses_the_race(log: EventLog):
    tally = Tally()
    with log.unit() as unit:
        unit.add(tally)
    with pytest.raises(LostRace), log.unit() as slow:
        mine = slow.get(Tally, tally.id)
        with log.unit() as fast:
            add(fast.get(Tally, tally.id), 1)
        add(mine, 10)
    assert log.load(Tally, tally.id).total == 1


def test_the_same_command_gets_its_first_answer_and_other_content_is_a_conflict(log: EventLog):
    with log.unit() as unit:
        unit.add(Tally())
        unit.answer("c1", {"on": "2024-01-01"}, {"accepted": True})
    assert log.first_answer("c1", {"on": "2024-01-01"}) == {"accepted": True}
    with pytest.raises(CommandConflict):
        log.first_answer("c1", {"on": "2024-01-02"})


KILLED = """
import sys
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder
log = EventLog(SQLiteRecorder(sys.argv[1], ()))
n = 0
while True:
    n += 1
    with log.unit() as unit:
        unit.reached("upstream", 0, n)
        unit.answer(f"c{n}", {}, {"n": n})
    print(n, flush=True)
"""


def test_what_was_answered_before_a_kill_is_there_afterwards(tmp_path: Path):
    path = tmp_path / "killed.db"
    writer = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    said = [writer.stdout.readline() for _ in range(25)]
    os.kill(writer.pid, signal.SIGKILL)
    rest, _ = writer.communicate()
    lines = "".join(said) + rest[: rest.rfind("\n") + 1]
    acknowledged = int(lines.split()[-1])
    log = EventLog(SQLiteRecorder(str(path), ()))
    heard = log.position("upstream", 0)
    assert acknowledged <= heard <= acknowledged + 1
    assert all(log.first_answer(f"c{n}", {}) == {"n": n} for n in range(1, heard + 1))
    log.close()
