"""The event log of one service: what was decided together is recorded together, or not at all.

Recorded with the events of a unit: the positions reached in other services' logs, the answers given to commands,
and the read models. Every stored event is stamped with what it is about and what brought it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import islice
from time import perf_counter
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

from services.chassis.log import snapshots
from services.chassis.log.cache import Cache
from services.chassis.log.database_errors import is_race
from services.chassis.log.observer import UNOBSERVED, Observer
from services.chassis.log.recorder import Extras, Recorded, Recorder, Sql
from services.chassis.log.unit import LOT, Answered, Unit, WakeOf, digest, never_wakes

_LAST_PUBLISHED = "SELECT MAX(position) AS last FROM told WHERE part = ? AND position < ?"
_END_OF_PUBLISHED = "SELECT MAX(position) AS last FROM told WHERE part = ?"
_PUBLISH = "INSERT INTO told (position, part, previous) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_PUBLISHED_AFTER = (
    "SELECT position, previous FROM told WHERE part = ? AND position > ? ORDER BY position LIMIT ?"
)
_ANSWERED = "SELECT command, content, answer FROM answers WHERE command IN ({})"
_ANSWER = "SELECT content, answer FROM answers WHERE command = ?"
_RELAYED = "relay"
SNAPSHOT_EVERY = 100

A = TypeVar("A", bound=Aggregate)


class LogError(RuntimeError):
    """The log could not take this; nothing of it was recorded."""


class CommandConflict(LogError):
    """此编号已用于其他内容：请换一个编号 / a command with this id but other content was accepted: use a new id."""


class LostRace(LogError):
    """Somebody recorded on the same aggregate, position or command first: read again and decide again."""


class Unrecordable(RuntimeError):
    """A read model cannot bear these events: trying again would not help, a person must look."""


class EventLog:
    """Append-only.

    `apply` brings the read models up to an event, in its transaction; `wake_of` says when time alone will next
    change an aggregate; `observer` is told of every commit; `is_shared` is False only where no other process or thread
    writes to this log.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        apply: Callable[[Sql, Recorded], None] | None = None,
        wake_of: WakeOf = never_wakes,
        observer: Observer = UNOBSERVED,
        is_shared: bool = True,
    ) -> None:
        self.recorder = recorder
        self.wake_of = wake_of
        self.observer = observer
        self.is_shared = is_shared
        self._apply = apply
        self._cache = Cache()
        self._last = 0
        self._unpublished: deque[Recorded] = deque()
        self._last_published: dict[int, int] = {}
        transcoder = JSONTranscoder()
        transcoder.register(UUIDAsHex())
        transcoder.register(DatetimeAsISO())
        self._mapper: Mapper[UUID] = Mapper(transcoder)

    def close(self) -> None:
        """Gives the place of the log free."""
        self.recorder.close()

    @contextmanager
    def unit(
        self, cause: str = "", correlation: str = "", *, commands: Sequence[str] = ()
    ) -> Generator[Unit]:
        """Records all that was decided inside, in one transaction, where nothing was raised.

        Of `commands` the unit knows which were answered before. Raises LostRace where another was first; then
        nothing was recorded.
        """
        size, given = self._opened(commands)
        number = self._cache.begin(size)
        unit = Unit(self, cause, correlation, given)
        yield unit
        unit.settle()
        self._record(unit)
        self._cache.keep(number, unit.aggregates.values())

    def _opened(self, commands: Sequence[str]) -> tuple[int, dict[str, Answered]]:
        """Where the log ends, and of these commands those that were answered, with what."""

        def read(sql: Sql) -> tuple[int, list[Any]]:
            known = sql.rows(_ANSWERED.format(", ".join("?" * len(commands))), *commands) if commands else []
            return (sql.last_position() if self.is_shared else self._last), known

        if not (self.is_shared or commands):
            return self._last, {}
        size, known = self.recorder.transact(read, commit=False)
        return size, {row["command"]: Answered(row["content"], json.loads(row["answer"])) for row in known}

    def _record(self, unit: Unit) -> None:
        if not (unit.events or unit.positions or unit.answers):
            return
        stored = [self._mapper.to_stored_event(event) for event in unit.events]
        positions = [Tracking(name, at) for name, at in unit.positions.items()]
        answers = [
            (key, content, json.dumps(answer, ensure_ascii=False)) for key, content, answer in unit.answers
        ]
        kept = snapshots.frozen(unit.passed(SNAPSHOT_EVERY))

        def then(sql: Sql, ids: Sequence[int]) -> None:
            self._project(sql, ids, unit.events)
            if kept:
                sql.keep_snapshots(kept)

        extras = Extras(positions, answers, then)
        begun = perf_counter()
        try:
            ids = self.recorder.insert_events(stored, extras=extras)
        except IntegrityError as error:
            self._cache.clear()
            if not is_race(error):
                raise Unrecordable(str(error)) from error
            self.observer.lost_race()
            raise LostRace from error
        self.observer.recorded(len(stored), perf_counter() - begun)
        if ids:
            self._last = ids[-1]
            if not self.is_shared:
                self._unpublished.extend(map(Recorded, ids, unit.events))
            self._cache.recorded(ids, {event.originator_id for event in unit.events})

    def _project(self, sql: Sql, ids: Sequence[int], events: Iterable[DomainEventProtocol[UUID]]) -> None:
        if self._apply is not None:
            for position, event in zip(ids, events, strict=True):
                self._apply(sql, Recorded(position, event))

    def read_ahead(self, aggregate_ids: Iterable[UUID]) -> None:
        """Reads together what of these is not held as the log has it: the unit that has begun finds it at hand.

        What others record from then on is found as after any other reading: at the latest when this unit is recorded.
        """
        wanted = [
            aggregate_id
            for aggregate_id in dict.fromkeys(aggregate_ids)
            if not self._cache.is_current(aggregate_id)
        ]
        for begin in range(0, len(wanted), LOT):
            lot = wanted[begin : begin + LOT]
            self._cache.put(
                self._read_on({aggregate_id: self._cache.take(aggregate_id)[0] for aggregate_id in lot})
            )

    def check_out(self, kind: type[A], aggregate_id: UUID) -> A | None:
        """The aggregate as the log has it now, for one unit alone; None where it has none."""
        aggregate, is_current = self._cache.take(aggregate_id)
        if not is_current:
            aggregate = self._read_on({aggregate_id: aggregate})[aggregate_id]
        return _of_kind(kind, aggregate_id, aggregate)

    def load(self, kind: type[A], aggregate_id: UUID, *, until: int | None = None) -> A | None:
        """The aggregate after its events, up to version `until` where given; None where there are none."""
        if until is None:
            return _of_kind(kind, aggregate_id, self._read_on({aggregate_id: None})[aggregate_id])
        state: Any = None
        for stored in self.recorder.select_events(aggregate_id, lte=until):
            state = cast("Any", self._mapper.to_domain_event(stored)).mutate(state)
        return _of_kind(kind, aggregate_id, state)

    def _read_on(self, states: dict[UUID, Any]) -> dict[UUID, Any]:
        """Each from what is held of it, else from its snapshot, to what the log has at one moment; None: nothing."""

        def read(sql: Sql) -> list[StoredEvent]:
            states.update(
                snapshots.thawed(
                    sql.snapshots_of(
                        [aggregate_id for aggregate_id in states if states[aggregate_id] is None]
                    )
                )
            )
            return sql.events_after(
                {
                    aggregate_id: state.version if state is not None else 0
                    for aggregate_id, state in states.items()
                }
            )

        for stored in self.recorder.transact(read, commit=False):
            event = cast("Any", self._mapper.to_domain_event(stored))
            states[event.originator_id] = event.mutate(states[event.originator_id])
        return states

    def replay(self, kind: type[A], aggregate_id: UUID, more: Iterable[Any]) -> A | None:
        """The aggregate as the log has it, and after `more` events that are not recorded yet."""
        state: Any = self.load(kind, aggregate_id)
        for event in more:
            state = event.mutate(state)
        return state

    def history(self, aggregate_id: UUID) -> list[Any]:
        """Every event of an aggregate, in order."""
        return [self._mapper.to_domain_event(stored) for stored in self.recorder.select_events(aggregate_id)]

    def events(self, after: int, limit: int = 500) -> list[Recorded]:
        """Recorded after a position, in commit order; at hand until it is published, where nobody else writes."""
        if self._unpublished and self._unpublished[0].position == after + 1:
            return list(islice(self._unpublished, limit))
        notifications = self.recorder.select_notifications(after, limit, inclusive_of_start=False)
        return [
            Recorded(notification.id, self._mapper.to_domain_event(notification))
            for notification in notifications
        ]

    def has_after(self, position: int) -> bool:
        """Whether there may be something after a position: known without asking where nobody else writes."""
        return self.is_shared or self._last > position

    @property
    def last(self) -> int:
        """The position of the last event that was recorded through this object; 0 where none was."""
        return self._last

    def size(self) -> int:
        """The position of the last event, 0 where there is none."""
        return self.recorder.max_notification_id() or 0

    def position(self, upstream: str, partition: int) -> int:
        """How far an upstream's partition was consumed; 0 where nothing was."""
        return self.recorder.max_tracking_id(f"{upstream}/{partition}") or 0

    def relayed(self) -> int:
        """How far the relay has published this log."""
        return self.recorder.max_tracking_id(_RELAYED) or 0

    def relayed_to(self, position: int) -> None:
        """Stores how far the relay has published this log."""
        self.recorder.insert_tracking(Tracking(_RELAYED, position))
        while self._unpublished and self._unpublished[0].position <= position:
            self._unpublished.popleft()

    def assign_published(self, places: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Fixes for each (position, partition) what was published before it; the same again gives the same."""

        def assign(sql: Sql) -> dict[int, int]:
            assigned: dict[int, int] = {}
            for position, partition in places:
                known = None if self.is_shared else self._last_published.get(partition)
                if known is None or known >= position:
                    known = sql.rows(_LAST_PUBLISHED, partition, position)[0]["last"] or 0
                assigned[position] = known
                sql.run(_PUBLISH, position, partition, known)
                self._last_published[partition] = position
            return assigned

        return self.recorder.transact(assign, commit=True) if places else {}

    def last_published(self, partition: int) -> int:
        """The position of the last event published in a partition; 0 where nothing was."""
        return self.query(_END_OF_PUBLISHED, partition)[0]["last"] or 0

    def published_after(self, partition: int, after: int, limit: int) -> list[tuple[int, int]]:
        """Position and previous of what was published in a partition after a position."""
        rows = self.query(_PUBLISHED_AFTER, partition, after, limit)
        return [(row["position"], row["previous"]) for row in rows]

    def query(self, text: str, *params: Any) -> list[Any]:
        """Rows of a read model."""
        return self.recorder.transact(lambda sql: sql.rows(text, *params), commit=False)

    def first_answer(self, command: str, content: dict[str, Any]) -> dict[str, Any] | None:
        """The answer given before to the same command; None where it is new.

        Raises CommandConflict where the id came with other content.
        """
        rows = self.query(_ANSWER, command)
        if not rows:
            return None
        if rows[0]["content"] != digest(content):
            raise CommandConflict
        return json.loads(rows[0]["answer"])


def _of_kind(kind: type[A], aggregate_id: UUID, state: Any) -> A | None:
    if state is not None and not isinstance(state, kind):
        raise TypeError(f"{aggregate_id} is a {type(state).__name__}, not a {kind.__name__}")
    return state
