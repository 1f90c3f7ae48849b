"""Consuming over AMQP: what a worker has in hand of the queues of one upstream, and how it comes back after outages.

Nothing here waits for long: what has arrived is taken, and the connection is made again, after ever longer pauses,
where it broke. Whoever connects declares the queues, so that those that were lost with a broker are there again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog

from contracts.catalogue import PARTITIONS
from services.chassis.messaging.amqp import (
    BROKER_ERRORS,
    HEARTBEAT_SECONDS,
    PATIENCE_SECONDS,
    PROBE,
    Broker,
    BrokerRefused,
    abandon,
    connect,
    declare_queues,
    delete_queues,
    queue_name,
)

PREFETCH = 500
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
SHARE_SECONDS = 5.0
MOST_IN_HAND = PREFETCH * PARTITIONS
ARRIVED_SECONDS = 0.0002


@dataclass(frozen=True)
class UnackedMessage:
    """A message in hand; `channel` is where it can be acknowledged, as long as that lives."""

    partition: int
    body: bytes
    is_again: bool
    tag: int
    channel: Any


class QuorumQueues:
    """The queues of one consumer and upstream, one a partition; which are this worker's now, the broker decides.

    Of several workers, one that is given more partitions than its share puts itself behind the others for the rest.
    """

    def __init__(self, consumer: str, upstream: str, broker: Broker) -> None:
        self._consumer = consumer
        self._upstream = upstream
        self._broker = broker
        self._log = structlog.get_logger("shouwang.worker").bind(consumer=consumer, upstream=upstream)
        self._connection: Any = None
        self._channel: Any = None
        self._in_hand: deque[UnackedMessage] = deque()
        self._aside = 0
        self._busy: set[int] = set()
        self._pause = 0.0
        self._not_before = 0.0
        self._next_beat = 0.0
        self._next_share = 0.0
        self.connections = 0

    def fetch(self, limit: int) -> list[UnackedMessage]:
        """The oldest in hand, which stay there until they are done; none where the broker is away."""
        try:
            if self._is_open():
                self._share()
                self._tend(limit)
        except (*BROKER_ERRORS, BrokerRefused) as error:
            self._fail(error)
        return [message for message, _ in zip(self._in_hand, range(limit), strict=False)]

    @property
    def socket(self) -> Any:
        """Where messages arrive; None where there is no connection."""
        return None if self._connection is None else self._connection.transport.sock

    def beat(self) -> None:
        """A heartbeat, from beside a handler that takes long; that it cannot be sent is found out by `fetch`."""
        if self._channel is not None:
            with suppress(*BROKER_ERRORS, AttributeError):
                self._connection.send_heartbeat()

    def put_aside(self, deliveries: Sequence[UnackedMessage]) -> None:
        """The oldest in hand are taken, and acknowledged with those that are done next."""
        if not deliveries or deliveries[-1].channel is not self._channel:
            return
        for _ in deliveries:
            self._in_hand.popleft()
        self._aside = deliveries[-1].tag

    def done(self, deliveries: Sequence[UnackedMessage]) -> None:
        """Acknowledges the oldest in hand, all at once, and what was put aside before.

        Where the connection broke they come again, and are seen.
        """
        self.put_aside(deliveries)
        tag, self._aside = self._aside, 0
        if not tag:
            return
        try:
            self._channel.basic_ack(tag, multiple=True)
        except BROKER_ERRORS as error:
            self._fail(error)

    def close(self) -> None:
        """Gives back what is in hand."""
        if self._connection is not None:
            abandon(self._connection)
        self._connection = self._channel = None
        self._in_hand.clear()
        self._aside = 0

    def delete(self) -> None:
        """Takes the queues away."""
        self.close()
        delete_queues(self._broker.connection, self._broker.namespace, self._consumer, self._upstream)

    def _is_open(self) -> bool:
        if self._channel is None and monotonic() >= self._not_before:
            self._open()
        return self._channel is not None

    def _open(self) -> None:
        declare_queues(self._broker.connection, self._broker.namespace, self._consumer, self._upstream)
        self._connection = connect(self._broker.connection, heartbeat=HEARTBEAT_SECONDS)
        channel = self._connection.channel()
        channel.auto_decode = False
        channel.basic_qos(0, PREFETCH, a_global=False)  # quorum queues know no limit for a whole channel
        self._channel = channel
        for partition in range(PARTITIONS):
            self._consume(partition)
        self._pause = 0.0
        self._next_share = monotonic() + SHARE_SECONDS
        self.connections += 1

    def _consume(self, partition: int) -> None:
        self._channel.basic_consume(
            queue_name(self._broker.namespace, self._consumer, self._upstream, partition),
            consumer_tag=str(partition),
            callback=self._take,
        )

    def _take(self, message: Any) -> None:
        info = message.delivery_info
        partition = int(info["consumer_tag"])
        if message.properties.get("type") == PROBE:
            body = b""
        else:
            body = message.body if isinstance(message.body, bytes) else message.body.encode()
            self._busy.add(partition)
        self._in_hand.append(
            UnackedMessage(partition, body, bool(info["redelivered"]), message.delivery_tag, self._channel)
        )

    def _receive(self, limit: int) -> None:
        """Takes what has arrived, and waits no longer than a message that is on its way may need."""
        socket = self._connection.transport.sock
        socket.settimeout(ARRIVED_SECONDS)
        try:
            while len(self._in_hand) < limit:
                self._connection.blocking_read()
        except TimeoutError:
            pass
        finally:
            socket.settimeout(PATIENCE_SECONDS)

    def _tend(self, limit: int) -> None:
        """Receives, and says that it is alive; the broker's own heartbeats come behind its messages."""
        is_beat_due = monotonic() >= self._next_beat
        self._receive(MOST_IN_HAND if is_beat_due else limit)
        if is_beat_due:
            self._next_beat = monotonic() + HEARTBEAT_SECONDS / 4
            self._connection.heartbeat_tick()

    def _share(self) -> None:
        """Hands on what is beyond its share, when it has nothing in hand."""
        now = monotonic()
        if now >= self._next_share and not self._in_hand and not self._aside:
            self._next_share = now + SHARE_SECONDS
            share = -(-PARTITIONS // self._broker.workers)
            for partition in sorted(self._busy)[share:]:
                self._channel.basic_cancel(str(partition))
                self._consume(partition)
            self._busy.clear()

    def _fail(self, error: Exception) -> None:
        """A pause before the next try, longer each time."""
        self._log.warning("broker_away", error=type(error).__name__, why=str(error)[:200])
        self.close()
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
        self._not_before = monotonic() + self._pause
