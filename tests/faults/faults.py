"""What may befall a fleet, one function a fault: it does the harm under load, and ends it.

Each returns figures to be printed. What must hold afterwards is the same for all: services agree, nothing lost, nothing
twice (tests/faults/checker.py).
"""

from __future__ import annotations

import hashlib
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from amqp import Message
from kombu.connection import Connection

from contracts.envelope import Envelope
from services.chassis.amqp import connected, queue_name
from services.fleet import deploy
from services.kernel.calendar import SHANGHAI
from services.servers import Urls
from services.township.house import House, opened
from tests.faults.checker import Acknowledged
from tests.faults.load import TAKES, VILLAGES, elders_of
from tests.faults.stand import Stand, connections_of_services
from tests.integration.fleet.conftest import becomes_true

Figures = dict[str, Any]
Inject = Callable[[Stand, Random], Figures]
SHORT_STOP, LONG_STOP = 15.0, 60.0
CLIENTS = 300
NAMESPACE = "shouwang"


@dataclass(frozen=True)
class Fault:
    """What happens, and whether it belongs to the short part."""

    name: str
    inject: Inject
    is_short: bool = False


ALL: dict[str, Fault] = {}


def fault(*, is_short: bool = False) -> Callable[[Inject], Inject]:
    """Puts a function in the list."""

    def put(inject: Inject) -> Inject:
        name = getattr(inject, "__name__", "")
        ALL[name] = Fault(name, inject, is_short)
        return inject

    return put


# processes


@fault(is_short=True)
def every_process_killed(stand: Stand, chance: Random) -> Figures:
    """SIGKILL, each once, in any order and at any moment."""
    names = stand.names()
    chance.shuffle(names)
    back = {}
    for name in names:
        time.sleep(chance.uniform(0, 0.6))
        before = stand.signal(name, signal.SIGKILL)
        back[name] = stand.comes_back(name, before)
    return {"seconds until started again": max(back.values())}


@fault()
def every_process_asked_to_stop(stand: Stand, chance: Random) -> Figures:
    """SIGTERM under load: what is in hand is finished, and the supervisor starts it again."""
    back = {}
    for name in stand.names():
        time.sleep(chance.uniform(0, 0.6))
        before = stand.signal(name, signal.SIGTERM)
        back[name] = stand.comes_back(name, before)
    return {"seconds until started again": max(back.values())}


@fault()
def worker_paused(stand: Stand, chance: Random) -> Figures:
    """SIGSTOP of one of two workers: the other takes over; woken, it has no effect of its own."""
    return _paused(stand, chance.choice(["worker-2", "worker-3", "worker-4", "worker-5"]), SHORT_STOP)


@fault()
def worker_paused_for_a_minute(stand: Stand, chance: Random) -> Figures:
    """As before, longer than the broker waits for a heartbeat."""
    return _paused(stand, chance.choice(["worker-4", "worker-5"]), LONG_STOP)


@fault()
def both_notify_workers_paused_in_turn(stand: Stand, chance: Random) -> Figures:
    """First one, then the other: nobody is told twice."""
    first, second = chance.sample(["worker-4", "worker-5"], 2)
    return _paused(stand, first, SHORT_STOP) | _paused(stand, second, SHORT_STOP)


@fault()
def relay_paused(stand: Stand, chance: Random) -> Figures:
    """SIGSTOP of the relay: nothing is told meanwhile, and nothing twice with effect after."""
    return _paused(stand, chance.choice(stand.names("relay")), SHORT_STOP)


@fault()
def leading_relay_paused_and_its_lock_lost(stand: Stand, chance: Random) -> Figures:
    """Paused, and cut off from PostgreSQL as by a network: the other one leads; the woken one is fenced."""
    name = chance.choice(stand.names("relay"))
    stand.signal(name, signal.SIGSTOP)
    try:
        with stand.admin() as admin:
            found = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shouwang-relay'"
            admin.execute(found)
        return _until_heard(stand)
    finally:
        stand.signal(name, signal.SIGCONT)


def _paused(stand: Stand, name: str, seconds: float) -> Figures:
    begun = time.monotonic()
    pid = stand.signal(name, signal.SIGSTOP)
    ends = begun + seconds
    taken_over: float | None = None
    try:
        with opened(stand.settings) as house:
            time.sleep(1)
            goal = {name: one.log.size() for name, one in house.services.items()}
            while time.monotonic() < ends:
                time.sleep(0.5)
                if taken_over is None and _is_level(house, goal):
                    taken_over = round(time.monotonic() - begun, 1)
    finally:
        stand.signal(name, signal.SIGCONT)
    assert stand.pid(name) == pid, "the supervisor started a paused process again"
    return {f"seconds until {name} was made up for": taken_over}


