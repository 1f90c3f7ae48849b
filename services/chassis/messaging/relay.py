"""The relay: follows a service's log and publishes, over kombu, what its translation makes of each event.

Record, then relay: the position moves after publishing, so a crash tells again and never skips. It moves over what is
safe with the broker and no further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contracts.base import Told
from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope, partition_of
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import Recorded
from services.chassis.messaging.amqp import Broker
from services.chassis.messaging.publisher import publisher_of

__all__ = ["Broker", "Relay", "RoutedEvent", "Translate", "identity_of"]


@dataclass(frozen=True)
class RoutedEvent:
    """A contract event, and the partition that it goes to: that of `key` (default the event's subject)."""

    told: Told
    key: str = ""
    partition: int | None = None


Translate = Callable[[Any], RoutedEvent | None]


class Relay:
    """Publishes the log of `service` in ordered sequences, one a partition; the counters only grow."""

    def __init__(self, service: str, log: EventLog, translate: Translate, broker: Broker) -> None:
        self._service = service
        self._log = log
        self._translate = translate
        self._publisher = publisher_of(broker, service)
        self._store: Callable[[int], None] | None = None
        self._relayed = log.relayed()
        self.published_events = 0

    @property
    def unroutable(self) -> int:
        """How often a message came back because no queue wanted it."""
        return self._publisher.unroutable

    @property
    def is_blocked(self) -> bool:
        """Whether the broker takes nothing for now: an alarm of its memory or disk."""
        return self._publisher.is_blocked

    @property
    def confirm_timeouts(self) -> int:
        """How often the broker did not confirm in time."""
        return self._publisher.confirm_timeouts

    @property
    def position(self) -> int:
        """How far the log is published."""
        return self._relayed

    def lead(self, store: Callable[[int], None]) -> None:
        """From now on the one leader, who stores the position by `store`; it begins where the last one ended."""
        self._store = store
        self._relayed = self._log.relayed()

    def close(self) -> None:
        """Lets the broker go."""
        self._publisher.close()

    def has_unpublished(self) -> bool:
        """Whether something was recorded that is not published yet."""
        return self._log.has_after(self._relayed) and self._log.size() > self._relayed

    def published(self) -> dict[int, int]:
        """The position of the last event published, by partition."""
        return {partition: self._log.last_published(partition) for partition in range(PARTITIONS)}

    def step(self, limit: int = 500) -> int:
        """Tells what was recorded since; returns how many stored events were gone through."""
        if not self._log.has_after(self._relayed):
            return 0
        recorded = self._log.events(self._relayed, limit)
        envelopes = self.envelopes_of(recorded)
        safe = self._publisher.publish(envelopes)
        if safe < len(envelopes):
            recorded = [row for row in recorded if row.position < envelopes[safe].position]
        if recorded:
            (self._store or self._log.relayed_to)(recorded[-1].position)
            self._relayed = recorded[-1].position
        self.published_events += safe
        return len(recorded)

    def pull(self, partition: int, after: int, limit: int = 500) -> list[Envelope]:
        """What was published in a partition after a position, made again from the log."""
        places = dict(self._log.published_after(partition, after, limit))
        envelopes: list[Envelope] = []
        position = min(places, default=0) - 1
        while len(envelopes) < len(places):
            rows = self._log.events(position, limit)
            for row in rows:
                routed = self._translate(row.event) if row.position in places else None
                if routed is not None:
                    envelopes.append(self._envelope(row, routed, partition, places[row.position]))
            position = rows[-1].position
        return envelopes

    def envelopes_of(self, recorded: list[Recorded]) -> list[Envelope]:
        """The envelopes of what was recorded, each with its place in its partition fixed for ever."""
        translated = [(row, self._translate(row.event)) for row in recorded]
        placed = [(row, routed, _partition(row, routed)) for row, routed in translated if routed is not None]
        previous = self._log.assign_published([(row.position, partition) for row, _, partition in placed])
        return [
            self._envelope(row, routed, partition, previous[row.position])
            for row, routed, partition in placed
        ]

    def _envelope(self, row: Recorded, routed: RoutedEvent, partition: int, previous: int) -> Envelope:
        event = row.event
        identity = identity_of(event)
        return Envelope(
            id=identity,
            source=f"/{self._service}",
            type=routed.told.TYPE,
            subject=event.subject,
            time=event.timestamp,
            partition=partition,
            position=row.position,
            previous=previous,
            correlation=event.correlation or identity,
            causation=event.causation,
            data=routed.told.model_dump(mode="json"),
        )


def identity_of(event: Any) -> str:
    """The id of a stored event: aggregate and version."""
    return f"{event.originator_id}/{event.originator_version}"


def _partition(row: Recorded, routed: RoutedEvent) -> int:
    if routed.partition is not None:
        return routed.partition
    return partition_of(routed.key or row.event.subject, PARTITIONS)
