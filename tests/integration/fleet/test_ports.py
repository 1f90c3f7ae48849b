"""Two fleets and one port, and a process that refuses to run: `up` says so, and leaves nothing behind."""

from dataclasses import replace
from pathlib import Path

from tests.integration.fleet.conftest import Fleet, environ_of, free_port


def beside(fleet: Fleet, tmp_path: Path, port: int) -> Fleet:
    own = {"folder": tmp_path / "fleet", "servers": tmp_path / "servers", "port": port, "name": "beside"}
    settings = fleet.settings.model_copy(update=own)
    return replace(fleet, settings=settings, environ=environ_of(settings))


def test_the_port_of_another_folders_fleet_is_refused_before_anything_is_made(fleet: Fleet, tmp_path: Path):
    second = beside(fleet, tmp_path, fleet.settings.port)
    up = second.shouwang("up")
    assert up.returncode == 2
    assert f"端口 {fleet.settings.port} 已被占用" in up.stderr
    assert str(fleet.settings.folder) in up.stderr.replace("\n", "")
    assert not second.settings.folder.exists()
    assert not second.settings.servers.exists()
    assert fleet.call("GET", "/readyz")[0] == 200


def test_a_process_that_refuses_to_run_ends_up_with_its_reason_and_nothing_goes_on(
    fleet: Fleet, tmp_path: Path
):
    own = {"folder": tmp_path / "fleet", "port": free_port(), "township": "huaxi"}
    settings = fleet.settings.model_copy(update=own)
    environ = environ_of(settings) | {"SHOUWANG_TOWNSHIP": "huaxi", "PSYCOPG_WAIT_FUNC": "wait_c"}
    held = replace(fleet, settings=settings, environ=environ)
    try:
        up = held.shouwang("up")
        assert up.returncode == 2
        assert "PSYCOPG_WAIT_FUNC=wait_select" in up.stderr
        assert len(up.stderr.splitlines()) <= 12
        assert not any(one["pid"] for one in held.processes().values())
        assert not settings.left.exists()
    finally:
        held.shouwang("down", "--erase")