def _is_level(house: House, goal: dict[str, int]) -> bool:
    """Whether what was in the logs at a moment is told and heard by all."""
    if any(house.services[name].log.relayed() < size for name, size in goal.items()):
        return False
    return all(
        one.log.position(hearing.inbox.upstream, part) >= last
        for one in house.services.values()
        for hearing in one.hearings
        for part, last in _last_told(house, hearing.inbox.upstream, goal).items()
    )


def _last_told(house: House, upstream: str, goal: dict[str, int]) -> dict[int, int]:
    query = "SELECT part, MAX(position) AS last FROM told WHERE position <= ? GROUP BY part"
    rows = house.services[upstream].log.query(query, goal[upstream])
    return {row["part"]: row["last"] for row in rows}


# PostgreSQL


@fault(is_short=True)
def postgres_stopped_at_once(stand: Stand, chance: Random) -> Figures:
    """Immediate stop, as in a crash; it recovers from its write-ahead log."""
    stand.postgres.stop_immediate()
    time.sleep(chance.uniform(1, 3))
    stand.postgres.start()
    back = time.monotonic()
    assert becomes_true(lambda: stand.record.first_after(back) is not None), "nothing is taken any more"
    return {"seconds until the first command after its return": stand.record.first_after(back)}


@fault()
def one_backend_killed(stand: Stand, chance: Random) -> Figures:
    """One connection of the services is terminated, several times."""
    for _ in range(8):
        with stand.admin() as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (chance.choice(connections_of_services(admin)),))
        time.sleep(chance.uniform(0.1, 0.5))
    return {}


@fault()
def all_connections_to_postgres_terminated(stand: Stand, chance: Random) -> Figures:
    """All connections of the services at once, three times."""
    ended = 0
    for _ in range(3):
        with stand.admin() as admin:
            pids = connections_of_services(admin)
            admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
        ended += len(pids)
        last = time.monotonic()
        time.sleep(chance.uniform(0.5, 1.5))
    return {"connections": ended, "seconds until the next command": stand.record.first_after(last)}


@fault()
def log_of_visits_locked(stand: Stand, chance: Random) -> Figures:
    """Somebody holds the table of the log for some seconds."""
    seconds = chance.uniform(3, 5)
    with stand.admin() as admin, admin.transaction():
        admin.execute("LOCK TABLE visits.stored_events IN ACCESS EXCLUSIVE MODE")
        held = time.monotonic()
        time.sleep(seconds)
        during = stand.record.between(held + 1, time.monotonic())
    freed = time.monotonic()
    becomes_true(lambda: stand.record.first_after(freed) is not None)
    return {
        "held for": round(seconds, 1),
        "taken meanwhile": during,
        "seconds until the next command": stand.record.first_after(freed),
    }


# RabbitMQ


def _broker_away(
    stand: Stand, stop: Callable[[], object], start: Callable[[], object], away: float
) -> Figures:
    """The rate before and while it is away, and how long the drain takes after its return."""
    before = time.monotonic()
    stop()
    stopped = time.monotonic()
    time.sleep(away)
    until = time.monotonic()
    start()
    back = time.monotonic()
    goal = _ends(stand)
    assert becomes_true(lambda: _reached(stand, goal), 180), "what was recorded meanwhile is not told"
    return {
        "a second before": round(stand.record.between(before - 1.5, before) / 1.5),
        "a second while it was away": round(stand.record.between(stopped, until) / (until - stopped)),
        "seconds to drain": round(time.monotonic() - back, 1),
    }


def _ends(stand: Stand) -> dict[str, int]:
    with opened(stand.settings) as house:
        return {name: one.log.size() for name, one in house.services.items()}


def _reached(stand: Stand, goal: dict[str, int]) -> bool:
    with opened(stand.settings) as house:
        return _is_level(house, goal)


@fault()
def rabbit_killed(stand: Stand, chance: Random) -> Figures:
    """Kill -9, and started again some seconds later."""
    rabbit = stand.rabbit
    return _broker_away(stand, rabbit.kill, rabbit.start, chance.uniform(3, 5))


