"""A fleet to do harm to: its processes, its servers, a load on it, and what the checker says in the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from services.chassis.settings import Settings, read_settings
from services.fleet.settings import SERVICES, FleetSettings
from services.kernel.calendar import SHANGHAI
from services.servers import Servers
from services.servers.postgres import Postgres
from services.servers.rabbit import Rabbit
from services.township.house import House, opened
from tests.faults.checker import Acknowledged, findings, gather, is_settled, read_record
from tests.faults.load import Door, Load, Record
from tests.integration.fleet.conftest import Fleet, becomes_true, environ_of, free_port

WORKERS = "registry,risk;visits;visits;notify;notify"
RELAYS = ";".join([",".join(SERVICES)] * 2)
SETTLE_SECONDS = 120.0
ANSWERED_SECONDS = 45.0


@dataclass
class Stand:
    """The fleet, and whatever a fault needs of it."""

    fleet: Fleet
    record: Record
    pause: float
    planted: set[str] = field(default_factory=set)
    begun: float = field(default_factory=time.monotonic)

    @property
    def door(self) -> Door:
        return Door(self.fleet.settings.port, self.fleet.settings.token.read_text().strip())

    @property
    def servers(self) -> Servers:
        return Servers(self.fleet.settings.servers, self.fleet.settings.name)

    @property
    def rabbit(self) -> Rabbit:
        return self.servers.rabbit

    @property
    def postgres(self) -> Postgres:
        return self.servers.postgres

    @property
    def settings(self) -> Settings:
        return read_settings(self.fleet.environ)

    @contextmanager
    def admin(self) -> Generator[psycopg.Connection[Any]]:
        """A connection of PostgreSQL's administrator."""
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            yield connection

    def names(self, role: str = "") -> list[str]:
        """The processes, or those of a role."""
        return sorted(name for name in self.fleet.processes() if name.startswith(role))

    def pid(self, name: str) -> int | None:
        return self.fleet.processes()[name]["pid"]

    def signal(self, name: str, number: signal.Signals) -> int:
        """Sends a process a signal; its pid."""
        pid = self.pid(name)
        assert pid is not None, f"{name} does not run"
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        return pid

    def comes_back(self, name: str, before: int, seconds: float = 60) -> float:
        """Seconds until a process runs again with another pid."""
        begun = time.monotonic()
        assert becomes_true(lambda: self.pid(name) not in {None, before}, seconds), f"{name} stays away"
        return round(time.monotonic() - begun, 2)

    def load(self, name: str, seed: int) -> Load:
        """Named apart from every other of this record, whose ids they share."""
        today = datetime.now(SHANGHAI).date().isoformat()
        return Load(f"{name}-{seed}", self.door, self.record, today, seed, self.pause)

    def acknowledged(self) -> list[Acknowledged]:
        return read_record(self.record.path)

    def settle(self, seconds: float = SETTLE_SECONDS) -> float:
        """Seconds until all is told, heard and sent; raises where that does not come."""
        begun = time.monotonic()
        with opened(self.settings) as house:
            is_done = becomes_true(lambda: is_settled(house, datetime.now(SHANGHAI)), seconds)
            assert is_done, f"not settled within {seconds} s: {self.standing(house)}"
        return round(time.monotonic() - begun, 2)

    def standing(self, house: House) -> str:
        told = [
            f"{name} {one.log.relayed()}/{one.log.size()} lag {house.lag_of(name)}"
            for name, one in house.services.items()
        ]
        return ", ".join(told) + f"; processes {self.fleet.processes()}"

    def check(self) -> list[str]:
        """What the checker finds now; read at a moment at which nothing moved meanwhile."""
        with opened(self.settings) as house:
            for _ in range(5):
                before = [one.log.size() for one in house.services.values()]
                found = gather(house, self.acknowledged())
                kept = self.planted & {id_ for _, id_, _ in found.parked}  # its fault asserts that it is kept
                told = findings(found, frozenset(kept))
                if before == [one.log.size() for one in house.services.values()]:
                    break
                becomes_true(lambda: is_settled(house, datetime.now(SHANGHAI)), 30)
        return told

    def undergo(
        self, name: str, seed: int, inject: Callable[[Stand, Random], dict[str, Any]]
    ) -> dict[str, Any]:
        """A load, the fault, its end, quiet; then nothing may be found. Returns the figures."""
        load = self.load(name, seed)
        begun = time.monotonic()
        load.start()
        try:
            time.sleep(1.5)
            figures = inject(self, Random(f"{seed}/{name}"))
            time.sleep(1.5)
        finally:
            load.end(ANSWERED_SECONDS)
        ended = time.monotonic()
        figures |= {"seconds to settle": self.settle()}
        count = self.record.between(begun, ended)
        figures |= {
            "acknowledged": count,
            "a second": round(count / (ended - begun)),
            "retries": load.retries,
        }
        told = self.check()
        assert load.wrong == []
        assert load.unanswered == 0, f"{load.unanswered} got no answer for {ANSWERED_SECONDS} s"
        assert told == [], f"{len(told)} findings: {told[:10]}"
        return figures


def fleet_in(folder: Path) -> Fleet:
    """A fleet that is not up yet, with two workers for visits and for notify, and two relays."""
    settings = FleetSettings(
        folder=folder / "fleet", servers=folder / "servers", name="faults", port=free_port()
    )
    return Fleet(settings, environ_of(settings, WORKERS=WORKERS, RELAYS=RELAYS))


def connections_of_services(connection: psycopg.Connection[Any]) -> list[int]:
    """The backends of the services' roles."""
    wanted = [f"%{name}%" for name in SERVICES]
    query = "SELECT pid FROM pg_stat_activity WHERE usename LIKE ANY(%s) AND pid <> pg_backend_pid()"
    return [pid for (pid,) in connection.execute(query, (wanted,)).fetchall()]
