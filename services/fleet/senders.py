"""What carries things out of the house, as a process of its own: a thread a way out, so that a slow one delays none."""

from __future__ import annotations

import threading

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError

from services.chassis.clock import SystemClock
from services.chassis.log.event_log import LostRace
from services.chassis.service import Blueprint, Carrier
from services.chassis.stores import open_log, role_urls
from services.chassis.workers.leader import Turn
from services.fleet.wiring import Refused
from services.house.settings import Settings

IDLE_SECONDS, OUTAGE_SECONDS = 0.2, 1.0
_OUTAGES = (PersistenceError, psycopg.Error)
_logger = structlog.get_logger("shouwang.sender")


class Senders:
    """Of one service, until `stopping` is set; an attempt that is under way then comes to its end: each is bounded."""

    def __init__(self, plan: Blueprint, settings: Settings, stopping: threading.Event) -> None:
        if plan.carrier is None or settings.roles is None:
            raise Refused(f"{plan.name}: 没有通道 / there is no way out: set SHOUWANG_CHANNELS")
        self._plan, self._settings, self._stopping = plan, settings, stopping
        self._carrier = plan.carrier
        self._url = role_urls(settings.roles)[plan.name]
        self._failed: list[str] = []

    def run(self) -> None:
        """Raises Refused where a thread failed."""
        log = open_log(self._plan, self._settings)
        ways = self._carrier(log).ways()
        log.close()
        threads = [threading.Thread(target=self._carry, args=(way,), name=f"way {way}") for way in ways]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failed:
            raise Refused(f"sender of {self._plan.name} failed: see the log above")

    def _carry(self, way: str) -> None:
        """By a log of its own; of several processes one carries by this way."""
        log = open_log(self._plan, self._settings)
        carrier = self._carrier(log)
        turn = Turn(self._url, self._plan.name, f"sender by {way}")
        try:
            while not self._stopping.is_set():
                self._stopping.wait(_step(way, carrier, turn))
        except Exception:
            _logger.exception("sender_failed", service=self._plan.name)
            self._failed.append(way)
            self._stopping.set()
        finally:
            turn.resign()
            log.close()


def _step(way: str, carrier: Carrier, turn: Turn) -> float:
    """Carries one thing; returns how long to wait then."""
    clock = SystemClock()
    try:
        is_due = turn.is_mine() and carrier.is_due(clock.now())
        return 0.0 if is_due and carrier.advance(clock.now, only=way) else IDLE_SECONDS
    except LostRace:
        return IDLE_SECONDS
    except _OUTAGES as error:
        _logger.warning("sender_stands_back", error=type(error).__name__)
        return OUTAGE_SECONDS
