"""One relay leads: it alone tells a service's log, and moves the position only as long as nobody leads after it.

The leader holds a PostgreSQL advisory lock by a connection that is used for nothing else. Every leadership has a
number, kept beside the position and higher than the one before: a leader that was paused, and does not know that its
lock is gone, finds a higher number there and moves nothing. Embedded, where one process has the log, nobody need lead.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import structlog
from eventsourcing.persistence import IntegrityError, PersistenceError, Tracking

from services.chassis.amqp import BROKER_ERRORS
from services.chassis.log import EventLog
from services.chassis.recorder import Extras, Sql
from services.chassis.relay import Relay

POSITION, LEADERSHIP = "relay", "relay/leadership"
SHORTEST_WAIT, LONGEST_WAIT = 0.01, 0.05
OUTAGE_WAIT = 1.0
_CONNECT_SECONDS = 5
_TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
_LEADERSHIP = "SELECT notification_id AS number FROM tracking WHERE application_name = ?"
_OUTAGES = (PersistenceError, psycopg.Error, *BROKER_ERRORS)


class Fenced(RuntimeError):
    """Another relay leads this service now: this one may not move the position any more."""


class Leader:
    """One candidate; `url` is that of the service's role."""

    def __init__(self, url: str, service: str, log: EventLog) -> None:
        self._url = url
        self._key = lock_key(service)
        self._log = log
        self._connection: psycopg.Connection[Any] | None = None
        self.number = 0

    def leads(self) -> bool:
        """Whether this one leads, as far as it can know; tries to where nobody does.

        Raises what PostgreSQL raises where it is away: then nobody can say.
        """
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS,
                tcp_user_timeout=_CONNECT_SECONDS * 1000,
                application_name="shouwang-relay",
            )
        if self.number:
            self._connection.execute("SELECT 1")
            return True
        row = self._connection.execute(_TRY_LOCK, (self._key,)).fetchone()
        if row is not None and row[0]:
            self.number = self._begin()
        return bool(self.number)

    def store(self, position: int) -> None:
        """Stores how far the log is told, in one transaction with a look at who leads; raises Fenced."""

        def look(sql: Sql, _: Any) -> None:
            rows = sql.rows(_LEADERSHIP, LEADERSHIP)
            if not rows or rows[0]["number"] != self.number:
                raise Fenced(Fenced.__doc__)

        try:
            self._log.recorder.insert_events([], extras=Extras([Tracking(POSITION, position)], [], look))
        except IntegrityError as error:
            raise Fenced(Fenced.__doc__) from error

    def resign(self) -> None:
        """Lets another one lead."""
        self.number = 0
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _begin(self) -> int:
        """The number of this leadership, from which on no earlier one counts."""
        number = (self._log.recorder.max_tracking_id(LEADERSHIP) or 0) + 1
        try:
            self._log.recorder.insert_events([], extras=Extras([Tracking(LEADERSHIP, number)]))
        except IntegrityError as error:
            raise Fenced(Fenced.__doc__) from error
        return number


def lock_key(service: str) -> int:
    """The advisory lock of a service's relay, in the database of all services."""
    return int.from_bytes(hashlib.sha256(f"relay of {service}".encode()).digest()[:8], signed=True)


def run_relay(
    relay: Relay,
    leader: Leader,
    should_stop: Callable[[], bool],
    *,
    wait: Callable[[float], object] | None = None,
) -> None:
    """Tells while there is news, else waits a moment and asks again, until it should stop.

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
                idle = SHORTEST_WAIT if moved else min(idle * 2, LONGEST_WAIT)
            if not moved:
                pause(idle)
    finally:
        leader.resign()
        relay.close()


def _step(relay: Relay, leader: Leader, led: int) -> tuple[int, int]:
    """How much was told, and by which leadership."""
    if not leader.leads():
        return 0, 0
    if leader.number != led:
        relay.lead(leader.store)
    return relay.step(), leader.number
