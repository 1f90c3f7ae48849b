"""The inbox: what is consumed has exactly one effect, in order, and heals its own gaps.

The queue is a wake-up, the upstream's log is the truth: effects and position are one transaction, what lies
at or before the position is ignored, and where `previous` lies ahead the missing part is pulled from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

import structlog
from eventsourcing.persistence import IntegrityError, Tracking

from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope
from services.chassis.application import EventDispatcher
from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.recorder import Extras
from services.chassis.messaging import parking
from services.chassis.messaging.parking import Handle, HandlerRaised, ParkedMessage, ParkedMessages
from services.chassis.messaging.positions import Positions

Pull = Callable[[int, int], list[Envelope]]
_Stopped = tuple[Envelope, Exception | None]
"""An event that waits because of an error, or behind another."""
ATTEMPTS = 5
FULL_ANSWER = 500  # as many as a relay's `pull` answers with at the most
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 1.0, 60.0


def _nothing() -> None:
    return None


class GapNotHealed(RuntimeError):
    """上游记录缺少前一条，请检查其存储 / the upstream's log does not reach what its message names as previous."""


class Inbox:
    """What one service consumes from one upstream; the counters only grow.

    `dispatcher` says which types `handle` knows, None for all, and what it will look at. What was passed over may wait
    `patience` seconds until that is stored: none where others write to the log too, for ever where it ends with us.
    `on_effect` is called when something that was consumed had an effect.
    """

    def __init__(
        self,
        upstream: str,
        log: EventLog,
        handle: Handle,
        pull: Pull,
        dispatcher: EventDispatcher | None = None,
        *,
        patience: float | None = None,
        on_effect: Callable[[], None] = _nothing,
    ) -> None:
        self.upstream = upstream
        self._dispatcher = dispatcher
        self._log = log
        self._handle = handle
        self._pull = pull
        self._logger = structlog.get_logger("shouwang.inbox").bind(upstream=upstream)
        self._positions = Positions(upstream, log)
        self._waiting: set[tuple[int, str]] | None = None
        self._is_catching_up = False
        self._retry_after = 0.0
        self._retry_seconds = FIRST_RETRY_SECONDS
        usual = 0.0 if log.is_shared else float("inf")
        self._patience = usual if patience is None else patience
        self._on_effect = on_effect
        self._is_ending = False
        self.taken = self.healed = self.parked = self.redelivered = 0

    @property
    def is_ending(self) -> bool:
        """Whether a catch-up is to end before it is through."""
        return self._is_ending

    def end(self) -> None:
        """Has a catch-up end at its next step; what is left is pulled by the next worker."""
        self._is_ending = True

    def take(self, batch: Iterable[Envelope]) -> int:
        """Handles a batch; returns how many had an effect. Raises the moment's errors, such as a database that is away.

        Where another worker of the service was first, the batch is decided again from what it left. What cannot be
        handled is parked, and so is what comes later of the same subject; the rest goes on.
        """
        envelopes = sorted(batch, key=lambda envelope: envelope.position)
        if self._waiting:
            self._forget()
        for _ in range(ATTEMPTS - 1):
            try:
                return self._take(envelopes)
            except LostRace:
                continue
        return self._take(envelopes)

    def _take(self, envelopes: list[Envelope]) -> int:
        try:
            run = self._next_of(envelopes)
            if any(map(self._knows, run)):
                count = self._apply(run)
            else:
                count = len(run)
                self._positions.pass_over(_reached(run), count)
        except Exception:
            self._forget()
            raise
        self.taken += count
        if self.is_store_due():
            self.store()
        return count

    def is_stored(self) -> bool:
        """Whether nothing is passed over that is not stored."""
        return not self._positions.passed()

    def is_store_due(self) -> bool:
        """Whether what was passed over is to be stored now."""
        return self._positions.is_due(self._patience)

    def store(self) -> None:
        """Stores what was passed over; where another worker moved the same positions, at another time."""
        try:
            reached = self._positions.passed()
            if reached:
                self._move(reached)
        except LostRace:
            self._forget()

    def pull_next(self, partition: int) -> list[Envelope]:
        """What was published in a partition and is not consumed, as far as one answer reaches."""
        return self._pull(partition, self.position(partition))

    def catch_up(self) -> int:
        """Pulls all that was published since, and tries again what is parked: on start, and when idle.

        A handler may have another inbox catch up first; two that wait for each other do not go round for ever.
        """
        if self._is_catching_up:
            return 0
        self._is_catching_up = True
        try:
            count = sum(self._catch_up(partition) for partition in range(PARTITIONS))
            return count + self.retry_parked()
        finally:
            self._is_catching_up = False

    def _catch_up(self, partition: int) -> int:
        count, is_more = 0, True
        while is_more and not self.is_ending:
            pulled = self.pull_next(partition)
            count += self.take(pulled) if pulled else 0
            is_more = len(pulled) >= FULL_ANSWER
        return count

    def position(self, partition: int) -> int:
        """How far this upstream's partition was consumed."""
        if not self._positions.knows(partition):
            self._waiting = None  # read after the turn, or another worker's parking would not be seen
        return self._positions.of(partition)

    def keep(self, partition: int, body: bytes, why: str = parking.UNREADABLE) -> None:
        """Parks bytes that nobody can read, or that speak of what the upstream never published."""
        row = parking.unreadable(self.upstream, partition, body, why)
        self._log.recorder.transact(lambda sql: parking.put(sql, [row]), commit=True)
        self.parked += 1
        self._logger.error("unreadable", partition=partition, id=row.id, why=why)

    def is_retry_due(self) -> bool:
        """Whether something is parked that was not tried for a while."""
        return bool(self._subjects()) and monotonic() >= self._retry_after

    def retry_parked(self) -> int:
        """Tries once more what is parked, each subject by itself; returns how many wait no more."""
        if not self._subjects():
            return 0
        self._forget()
        messages = ParkedMessages(self._log, self._handle)
        done = sum(self._retry(messages, *subject) for subject in sorted(self._subjects()))
        self._forget()
        self._retry_seconds = (
            FIRST_RETRY_SECONDS if done else min(LAST_RETRY_SECONDS, self._retry_seconds * 2)
        )
        self._retry_after = monotonic() + self._retry_seconds
        return done

    def _retry(self, messages: ParkedMessages, partition: int, subject: str) -> int:
        try:
            return messages.retry_subject(self.upstream, partition, subject)
        except HandlerRaised as raised:
            return raised.place

    def _subjects(self) -> set[tuple[int, str]]:
        """Whose events wait, by partition."""
        if self._waiting is None:
            self._waiting = set(parking.waiting_subjects(self._log, self.upstream))
        return self._waiting

    def _forget(self) -> None:
        """What the log has now is to be read again."""
        self._positions.forget()
        self._waiting = None

    def _next_of(self, envelopes: list[Envelope]) -> list[Envelope]:
        """What of the batch is new, in order, with its gaps filled."""
        reached: dict[int, int] = {}
        run: list[Envelope] = []
        for envelope in envelopes:
            position = reached.get(envelope.partition, self.position(envelope.partition))
            if envelope.position <= position:
                continue
            if envelope.previous > position:
                try:
                    run += self._heal(envelope, position)
                except GapNotHealed as error:
                    body = envelope.model_dump_json().encode()
                    self.keep(envelope.partition, body, f"{type(error).__name__}: {error}")
                    continue
            run.append(envelope)
            reached[envelope.partition] = envelope.position
        return run

    def _heal(self, ahead: Envelope, position: int) -> list[Envelope]:
        missing: list[Envelope] = []
        while position < ahead.previous:
            pulled = [
                envelope
                for envelope in self._pull(ahead.partition, position)
                if envelope.position <= ahead.previous
            ]
            if not pulled:
                raise GapNotHealed(f"{self.upstream}/{ahead.partition} after {position}")
            missing += pulled
            position = pulled[-1].position
        self.healed += len(missing)
        return missing

    def _apply(self, run: list[Envelope]) -> int:
        """All of it in one transaction; where something waits or fails, what comes before it, it, and what follows."""
        parked: list[_Stopped] = []
        count = at = 0
        while at < len(run):
            end, error = self._handle_up_to(run, at, self._end_of_free(run, at), parked)
            count += end - at
            at = end
            if error is not None or self._end_of_free(run, at) == at < len(run):
                self._subjects().add((run[at].partition, run[at].subject))
                parked.append((run[at], error))
                at += 1
        self._park(parked)
        return count

    def _end_of_free(self, run: list[Envelope], at: int) -> int:
        """The place of the first event that must wait behind another one."""
        subjects = self._subjects()
        if not subjects:
            return len(run)
        places = range(at, len(run))
        behind = (n for n in places if (run[n].partition, run[n].subject) in subjects and self._knows(run[n]))
        return next(behind, len(run))

    def _knows(self, envelope: Envelope) -> bool:
        return self._dispatcher is None or envelope.type in self._dispatcher.types

    def _handle_up_to(
        self, run: list[Envelope], at: int, end: int, parked: list[_Stopped]
    ) -> tuple[int, Exception | None]:
        """How far it was handled, and the error that the next one brought.

        An error at the commit names no event: the first half is tried, until it is one alone.
        """
        failed: Exception | None = None
        while at < end:
            try:
                self._record(run[at:end], parked)
            except HandlerRaised as raised:
                end, failed = at + raised.place, raised.error
            except Exception as error:
                if parking.is_passing(error):
                    raise
                end, failed = (at, error) if end - at == 1 else (at + (end - at) // 2, None)
            else:
                break
        return end, failed

    def _record(self, run: list[Envelope], parked: list[_Stopped]) -> None:
        with self._log.unit() as unit:
            if self._dispatcher is not None:
                unit.read_ahead(self._dispatcher.needs(run))
            for place, envelope in enumerate(run):
                if self._knows(envelope):
                    parking.handle_in(unit, self._handle, place, envelope)
            self._park(parked)
            reached = {**self._positions.passed(), **_reached(run)}
            for name, partition, position in self._positions.moves(reached):
                unit.reached(name, partition, position)
        self._positions.moved(reached)
        if unit.events:
            self._on_effect()

    def _park(self, stopped: list[_Stopped]) -> None:
        """Parked, and stepped over, in one transaction."""
        if not stopped:
            return
        rows = [parking.waiting(self.upstream, envelope, error) for envelope, error in stopped]
        reached = {**self._positions.passed(), **_reached(envelope for envelope, _ in stopped)}
        self._move(reached, rows)
        self.parked += len(rows)
        for envelope, error in stopped:
            if error is not None:
                why = type(error).__name__
                self._logger.error("parked", event_id=envelope.id, type=envelope.type, error=why)
                self._retry_seconds = FIRST_RETRY_SECONDS
                self._retry_after = monotonic() + FIRST_RETRY_SECONDS
        stopped.clear()

    def _move(self, reached: dict[int, int], rows: Iterable[ParkedMessage] = ()) -> None:
        """Stores positions without an effect."""
        moves = [
            Tracking(f"{name}/{partition}", at) for name, partition, at in self._positions.moves(reached)
        ]
        extras = Extras(moves, [], lambda sql, _: parking.put(sql, rows))
        try:
            self._log.recorder.insert_events([], extras=extras)
        except IntegrityError as error:
            raise LostRace from error
        self._positions.moved(reached)


def _reached(run: Iterable[Envelope]) -> dict[int, int]:
    return {envelope.partition: envelope.position for envelope in run}
