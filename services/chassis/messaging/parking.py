"""Parking: a message that cannot be handled waits with its bytes, and so do the later ones of its subject.

Everything else goes on. What waits is tried again now and then, since what it needs may only be late; what never
works is for a person to look at: to retry after a fix, or to drop with a reason, which is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from pydantic import ValidationError

from contracts.envelope import Envelope
from services.chassis.log.database_errors import is_outage
from services.chassis.log.event_log import EventLog, LogError
from services.chassis.log.recorder import Sql
from services.chassis.log.unit import Unit

Handle = Callable[[Unit, Envelope], None]

_PUT = (
    "INSERT INTO parked (id, upstream, part, position, subject, body, error, dropped) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO NOTHING"
)
_ALL = "SELECT * FROM parked ORDER BY upstream, part, position, id"
_WAITING = "SELECT * FROM parked WHERE upstream = ? AND part = ? AND subject = ? AND dropped IS NULL ORDER BY position"
_SUBJECTS = (
    "SELECT DISTINCT part, subject FROM parked WHERE upstream = ? AND position > 0 AND dropped IS NULL"
    " ORDER BY part, subject"
)
NUMBER_BY_UPSTREAM = "SELECT upstream, COUNT(*) AS number FROM parked WHERE dropped IS NULL GROUP BY upstream"
_ONE = "SELECT * FROM parked WHERE id = ?"
_TAKE_OUT = "DELETE FROM parked WHERE id = ?"
_SAY = "UPDATE parked SET error = ? WHERE id = ?"
_DROP = "UPDATE parked SET dropped = ? WHERE id = ? AND dropped IS NULL"
_PASSING = (LogError, OSError, MemoryError, AMQPError, KombuError)
LONGEST_ERROR = 500
UNREADABLE = "not an envelope of this queue"


class NotParked(LookupError):
    """此编号下没有搁置的消息 / nothing waits under this id: list what is parked."""


class UnreadableMessage(ValueError):
    """这些字节仍无法读懂，请升级程序或放弃 / still no envelope of their queue: run a newer version, or drop them."""


class HandlerRaised(RuntimeError):
    """A message could not be handled; `place` is its place in what was given, the cause is the handler's error."""

    def __init__(self, place: int, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.place = place
        self.error = error


def is_passing(error: Exception) -> bool:
    """Whether an error is the moment's, and not the message's: such a one parks nothing."""
    return isinstance(error, _PASSING) or is_outage(error)


@dataclass(frozen=True)
class ParkedMessage:
    """A parked message; `dropped` says why it waits no more.

    `error` is empty where it only waits behind another; `position` is 0 where the bytes cannot be read.
    """

    id: str
    upstream: str
    partition: int
    position: int
    subject: str
    body: bytes
    error: str = ""
    dropped: str | None = None

    @property
    def key(self) -> tuple[str, int, str]:
        """Those that wait for each other."""
        return self.upstream, self.partition, self.subject

    def envelope(self) -> Envelope:
        """What the bytes say; raises UnreadableMessage."""
        envelope = read_envelope(self.body, self.upstream, self.partition)
        if envelope is None:
            raise UnreadableMessage(UnreadableMessage.__doc__)
        return envelope


def waiting(upstream: str, envelope: Envelope, error: Exception | None = None) -> ParkedMessage:
    """An event that waits because of an error, or behind another."""
    place = f"{upstream}/{envelope.partition}/{envelope.position}"
    body = envelope.model_dump_json().encode()
    reason = _said(error) if error is not None else ""
    return ParkedMessage(
        place, upstream, envelope.partition, envelope.position, envelope.subject, body, reason
    )


def unreadable(upstream: str, partition: int, body: bytes, why: str = UNREADABLE) -> ParkedMessage:
    """Bytes that are no envelope of their queue, or of nothing that its upstream published; again they are the same."""
    digest = hashlib.sha256(body).hexdigest()
    return ParkedMessage(
        f"{upstream}/{partition}/{digest}", upstream, partition, 0, "", body, why[:LONGEST_ERROR]
    )


def read_envelope(body: str | bytes, upstream: str, partition: int) -> Envelope | None:
    """The envelope in a message of a queue; None where it is none, or not one of that queue."""
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError:
        return None
    is_ours = envelope.source == f"/{upstream}" and envelope.partition == partition
    return envelope if is_ours and envelope.previous < envelope.position else None


def put(sql: Sql, rows: Iterable[ParkedMessage]) -> None:
    """Parks messages; those that are parked already stay as they are."""
    for row in rows:
        place = (row.id, row.upstream, row.partition, row.position, row.subject)
        sql.run(_PUT, *place, row.body, row.error, row.dropped)


def waiting_subjects(log: EventLog, upstream: str) -> list[tuple[int, str]]:
    """Partition and subject of what waits; what has a place in an order only."""
    return [(row["part"], row["subject"]) for row in log.query(_SUBJECTS, upstream)]


def handle_in(unit: Unit, handle: Handle, place: int, envelope: Envelope) -> None:
    """Handles one event of a unit; raises HandlerRaised, or the moment's error as it is."""
    try:
        unit.because(envelope.id, envelope.correlation)
        handle(unit, envelope)
        unit.settle()
    except Exception as error:
        if is_passing(error):
            raise
        raise HandlerRaised(place, error) from error


class ParkedMessages:
    """What waits in a service's log; `handle` is what its inboxes do with an event."""

    def __init__(self, log: EventLog, handle: Handle) -> None:
        self._log = log
        self._handle = handle

    def list(self) -> list[ParkedMessage]:
        """Everything parked, in order; with what was dropped, and why."""
        return [_waiting(row) for row in self._log.query(_ALL)]

    def show(self, place: str) -> ParkedMessage:
        """One; raises NotParked."""
        rows = self._log.query(_ONE, place)
        if not rows:
            raise NotParked(NotParked.__doc__)
        return _waiting(rows[0])

    def retry(self, place: str) -> int:
        """Handles all of the subject's, in order and in one unit; returns how many wait no more.

        Where one raises, those before it are done, its error is kept, and HandlerRaised says which.
        """
        asked = self.show(place)
        if asked.dropped is not None:
            raise NotParked(f"此前已放弃 / it was dropped: {asked.dropped}")
        if not asked.position:
            return self._look_again(asked)
        return self.retry_subject(*asked.key)

    def retry_subject(self, upstream: str, partition: int, subject: str) -> int:
        """As `retry`."""
        rows = self.waiting_of(upstream, partition, subject)
        try:
            return self._handle_as_far_as_it_goes(rows)
        except HandlerRaised as raised:
            failing = rows[raised.place]
            self._write(_SAY, _said(raised.error), failing.id)
            raise

    def waiting_of(self, upstream: str, partition: int, subject: str) -> Sequence[ParkedMessage]:
        """What waits of a subject, in order."""
        return [_waiting(row) for row in self._log.query(_WAITING, upstream, partition, subject)]

    def drop(self, place: str, reason: str) -> None:
        """It will have no effect; what waits behind it goes on. Raises NotParked, and ValueError without a reason."""
        if not reason.strip():
            raise ValueError("请说明放弃的理由 / say why it is dropped")
        if self.show(place).dropped is not None:
            raise NotParked("此前已放弃 / it was dropped before")
        self._write(_DROP, reason.strip(), place)

    def _handle_as_far_as_it_goes(self, rows: Sequence[ParkedMessage]) -> int:
        """All together; else up to the one that raises. An error at the commit names none: each is tried by itself."""
        try:
            return self._handle_all(rows)
        except HandlerRaised as raised:
            self._handle_all(rows[: raised.place])
            raise
        except Exception as error:
            if is_passing(error):
                raise
            if len(rows) == 1:
                raise HandlerRaised(0, error) from error
        for place, row in enumerate(rows):
            try:
                self._handle_as_far_as_it_goes([row])
            except HandlerRaised as raised:
                raise HandlerRaised(place, raised.error) from raised.error
        return len(rows)

    def _handle_all(self, rows: Sequence[ParkedMessage]) -> int:
        """An answer is kept with the effects, so that they are had once even if the row outlives them."""
        with self._log.unit() as unit:
            for place, row in enumerate(rows):
                key = f"parked/{row.id}"
                if self._log.first_answer(key, {}) is None:
                    handle_in(unit, self._handle, place, row.envelope())
                    unit.answer(key, {}, {"outcome": "handled"})

        def take_out(sql: Sql) -> None:
            for row in rows:
                sql.run(_TAKE_OUT, row.id)

        if rows:
            self._log.recorder.transact(take_out, commit=True)
        return len(rows)

    def _look_again(self, asked: ParkedMessage) -> int:
        """Bytes have no effect of their own: what they were meant to say is pulled from the upstream's log."""
        envelope = asked.envelope()
        if self._log.position(asked.upstream, asked.partition) < envelope.position:
            raise UnreadableMessage(
                "上游记录里还没有这些内容，请稍后再试 / not heard from the upstream's log yet: try again later"
            )
        self._write(_TAKE_OUT, asked.id)
        return 1

    def _write(self, text: str, *params: Any) -> None:
        self._log.recorder.transact(lambda sql: sql.run(text, *params), commit=True)


def _waiting(row: Any) -> ParkedMessage:
    return ParkedMessage(
        row["id"],
        row["upstream"],
        row["part"],
        row["position"],
        row["subject"],
        bytes(row["body"]),
        row["error"],
        row["dropped"],
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
