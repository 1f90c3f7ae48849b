"""A private RabbitMQ and PostgreSQL for all tests of this folder, erased after them; a namespace for each test."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from kombu import Connection

from services.servers import Servers
from services.servers.rabbit import Rabbit
from tests.integration.rabbit.pair import Pair

_numbers = count(1)


@pytest.fixture(scope="package")
def servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="shouwang-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user must come through
        made = Servers(Path(folder), "tests")
        try:
            made.up()
            yield made
        finally:
            made.rabbit.kill()  # what is erased need not end in order
            made.postgres.stop_immediate()
            made.down(erase=True)


@pytest.fixture
def rabbit(servers: Servers) -> Rabbit:
    """The broker, up, whatever the test before did to it."""
    servers.up()
    return servers.rabbit


@pytest.fixture
def connection(rabbit: Rabbit) -> Iterator[Connection]:
    made = Connection(rabbit.url)
    yield made
    made.release()


@pytest.fixture
def namespace() -> str:
    return f"test{next(_numbers)}"


@pytest.fixture
def pair_of(connection: Connection, namespace: str, tmp_path: Path) -> Iterator[Callable[..., Pair]]:
    """An upstream and its consumer; what it declared is deleted afterwards."""
    made: list[Pair] = []

    def make(**wanted: int) -> Pair:
        made.append(Pair(tmp_path, connection, namespace, **wanted))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def pair(pair_of: Callable[..., Pair]) -> Pair:
    return pair_of()