@fault()
def rabbit_app_stopped(stand: Stand, chance: Random) -> Figures:
    """The node stays, its broker goes and comes."""
    rabbit = stand.rabbit
    return _broker_away(
        stand, lambda: rabbit.ctl("stop_app"), lambda: rabbit.ctl("start_app"), chance.uniform(3, 5)
    )


@fault()
def all_connections_to_rabbit_closed(stand: Stand, chance: Random) -> Figures:
    """By the broker, twice."""
    for _ in range(2):
        stand.rabbit.ctl("close_all_connections", "--vhost", NAMESPACE, "a test")
        time.sleep(chance.uniform(0.5, 2))
    return {}


@fault()
def memory_alarm(stand: Stand, chance: Random) -> Figures:
    """The broker blocks who publishes."""
    rabbit = stand.rabbit
    return _broker_away(
        stand,
        lambda: rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1MB"),
        lambda: rabbit.ctl("set_vm_memory_high_watermark", "0.4"),
        chance.uniform(4, 6),
    )


@fault()
def disk_alarm(stand: Stand, chance: Random) -> Figures:
    """The same, for want of disk."""
    rabbit = stand.rabbit
    return _broker_away(
        stand,
        lambda: rabbit.ctl("set_disk_free_limit", "900000GB"),
        lambda: rabbit.ctl("set_disk_free_limit", "64MB"),
        chance.uniform(4, 6),
    )


@fault()
def queue_deleted(stand: Stand, chance: Random) -> Figures:
    """One queue of a consumer goes, with what it holds."""
    name = queue_name(NAMESPACE, "notify", "visits", _busy_partition(chance))
    stand.rabbit.ctl("delete_queue", name, "--vhost", NAMESPACE)
    return _until_heard(stand)


@fault()
def exchange_deleted(stand: Stand, chance: Random) -> Figures:
    """Nothing can be published until somebody makes it again."""
    del chance
    with connected(Connection(stand.rabbit.url)) as made:
        made.channel().exchange_delete(NAMESPACE)
    return _until_heard(stand)


@fault()
def rabbit_wiped(stand: Stand, chance: Random) -> Figures:
    """It comes back with nothing of what it held: no queue, no exchange, no message."""
    time.sleep(chance.uniform(0, 1))
    begun = time.monotonic()
    stand.rabbit.wipe()
    return {"seconds to wipe": round(time.monotonic() - begun, 1)} | _until_heard(stand)


def _until_heard(stand: Stand, *, declares_after: float = 40) -> Figures:
    """How long until what is recorded now is heard; where nobody makes the topology again, `shouwang up` does."""
    goal, begun = _ends(stand), time.monotonic()
    by_itself = becomes_true(lambda: _reached(stand, goal), declares_after)
    if not by_itself:
        deploy.prepare(stand.fleet.settings, Urls(stand.rabbit.url, stand.postgres.url))
        assert becomes_true(lambda: _reached(stand, goal), 90), "it is not heard, even declared again"
    return {"heals by itself": by_itself, "seconds until heard": round(time.monotonic() - begun, 1)}


# messages


@fault()
def message_poisoned(stand: Stand, chance: Random) -> Figures:
    """Bytes that nobody can read are kept, and the queue goes on."""
    partition = _busy_partition(chance)
    body = b"\x00\xff not an envelope " + chance.randbytes(8)
    name = queue_name(NAMESPACE, "notify", "visits", partition)
    with connected(Connection(stand.rabbit.url)) as made:
        channel = made.channel()
        for _ in range(3):
            channel.basic_publish_confirm(Message(body, delivery_mode=2), "", name, mandatory=True)
    wanted = f"visits/{partition}/{hashlib.sha256(body).hexdigest()}"
    stand.planted.add(wanted)

    def is_kept() -> bool:
        with opened(stand.settings) as house:
            return wanted in {one.id for one in house.services["notify"].parked.list()}

    begun = time.monotonic()
    assert becomes_true(is_kept, 90), f"the garbage was not kept: {_queues(stand, name)}"
    return {"seconds until kept": round(time.monotonic() - begun, 1)} | _until_heard(stand)


@fault()
def messages_doubled_a_hundredfold(stand: Stand, chance: Random) -> Figures:
    """Real messages, each a hundred times again."""
    told = _told_lately(stand, chance, 5)
    _publish([one for one in told for _ in range(100)], stand)
    return {"messages": len(told) * 100} | _until_heard(stand)


