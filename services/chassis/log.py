"""The event log of one service, embedded: eventsourcing's SQLite recorder, one transaction per unit of work.

What a unit records goes in together or not at all: its events, the positions reached in other services' logs,
and the answers given to commands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

from eventsourcing.domain import Aggregate, DomainEventProtocol
from eventsourcing.persistence import (
    DatetimeAsISO,
    IntegrityError,
    JSONTranscoder,
    Mapper,
    StoredEvent,
    Tracking,
    UUIDAsHex,
)
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore, SQLiteProcessRecorder

_ANSWERS = """
    CREATE TABLE IF NOT EXISTS answers (command TEXT PRIMARY KEY, content TEXT NOT NULL, answer TEXT NOT NULL)
    WITHOUT ROWID
"""
_TOLD = """
    CREATE TABLE IF NOT EXISTS told (
        position INTEGER PRIMARY KEY, part INTEGER NOT NULL, previous INTEGER NOT NULL)
"""
_TOLD_BY_PART = "CREATE UNIQUE INDEX IF NOT EXISTS told_by_part ON told (part, position)"
_LAST_TOLD = "SELECT MAX(position) AS last FROM told WHERE part = ? AND position < ?"
_TOLD_AFTER = "SELECT position, previous FROM told WHERE part = ? AND position > ? ORDER BY position LIMIT ?"
_RELAYED = "relay"

A = TypeVar("A", bound=Aggregate)


class LogError(RuntimeError):
    """The log could not take this; nothing of it was recorded."""


class CommandConflict(LogError):
    """A command with this id but other content was accepted already: use a new id."""


class LostRace(LogError):
    """Somebody recorded on the same aggregate, position or command first: read again and decide again."""


@dataclass(frozen=True)
class Recorded:
    """A stored event and its place in the log (notification id, in commit order, not gap-free)."""

    position: int
    event: DomainEventProtocol[UUID]


@dataclass(frozen=True)
class Answer:
    """What a command was answered; `content` is a hash of what was asked."""

    command: str
    content: str
    answer: str


@dataclass
class Unit:
    """What is decided together: aggregates read or added, positions reached, answers given."""

    log: EventLog
    aggregates: dict[UUID, Aggregate] = field(default_factory=dict[UUID, Aggregate])
    events: list[DomainEventProtocol[UUID]] = field(default_factory=list[DomainEventProtocol[UUID]])
    positions: list[Tracking] = field(default_factory=list[Tracking])
    answers: list[Answer] = field(default_factory=list[Answer])

    def get(self, kind: type[A], aggregate_id: UUID) -> A | None:
        """The aggregate as the log has it, None where it has none; twice the same object."""
        if aggregate_id not in self.aggregates:
            found = self.log.load(kind, aggregate_id)
            if found is None:
                return None
            self.aggregates[aggregate_id] = found
        return cast("A", self.aggregates[aggregate_id])

    def add(self, aggregate: Aggregate) -> None:
        """A new aggregate, recorded with the unit."""
        self.aggregates[aggregate.id] = aggregate

    def record(self, event: DomainEventProtocol[UUID]) -> None:
        """An event that was decided elsewhere, such as one brought over from another log."""
        self.events.append(event)

    def heard(self, upstream: str, partition: int, position: int) -> None:
        """The position reached in an upstream's partition, kept in the same transaction as the effects."""
        self.positions.append(Tracking(f"{upstream}/{partition}", position))

    def answer(self, command: str, content: dict[str, Any], answer: dict[str, Any]) -> None:
        """The first answer to a command, given again to whoever repeats it."""
        self.answers.append(Answer(command, _digest(content), json.dumps(answer, ensure_ascii=False)))


