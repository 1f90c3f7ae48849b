"""Reading the services' logs: what had happened by one day, as it was known by another.

A fact was known by a day where it was recorded in its service's log before the first event of a later day. So a fact
that is entered afterwards under an earlier date (`shouwang import --at`) is known from the day on which the log stood,
and once a log has come to the next day, nothing can be added to what was known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import Recorded
from services.history.timeline import happened_on

LOT = 2000


@dataclass(frozen=True, slots=True)
class Fact:
    """One stored event: `id` is service:position in its log, `on` the day on which it happened."""

    id: str
    topic: str
    subject: str
    recorded_at: datetime
    on: date
    held: Mapping[str, Any]

    def __getitem__(self, field: str) -> Any:
        """A field of the event."""
        return self.held[field]


@dataclass(frozen=True)
class Known:
    """The facts, each service's in the order in which they were recorded.

    `is_final`: every log has gone on beyond the day, so that the same question has the same answer for ever.
    """

    facts: tuple[Fact, ...]
    is_final: bool


def read(logs: Mapping[str, EventLog], as_of: date, known_by: date) -> Known:
    """What had happened by the end of `as_of`, by what was recorded by the end of `known_by`."""
    facts: list[Fact] = []
    is_final = True
    for service, log in logs.items():
        is_over = False
        for recorded in _in_order(log):
            if recorded.event.timestamp.date() > known_by:
                is_over = True
                break
            fact = _fact(service, recorded)
            if fact.on <= as_of:
                facts.append(fact)
        is_final = is_final and is_over
    return Known(tuple(facts), is_final)


def _in_order(log: EventLog) -> Iterator[Recorded]:
    after = 0
    while lot := log.events(after, LOT):
        yield from lot
        after = lot[-1].position


def _fact(service: str, recorded: Recorded) -> Fact:
    event = recorded.event
    held = vars(event)
    is_dated = "on" in held or "content" in held
    return Fact(
        id=f"{service}:{recorded.position}",
        topic=type(event).TOPIC,
        subject=held.get("subject", ""),
        recorded_at=event.timestamp,
        on=happened_on(event) if is_dated else event.timestamp.date(),
        held=held,
    )
