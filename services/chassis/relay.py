"""The relay: follows a service's log and tells, over kombu, what its translation makes of each event.

Record, then relay: the position moves after publishing, so a crash tells again and never skips.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kombu.connection import Connection
from kombu.entity import Exchange
from kombu.messaging import Producer

from contracts.base import Told
from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope, partition_of
from services.chassis.log import EventLog, Recorded


class Broker:
    """A connection, and the namespace that keeps a township's exchange and queues apart from others'."""

    def __init__(self, connection: Connection, namespace: str) -> None:
        self.connection = connection
        self.namespace = namespace
        self.exchange = Exchange(namespace, type="topic", durable=True)


@dataclass(frozen=True)
class Telling:
    """A contract event, and the partition that it goes to: that of `key` (default the event's subject)."""

    told: Told
    key: str = ""
    partition: int | None = None


Translate = Callable[[Any], Telling | None]


class Relay:
    """Tells the log of `service` in ordered sequences, one a partition."""

    def __init__(self, service: str, log: EventLog, translate: Translate, broker: Broker) -> None:
        self._service = service
        self._log = log
        self._translate = translate
        channel: Any = broker.connection.channel()
        self._producer = Producer(channel, exchange=broker.exchange, auto_declare=True)
        self._relayed = log.relayed()

    def has_news(self) -> bool:
        """Whether something was recorded that is not told yet."""
        return self._log.has_after(self._relayed) and self._log.size() > self._relayed

    def told(self) -> dict[int, int]:
        """The position of the last event told, by partition."""
        return {partition: self._log.last_told(partition) for partition in range(PARTITIONS)}

    def step(self, limit: int = 500) -> int:
        """Tells what was recorded since; returns how many stored events were gone through."""
        if not self._log.has_after(self._relayed):
            return 0
        recorded = self._log.events(self._relayed, limit)
        for envelope in self.tell(recorded):
            self._producer.publish(
                envelope.model_dump_json(),
                routing_key=f"{envelope.type}.{envelope.partition}",
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode="persistent",
            )
        if recorded:
            self._log.relayed_to(recorded[-1].position)
            self._relayed = recorded[-1].position
        return len(recorded)

    def pull(self, partition: int, after: int, limit: int = 500) -> list[Envelope]:
        """What was told in a partition after a position, made again from the log."""
        places = dict(self._log.told_after(partition, after, limit))
        found: list[Envelope] = []
        position = min(places, default=0) - 1
        while len(found) < len(places):
            rows = self._log.events(position, limit)
            for row in rows:
                telling = self._translate(row.event) if row.position in places else None
                if telling is not None:
                    found.append(self._envelope(row, telling, partition, places[row.position]))
            position = rows[-1].position
        return found

    def tell(self, recorded: list[Recorded]) -> list[Envelope]:
        """The envelopes of what was recorded, each with its place in its partition fixed for ever."""
        told = [(row, self._translate(row.event)) for row in recorded]
        placed = [(row, one, _partition(row, one)) for row, one in told if one is not None]
        previous = self._log.assign_told([(row.position, partition) for row, _, partition in placed])
        return [self._envelope(row, one, partition, previous[row.position]) for row, one, partition in placed]

    def _envelope(self, row: Recorded, telling: Telling, partition: int, previous: int) -> Envelope:
        event = row.event
        identity = identity_of(event)
        return Envelope(
            id=identity,
            source=f"/{self._service}",
            type=telling.told.TYPE,
            subject=event.subject,
            time=event.timestamp,
            partition=partition,
            position=row.position,
            previous=previous,
            correlation=event.correlation or identity,
            causation=event.causation,
            data=telling.told.model_dump(mode="json"),
        )


def identity_of(event: Any) -> str:
    """The id of a stored event: aggregate and version."""
    return f"{event.originator_id}/{event.originator_version}"


def _partition(row: Recorded, telling: Telling) -> int:
    if telling.partition is not None:
        return telling.partition
    return partition_of(telling.key or row.event.subject, PARTITIONS)
