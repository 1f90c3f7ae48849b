"""What every service's application is to the chassis: commands, what is consumed, and what time alone brings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError

from contracts.base import Told
from contracts.catalogue import EVENTS
from contracts.envelope import Envelope
from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit

EventHandler = Callable[[Unit, Any, datetime], None]


class Application(Protocol):
    """One service's decisions; no I/O but its own log."""

    log: EventLog
    decisions: Mapping[type[Command], Decide]
    handlers: Mapping[type[Told], EventHandler]

    def needs(self, asked: Command | Told) -> list[UUID]:
        """What deciding this, or handling it, will look at, as far as it says so: read ahead for a whole lot."""
        ...

    def advance(self, now: datetime) -> int:
        """Does what time alone brings up to `now`; returns how much was done."""
        ...

    def files_of(self, subject: str) -> list[UUID]:
        """The aggregates that speak of a subject, in the order in which they came to be."""
        ...

    def next_due(self) -> date | datetime | None:
        """When `advance` will next have something to do, as far as is known."""
        ...


class EventDispatcher:
    """Hands an envelope to the method of an application that handles its type; what has no handler has no effect."""

    def __init__(self, application: Application) -> None:
        self._needs = application.needs
        self._by_type = {kind.TYPE: (EVENTS[kind.TYPE], hear) for kind, hear in application.handlers.items()}
        self._read: dict[int, tuple[Envelope, Told]] = {}
        self.types = frozenset(self._by_type)
        """Those that have an effect."""

    def needs(self, run: Iterable[Envelope]) -> list[UUID]:
        """What handling these will look at; they are read once, for this and for `dispatch`."""
        self._read = {}
        aggregate_ids: list[UUID] = []
        for envelope in run:
            if envelope.type in self._by_type:
                with suppress(ValidationError):  # said when it is heard
                    event = self._by_type[envelope.type][0].model_validate(envelope.data)
                    self._read[id(envelope)] = envelope, event
                    aggregate_ids += self._needs(event)
        return aggregate_ids

    def dispatch(self, unit: Unit, envelope: Envelope) -> None:
        """Its effects, in this unit."""
        if envelope.type in self._by_type:
            kind, handle = self._by_type[envelope.type]
            _, event = self._read.get(id(envelope)) or (envelope, kind.model_validate(envelope.data))
            handle(unit, event, envelope.time)
