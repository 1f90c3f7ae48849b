"""What the broker gives up is collected with its bytes, queue and reason, and has exactly one effect or none."""

from contextlib import suppress
from typing import Any

import pytest
from amqp import Message
from kombu import Connection

from services.chassis.messaging.amqp import DELIVERY_LIMIT, connected, dead_letters
from services.chassis.messaging.dead_letters import Collected, collect, hand_in_again
from services.chassis.messaging.depths import Depth, dead_depth, depths
from services.chassis.messaging.parking import NotParked, ParkedMessage, UnreadableMessage
from tests.integration.rabbit.pair import CONSUMERS, Pair, until


def reject_all(pair: Pair, *, limit_reached: bool = True) -> int:
    """A consumer that keeps failing, until every queue has given up what it held; returns how much that was."""
    before = dead_depth(pair.broker.connection, pair.broker.namespace)
    waiting = depths(pair.broker.connection, pair.broker.namespace, CONSUMERS).queues[0].ready
    with connected(pair.broker.connection) as made:
        channel = made.channel()

        def fail(message: Any) -> None:
            channel.basic_reject(message.delivery_tag, requeue=limit_reached)

        for partition in range(8):
            channel.basic_consume(f"{pair.broker.namespace}.down.up.{partition}", callback=fail)

        def is_given_up() -> bool:
            with suppress(TimeoutError):
                made.drain_events(timeout=0.05)
            return dead_depth(pair.broker.connection, pair.broker.namespace) == before + waiting

        until(is_given_up, 60)
    return waiting


def collected(pair: Pair) -> Collected:
    return collect(pair.broker.connection, pair.broker.namespace, CONSUMERS, {"down": pair.down})


def hand_in(pair: Pair, one: ParkedMessage) -> int:
    return hand_in_again(pair.parked, {"up": pair.inbox}, one.id)


def test_depths_say_what_waits_who_listens_and_what_is_missing(
    pair: Pair, connection: Connection, namespace: str
):
    pair.say(3)
    pair.tell()
    found = depths(connection, namespace, CONSUMERS)
    assert found.queues == (Depth("down", "up", 3, None, 0, 0),)
    assert found.dead == 0
    with connected(connection) as made:
        made.channel().queue_delete(f"{namespace}.down.up.7")
        made.channel().queue_delete(dead_letters(namespace))
    found = depths(connection, namespace, CONSUMERS)
    assert (found.queues[0].missing, found.dead, dead_depth(connection, namespace)) == (1, None, 0)
    pair.hear()
    listened = depths(connection, namespace, CONSUMERS).queues[0]
    assert (listened.ready, listened.consumers, listened.missing) == (0, 8, 0)


def test_what_passed_the_delivery_limit_is_kept_with_its_bytes_queue_and_reason(pair: Pair):
    pair.say(1)
    pair.tell()
    (told,) = pair.told()
    assert reject_all(pair) == 1
    assert collected(pair) == Collected(kept=1, left=0)
    (one,) = pair.parked.list()
    assert (one.upstream, one.partition, one.position) == ("up", told.partition, 0)
    assert one.error.startswith(f"dead letter of {pair.broker.namespace}.down.up.{told.partition}: ")
    assert "delivery_limit" in one.error
    assert f"{told.subject} at {told.position}" in one.error
    assert one.envelope() == told
    assert dead_depth(pair.broker.connection, pair.broker.namespace) == 0
    assert collected(pair) == Collected(kept=0, left=0)
    assert DELIVERY_LIMIT > 1


def test_handed_in_again_it_has_its_effect_once_and_what_lies_before_it_too(pair: Pair):
    pair.say(200)
    pair.tell()
    assert reject_all(pair, limit_reached=False) == 200
    collected(pair)
    parked = pair.parked.list()
    assert len(parked) == 200
    for one in reversed(parked):
        assert hand_in(pair, one) == 1
    assert pair.heard() == pair.expected()
    assert pair.parked.list() == []


def test_what_was_healed_by_pull_meanwhile_is_not_had_twice(pair: Pair):
    pair.say(80)
    pair.tell()
    reject_all(pair, limit_reached=False)
    collected(pair)
    pair.inbox.catch_up()
    assert pair.heard() == pair.expected()
    for one in pair.parked.list():
        hand_in(pair, one)
    assert pair.heard() == pair.expected()
    assert pair.parked.list() == []


def test_it_keeps_nobody_waiting(pair: Pair):
    pair.say(40)
    pair.tell()
    reject_all(pair, limit_reached=False)
    collected(pair)
    pair.say(40)
    pair.go_on()
    assert pair.heard() == pair.expected()
    assert len(pair.parked.list()) == 40


def test_dropped_with_a_reason_it_stays_dropped_when_the_same_comes_again(pair: Pair):
    pair.publish([("up.x.3", b"scribble")])
    reject_all(pair, limit_reached=False)
    collected(pair)
    (one,) = pair.parked.list()
    assert (one.body, one.partition) == (b"scribble", 3)
    with pytest.raises(UnreadableMessage):
        hand_in(pair, one)
    pair.parked.drop(one.id, "nobody's")
    with pytest.raises(NotParked, match="nobody's"):
        hand_in(pair, one)
    pair.publish([("up.x.3", b"scribble")])
    reject_all(pair, limit_reached=False)
    assert collected(pair) == Collected(kept=1, left=0)
    assert [held.dropped for held in pair.parked.list()] == ["nobody's"]


def test_what_comes_of_no_queue_of_ours_stays_in_the_queue(pair: Pair, connection: Connection):
    namespace = pair.broker.namespace
    with connected(connection) as made:
        channel = made.channel()
        channel.queue_declare("strange", arguments={"x-dead-letter-exchange": dead_letters(namespace)})
        channel.basic_publish(_message(b"?"), "", "strange")
        channel.close()
        reader = made.channel()
        until(lambda: _rejected(reader, "strange"), 10)
        made.channel().queue_delete("strange")
    until(lambda: dead_depth(connection, namespace) == 1, 10)
    pair.say(1)
    pair.tell()
    reject_all(pair, limit_reached=False)
    assert collected(pair) == Collected(kept=1, left=1)
    until(lambda: dead_depth(connection, namespace) == 1, 10)


def _message(body: bytes) -> Any:
    return Message(body)


def _rejected(channel: Any, queue: str) -> bool:
    message = channel.basic_get(queue)
    if message is not None:
        channel.basic_reject(message.delivery_tag, requeue=False)
    return message is not None
