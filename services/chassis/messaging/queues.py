"""Subscriptions: the queues that wake a consumer up, over AMQP or in memory, and the batches that come out of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from kombu.entity import Queue

from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope
from services.chassis.messaging.amqp import Broker, memory_route, queue_name
from services.chassis.messaging.consuming import QuorumQueues, UnackedMessage
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.parking import read_envelope

IDLE_SECONDS = 30.0
STORE_SECONDS = 0.5
"""The patience of an inbox over AMQP: what concerns nobody is stored and acknowledged as seldom as that."""


@dataclass(frozen=True)
class Received:
    """A message as the inbox sees it."""

    partition: int
    body: str | bytes
    is_again: bool


class MessageBatch:
    """Messages of one upstream, in hand: acknowledged only after their effects are recorded.

    `then` is done last: what is due besides, such as pulling what got lost while the broker was away.
    """

    def __init__(
        self,
        inbox: Inbox,
        received: Sequence[Received],
        done: Callable[[], None],
        give_back: Callable[[], None],
        then: Callable[[], int] | None = None,
    ) -> None:
        self._inbox = inbox
        self._received = received
        self._done = done
        self._then = then
        self.give_back = give_back
        """To be taken again: nothing was recorded."""

    @property
    def inbox(self) -> Inbox:
        """Where it is recorded."""
        return self._inbox

    def read(self) -> list[Envelope]:
        """What the messages say; bytes that cannot be read are kept."""
        envelopes: list[Envelope] = []
        for message in self._received:
            self._inbox.redelivered += message.is_again
            envelope = read_envelope(message.body, self._inbox.upstream, message.partition)
            if envelope is not None:
                envelopes.append(envelope)
            elif message.body:
                body = message.body
                self._inbox.keep(message.partition, body if isinstance(body, bytes) else body.encode())
        return envelopes

    def finish(self) -> int:
        """Acknowledges, once the effects are recorded, and does what is due besides."""
        self._done()
        return self._then() if self._then else 0

    def take(self) -> int:
        """Records the effects, then acknowledges; returns how many events had an effect."""
        envelopes = self.read()
        count = self._inbox.take(envelopes) if envelopes else 0
        return count + self.finish()


class Subscription:
    """The queues, one a partition, through which a consumer is woken by an upstream.

    `catch_up` pulls what they may have lost: of a consumer of several upstreams from all of them, in the order of time.
    """

    def __init__(
        self, consumer: str, inbox: Inbox, broker: Broker, catch_up: Callable[[], int] | None = None
    ) -> None:
        self.inbox = inbox
        self._queues = (
            _OverAmqp(consumer, inbox, broker, catch_up or inbox.catch_up)
            if broker.is_amqp
            else _InMemory(consumer, inbox, broker)
        )

    def delete(self) -> None:
        """Takes the queues away: what was not consumed is pulled from the upstream's log later."""
        self._queues.delete()

    def close(self) -> None:
        """Gives back what is in hand; the queues stay."""
        self._queues.close()

    def beat(self) -> None:
        """Says to the broker that this worker lives, while it is busy otherwise."""
        self._queues.beat()

    @property
    def socket(self) -> Any:
        """Where messages arrive; None where there is no connection."""
        return self._queues.socket

    def fetch(self, limit: int = 500) -> MessageBatch | None:
        """What waits in the queues, or is due besides; None where there is nothing. It does not wait.

        Over AMQP what was fetched and not taken is fetched again.
        """
        return self._queues.fetch(limit)

    def step(self, limit: int = 500) -> int:
        """Takes what waits in the queues; returns how many events had an effect."""
        batch = self.fetch(limit)
        return 0 if batch is None else batch.take()


class _OverAmqp:
    """Catches up from the upstream's log after every connect, and when nothing came for a while."""

    def __init__(self, consumer: str, inbox: Inbox, broker: Broker, catch_up: Callable[[], int]) -> None:
        self._inbox = inbox
        self._pull_what_was_lost = catch_up
        self._queues = QuorumQueues(consumer, inbox.upstream, broker)
        self._caught_up_with = 0
        self._idle_since = monotonic()

    @property
    def socket(self) -> Any:
        return self._queues.socket

    def beat(self) -> None:
        self._queues.beat()

    def fetch(self, limit: int) -> MessageBatch | None:
        messages = self._queues.fetch(limit)
        if messages:
            self._idle_since = monotonic()
        then = self._due()
        if not messages and then is None:
            return None
        received = [Received(message.partition, message.body, message.is_again) for message in messages]
        return MessageBatch(self._inbox, received, lambda: self._done(messages), lambda: None, then)

    def _done(self, messages: Sequence[UnackedMessage]) -> None:
        """Acknowledged is what is stored."""
        if self._inbox.is_stored():
            self._queues.done(messages)
        else:
            self._queues.put_aside(messages)

    def _due(self) -> Callable[[], int] | None:
        is_behind = self._queues.connections != self._caught_up_with
        if is_behind or monotonic() - self._idle_since > IDLE_SECONDS:
            return self._catch_up
        if self._inbox.is_store_due():
            return self._store
        return self._inbox.retry_parked if self._inbox.is_retry_due() else None

    def _store(self) -> int:
        self._inbox.store()
        self._done(())
        return 0

    def _catch_up(self) -> int:
        connections = self._queues.connections
        count = self._pull_what_was_lost()
        self._caught_up_with = connections
        self._idle_since = monotonic()
        return count

    def delete(self) -> None:
        self._queues.delete()

    def close(self) -> None:
        self._queues.close()


class _InMemory:
    """Plain queues of this process."""

    socket = None

    def __init__(self, consumer: str, inbox: Inbox, broker: Broker) -> None:
        self._inbox = inbox
        channel: Any = broker.connection.channel()
        self._queues: list[Any] = []
        for partition in range(PARTITIONS):
            name = queue_name(broker.namespace, consumer, inbox.upstream, partition)
            key = memory_route(inbox.upstream, partition)
            bound = Queue(name, broker.exchange, routing_key=key, durable=True)(channel)
            bound.declare()
            self._queues.append(bound)

    def fetch(self, limit: int) -> MessageBatch | None:
        messages = [
            (n, message) for n, queue in enumerate(self._queues) for message in _waiting(queue, limit)
        ]
        then = self._inbox.retry_parked if self._inbox.is_retry_due() else None
        if not messages and then is None:
            return None
        received = [
            Received(n, message.body, bool(message.delivery_info.get("redelivered")))
            for n, message in messages
        ]

        def done() -> None:
            for _, message in messages:
                message.ack()

        def give_back() -> None:
            for _, message in messages:
                message.requeue()

        return MessageBatch(self._inbox, received, done, give_back, then)

    def beat(self) -> None:
        """Nobody listens."""

    def purge(self) -> None:
        """As if the broker had lost everything."""
        for queue in self._queues:
            queue.purge()

    def delete(self) -> None:
        for queue in self._queues:
            queue.delete()

    def close(self) -> None:
        """The connection is the house's."""


def _waiting(queue: Any, limit: int) -> list[Any]:
    messages: list[Any] = []
    while len(messages) < limit and (message := queue.get(accept=["json"])) is not None:
        messages.append(message)
    return messages
