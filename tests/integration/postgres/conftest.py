"""A private PostgreSQL for all tests of this folder, erased after them; an empty schema for each test."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.migrations.migrate import migrate
from services.servers import packages
from services.servers.postgres import Postgres, home_for
from services.servers.state import new_state
from tests.integration.postgres.tally import SERVICE, apply, plan

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    packages.postgresql()
    with tempfile.TemporaryDirectory(prefix="shouwang-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's user must come through
        made = Postgres(home_for(folder), new_state(folder, "tests").postgres)
        try:
            made.start()
            yield made
        finally:
            made.stop_immediate()  # what is erased needs no checkpoint
            shutil.rmtree(made.home)


def new_database(server: Postgres) -> str:
    """A new database, seen by who may do anything in it."""
    name = f"test{next(_numbers)}"
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return server.url.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
def admin_url(server: Postgres) -> str:
    return new_database(server)


@pytest.fixture(scope="session")
def shared_url(server: Postgres) -> str:
    return new_database(server)


@pytest.fixture
def url(server: Postgres, shared_url: str, tmp_path: Path) -> str:
    """An empty schema of a service that tallies, seen by its role."""
    server.start()
    with psycopg.connect(shared_url) as admin:
        admin.execute(f"DROP SCHEMA IF EXISTS {SERVICE} CASCADE")
    migrate(shared_url, [SERVICE], tmp_path / "urls.json", plan=plan)
    return json.loads((tmp_path / "urls.json").read_text())[SERVICE]


@pytest.fixture
def recorder(url: str) -> Iterator[PostgresRecorder]:
    made = PostgresRecorder(url, SERVICE)
    yield made
    made.close()


@pytest.fixture
def log(recorder: PostgresRecorder) -> EventLog:
    return EventLog(recorder, apply=apply)


@pytest.fixture
def another(url: str) -> Iterator[Callable[[], EventLog]]:
    """Other logs on the same schema, as other processes have them."""
    made: list[EventLog] = []

    def make() -> EventLog:
        made.append(EventLog(PostgresRecorder(url, SERVICE), apply=apply))
        return made[-1]

    yield make
    for one in made:
        one.close()
