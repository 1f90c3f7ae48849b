"""One set of real servers for all tests of this folder, made for them and erased after them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.servers import Servers


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
def up(servers: Servers) -> Servers:
    """The set with both servers up, whatever the test before did to them."""
    servers.up()
    return servers
