"""An empty schema of PostgreSQL for each test."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.migrations.migrate import migrate
from services.servers.postgres import Postgres
from tests.integration.conftest import new_database
from tests.integration.postgres.tally import SERVICE, apply, plan


@pytest.fixture(scope="session")
def shared_url(postgres: Postgres) -> str:
    return new_database(postgres)


@pytest.fixture
def url(postgres: Postgres, shared_url: str, tmp_path: Path) -> str:
    """An empty schema of a service that tallies, seen by its role."""
    postgres.start()  # the test before may have stopped it
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
