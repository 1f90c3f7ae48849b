"""Faults of messages: unreadable, again, in another order, never, of a newer version."""

from __future__ import annotations

import hashlib
import json
import signal
import time
from random import Random

from amqp import Message
from kombu.connection import Connection

from contracts.envelope import Envelope
from services.chassis.messaging.amqp import connected, queue_name
from services.house.house import opened
from tests.faults.harm import NAMESPACE, Figures, busy_partition, fault, queues_of, until_heard
from tests.faults.stand import Stand
from tests.integration.fleet.conftest import becomes_true


@fault(is_short=True)
def message_poisoned(stand: Stand, chance: Random) -> Figures:
    """Bytes that nobody can read are kept, and the queue goes on."""
    partition = busy_partition(chance)
    body = b"\x00\xff not an envelope " + chance.randbytes(8)
    name = queue_name(NAMESPACE, "notify", "visits", partition)
    with connected(Connection(stand.rabbit.url)) as made:
        channel = made.channel()
        for _ in range(3):
            channel.basic_publish_confirm(Message(body, delivery_mode=2), "", name, mandatory=True)
    wanted = f"visits/{partition}/{hashlib.sha256(body).hexdigest()}"
    stand.planted.add(wanted)

    begun = time.monotonic()
    assert becomes_true(lambda: wanted in _kept(stand), 90), (
        f"the garbage was not kept: {queues_of(stand, name)}"
    )
    return {"seconds until kept": round(time.monotonic() - begun, 1)} | until_heard(stand)


@fault()
def messages_doubled_a_hundredfold(stand: Stand, chance: Random) -> Figures:
    """Real messages, each a hundred times again."""
    told = _told_lately(stand, chance, 5)
    _publish([(one, one.model_dump_json()) for one in told for _ in range(100)], stand)
    return {"messages": len(told) * 100} | until_heard(stand)


@fault()
def messages_reordered(stand: Stand, chance: Random) -> Figures:
    """The latest messages, again and backwards."""
    told = _told_lately(stand, chance, 200)
    _publish([(one, one.model_dump_json()) for one in told[::-1]], stand)
    return {"messages": len(told)} | until_heard(stand)


@fault()
def messages_dropped(stand: Stand, chance: Random) -> Figures:
    """Workers are paused and lose their connections, so that queues hold what they had; it is purged, and pulled."""
    paused = stand.names("worker")
    for name in paused:
        stand.signal(name, signal.SIGSTOP)
    try:
        time.sleep(chance.uniform(2, 4))
        stand.rabbit.ctl("close_all_connections", "--vhost", NAMESPACE, "a test")
        lost, ends = 0, time.monotonic() + 60
        while not lost and time.monotonic() < ends:
            lost = _purged(stand)
        assert lost, "there was nothing to lose"
    finally:
        for name in paused:
            stand.signal(name, signal.SIGCONT)
    return {"messages purged": lost} | until_heard(stand)


def _purged(stand: Stand) -> int:
    names = [queue_name(NAMESPACE, one, "visits", part) for one in ("risk", "notify") for part in range(8)]
    with connected(Connection(stand.rabbit.url)) as made:
        return sum(made.channel().queue_purge(name) or 0 for name in names)


@fault()
def messages_of_a_newer_version(stand: Stand, chance: Random) -> Figures:
    """What no relay has told yet is told as a later version may: more fields, and some that cannot be read today.

    Fields that nobody knows are passed over. What cannot be read is kept, and its event is had from the log.
    """
    relays = stand.names("relay")
    for name in relays:
        stand.signal(name, signal.SIGSTOP)
    try:
        time.sleep(3)
        with opened(stand.settings) as house:
            visits = house.services["visits"]
            told = visits.relay.envelopes_of(visits.log.events(visits.log.relayed(), 300))
        strange = {one.position for one in chance.sample(told, len(told) // 5)}
        bodies = [_newer(one, is_strange=one.position in strange) for one in told]
        _publish([(one, body) for one, body in zip(told, bodies, strict=True)], stand)
        stand.planted |= {
            f"visits/{one.partition}/{hashlib.sha256(body.encode()).hexdigest()}"
            for one, body in zip(told, bodies, strict=True)
            if one.position in strange
        }
        ends = {one.partition: one.position for one in told if one.position not in strange}
        assert becomes_true(lambda: _is_heard(stand, ends), 90), "what can be read is not heard"
    finally:
        for name in relays:
            stand.signal(name, signal.SIGCONT)
    assert becomes_true(lambda: stand.planted <= _kept(stand)), "what cannot be read is not kept"
    return {"with more fields": len(told), "unreadable today": len(strange)} | until_heard(stand)


def _newer(one: Envelope, *, is_strange: bool) -> str:
    said = one.model_dump(mode="json")
    more = {"tracestate": "later", "data": {**said["data"], "later": {"known": False}}}
    return json.dumps(said | more | ({"specversion": "2.0"} if is_strange else {}))


def _is_heard(stand: Stand, ends: dict[int, int]) -> bool:
    with opened(stand.settings) as house:
        logs = [house.services[name].log for name in ("risk", "notify")]
        return all(log.position("visits", part) >= end for part, end in ends.items() for log in logs)


def _kept(stand: Stand) -> set[str]:
    with opened(stand.settings) as house:
        return {one.id for one in house.services["notify"].parked.list()}


def _told_lately(stand: Stand, chance: Random, count: int) -> list[Envelope]:
    with opened(stand.settings) as house:
        relay = house.services["visits"].relay
        partition = chance.choice([part for part, last in relay.published().items() if last])
        return relay.pull(partition, 0, 100_000)[-count:]


def _publish(told: list[tuple[Envelope, str]], stand: Stand) -> None:
    with connected(Connection(stand.rabbit.url)) as made:
        channel = made.channel()
        for one, body in told:
            route = f"{one.type}.{one.partition}"
            channel.basic_publish_confirm(Message(body, delivery_mode=2), NAMESPACE, route)
