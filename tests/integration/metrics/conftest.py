"""Settings of a database with the schemas of every service."""

from pathlib import Path

import pytest

from services.chassis.migrations.migrate import migrate
from services.house.house import blueprints
from services.house.settings import Settings


@pytest.fixture
def settings(admin_url: str, tmp_path: Path) -> Settings:
    roles = tmp_path / "roles.json"
    migrate(admin_url, [plan.name for plan in blueprints(Settings())], roles)
    return Settings(data=None, roles=roles)
