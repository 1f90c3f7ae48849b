"""The inbox: what is heard has exactly one effect, in order, and heals its own gaps.

The queue is a wake-up, the upstream's log is the truth: effects and position are one transaction, what lies
at or before the position is ignored, and where `previous` lies ahead the missing part is pulled from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kombu.entity import Queue

from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope
from services.chassis.log import EventLog, LostRace
from services.chassis.relay import Broker
from services.chassis.unit import Unit

Handle = Callable[[Unit, Envelope], None]
Pull = Callable[[int, int], list[Envelope]]
ATTEMPTS = 5


class GapNotHealed(RuntimeError):
    """The upstream's log does not reach what its message names as previous: look at the upstream's store."""


class Inbox:
    """What one service hears of one upstream."""

    def __init__(self, upstream: str, log: EventLog, handle: Handle, pull: Pull) -> None:
        self.upstream = upstream
        self._log = log
        self._handle = handle
        self._pull = pull
        self._positions: dict[int, int] = {}
        self.healed = 0

    def take(self, batch: Iterable[Envelope]) -> int:
        """Handles a batch; returns how many had an effect. Raises what the handler raises, with no effect.

        Where another worker of the service was first, the batch is decided again from what it left.
        """
        held = sorted(batch, key=lambda one: one.position)
        for _ in range(ATTEMPTS - 1):
            try:
                return self._apply(self._next_of(held))
            except LostRace:
                self._positions.clear()
        return self._apply(self._next_of(held))

    def catch_up(self) -> int:
        """Pulls all that was told since: on start, and when idle with a lag."""
        return sum(self._catch_up(partition) for partition in range(PARTITIONS))

    def _catch_up(self, partition: int) -> int:
        count = 0
        while pulled := self._pull(partition, self.position(partition)):
            count += self.take(pulled)
        return count

    def position(self, partition: int) -> int:
        """How far this upstream's partition was heard."""
        if partition not in self._positions:
            self._positions[partition] = self._log.position(self.upstream, partition)
        return self._positions[partition]

    def _next_of(self, held: list[Envelope]) -> list[Envelope]:
        """What of the batch is new, in order, with its gaps filled."""
        reached: dict[int, int] = {}
        run: list[Envelope] = []
        for envelope in held:
            position = reached.get(envelope.partition, self.position(envelope.partition))
            if envelope.position <= position:
                continue
            if envelope.previous > position:
                run += self._heal(envelope, position)
            run.append(envelope)
            reached[envelope.partition] = envelope.position
        return run

    def _heal(self, ahead: Envelope, position: int) -> list[Envelope]:
        missing: list[Envelope] = []
        while position < ahead.previous:
            pulled = [one for one in self._pull(ahead.partition, position) if one.position <= ahead.previous]
            if not pulled:
                raise GapNotHealed(f"{self.upstream}/{ahead.partition} after {position}")
            missing += pulled
            position = pulled[-1].position
        self.healed += len(missing)
        return missing

    def _apply(self, run: list[Envelope]) -> int:
        reached: dict[int, int] = {}
        with self._log.unit() as unit:
            for envelope in run:
                unit.because(envelope.id, envelope.correlation)
                self._handle(unit, envelope)
                reached[envelope.partition] = envelope.position
            for partition, position in reached.items():
                unit.heard(self.upstream, partition, position)
        self._positions.update(reached)
        return len(run)


class Batch:
    """Messages of one upstream, in hand: acknowledged only after their effects are recorded."""

    def __init__(self, inbox: Inbox, messages: list[Any]) -> None:
        self._inbox = inbox
        self._messages = messages

    def take(self) -> int:
        """Records the effects, then acknowledges; returns how many events had an effect."""
        count = self._inbox.take(Envelope.model_validate_json(one.body) for one in self._messages)
        for message in self._messages:
            message.ack()
        return count

    def give_back(self) -> None:
        """To be taken again: nothing was recorded."""
        for message in self._messages:
            message.requeue()


class Hearing:
    """The queues, one a partition, through which a consumer is woken by an upstream."""

    def __init__(self, consumer: str, inbox: Inbox, broker: Broker) -> None:
        self.inbox = inbox
        channel: Any = broker.connection.channel()
        self._queues: list[Any] = []
        for partition in range(PARTITIONS):
            name = f"{broker.namespace}.{consumer}.{inbox.upstream}.{partition}"
            queue = Queue(name, broker.exchange, routing_key=f"{inbox.upstream}.*.{partition}", durable=True)
            bound = queue(channel)
            bound.declare()
            self._queues.append(bound)

    def delete(self) -> None:
        """Takes the queues away: what was not heard is pulled from the upstream's log later."""
        for queue in self._queues:
            queue.delete()

    def fetch(self, limit: int = 500) -> Batch | None:
        """What waits in the queues; None where nothing does."""
        messages = [message for queue in self._queues for message in _waiting(queue, limit)]
        return Batch(self.inbox, messages) if messages else None

    def step(self, limit: int = 500) -> int:
        """Takes what waits in the queues; returns how many events had an effect."""
        batch = self.fetch(limit)
        return 0 if batch is None else batch.take()


def _waiting(queue: Any, limit: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < limit and (message := queue.get(accept=["json"])) is not None:
        found.append(message)
    return found
