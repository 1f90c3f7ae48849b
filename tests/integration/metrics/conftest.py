"""A private PostgreSQL with the schemas of every service."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.migrations.migrate import migrate
from services.house.house import blueprints
from services.house.settings import Settings
from services.servers import packages
from services.servers.postgres import Postgres, home_for
from services.servers.state import new_state


@pytest.fixture
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
            made.stop_immediate()
            shutil.rmtree(made.home)


@pytest.fixture
def settings(server: Postgres, tmp_path: Path) -> Settings:
    roles = tmp_path / "roles.json"
    migrate(server.url, [plan.name for plan in blueprints(Settings())], roles)
    return Settings(data=None, roles=roles)
