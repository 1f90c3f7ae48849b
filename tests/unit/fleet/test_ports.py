"""Given somebody who listens on a port of the fleet, then it is refused before anything is started."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from services.fleet import deploy
from services.fleet.ports import audit_ports, holder_of
from services.fleet.settings import FleetSettings, read_fleet_settings
from services.fleet.supervisor import STATE
from services.fleet.wiring import Refused
from services.servers.processes import OwnProcess
from services.servers.state import is_free

HOST = "127.0.0.1"
LISTENS = """
import socket, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
time.sleep(60)
"""


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def serving(answer: bytes) -> Iterator[int]:
    """Whoever asks is given the same."""
    with socket.create_server((HOST, 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    asking, _ = server.accept()
                    asking.recv(4096)
                    asking.sendall(answer)
                    asking.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def fleet_at(port: int, tmp_path: Path, **more: object) -> FleetSettings:
    return FleetSettings.model_validate({"folder": tmp_path, "port": port, "metrics_port": 0} | more)


def test_a_taken_port_is_named_with_its_setting_its_holder_and_another_that_is_free(
    listening: int, tmp_path: Path
):
    with pytest.raises(Refused) as refused:
        audit_ports(fleet_at(listening, tmp_path), HOST)
    said = str(refused.value)
    assert f"端口 {listening} 已被占用" in said
    assert f"SHOUWANG_FLEET_PORT={listening}" in said
    assert "pytest" in said
    proposed = int(said.rpartition("SHOUWANG_FLEET_PORT=")[2].split()[0])
    assert is_free(proposed, HOST)


def test_a_taken_port_of_metrics_is_named_too(listening: int, tmp_path: Path):
    with pytest.raises(Refused, match=f"SHOUWANG_FLEET_METRICS_PORT={listening}"):
        audit_ports(fleet_at(listening + 1, tmp_path, metrics_port=listening), HOST)


def test_free_ports_are_not_refused(tmp_path: Path):
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
    audit_ports(fleet_at(port, tmp_path), HOST)


def test_who_holds_a_port_for_another_fleet_is_said_to_be_of_that(tmp_path: Path):
    environ = {"SHOUWANG_FLEET": str(tmp_path / "other" / "settings.json")}
    with subprocess.Popen(
        [sys.executable, "-c", LISTENS], env=environ, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout
            said = holder_of(int(other.stdout.readline()))
        finally:
            other.kill()
    assert f"pid {other.pid}" in said
    assert str(tmp_path / "other") in said


def test_one_setting_moves_the_ports_of_metrics_too():
    fleet = read_fleet_settings({"SHOUWANG_FLEET_PORT": "8620"})
    assert (fleet.port, fleet.metrics_port) == (8620, 9490)
    assert set(FleetSettings().ports).isdisjoint(fleet.ports)


def test_the_port_that_up_kept_is_taken_by_whoever_comes_later(tmp_path: Path):
    (tmp_path / "port").write_text("8640")
    asked = {"SHOUWANG_FLEET_FOLDER": str(tmp_path)}
    assert read_fleet_settings(asked).port == 8640
    assert read_fleet_settings(asked | {"SHOUWANG_FLEET_PORT": "8650"}).port == 8650


def test_what_answers_must_be_this_fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ready = (
        b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"status": "ready", "instance": "other"}'
    )
    monkeypatch.setattr(deploy, "READY_SECONDS", 0.5)
    monkeypatch.setattr(OwnProcess, "pid", lambda _: 1)
    with serving(ready) as port:
        fleet = fleet_at(port, tmp_path)
        fleet.instance.write_text("mine")
        (tmp_path / STATE).write_text(
            json.dumps({"api-1": {"pid": 1, "ready": True, "starts": 1, "ended": None, "log": ""}})
        )
        with pytest.raises(Refused, match=r"不是本套进程.*pytest"):
            deploy.wait_until_ready(fleet)


def test_a_process_that_ends_again_and_again_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(OwnProcess, "pid", lambda _: 1)
    ended = {"at": "2024-01-01T00:00:00+08:00", "code": 2, "said": "refuses to run: no room"}
    process = {
        "pid": None,
        "ready": False,
        "starts": deploy.LOOPING_STARTS,
        "ended": ended,
        "log": "x/relay-1.log",
    }
    fleet = fleet_at(8600, tmp_path)
    (tmp_path / STATE).write_text(json.dumps({"relay-1": process}))
    with pytest.raises(Refused) as refused:
        deploy.wait_until_ready(fleet)
    assert "relay-1" in str(refused.value)
    assert "refuses to run: no room" in str(refused.value)


def test_a_fleet_that_runs_does_not_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(OwnProcess, "pid", lambda _: 1)
    fleet = fleet_at(8630, tmp_path)
    fleet.kept_port.write_text("8610")
    with pytest.raises(Refused, match=r"8610.*shouwang down"):
        deploy.bring_up(fleet, {})
