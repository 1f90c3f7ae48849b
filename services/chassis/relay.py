"""The relay: follows a service's log and tells, over kombu, what its translation makes of each event.

Record, then relay: the position moves after publishing, so a crash tells again and never skips.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kombu.connection import Connection
from kombu.entity import Exchange
from kombu.messaging import Producer

from contracts.envelope import Envelope, partition_of
from services.chassis.log import EventLog, Recorded

EXCHANGE = Exchange("shouwang", type="topic", durable=True)


@dataclass(frozen=True)
class Told:
    """What a service's translation makes of a stored event; `cause` is the id of what brought it."""

    name: str
    subject: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    correlation: str = ""
    cause: str = ""


Translate = Callable[[Any], Told | None]


class Relay:
    """Tells the log of `service` in `partitions` ordered sequences."""

    def __init__(
        self,
        service: str,
        log: EventLog,
        translate: Translate,
        connection: Connection,
        *,
        partitions: int = 8,
    ) -> None:
        self._service = service
        self._log = log
        self._translate = translate
        self._partitions = partitions
        channel: Any = connection.channel()
        self._producer = Producer(channel, exchange=EXCHANGE, auto_declare=True)

    def step(self, limit: int = 500) -> int:
        """Tells what was recorded since; returns how many stored events were gone through."""
        recorded = self._log.events(self._log.relayed(), limit)
        for envelope in self._tell(recorded):
            self._producer.publish(
                envelope.model_dump_json(),
                routing_key=f"{envelope.type}.{envelope.partition}",
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode="persistent",
            )
        if recorded:
            self._log.relayed_to(recorded[-1].position)
        return len(recorded)

    def pull(self, partition: int, after: int, limit: int = 500) -> list[Envelope]:
        """What was told in a partition after a position, made again from the log."""
        found: list[Envelope] = []
        for position, previous in self._log.told_after(partition, after, limit):
            row = self._log.events(position - 1, 1)[0]
            told = self._translate(row.event)
            if told is not None:
                found.append(self._envelope(row, told, partition, previous))
        return found

    def _tell(self, recorded: list[Recorded]) -> list[Envelope]:
        told = [(row, self._translate(row.event)) for row in recorded]
        placed = [
            (row, one, partition_of(one.subject, self._partitions)) for row, one in told if one is not None
        ]
        previous = self._log.assign_told([(row.position, partition) for row, _, partition in placed])
        return [self._envelope(row, one, partition, previous[row.position]) for row, one, partition in placed]

    def _envelope(self, row: Recorded, told: Told, partition: int, previous: int) -> Envelope:
        event: Any = row.event
        identity = f"{event.originator_id}/{event.originator_version}"
        return Envelope(
            id=identity,
            source=f"/{self._service}",
            type=f"{self._service}.{told.name}",
            subject=told.subject,
            time=event.timestamp,
            partition=partition,
            position=row.position,
            previous=previous,
            correlation=told.correlation or identity,
            causation=told.cause,
            data=told.data,
        )
