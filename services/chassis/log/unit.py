"""A unit of work: what is decided together, and what brought it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from eventsourcing.domain import Aggregate, DomainEventProtocol

A = TypeVar("A", bound=Aggregate)
WakeOf = Callable[[Any], date | datetime | None]
"""When time alone will next change an aggregate; None where it never does."""
LOT = 500


def never_wakes(_: Aggregate) -> None:
    """Of logs in which nothing waits for time."""


@dataclass(frozen=True)
class Answered:
    """A command that was answered before: the digest of its content, and the first answer."""

    content: str
    answer: dict[str, Any]


class Aggregates(Protocol):
    """What a unit needs of its log."""

    wake_of: WakeOf

    def check_out(self, kind: type[A], aggregate_id: UUID) -> A | None:
        """The aggregate as the log has it now, for one unit alone; None where it has none."""
        ...

    def read_ahead(self, aggregate_ids: Iterable[UUID]) -> None:
        """Reads these together, for `check_out` to find at hand."""
        ...

    def replay(self, kind: type[A], aggregate_id: UUID, more: Iterable[Any]) -> A | None:
        """The aggregate as the log has it, and after `more` events that are not recorded yet."""
        ...


class Unit:
    """Aggregates read or added, events decided, positions reached, answers given.

    `given` holds every command that is known to have been answered, by key.
    """

    def __init__(self, log: Aggregates, cause: str, correlation: str, given: dict[str, Answered]) -> None:
        self._log = log
        self._cause, self._correlation = cause, correlation
        self._touched: dict[UUID, Aggregate] = {}
        self.aggregates: dict[UUID, Aggregate] = {}
        self.events: list[DomainEventProtocol[UUID]] = []
        self.positions: dict[str, int] = {}
        self.given = given
        self.answers: list[tuple[str, str, dict[str, Any]]] = []

    def because(self, cause: str, correlation: str) -> None:
        """What is decided from now on was brought by `cause` (id of an event or a command)."""
        self.settle()
        self._cause, self._correlation = cause, correlation

    def get(self, kind: type[A], aggregate_id: UUID) -> A | None:
        """The aggregate as the log has it, None where it has none; twice the same object."""
        aggregate = self.aggregates.get(aggregate_id)
        if aggregate is None:
            aggregate = self._log.check_out(kind, aggregate_id)
            if aggregate is None:
                return None
            self.aggregates[aggregate_id] = aggregate
        self._touched[aggregate_id] = aggregate
        return cast("A", aggregate)

    def read_ahead(self, aggregate_ids: Iterable[UUID]) -> None:
        """Reads together what will be looked at; what it leaves out is read when it is looked at."""
        self._log.read_ahead(
            aggregate_id for aggregate_id in aggregate_ids if aggregate_id not in self.aggregates
        )

    def add(self, aggregate: A) -> A:
        """A new aggregate, recorded with the unit."""
        self.aggregates[aggregate.id] = self._touched[aggregate.id] = aggregate
        return aggregate

    def all(self, kind: type[A], aggregate_ids: Iterable[UUID], keep: Callable[[A], bool]) -> list[A]:
        """Those of `aggregate_ids` (found in a read model), and those of this unit, that `keep` wants now."""
        aggregates: list[A | None] = []
        wanted_ids = list(aggregate_ids)
        for begin in range(0, len(wanted_ids), LOT):
            lot = wanted_ids[begin : begin + LOT]
            self.read_ahead(lot)
            aggregates += [self.get(kind, aggregate_id) for aggregate_id in lot]
        ids = {aggregate.id for aggregate in aggregates if aggregate is not None}
        mine = [
            aggregate
            for aggregate in self.aggregates.values()
            if isinstance(aggregate, kind) and aggregate.id not in ids
        ]
        wanted = [
            aggregate for aggregate in (*aggregates, *mine) if aggregate is not None and keep(aggregate)
        ]
        self._touched.update({aggregate.id: aggregate for aggregate in wanted})
        return wanted

    def undo(self) -> None:
        """Takes back what was decided since `because`, and nothing else: the rest of the unit goes on."""
        for aggregate in self._touched.values():
            if aggregate.collect_events():
                del self.aggregates[aggregate.id]
                mine = [event for event in self.events if event.originator_id == aggregate.id]
                before = self._log.replay(type(aggregate), aggregate.id, mine)
                if before is not None:
                    self.aggregates[aggregate.id] = before
        self._touched = {}

    def record(self, event: DomainEventProtocol[UUID]) -> None:
        """An event that was decided elsewhere, such as one brought over from another log."""
        self.events.append(event)

    def reached(self, upstream: str, partition: int, position: int) -> None:
        """The position reached in an upstream's partition, kept in the same transaction as the effects."""
        self.positions[f"{upstream}/{partition}"] = position

    def answer(self, command: str, content: dict[str, Any], answer: dict[str, Any]) -> None:
        """The first answer to a command, given again to whoever repeats it."""
        self.given[command] = Answered(digest(content), answer)
        self.answers.append((command, self.given[command].content, answer))

    def settle(self) -> None:
        """Takes over what the aggregates decided, stamped with subject, cause and correlation, and next wake."""
        for aggregate in self._touched.values():
            events = aggregate.collect_events()
            if not events:
                continue
            stamp = {"subject": getattr(aggregate, "subject", ""), "causation": self._cause}
            stamp["correlation"] = self._correlation or self._cause
            for event in events:
                vars(event).update(stamp)
            wake = self._log.wake_of(aggregate)
            vars(events[-1])["wake"] = wake.isoformat() if wake is not None else None
            self.events += cast("list[DomainEventProtocol[UUID]]", events)
        self._touched = {}

    def passed(self, every: int) -> list[Aggregate]:
        """The aggregates that this unit brought past a multiple of `every` versions."""
        first: dict[UUID, int] = {}
        for event in self.events:
            first.setdefault(event.originator_id, event.originator_version)
        mine = [
            (self.aggregates[aggregate_id], version)
            for aggregate_id, version in first.items()
            if aggregate_id in self.aggregates
        ]
        return [
            aggregate for aggregate, version in mine if aggregate.version // every > (version - 1) // every
        ]


def digest(content: dict[str, Any]) -> str:
    """What tells whether two contents are the same."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
