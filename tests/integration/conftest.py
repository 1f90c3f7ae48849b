"""A private PostgreSQL for all tests that want one, erased after them; each has a database of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from services.servers import packages
from services.servers.postgres import Postgres, home_for
from services.servers.state import new_state

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
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


@pytest.fixture
def server(postgres: Postgres) -> Postgres:
    """It, up, whatever the test before did to it."""
    postgres.start()
    return postgres


def new_database(server: Postgres) -> str:
    """A new database, seen by who may do anything in it."""
    server.start()
    name = f"test{next(_numbers)}"
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return server.url.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
def admin_url(server: Postgres) -> str:
    return new_database(server)
