"""How much waits in the broker: of every consumer's queues, and of what queues gave up. Nothing is changed or made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from amqp.exceptions import NotFound
from kombu.connection import Connection

from contracts.catalogue import PARTITIONS
from services.chassis.messaging.amqp import Consumers, connected, dead_letters, pairs_of, queue_name


@dataclass(frozen=True)
class Depth:
    """What waits for one consumer of one upstream, over all partitions: `missing` counts queues that are not there.

    `unacked` is in the hands of a worker; None where the broker's administrator alone could say.
    """

    consumer: str
    upstream: str
    ready: int
    unacked: int | None
    consumers: int
    missing: int


@dataclass(frozen=True)
class Depths:
    """All of a namespace; `dead` is what queues gave up, None where its queue is not there."""

    queues: tuple[Depth, ...]
    dead: int | None


def depths(to: Connection, namespace: str, consumers: Consumers) -> Depths:
    """Asks for every queue by its name; raises a broker error where the broker is away."""
    with connected(to) as connection:
        queues = tuple(_depth(connection, namespace, *pair) for pair in pairs_of(consumers))
        dead = _ask(connection, dead_letters(namespace))
    return Depths(queues, dead[0] if dead else None)


def dead_depth(to: Connection, namespace: str) -> int:
    """How much was given up; 0 where there is no queue for it."""
    with connected(to) as connection:
        return (_ask(connection, dead_letters(namespace)) or (0, 0))[0]


def with_unacked(known: Depths, namespace: str, unacked: Mapping[str, int]) -> Depths:
    """The same, with what is in hand by the name of its queue."""
    queues = [
        replace(
            queue,
            unacked=sum(
                unacked.get(queue_name(namespace, queue.consumer, queue.upstream, part), 0)
                for part in range(PARTITIONS)
            ),
        )
        for queue in known.queues
    ]
    return replace(known, queues=tuple(queues))


def _depth(connection: Any, namespace: str, consumer: str, upstream: str) -> Depth:
    names = [queue_name(namespace, consumer, upstream, partition) for partition in range(PARTITIONS)]
    answers = [_ask(connection, name) for name in names]
    present = [counts for counts in answers if counts is not None]
    ready, consumers = sum(counts[0] for counts in present), sum(counts[1] for counts in present)
    return Depth(consumer, upstream, ready, None, consumers, len(answers) - len(present))


def _ask(connection: Any, name: str) -> tuple[int, int] | None:
    """Messages ready, and consumers; None where the queue is not there. What is refused ends its channel."""
    channel = connection.channel()
    try:
        answered = channel.queue_declare(name, passive=True)
    except NotFound:
        return None
    channel.close()
    return answered.message_count, answered.consumer_count
