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

from services.fleet.settings import SERVICES, FleetSettings
from services.house.house import House, opened
from services.house.settings import Settings, read_settings
from services.kernel.calendar import SHANGHAI
from services.servers import Servers
from services.servers.postgres import Postgres
from services.servers.rabbit import Rabbit
from tests.faults.checker import findings
from tests.faults.door import Door
from tests.faults.gathered import Acknowledged, gather, is_settled, read_record
from tests.faults.load import PHONES, Load, Record
from tests.faults.villages import set_up
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

    @contextmanager
    def planting(self, name: str, text: str = "") -> Generator[None]:
        """Has processes do what planted/sitecustomize.py says of a file, as long as this goes on."""
        file = self._planted / name
        beside = file.with_name("new")
        beside.write_text(text, encoding="utf-8")
        beside.rename(file)
        try:
            yield
        finally:
            file.unlink(missing_ok=True)

    def dead(self, point: str) -> list[int]:
        """The pids of those that died at a point."""
        return [int(one.suffix[1:]) for one in self._planted.glob(f"died.{point}.*")]

    def forget_dead(self) -> None:
        """Nobody died yet."""
        for one in self._planted.glob("died.*"):
            one.unlink()

    @property
    def _planted(self) -> Path:
        return planted_of(self.fleet.settings)

    def load(self, name: str, seed: int, phones: int = PHONES) -> Load:
        """Named apart from every other of this record, whose ids they share."""
        today = datetime.now(SHANGHAI).date().isoformat()
        return Load(f"{name}-{seed}", self.door, self.record, today, seed, self.pause, phones)

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
        self,
        name: str,
        seed: int,
        inject: Callable[[Stand, Random], dict[str, Any]],
        phones: int = PHONES,
    ) -> dict[str, Any]:
        """A load, the fault, its end, quiet; then nothing may be found. Returns the figures."""
        load = self.load(name, seed, phones)
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
            "p50 and p99 in ms": " and ".join(f"{load.seconds_at(part) * 1000:.0f}" for part in (0.5, 0.99)),
        }
        told = self.check()
        assert load.wrong == []
        assert load.unanswered == 0, f"{load.unanswered} got no answer for {ANSWERED_SECONDS} s"
        assert told == [], f"{len(told)} findings: {told[:10]}"
        return figures


def planted_of(settings: FleetSettings) -> Path:
    """The folder that planted/sitecustomize.py looks into."""
    return settings.folder.with_name("planted")


def fleet_in(folder: Path) -> Fleet:
    """A fleet that is not up yet, with two workers for visits and for notify, and two relays."""
    settings = FleetSettings(
        folder=folder / "fleet", servers=folder / "servers", name="faults", port=free_port()
    )
    planted_of(settings).mkdir()
    path = os.pathsep.join([str(Path(__file__).with_name("planted")), os.environ.get("PYTHONPATH", "")])
    inside = {"FAULTS_FOLDER": str(planted_of(settings)), "PYTHONPATH": path.rstrip(os.pathsep)}
    return Fleet(settings, environ_of(settings, WORKERS=WORKERS, RELAYS=RELAYS) | inside)


@contextmanager
def standing_in(folder: Path, pause: float) -> Generator[Stand]:
    """A fleet that is up, with its villages, and clean; whatever happens, it is taken away again."""
    fleet = fleet_in(folder)
    record = Record(folder / "record.jsonl")
    try:
        up = fleet.shouwang("up")
        assert up.returncode == 0, up.stdout + up.stderr
        held = Stand(fleet, record, pause)
        set_up(held.door)
        held.settle()
        assert held.check() == []
        yield held
    finally:
        record.close()
        down = fleet.shouwang("down", "--erase")
        assert down.returncode == 0, down.stdout + down.stderr


def connections_of_services(connection: psycopg.Connection[Any]) -> list[int]:
    """The backends of the services' roles."""
    wanted = [f"%{name}%" for name in SERVICES]
    query = "SELECT pid FROM pg_stat_activity WHERE usename LIKE ANY(%s) AND pid <> pg_backend_pid()"
    return [pid for (pid,) in connection.execute(query, (wanted,)).fetchall()]
