"""What every service's application is to the chassis: commands, what is heard, and what time alone brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from contracts.base import Told
from contracts.catalogue import EVENTS
from contracts.envelope import Envelope
from services.chassis.commands import Command, Decide
from services.chassis.log import EventLog
from services.chassis.unit import Unit

Hear = Callable[[Unit, Any, datetime], None]


class Application(Protocol):
    """One service's decisions; no I/O but its own log."""

    log: EventLog
    decisions: Mapping[type[Command], Decide]
    hears: Mapping[type[Told], Hear]

    def needs(self, asked: Command | Told) -> list[UUID]:
        """What deciding this, or hearing it, will look at, as far as it says so: read ahead for a whole lot."""
        ...

    def advance(self, now: datetime) -> int:
        """Does what time alone brings up to `now`; returns how much was done."""
        ...

    def wake_of(self, aggregate: Any) -> date | datetime | None:
        """When time alone will next change an aggregate."""
        ...

    def files_of(self, subject: str) -> list[UUID]:
        """The aggregates that speak of a subject, in the order in which they came to be."""
        ...

    def next_due(self) -> date | datetime | None:
        """When `advance` will next have something to do, as far as is known."""
        ...


def handler(hears: Mapping[type[Told], Hear]) -> Callable[[Unit, Envelope], None]:
    """Hands an envelope to the method that hears its type; what nobody asked for has no effect."""
    by_type = {kind.TYPE: (EVENTS[kind.TYPE], hear) for kind, hear in hears.items()}

    def handle(unit: Unit, envelope: Envelope) -> None:
        if envelope.type in by_type:
            kind, hear = by_type[envelope.type]
            hear(unit, kind.model_validate(envelope.data), envelope.time)

    return handle
