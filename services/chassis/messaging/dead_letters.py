"""What the broker gave up: collected from the dead-letter queue into the log of the service it was meant for.

There it lies parked with its bytes, its queue and the reason, until a person hands it in again or drops it. It keeps
nobody waiting: its effect is the inbox's to have, once, from the upstream's log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kombu.connection import Connection

from contracts.catalogue import PARTITIONS
from services.chassis.log.event_log import EventLog
from services.chassis.messaging import parking
from services.chassis.messaging.amqp import Consumers, connected, dead_letters, pairs_of, queue_name
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.parking import ParkedMessage, ParkedMessages

_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Collected:
    """How many were collected; `left` are of no queue of ours, and stay where they are."""

    kept: int
    left: int


@dataclass(frozen=True)
class _Queue:
    consumer: str
    upstream: str
    partition: int


def collect(to: Connection, namespace: str, consumers: Consumers, logs: Mapping[str, EventLog]) -> Collected:
    """Records each, then takes it from the queue; cut short, the same is recorded once when it comes again."""
    places = {
        queue_name(namespace, *pair, partition): _Queue(*pair, partition)
        for pair in pairs_of(consumers)
        for partition in range(PARTITIONS)
    }
    kept = left = 0
    with connected(to) as connection:
        channel = connection.channel()
        channel.auto_decode = False
        most = channel.queue_declare(dead_letters(namespace), passive=True).message_count
        for _ in range(most):
            message = channel.basic_get(dead_letters(namespace))
            if message is None:
                break
            row = _row(message, places)
            if row is None or row[0] not in logs:
                left += 1  # given back when the connection ends
                continue
            _keep(logs[row[0]], row[1])
            channel.basic_ack(message.delivery_tag)
            kept += 1
        channel.close()  # what was acknowledged has arrived when this is answered
    return Collected(kept, left)


def hand_in_again(parked: ParkedMessages, inboxes: Mapping[str, Inbox], place: str) -> int:
    """Hands what is parked to where it belongs; returns how many wait no more.

    What has no place in an order, since the broker gave it up or nobody could read it, goes through the inbox: what
    was consumed since is not consumed twice, and what lies before it is pulled from the upstream's log.
    """
    message = parked.show(place)
    if not message.position and message.dropped is None and message.upstream in inboxes:
        inboxes[message.upstream].take([message.envelope()])
    return parked.retry(place)


def _keep(log: EventLog, row: ParkedMessage) -> None:
    log.recorder.transact(lambda sql: parking.put(sql, [row]), commit=True)


def _row(message: Any, places: Mapping[str, _Queue]) -> tuple[str, ParkedMessage] | None:
    """The consumer, and what is to be kept; None where it came from no queue of ours."""
    headers: dict[str, Any] = message.headers
    deaths: list[dict[str, Any]] = headers.get("x-death") or [{}]
    queue = str(headers.get("x-first-death-queue") or deaths[-1].get("queue", ""))
    place = places.get(queue)
    if place is None:
        return None
    reason = str(headers.get("x-first-death-reason") or deaths[-1].get("reason", _UNKNOWN))
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
    digest = hashlib.sha256(body).hexdigest()
    envelope = parking.read_envelope(body, place.upstream, place.partition)
    about = f", {envelope.subject} at {envelope.position}" if envelope is not None else ""
    row = ParkedMessage(
        id=f"{place.upstream}/{place.partition}/dead-{digest[:16]}",
        upstream=place.upstream,
        partition=place.partition,
        position=0,
        subject="",
        body=body,
        error=f"dead letter of {queue}: {reason}{about}",
    )
    return place.consumer, row
