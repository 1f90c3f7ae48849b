"""A test stand: private servers, a database and a namespace of its own, and the processes of a fleet one by one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import psycopg
from kombu.connection import Connection
from psycopg.sql import SQL, Identifier

from services.chassis.log.event_log import EventLog
from services.chassis.messaging.amqp import declare
from services.chassis.migrations.migrate import migrate
from services.chassis.stores import open_log, role_urls
from services.fleet.settings import SERVICES
from services.house.house import CONSUMERS, House, blueprints
from services.house.settings import Settings
from services.servers import Servers, Urls

READY_SECONDS = 60.0
SETTLED_SECONDS = 300.0
TOKEN = "a token of the test stand"  # noqa: S105 - of servers that live as long as the run


@contextmanager
def servers() -> Generator[Urls]:
    """RabbitMQ and PostgreSQL, fsync on; gone afterwards with all that they held, also where the run is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as folder:
        Path(folder).chmod(0o711)
        private = Servers(Path(folder), "bench")
        try:
            yield private.up()
        finally:
            private.down(erase=True)


class Stand:
    """`start` a process, `stop` it; all of them end with the stand."""

    def __init__(self, urls: Urls, folder: Path) -> None:
        name = f"bench_{uuid4().hex[:8]}"
        with psycopg.connect(urls.database, autocommit=True) as admin:
            admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        self.folder = folder
        self.port = _free_port()
        self.admin_url = urlsplit(urls.database)._replace(path=f"/{name}").geturl()
        self.amqp_url = urls.amqp
        roles = folder / "roles.json"
        migrate(self.admin_url, SERVICES, roles)
        self.settings = Settings(roles=roles, amqp_url=urls.amqp, namespace=name, data=folder)
        self.urls = role_urls(roles)
        declare(Connection(urls.amqp), name, CONSUMERS)
        (folder / "settings.json").write_text(
            json.dumps({"roles": str(roles), "amqp_url": urls.amqp, "namespace": name, "data": str(folder)})
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, role: str, *names: str) -> str:
        """A process of the fleet, as its supervisor starts it."""
        key = f"{role}-{'-'.join(names)}"
        environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
        environ |= {"SHOUWANG_FLEET": str(self.folder / "settings.json")}
        environ |= {"SHOUWANG_HTTP_TOKEN": TOKEN, "SHOUWANG_HTTP_PORT": str(self.port)}
        with (self.folder / f"{key}.log").open("ab") as out:
            command = [sys.executable, "-m", "services.fleet", role, *names]
            self.processes[key] = subprocess.Popen(command, env=environ, stdout=out, stderr=out)  # noqa: S603
        if role == "api":
            until(self._answers, READY_SECONDS)
        return key

    def start_all(self) -> None:
        """As `make up` spreads them."""
        self.start("api", *SERVICES)
        self.start("relay", *SERVICES)
        for group in (("registry", "risk"), ("visits",), ("notify",)):
            self.start("worker", *group)

    def spent(self) -> dict[str, float]:
        """Seconds of processor that each process has had: what stays the same when others use the machine too."""
        return {key: _spent(process.pid) for key, process in self.processes.items()}

    def stop(self, key: str) -> None:
        """Cleanly."""
        process = self.processes.pop(key)
        process.terminate()
        process.wait(READY_SECONDS)

    def stop_all(self) -> None:
        """Every process."""
        for key in list(self.processes):
            self.stop(key)

    def log(self, service: str) -> EventLog:
        """A service's log, seen from here."""
        return open_log(
            next(plan for plan in blueprints(self.settings) if plan.name == service), self.settings
        )

    def settle(self) -> None:
        """Waits until all is told and heard."""
        house = House(self.settings)
        try:
            until(lambda: _is_settled(house), SETTLED_SECONDS)
        finally:
            house.close()

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status)
        except (URLError, OSError):
            return False


@contextmanager
def standing(urls: Urls) -> Generator[Stand]:
    """A stand that is empty and its own."""
    with tempfile.TemporaryDirectory(prefix="shouwang-bench-") as folder:
        stand = Stand(urls, Path(folder))
        try:
            yield stand
        finally:
            stand.stop_all()


def until(condition: Callable[[], bool], seconds: float, every: float = 0.1) -> None:
    """Asks again and again; raises TimeoutError where it does not come true."""
    end = monotonic() + seconds
    while not condition():
        if monotonic() > end:
            raise TimeoutError(f"did not come true in {seconds} s")
        sleep(every)


def _is_settled(house: House) -> bool:
    held = house.services
    return all(one.log.size() <= one.log.relayed() for one in held.values()) and not any(
        map(house.lag_of, held)
    )


def _spent(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
