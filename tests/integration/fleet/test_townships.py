"""A second township's fleet on the same servers: up beside the first, apart from it, and gone without it."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from services.chassis.migrations.databases import of_database
from services.chassis.stores import role_urls
from services.fleet.settings import SERVICES
from tests.integration.fleet.conftest import Fleet, becomes_true, free_port

VILLAGE = "530323991201"


@pytest.fixture
def huaxi(fleet: Fleet) -> Iterator[Fleet]:
    """Another fleet folder and another port; servers and their name are the first one's."""
    own = {
        "township": "huaxi",
        "port": free_port(),
        "folder": fleet.settings.folder.parent / "fleet-huaxi",
    }
    settings = fleet.settings.model_copy(update=own)
    environ = {
        **fleet.environ,
        "SHOUWANG_TOWNSHIP": "huaxi",
        "SHOUWANG_FLEET": str(settings.left),
        "SHOUWANG_FLEET_FOLDER": str(settings.folder),
        "SHOUWANG_FLEET_PORT": str(settings.port),
        "SHOUWANG_FLEET_WORKERS": ",".join(SERVICES),
    }
    held = replace(fleet, settings=settings, environ=environ)
    up = held.shouwang("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield held
    down = held.shouwang("down", "--erase")
    assert down.returncode == 0, down.stdout + down.stderr
    assert not settings.folder.exists()
    assert all(one["pid"] for one in fleet.processes().values())
    assert fleet.call("GET", "/readyz")[0] == 200


def test_each_takes_its_own_villages_and_no_role_reads_the_other_database(fleet: Fleet, huaxi: Fleet):
    body = {"village": VILLAGE, "name": "一村", "groups": ["1"]}
    assert huaxi.call("POST", "/villages", body)[0] == 201
    foreign = {**body, "village": "530323990298"}
    assert huaxi.call("POST", "/villages", foreign)[0] == 422
    assert becomes_true(lambda: "VillageOpened" in huaxi.shouwang("history", VILLAGE).stdout)
    assert fleet.shouwang("history", VILLAGE).returncode == 1
    listed = huaxi.shouwang("policy", "list").stdout
    assert "huaxi-2025" in listed
    assert "gaoliang-2024" not in listed
    theirs = role_urls(huaxi.settings.roles)["registry"]
    mine = role_urls(fleet.settings.roles)["registry"].rpartition("/")[2].partition("?")[0]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(of_database(theirs, mine))
