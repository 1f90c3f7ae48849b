"""One relay leads: it alone publishes a service's log, and moves the position only as long as nobody leads after it.

The leader holds a PostgreSQL advisory lock by a connection that is used for nothing else. Every leadership has a
number, kept beside the position and higher than the one before: a leader that was paused, and does not know that its
lock is gone, finds a higher number there and moves nothing. Embedded, where one process has the log, nobody need lead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import psycopg
import structlog
from eventsourcing.persistence import IntegrityError, PersistenceError, Tracking

from services.chassis.log.event_log import EventLog
from services.chassis.log.locks import END_OF_LOG, Lock, lock_key
from services.chassis.log.recorder import TRACKED, Extras, Sql
from services.chassis.messaging.amqp import BROKER_ERRORS
from services.chassis.messaging.relay import Relay

POSITION, LEADERSHIP = "relay", "relay/leadership"
SHORTEST_WAIT, LONGEST_WAIT = 0.005, 0.01
REFUSED_WAIT = 0.1
MANY = 100
OUTAGE_WAIT = 1.0
_OUTAGES = (PersistenceError, psycopg.Error, *BROKER_ERRORS)


class Fenced(RuntimeError):
    """Another relay leads this service now: this one may not move the position any more."""


class Turn:
    """Which of several workers keeps a service's time, or does `what` else only one of them should."""

    def __init__(self, url: str, service: str, what: str = "clock") -> None:
        self._lock = Lock(url, lock_key(what, service), f"shouwang-{what}")
        self._not_before = 0.0

    def is_mine(self) -> bool:
        """Whether this worker keeps it; no where PostgreSQL is away, which is asked again after a while."""
        if monotonic() < self._not_before:
            return False
        try:
            return self._lock.take()
        except psycopg.Error:
            self._lock.release()
            self._not_before = monotonic() + OUTAGE_WAIT
            return False

    def resign(self) -> None:
        """Lets another one have it."""
        self._lock.release()


class Leader:
    """One candidate; `url` is that of the service's role."""

    def __init__(self, url: str, service: str, log: EventLog) -> None:
        self._lock = Lock(
            url, lock_key("relay", service), "shouwang-relay", END_OF_LOG.format(service).encode()
        )
        self._log = log
        self.number = 0

    def leads(self) -> bool:
        """Whether this one leads, as far as it can know; tries to where nobody does.

        Raises what PostgreSQL raises where it is away: then nobody can say.
        """
        if self._lock.take() and not self.number:
            self.number = self._begin()
        return bool(self.number)

    @property
    def end(self) -> int:
        """Where the log ended when it was asked last whether this one leads: one question for both."""
        return self._lock.seen or 0

    def store(self, position: int) -> None:
        """Stores how far the log is published, in one transaction with a look at who leads; raises Fenced."""

        def look(sql: Sql, _: Any) -> None:
            rows = sql.rows(TRACKED, LEADERSHIP)
            if not rows or rows[0]["position"] != self.number:
                raise Fenced(Fenced.__doc__)

        try:
            self._log.recorder.insert_events([], extras=Extras([Tracking(POSITION, position)], [], look))
        except IntegrityError as error:
            raise Fenced(Fenced.__doc__) from error

    def resign(self) -> None:
        """Lets another one lead."""
        self.number = 0
        self._lock.release()

    def _begin(self) -> int:
        """The number of this leadership, from which on no earlier one counts."""
        number = (self._log.recorder.max_tracking_id(LEADERSHIP) or 0) + 1
        try:
            self._log.recorder.insert_events([], extras=Extras([Tracking(LEADERSHIP, number)]))
        except IntegrityError as error:
            raise Fenced(Fenced.__doc__) from error
        return number


def run_relay(
    relay: Relay,
    leader: Leader,
    should_stop: Callable[[], bool],
    *,
    wait: Callable[[float], object] | None = None,
) -> None:
    """Publishes what there is, waits a moment and asks again, until it should stop: a moment brings more at a time.

    Outages of the broker and the database are lived through; any other error ends it, for its supervisor to see.
    """
    pause = wait or threading.Event().wait
    log = structlog.get_logger("shouwang.relay")
    idle = SHORTEST_WAIT
    led = 0
    try:
        while not should_stop():
            try:
                moved, led = _step(relay, leader, led)
            except (Fenced, *_OUTAGES) as error:
                log.warning("relay_stands_back", error=type(error).__name__)
                leader.resign()
                moved, led, idle = 0, 0, OUTAGE_WAIT
            else:
                idle = _wait(moved, idle, is_refused=not moved and relay.position < leader.end)
            if moved < MANY:
                pause(idle)
    finally:
        leader.resign()
        relay.close()


def _wait(moved: int, before: float, *, is_refused: bool) -> float:
    """Until it is asked again; longer where the broker does not take what there is."""
    if is_refused:
        return REFUSED_WAIT
    return SHORTEST_WAIT if moved else min(before * 2, LONGEST_WAIT)


def _step(relay: Relay, leader: Leader, led: int) -> tuple[int, int]:
    """How much was published, and by which leadership."""
    if not leader.leads():
        return 0, 0
    if leader.number != led:
        relay.lead(leader.store)
    return relay.step() if leader.end > relay.position else 0, leader.number
