"""The log in PostgreSQL keeps what was accepted, all of a unit or nothing, with its read models."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from services.chassis.log.event_log import SNAPSHOT_EVERY, CommandConflict, EventLog, LostRace
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.read_model import Rebuilt
from tests.integration.postgres.tally import AT, MODEL, SERVICE, TOTAL, Tally, add, apply, started


def test_what_a_unit_decided_is_read_back_with_its_time(log: EventLog):
    tally = add(add(Tally(), 2), 3)
    with log.unit() as unit:
        unit.add(tally)
    read = log.load(Tally, tally.id)
    assert (read.total, read.version) == (5, 3)
    assert log.load(Tally, tally.id, until=2).total == 2
    first, *rest = log.events(0)
    assert [row.event.timestamp for row in rest] == [AT, AT]
    assert [row.position for row in rest] == [first.position + 1, first.position + 2]
    assert log.size() == rest[-1].position


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


def test_one_position_that_was_reached_before_keeps_the_others_back(log: EventLog):
    with log.unit() as unit:
        unit.reached("registry", 3, 7)
    with pytest.raises(LostRace), log.unit() as again:
        again.reached("registry", 3, 6)
        again.reached("registry", 4, 9)
    assert (log.position("registry", 3), log.position("registry", 4)) == (7, 0)


def test_who_decided_on_an_old_version_loses_the_race(log: EventLog):
    tally = started(log)
    with pytest.raises(LostRace), log.unit() as slow:
        mine = slow.get(Tally, tally.id)
        with log.unit() as fast:
            add(fast.get(Tally, tally.id), 1)
        add(mine, 10)
    assert log.load(Tally, tally.id).total == 1


def test_of_two_processes_on_one_aggregate_one_loses_and_sees_the_others_work(
    log: EventLog, another: Callable[[], EventLog]
):
    other = another()
    tally = started(log, 1)
    with pytest.raises(LostRace), other.unit() as slow:
        mine = slow.get(Tally, tally.id)
        with log.unit() as fast:
            add(fast.get(Tally, tally.id), 10)
        add(mine, 100)
    with other.unit() as again:
        add(again.get(Tally, tally.id), 100)
    assert log.load(Tally, tally.id).total == 111


def test_the_same_command_gets_its_first_answer_and_other_content_is_a_conflict(log: EventLog):
    with log.unit() as unit:
        unit.add(Tally())
        unit.answer("c1", {"on": "2024-01-01"}, {"accepted": True})
    assert log.first_answer("c1", {"on": "2024-01-01"}) == {"accepted": True}
    with pytest.raises(CommandConflict):
        log.first_answer("c1", {"on": "2024-01-02"})


def test_a_command_that_was_answered_meanwhile_loses_the_race_with_all_its_effects(log: EventLog):
    with log.unit() as unit:
        unit.answer("c1", {}, {"n": 1})
    tally = add(Tally(), 1)
    with pytest.raises(LostRace), log.unit() as late:
        late.add(tally)
        late.answer("c1", {}, {"n": 2})
    assert log.load(Tally, tally.id) is None
    assert log.first_answer("c1", {}) == {"n": 1}


def test_read_models_are_brought_up_in_the_same_transaction_to_the_position_of_the_event(log: EventLog):
    tally = started(log, 5)
    row = log.query(TOTAL, str(tally.id))[0]
    assert (row["total"], row["last"]) == (5, log.size())


def test_where_a_read_model_cannot_take_an_event_nothing_is_recorded(recorder: PostgresRecorder):
    def fails(sql: Sql, recorded: Recorded) -> None:
        apply(sql, recorded)
        sql.run("INSERT INTO nowhere VALUES (?)", 1)
        sql.run("INSERT INTO totals VALUES (?, ?, ?)", "later", 1, 1)

    log = EventLog(recorder, apply=fails)
    tally = add(Tally(), 1)
    with pytest.raises(Exception, match="nowhere"), log.unit() as unit:
        unit.add(tally)
        unit.reached("registry", 3, 7)
    assert log.load(Tally, tally.id) is None
    assert log.query("SELECT * FROM totals") == []
    assert log.position("registry", 3) == 0


def test_a_read_model_is_rebuilt_beside_and_put_in_the_place_of_a_wrong_one(log: EventLog):
    for amount in range(5):
        started(log, amount)
    rebuilt = Rebuilt(log, MODEL)
    rebuilt.catch_up()
    assert rebuilt.differing() == []
    log.recorder.transact(lambda sql: sql.run("UPDATE totals SET total = 0"), commit=True)
    assert rebuilt.differing() == ["totals"]
    started(log, 7)
    rebuilt.swap()
    assert rebuilt.differing() == []
    assert sum(row["total"] for row in log.query("SELECT total FROM totals")) == 17
    rebuilt.close()


def test_what_was_told_is_assigned_once_and_snapshots_are_kept(log: EventLog):
    assert log.assign_published([(3, 1), (5, 2), (9, 1)]) == {3: 0, 5: 0, 9: 3}
    assert log.assign_published([(9, 1), (11, 1)]) == {9: 3, 11: 9}
    assert log.published_after(1, 3, 10) == [(9, 3), (11, 9)]
    tally = started(log)
    for _ in range(5):
        with log.unit() as unit:
            grown = unit.get(Tally, tally.id)
            for _ in range(30):
                add(grown, 1)
    assert log.load(Tally, tally.id).total == 150
    assert [row["version"] for row in log.query("SELECT version FROM snapshots")] == [122]


def test_the_relays_position_moves_forward_and_to_where_it_is_but_not_back(log: EventLog):
    log.relayed_to(4)
    log.relayed_to(4)
    with pytest.raises(Exception, match="reached before"):
        log.relayed_to(3)
    assert log.relayed() == 4


def test_rows_are_read_by_name_and_as_tuples(recorder: PostgresRecorder):
    text = "SELECT 1 AS one, '?%' AS sign, ? AS given WHERE 'a' LIKE '%' AND ? = 7 % 4"
    row = recorder.transact(lambda sql: sql.rows(text, "x?", 3), commit=False)[0]
    assert (row["one"], row["sign"], row["given"]) == (1, "?%", "x?")
    assert tuple(row) == (1, "?%", "x?") == row
    assert list(row.values()) == [1, "?%", "x?"]
    assert dict(row) == {"one": 1, "sign": "?%", "given": "x?"}


def test_what_is_only_read_cannot_write(recorder: PostgresRecorder):
    with pytest.raises(Exception, match="read-only"):
        recorder.transact(lambda sql: sql.run("DELETE FROM totals"), commit=False)


def test_sessions_are_in_their_schema_and_commits_are_on_disk_before_they_return(recorder: PostgresRecorder):
    wanted = {"search_path": SERVICE, "synchronous_commit": "on", "fsync": "on", "lock_timeout": "10s"}
    with recorder.datastore.get_connection() as held:
        shown = {name: held.execute(f"SHOW {name}").fetchone()[name] for name in wanted}
    assert shown == wanted


KILLED = """
import sys
from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
log = EventLog(PostgresRecorder(sys.argv[1], sys.argv[2]))
n = 0
while True:
    n += 1
    with log.unit() as unit:
        unit.reached("upstream", 0, n)
        unit.answer(f"c{n}", {}, {"n": n})
    print(n, flush=True)
