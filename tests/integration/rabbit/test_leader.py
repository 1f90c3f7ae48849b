"""One relay leads; one that was paused and thinks that it still does moves nothing."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from services.chassis.log.event_log import EventLog
from services.chassis.log.locks import lock_key
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.messaging.amqp import Broker, declare
from services.chassis.messaging.relay import Relay
from services.chassis.migrations.migrate import migrate
from services.chassis.workers.leader import Fenced, Leader, Turn, run_relay
from services.servers import Servers
from tests.integration.rabbit.pair import AT, CONSUMERS, Source, translate, until

SERVICE = "up"


@pytest.fixture
def url(servers: Servers, tmp_path: Path) -> str:
    """An empty schema of the upstream, seen by its role."""
    admin = servers.up().database
    with psycopg.connect(admin) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SERVICE} CASCADE")
    migrate(admin, [SERVICE], tmp_path / "urls.json")
    return json.loads((tmp_path / "urls.json").read_text())[SERVICE]


@pytest.fixture
def logs(url: str) -> Iterator[Callable[[], EventLog]]:
    made: list[EventLog] = []

    def make() -> EventLog:
        made.append(EventLog(PostgresRecorder(url, SERVICE)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def broker(connection: Connection, namespace: str) -> Broker:
    declare(connection, namespace, CONSUMERS)
    return Broker(connection, namespace, CONSUMERS)


@pytest.fixture
def leaders(url: str, logs: Callable[[], EventLog]) -> Iterator[tuple[Leader, Leader]]:
    pair = Leader(url, SERVICE, logs()), Leader(url, SERVICE, logs())
    yield pair
    for one in pair:
        one.resign()


def say(log: EventLog, times: int) -> None:
    sources = [Source(subject=f"elder-{number}") for number in range(9)]
    with log.unit() as unit:
        for number in range(times):
            source = unit.add(sources[number % 9])
            source.trigger_event(Source.Said, timestamp=AT, number=number)


def end_session(servers: Servers, leader: Leader) -> None:
    """PostgreSQL ends the session that holds the lock; the leader is not told."""
    with psycopg.connect(servers.up().database, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (leader._lock.connection.info.backend_pid,))


def test_of_two_one_leads_and_the_other_follows_when_it_resigns(leaders: tuple[Leader, Leader]):
    first, second = leaders
    assert (first.leads(), second.leads()) == (True, False)
    assert (first.leads(), second.leads()) == (True, False)
    first.resign()
    until(second.leads, 5)
    assert second.number == 2


def test_a_leader_whose_connection_was_killed_in_its_sleep_cannot_move_the_position(
    leaders: tuple[Leader, Leader], logs: Callable[[], EventLog], broker: Broker, servers: Servers
):
    first, second = leaders
    relays = [Relay(SERVICE, one._log, translate, broker) for one in leaders]
    log = logs()
    say(log, 300)
    assert first.leads()
    relays[0].lead(first.store)
    assert relays[0].step(100) == 100
    end_session(servers, first)
    until(second.leads, 10)
    relays[1].lead(second.store)
    with pytest.raises(Fenced):
        relays[0].step(150)
    assert log.relayed() == 100
    assert relays[1].step(50) == 50
    with pytest.raises(Fenced):
        first.store(140)
    with pytest.raises(psycopg.OperationalError):
        first.leads()
    assert log.relayed() == 150
    for one in relays:
        one.close()


def test_of_two_workers_one_keeps_the_time_and_the_other_when_its_connection_is_gone(
    url: str, servers: Servers
):
    first, second = Turn(url, SERVICE), Turn(url, SERVICE)
    assert (first.is_mine(), second.is_mine()) == (True, False)
    assert (first.is_mine(), second.is_mine()) == (True, False)
    with psycopg.connect(servers.up().database, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (first._lock.connection.info.backend_pid,))
    until(second.is_mine, 10)
    assert not first.is_mine()
    second._lock.release()
    until(first.is_mine, 10)
    first._lock.release()


def test_one_question_says_who_leads_and_where_the_log_ends(
    leaders: tuple[Leader, Leader], logs: Callable[[], EventLog]
):
    first, second = leaders
    assert (first.leads(), first.end) == (True, 0)
    log = logs()
    say(log, 30)
    assert (first.leads(), first.end) == (True, log.size())
    assert (second.leads(), second.end) == (False, 0)


def test_every_service_has_a_lock_of_its_own():
    names = ("registry", "visits", "risk", "notify")
    assert len({lock_key(what, name) for what in ("relay", "clock") for name in names}) == 8


def test_two_relay_loops_tell_everything_through_outages_of_both_servers(
    url: str, logs: Callable[[], EventLog], broker: Broker, servers: Servers
):
    stop = threading.Event()
    pairs = [(Relay(SERVICE, log, translate, broker), Leader(url, SERVICE, log)) for log in (logs(), logs())]
    loops = [threading.Thread(target=run_relay, args=(relay, leader, stop.is_set)) for relay, leader in pairs]
    for one in loops:
        one.start()
    log = logs()
    say(log, 500)
    until(lambda: log.relayed() == log.size(), 20)
    end_session(servers, next(leader for _, leader in pairs if leader.number))
    say(log, 500)
    until(lambda: log.relayed() == log.size(), 20)
    servers.postgres.stop_immediate()
    servers.postgres.start()
    say(log, 500)
    until(lambda: log.relayed() == log.size(), 20)
    servers.rabbit.stop()
    say(log, 500)
    servers.rabbit.start()
    until(lambda: log.relayed() == log.size(), 40)
    stop.set()
    for one in loops:
        one.join(20)
        assert not one.is_alive()
    told = [envelope.position for part in range(8) for envelope in pairs[0][0].pull(part, 0, limit=5000)]
    assert len(told) == len(set(told)) == 2000
    assert sum(relay.published_events for relay, _ in pairs) == 2000
