"""Connections break, at the commit too, and PostgreSQL goes and comes back: nothing is lost, nothing is twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services.chassis.log.connections import Bounds, CommitUnknown, StoreAway
from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.postgres import PostgresRecorder, PostgresSql
from services.chassis.log.recorder import Recorded, Sql
from services.servers.postgres import Postgres
from tests.integration.postgres.cutting import Cut, Wire
from tests.integration.postgres.tally import SERVICE, TOTAL, Tally, add, apply, started

IMPATIENT = Bounds(connection_seconds=1, lock_seconds=1, statement_seconds=2)
BREAKS_AT_COMMIT = """
CREATE SEQUENCE cuts;
CREATE FUNCTION break_first() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF nextval('cuts') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER breaks AFTER INSERT ON stored_events DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION break_first();
"""
LINGERS_AT_COMMIT = """
CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER lingers AFTER INSERT ON stored_events DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION linger();
"""


@pytest.fixture
def wire(url: str) -> Iterator[Wire]:
    with Wire(url) as made:
        yield made


@pytest.fixture
def over_wire(wire: Wire) -> Iterator[EventLog]:
    made = EventLog(PostgresRecorder(wire.url, SERVICE, IMPATIENT), apply=apply)
    yield made
    made.close()


def execute(url: str, text: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text)


def cut_all(server: Postgres, schema: str = SERVICE) -> int:
    """Ends every connection of a service, as an operator would; returns how many there were."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        found = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s",
            (f"shouwang-{schema}",),
        )
        return len(found.fetchall())


def is_once(log: EventLog, tally: Tally, amount: int) -> bool:
    rows = log.query(TOTAL, str(tally.id))
    return len(log.history(tally.id)) == 2 and [row["total"] for row in rows] == [amount]


def test_an_answer_lost_after_the_commit_is_found_and_nothing_is_recorded_twice(
    wire: Wire, over_wire: EventLog, log: EventLog
):
    started(over_wire)
    wire.lose = Cut.ANSWER
    with over_wire.unit() as unit:
        tally = unit.add(add(Tally(), 5))
        unit.reached("registry", 1, 9)
        unit.answer("c1", {}, {"n": 1})
    assert wire.lost == 1
    assert is_once(log, tally, 5)
    assert log.query(TOTAL, str(tally.id))[0]["last"] == log.size()
    assert (log.position("registry", 1), log.first_answer("c1", {})) == (9, {"n": 1})


def test_a_commit_lost_on_its_way_is_recorded_again_and_nothing_twice(
    wire: Wire, over_wire: EventLog, log: EventLog
):
    wire.lose = Cut.COMMIT
    tally = started(over_wire, 5)
    assert wire.lost == 1
    assert is_once(log, tally, 5)


def test_a_commit_still_on_its_way_when_the_client_is_cut_off_is_waited_for(
    url: str, wire: Wire, over_wire: EventLog, log: EventLog
):
    execute(url, LINGERS_AT_COMMIT)
    wire.lose = Cut.CLIENT
    tally = started(over_wire, 5)
    assert wire.lost == 1
    assert is_once(log, tally, 5)


def test_a_connection_ended_by_the_server_at_the_commit_leaves_nothing_and_is_tried_again(
    url: str, log: EventLog
):
    execute(url, BREAKS_AT_COMMIT)
    tally = started(log, 5)
    assert is_once(log, tally, 5)


@pytest.mark.parametrize("cut", [Cut.ANSWER, Cut.COMMIT])
def test_what_is_unknown_is_called_unknown_and_the_same_command_settles_it(
    cut: Cut, wire: Wire, over_wire: EventLog
):
    wire.lose, wire.closes_after = cut, True
    tally = add(Tally(), 5)
    with pytest.raises(CommitUnknown), over_wire.unit() as unit:
        unit.add(tally)
        unit.answer("c1", {}, {"n": 1})
    wire.is_open = True
    answer = over_wire.first_answer("c1", {})
    assert answer == ({"n": 1} if cut is Cut.ANSWER else None)
    assert (over_wire.load(Tally, tally.id) is not None) == (answer is not None)


@pytest.mark.parametrize("cut", [Cut.ANSWER, Cut.COMMIT])
def test_a_unit_without_events_is_settled_by_its_answers_and_positions(
    cut: Cut, wire: Wire, over_wire: EventLog, log: EventLog
):
    wire.lose = cut
    with over_wire.unit() as unit:
        unit.reached("registry", 1, 9)
        unit.answer("c1", {}, {"n": 1})
    assert wire.lost == 1
    assert (log.position("registry", 1), log.first_answer("c1", {})) == (9, {"n": 1})