@fault()
def messages_reordered(stand: Stand, chance: Random) -> Figures:
    """The latest messages, again and backwards."""
    told = _told_lately(stand, chance, 200)
    _publish(told[::-1], stand)
    return {"messages": len(told)} | _until_heard(stand)


@fault()
def messages_dropped(stand: Stand, chance: Random) -> Figures:
    """A worker is paused so that queues fill; they are purged; what was lost is pulled."""
    del chance
    paused = stand.names("worker")
    for name in paused:
        stand.signal(name, signal.SIGSTOP)
    time.sleep(3)
    lost = 0
    with connected(Connection(stand.rabbit.url)) as made:
        for partition in range(8):
            for consumer in ("risk", "notify"):
                lost += made.channel().queue_purge(queue_name(NAMESPACE, consumer, "visits", partition)) or 0
    for name in paused:
        stand.signal(name, signal.SIGCONT)
    return {"messages purged": lost} | _until_heard(stand)


def _queues(stand: Stand, *names: str) -> list[str]:
    columns = ("name", "messages_ready", "messages_unacknowledged", "consumers")
    listed = stand.rabbit.ctl("list_queues", "--vhost", NAMESPACE, *columns)
    return [line for line in listed.splitlines() if line.startswith((*names, f"{NAMESPACE}.dead"))]


def _busy_partition(chance: Random) -> int:
    return chance.randrange(8)


def _told_lately(stand: Stand, chance: Random, count: int) -> list[Envelope]:
    with opened(stand.settings) as house:
        relay = house.services["visits"].relay
        partition = chance.choice([part for part, last in relay.told().items() if last])
        return relay.pull(partition, 0, 100_000)[-count:]


def _publish(envelopes: list[Envelope], stand: Stand) -> None:
    with connected(Connection(stand.rabbit.url)) as made:
        channel = made.channel()
        for one in envelopes:
            route = f"{one.type}.{one.partition}"
            channel.basic_publish_confirm(Message(one.model_dump_json(), delivery_mode=2), NAMESPACE, route)


# clients


@fault()
def three_hundred_clients_at_once(stand: Stand, chance: Random) -> Figures:
    """Each with one visit that it sends until it is answered, some of them twice at once."""
    today = datetime.now(SHANGHAI).date().isoformat()
    run = chance.randrange(10**9)
    retries = 0

    def post(number: int) -> bool:
        nonlocal retries
        village = VILLAGES[number % 2]
        elder = elders_of(village)[number % 10]
        visit = f"crowd-{run}-{number}"
        content = {
            "by": f"grid-{village}",
            "on": today,
            "mode": "phone",
            "check_up": False,
            "confirms_facts": False,
        }
        for _ in range(200):
            status, answer = stand.door.call("PUT", f"/visits/{visit}", {"elder": elder} | content)
            if status in TAKES:
                stand.record.write(
                    [Acknowledged("visit", visit, elder, content, answer["outcome"], visit, number)]
                )
                return True
            assert status == 0 or status >= 429, (status, answer)
            retries += 1
            time.sleep(0.2)
        return False

    begun = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert all(
            pool.map(post, [number // 4 * 4 if number % 4 == 3 else number for number in range(CLIENTS)])
        )
    return {"clients": CLIENTS, "seconds": round(time.monotonic() - begun, 1), "retries": retries}


@fault()
def request_cut_in_mid_body(stand: Stand, chance: Random) -> Figures:
    """Half a request, then the line is cut; nothing of it is recorded, and others are served."""
    for number in range(20):
        body = b'{"elder": "E0100", "by": "grid-530323990201", "on": "2024-03-01", "mode": "phone", "check'
        head = (
            f"PUT /visits/cut-{chance.randrange(10**9)}-{number} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {stand.door.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body) + 60}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", stand.door.port), 5) as line:
            line.sendall(head.encode() + body[: chance.randrange(1, len(body))])
            time.sleep(0.05)
    with opened(stand.settings) as house:
        held = house.services["visits"].log.query(
            "SELECT command FROM answers WHERE command LIKE 'visit:cut-%'"
        )
    assert held == []
    begun = time.monotonic()
    assert becomes_true(lambda: stand.record.first_after(begun) is not None, 20)
    return {"seconds until the next command": stand.record.first_after(begun)}
