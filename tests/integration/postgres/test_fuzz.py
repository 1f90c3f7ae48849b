"""Whatever is sent over HTTP to services that keep their logs in PostgreSQL is answered, and the house goes on."""

from pathlib import Path

import pytest
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.http.app import build_app
from services.chassis.migrations.migrate import migrate
from services.chassis.stores import open_log
from services.house import house
from services.house.settings import Settings
from tests.fuzz.hostile import drawn
from tests.fuzz.http_door import requests, send_all, still_goes_through
from tests.unit.http.conftest import offices
from tests.unit.http.village import NOW, TOKEN, http_settings, people


def test_every_field_of_every_command_with_every_kind_of_value(
    admin_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept = Settings(roles=tmp_path / "urls.json")
    migrate(admin_url, [plan.name for plan in house.blueprints(Settings())], kept.roles)
    monkeypatch.setattr(house, "open_log", lambda plan, _: open_log(plan, kept))
    wanted = drawn(requests(), 200)
    with house.opened(Settings(data=None)) as made:
        people(made, 5)
        app = build_app(offices(made), http_settings(), SetClock(NOW))
        with TestClient(app, raise_server_exceptions=False) as client:
            client.headers["Authorization"] = f"Bearer {TOKEN}"
            statuses = send_all(client, made, wanted)
            print(f"HTTP, PostgreSQL: {len(wanted)} of {len(requests())} requests, {dict(statuses)}")  # noqa: T201
            still_goes_through(client, made)