"""


def test_what_was_answered_before_a_kill_is_there_afterwards(url: str, log: EventLog):
    writer = subprocess.Popen([sys.executable, "-c", KILLED, url, SERVICE], stdout=subprocess.PIPE, text=True)
    said = [writer.stdout.readline() for _ in range(25)]
    os.kill(writer.pid, signal.SIGKILL)
    rest, _ = writer.communicate()
    lines = "".join(said) + rest[: rest.rfind("\n") + 1]
    acknowledged = int(lines.split()[-1])
    log.recorder.transact(lambda sql: sql.hold_log(), commit=True)  # the killed one's transaction is over
    heard = log.position("upstream", 0)
    assert acknowledged <= heard <= acknowledged + 1
    assert all(log.first_answer(f"c{n}", {}) == {"n": n} for n in range(1, heard + 1))


def test_the_log_is_one_that_eventsourcing_reads_and_does_not_take_for_an_older_one(
    url: str, recorder: PostgresRecorder, log: EventLog
):
    tally = started(log, 1)
    recorder.create_table()
    with psycopg.connect(url) as connection:
        kept = connection.execute("SELECT originator_id FROM stored_events").fetchall()
    assert kept == [(UUID(str(tally.id)),), (UUID(str(tally.id)),)]


def test_what_is_read_ahead_together_is_as_each_by_itself(log: EventLog, another: Callable[[], EventLog]):
    short, long, foreign = (started(log, amount) for amount in (1, 2, 3))
    for _ in range(2 * SNAPSHOT_EVERY):
        with log.unit() as unit:
            add(unit.get(Tally, long.id), 1)
    other = another()
    ids = [short.id, long.id, uuid4(), foreign.id]
    with other.unit() as unit:
        unit.read_ahead(ids)
        seen = [unit.get(Tally, one) for one in ids]
    assert [one.total if one else None for one in seen] == [1, 2 + 2 * SNAPSHOT_EVERY, None, 3]
    with log.unit() as unit:
        add(unit.get(Tally, foreign.id), 10)
    with other.unit() as unit:
        unit.read_ahead(ids)
        assert unit.get(Tally, foreign.id).total == 13


def test_a_write_after_reading_ahead_is_a_lost_race(log: EventLog, another: Callable[[], EventLog]):
    tally, other = started(log, 1), another()
    with pytest.raises(LostRace), other.unit() as unit:
        unit.read_ahead([tally.id])
        with log.unit() as first:
            add(first.get(Tally, tally.id), 10)
        add(unit.get(Tally, tally.id), 100)
    with other.unit() as unit:
        unit.read_ahead([tally.id])
        assert unit.get(Tally, tally.id).total == 11


def test_snapshots_of_a_unit_are_kept_with_it_or_not_at_all(log: EventLog):
    many = [Tally(), Tally()]
    with log.unit() as unit:
        for tally in many:
            unit.add(tally)
            for _ in range(SNAPSHOT_EVERY):
                add(tally, 1)
    kept = "SELECT originator, version FROM snapshots ORDER BY originator"
    rows = [(tally.id.hex, SNAPSHOT_EVERY + 1) for tally in sorted(many, key=lambda one: one.id.hex)]
    assert [tuple(row) for row in log.query(kept)] == rows
    with log.unit() as unit:
        unit.reached("registry", 0, 1)
    with pytest.raises(LostRace), log.unit() as failing:
        held = failing.get(Tally, many[0].id)
        for _ in range(SNAPSHOT_EVERY):
            add(held, 1)
        failing.reached("registry", 0, 1)
    assert [tuple(row) for row in log.query(kept)] == rows