def test_somebody_elses_equal_position_is_not_taken_for_ones_own_events(
    wire: Wire, over_wire: EventLog, log: EventLog
):
    """The commit is lost, and before it is tried again another worker has done the same batch."""
    wire.lose, mine = Cut.COMMIT, add(Tally(), 5)
    find = over_wire.recorder._was_recorded

    def other_was_first(*given: object) -> bool:
        with log.unit() as unit:
            unit.reached("registry", 1, 9)
        return find(*given)

    over_wire.recorder._was_recorded = other_was_first
    with pytest.raises(LostRace), over_wire.unit() as unit:
        unit.add(mine)
        unit.reached("registry", 1, 9)
    assert log.load(Tally, mine.id) is None


def test_moving_the_relays_position_and_telling_survive_a_lost_answer(
    wire: Wire, over_wire: EventLog, log: EventLog
):
    wire.lose = Cut.ANSWER
    over_wire.relayed_to(4)
    wire.lose = Cut.ANSWER
    assert over_wire.assign_published([(3, 1)]) == {3: 0}
    assert (wire.lost, log.relayed(), log.published_after(1, 0, 9)) == (2, 4, [(3, 0)])


def test_after_all_connections_were_ended_the_next_calls_work(log: EventLog, server: Postgres):
    tally = started(log, 1)
    with log.recorder.datastore.get_connection(), log.recorder.datastore.get_connection():
        assert log.load(Tally, tally.id).total == 1  # on a third connection
    assert cut_all(server) == 3
    assert log.load(Tally, tally.id).total == 1
    cut_all(server)
    assert is_once(log, started(log, 2), 2)


def test_a_connection_ended_in_the_midst_of_a_unit_is_replaced_and_the_unit_recorded_once(
    recorder: PostgresRecorder, server: Postgres
):
    ended: list[int] = []

    def ends(sql: Sql, recorded: Recorded) -> None:
        if not ended:
            ended.append(cut_all(server))
        apply(sql, recorded)

    log = EventLog(recorder, apply=ends)
    assert is_once(log, started(log, 5), 5)
    assert ended[0] > 0


def test_a_crash_of_postgresql_keeps_what_was_committed_and_the_process_goes_on(url: str, server: Postgres):
    log = EventLog(PostgresRecorder(url, SERVICE, IMPATIENT), apply=apply)
    kept = [started(log, amount) for amount in range(10)]
    server.stop_immediate()
    with pytest.raises(StoreAway):
        log.size()
    with pytest.raises(StoreAway):
        started(log, 100)
    server.start()
    assert [log.load(Tally, tally.id).total for tally in kept] == list(range(10))
    later = started(log, 5)
    assert is_once(log, later, 5)
    assert [row.event.amount for row in log.events(0) if isinstance(row.event, Tally.Added)] == [
        *range(10),
        5,
    ]
    log.close()


def test_who_asks_while_postgresql_is_away_is_served_when_it_is_back(wire: Wire):
    recorder = PostgresRecorder(wire.url, SERVICE, Bounds(connection_seconds=30))
    wire.is_open = False
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(recorder.max_notification_id)
        assert wire.refused.wait(30)
        wire.is_open = True
        assert waiting.result() is None
    recorder.close()


def test_nothing_waits_for_ever(url: str, over_wire: EventLog):
    tally = started(over_wire, 1)
    with psycopg.connect(url) as other:
        PostgresSql(other).hold_log()
        with pytest.raises(StoreAway, match="lock timeout"):
            started(over_wire, 1)
        assert over_wire.load(Tally, tally.id).total == 1  # reading goes on
    with pytest.raises(StoreAway, match="statement timeout"):
        over_wire.query("SELECT pg_sleep(60)")
    assert is_once(over_wire, started(over_wire, 3), 3)


def test_writing_goes_on_while_the_table_is_vacuumed_or_analysed(url: str, over_wire: EventLog):
    with psycopg.connect(url) as vacuum:
        vacuum.execute("LOCK TABLE stored_events IN SHARE UPDATE EXCLUSIVE MODE")  # as these do
        assert is_once(over_wire, started(over_wire, 1), 1)


def test_who_finds_every_connection_taken_is_told_so(url: str):
    recorder = PostgresRecorder(url, SERVICE, Bounds(pool_size=1, max_overflow=0, connection_seconds=1))
    with recorder.datastore.get_connection(), pytest.raises(StoreAway, match="couldn't get a connection"):
        recorder.max_notification_id()
    assert recorder.max_notification_id() is None
    recorder.close()


def test_another_process_that_keeps_the_log_open_is_seen(log: EventLog, another: Callable[[], EventLog]):
    tally = started(log, 1)
    with another().unit() as unit:
        add(unit.get(Tally, tally.id), 4)
    with log.unit() as unit:
        assert unit.get(Tally, tally.id).total == 5
