"""The inbox: what is heard has exactly one effect, in order, and heals its own gaps.

The queue is a wake-up, the upstream's log is the truth: effects and position are one transaction, what lies
at or before the position is ignored, and where `previous` lies ahead the missing part is pulled from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kombu.connection import Connection
from kombu.entity import Queue

from contracts.envelope import Envelope
from services.chassis.log import EventLog, Unit
from services.chassis.relay import EXCHANGE

Handle = Callable[[Unit, Envelope], None]
Pull = Callable[[int, int], list[Envelope]]


class GapNotHealed(RuntimeError):
    """The upstream's log does not reach what its message names as previous: look at the upstream's store."""


class Inbox:
    """What one service hears of one upstream."""

    def __init__(
        self, upstream: str, log: EventLog, handle: Handle, pull: Pull, *, partitions: int = 8
    ) -> None:
        self.upstream = upstream
        self._log = log
        self._handle = handle
        self._pull = pull
        self._partitions = partitions
        self.healed = 0

    def take(self, batch: Iterable[Envelope]) -> int:
        """Handles a batch; returns how many had an effect. Raises what the handler raises, with no effect."""
        by_partition: dict[int, list[Envelope]] = {}
        for envelope in batch:
            by_partition.setdefault(envelope.partition, []).append(envelope)
        return sum(self._take(partition, held) for partition, held in by_partition.items())

    def catch_up(self) -> int:
        """Pulls all that was told since: on start, and when idle with a lag."""
        return sum(self._catch_up(partition) for partition in range(self._partitions))

    def _catch_up(self, partition: int) -> int:
        count = 0
        while pulled := self._pull(partition, self._log.position(self.upstream, partition)):
            count += self._apply(partition, pulled)
        return count

    def _take(self, partition: int, held: list[Envelope]) -> int:
        position = start = self._log.position(self.upstream, partition)
        run: list[Envelope] = []
        for envelope in sorted(held, key=lambda one: one.position):
            if envelope.position <= position:
                continue
            while envelope.previous > position:
                missing = [one for one in self._pull(partition, position) if one.position < envelope.position]
                if not missing:
                    raise GapNotHealed(f"{self.upstream}/{partition} after {position}")
                self.healed += len(missing)
                run += missing
                position = missing[-1].position
            run.append(envelope)
            position = envelope.position
        return self._apply(partition, run) if position > start else 0

    def _apply(self, partition: int, run: list[Envelope]) -> int:
        with self._log.unit() as unit:
            for envelope in run:
                self._handle(unit, envelope)
            unit.heard(self.upstream, partition, run[-1].position)
        return len(run)


class Hearing:
    """The queues, one a partition, through which a consumer is woken by an upstream."""

    def __init__(self, consumer: str, inbox: Inbox, connection: Connection, *, partitions: int = 8) -> None:
        self._inbox = inbox
        channel: Any = connection.channel()
        self._queues: list[Any] = []
        for partition in range(partitions):
            name = f"{consumer}.{inbox.upstream}.{partition}"
            queue = Queue(name, EXCHANGE, routing_key=f"{inbox.upstream}.*.{partition}", durable=True)
            bound = queue(channel)
            bound.declare()
            self._queues.append(bound)

    def step(self, limit: int = 500) -> int:
        """Takes what waits in the queues; acknowledges only after the effects are recorded."""
        messages = [message for queue in self._queues for message in _waiting(queue, limit)]
        count = self._inbox.take(Envelope.model_validate_json(message.body) for message in messages)
        for message in messages:
            message.ack()
        return count


def _waiting(queue: Any, limit: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < limit and (message := queue.get(accept=["json"])) is not None:
        found.append(message)
    return found