class _Recorder(SQLiteProcessRecorder):
    """Adds to the library's recorder: many positions, and answers, in the transaction of the events."""

    def construct_create_table_statements(self) -> list[str]:
        """Every table of the log."""
        return [
            *super().construct_create_table_statements(),
            _ANSWERS,
            _TOLD,
            _TOLD_BY_PART,
        ]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        unit: Unit | None = kwargs.pop("unit", None)
        returning = super()._insert_events(c, stored_events, **kwargs)
        for tracking in unit.positions if unit else ():
            self._insert_tracking(c, tracking)
        for given in unit.answers if unit else ():
            c.execute("INSERT INTO answers VALUES (?, ?, ?)", (given.command, given.content, given.answer))
        return returning

    def select_answer(self, command: str) -> tuple[str, str] | None:
        """Content hash and answer of a command, None where it is new."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT content, answer FROM answers WHERE command = ?", (command,))
            row = c.fetchone()
            return None if row is None else (row["content"], row["answer"])

    def assign_told(self, places: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Fixes for each (position, partition) what was told before it; the same again gives the same."""
        assigned: dict[int, int] = {}
        with self.datastore.transaction(commit=True) as c:
            for position, partition in places:
                c.execute(_LAST_TOLD, (partition, position))
                assigned[position] = c.fetchone()["last"] or 0
                row = (position, partition, assigned[position])
                c.execute("INSERT INTO told VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
        return assigned

    def select_told(self, partition: int, after: int, limit: int) -> list[tuple[int, int]]:
        """Position and previous of what was told in a partition."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(_TOLD_AFTER, (partition, after, limit))
            return [(row["position"], row["previous"]) for row in c.fetchall()]


class EventLog:
    """Append-only; `path` is a file, or `:memory:` for a twin that lives as long as the object."""

    def __init__(self, path: str) -> None:
        self._datastore = SQLiteDatastore(path)
        self._recorder = _Recorder(self._datastore)
        self._recorder.create_table()
        transcoder = JSONTranscoder()
        transcoder.register(UUIDAsHex())
        transcoder.register(DatetimeAsISO())
        self._mapper: Mapper[UUID] = Mapper(transcoder)

    def close(self) -> None:
        """Gives the file free."""
        self._datastore.close()

    @contextmanager
    def unit(self) -> Generator[Unit]:
        """Records all that was decided inside, in one transaction, where nothing was raised.

        Raises LostRace where another was first; then nothing was recorded.
        """
        unit = Unit(self)
        yield unit
        for one in unit.aggregates.values():
            unit.events += cast("list[DomainEventProtocol[UUID]]", one.collect_events())
        stored = [self._mapper.to_stored_event(event) for event in unit.events]
        try:
            self._recorder.insert_events(stored, unit=unit)
        except IntegrityError as error:
            raise LostRace from error

    def load(self, kind: type[A], aggregate_id: UUID, *, until: int | None = None) -> A | None:
        """The aggregate after its events, up to version `until` where given; None where there are none."""
        state: Any = None
        for stored in self._recorder.select_events(aggregate_id, lte=until):
            state = cast("Any", self._mapper.to_domain_event(stored)).mutate(state)
        if state is not None and not isinstance(state, kind):
            raise TypeError(f"{aggregate_id} is a {type(state).__name__}, not a {kind.__name__}")
        return state

    def events(self, after: int, limit: int = 500) -> list[Recorded]:
        """What was recorded after a position, in commit order."""
        found = self._recorder.select_notifications(after, limit, inclusive_of_start=False)
        return [Recorded(one.id, self._mapper.to_domain_event(one)) for one in found]

    def position(self, upstream: str, partition: int) -> int:
        """How far an upstream's partition was heard; 0 where nothing was."""
        return self._recorder.max_tracking_id(f"{upstream}/{partition}") or 0

    def relayed(self) -> int:
        """How far the relay has told this log."""
        return self._recorder.max_tracking_id(_RELAYED) or 0

    def relayed_to(self, position: int) -> None:
        """Stores how far the relay has told this log."""
        self._recorder.insert_tracking(Tracking(_RELAYED, position))

    def assign_told(self, places: Sequence[tuple[int, int]]) -> dict[int, int]:
        """What was told before each (position, partition), fixed once and for all."""
        return self._recorder.assign_told(places)

    def told_after(self, partition: int, after: int, limit: int) -> list[tuple[int, int]]:
        """Position and previous of what was told in a partition after a position."""
        return self._recorder.select_told(partition, after, limit)

    def first_answer(self, command: str, content: dict[str, Any]) -> dict[str, Any] | None:
        """The answer given before to the same command; None where it is new.

        Raises CommandConflict where the id came with other content.
        """
        found = self._recorder.select_answer(command)
        if found is None:
            return None
        if found[0] != _digest(content):
            raise CommandConflict
        return json.loads(found[1])


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
