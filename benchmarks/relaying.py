"""From a log through relay and queue to the consumer's position, against a bare kombu consumer of the same messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from time import monotonic, sleep
from uuid import uuid4

from amqp import Message
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.messaging import Consumer

from benchmarks import people
from benchmarks.posting import Clients
from benchmarks.rebuilding import alone, rebuilt
from benchmarks.results import Result, say
from benchmarks.stand import SETTLED_SECONDS, Stand, standing, until
from contracts.catalogue import PARTITIONS
from services.chassis.clock import SystemClock
from services.chassis.commands.command import Asked, Command, Desk
from services.chassis.log.event_log import EventLog
from services.chassis.messaging.amqp import connected
from services.chassis.messaging.relay import Relay
from services.fleet.settings import SERVICES
from services.fleet.wiring import broker_of
from services.house.house import blueprints
from services.registry.application import Registry
from services.registry.bootstrap import blueprint
from services.registry.elders.commands import Pair
from services.servers import Urls

ELDERS = 500
LOT = 500
PREFETCH = 500
WORKERS = (("registry", "risk"), ("visits",), ("notify",))
CATCH_UP_SECONDS = 6


def run(urls: Urls, rounds: int, seconds: float) -> None:
    """Rows 3 and 5, on one stand: what is heard without effect, with effect, and what the logs then hold is rebuilt."""
    events = int(6000 * seconds)
    result = Result(
        "3-relay-to-applied", f"≥ 3,000 events/s a worker; {events:,} events told before anybody hears"
    )
    rebuild = Result("5-rebuild", "≥ 0.3 × the rate at which the recorder alone reads the log")
    with standing(urls) as stand:
        stand.start_all()
        say(f"enrolling {ELDERS} elders")
        elders = people.settle_in(stand, ELDERS)
        stand.stop_all()
        for number in range(rounds):
            say(f"relay to applied: round {number + 1} of {rounds}")
            heard = _heard(stand, elders, events, number, "notify", result)
            bare = _bare(stand, "visits", events)
            result.ratio("heard without effect (visit → notify) / bare consumer", heard / bare)
            applied = _heard(stand, elders, events // 3, number, "visits", result)
            bare_pairs = _bare(stand, "registry", events // 3)
            result.ratio("applied (carer paired → care record) / bare consumer", applied / bare_pairs)
            result.add("bare consumer, visits: messages a second", bare)
            result.add("bare consumer, pairings: messages a second", bare_pairs)
        for _ in range(rounds):
            for service in ("visits", "registry"):
                _rebuild(stand, service, rebuild)
    result.end()
    rebuild.end()


def _heard(stand: Stand, elders: list[str], events: int, number: int, consumer: str, result: Result) -> float:
    """Events a second from the first that is told to the last that is applied; one relay, every worker at work.

    The workers have caught up before, so that all of it comes through the queues.
    """
    upstream = {"notify": "visits", "visits": "registry"}[consumer]
    for group in WORKERS:
        stand.start("worker", *group)
    log, up = stand.log(consumer), stand.log(upstream)
    sleep(CATCH_UP_SECONDS)
    begins = up.size()
    if consumer == "notify":
        _visited(stand, elders, events, number)
    else:
        _paired(stand, elders, events, number)
    stand.start("relay", upstream)
    before = stand.spent()
    rate_told, rate_heard = _follow(up, log, upstream, begins)
    for key, spent in stand.spent().items():
        result.add(
            f"{upstream} → {consumer}: ms of processor an event, {key}", 1000 * (spent - before[key]) / events
        )
    stand.stop_all()
    result.add(f"{upstream} → {consumer}: heard a second", rate_heard)
    result.add(f"{upstream} → {consumer}: told a second", rate_told)
    log.close()
    up.close()
    return rate_heard


def _follow(up: EventLog, down: EventLog, upstream: str, begins: int) -> tuple[float, float]:
    """Events a second of the relay, and of the consumer."""
    end = up.size()
    until(lambda: up.relayed() > begins, SETTLED_SECONDS, 0.005)
    begun, told_at = monotonic(), 0.0
    ends = monotonic() + SETTLED_SECONDS
    while not (
        told_at
        and all(_positions(down, upstream)[part] >= up.last_published(part) for part in range(PARTITIONS))
    ):
        if not told_at and up.relayed() >= end:
            told_at = monotonic()
        if monotonic() > ends:
            raise TimeoutError(f"{upstream} was not heard to its end")
        sleep(0.02)
    told = sum(len(up.published_after(part, begins, 10**7)) for part in range(PARTITIONS))
    return told / (told_at - begun), told / (monotonic() - begun)


def _positions(log: EventLog, upstream: str) -> list[int]:
    return [log.position(upstream, part) for part in range(PARTITIONS)]


def _visited(stand: Stand, elders: list[str], events: int, number: int) -> None:
    api = stand.start("api", *SERVICES)
    clients = Clients(stand.port, 2)
    lots = people.uploads(elders, number)
    clients.run(next(lots) for _ in range(events // LOT))
    clients.close()
    stand.stop(api)


def _paired(stand: Stand, elders: Sequence[str], events: int, number: int) -> None:
    """Each elder gets another carer, again and again: every one of these changes a care record."""
    plan = blueprint(stand.settings)
    log = stand.log("registry")
    application = plan.application(log)
    if not isinstance(application, Registry):
        raise TypeError(type(application))
    desk = Desk(log, application.decisions, application.needs)
    commands = [_pair(elders[at % len(elders)], at // len(elders) + number) for at in range(events)]
    now = _now()
    for at in range(0, len(commands), LOT):
        desk.take_many([Asked(one, now, uuid4().hex) for one in commands[at : at + LOT]])
    log.close()


def _pair(elder: str, turn: int) -> Command:
    roles = ("resident_member", "grid_worker", "group_cadre")
    return Pair(elder=elder, carer=f"{people.village_of(elder)}-{roles[turn % len(roles)]}")


def _now() -> datetime:
    return SystemClock().now()


def _bare(stand: Stand, upstream: str, count: int) -> float:
    """Messages a second that a kombu consumer takes and acknowledges, one by one, from a quorum queue."""
    bodies = _bodies(stand, upstream, count)
    name = f"bench.{uuid4().hex[:8]}"
    with connected(Connection(stand.amqp_url)) as made:
        channel = made.channel()
        channel.queue_declare(name, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        for body in bodies:
            channel.basic_publish(Message(body, content_type="application/json", delivery_mode=2), "", name)
        channel.close()  # answered when all of it is there
    with Connection(stand.amqp_url) as connection:
        channel = connection.channel()
        taken: list[float] = []

        def take(_: object, message: Message) -> None:
            message.ack()
            taken.append(monotonic())

        queue = Queue(name, durable=True, no_declare=True)
        consumer = Consumer(channel, [queue], callbacks=[take], accept=["json"], auto_declare=False)
        consumer.qos(prefetch_count=PREFETCH)
        with consumer:
            while len(taken) < len(bodies):
                connection.drain_events(timeout=30)
        channel.queue_delete(name)
    return len(taken) / (taken[-1] - taken[0])


def _bodies(stand: Stand, upstream: str, count: int) -> list[str]:
    """The bodies of the last messages that an upstream told."""
    plan = next(plan for plan in blueprints(stand.settings) if plan.name == upstream)
    log = stand.log(upstream)
    relay = Relay(upstream, log, plan.translate, broker_of(stand.settings))
    made: list[str] = []
    for part in range(PARTITIONS):
        made += _of_partition(relay, part, count // PARTITIONS)
    log.close()
    return made


def _of_partition(relay: Relay, part: int, count: int) -> Iterable[str]:
    made: list[str] = []
    after = 0
    while len(made) < count and (pulled := relay.pull(part, after)):
        made += [one.model_dump_json() for one in pulled]
        after = pulled[-1].position
    return made[:count]


def _rebuild(stand: Stand, service: str, result: Result) -> None:
    """A read model made again beside the live one, against the recorder's reading alone; in turns."""
    read = alone(stand, service)
    made = rebuilt(stand, service)
    result.ratio(f"rebuilt / read alone, {service}", made / read)
    result.add(f"rebuilt events a second, {service}", made)
    result.add(f"read events a second, {service}", read)
