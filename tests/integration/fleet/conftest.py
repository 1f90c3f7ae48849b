"""One fleet for all of these tests: private servers, every service as processes of their own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.fleet.settings import FleetSettings
from services.fleet.supervisor import standing
from services.house.house import opened
from services.house.settings import Settings
from services.house.status import status_of
from tests.integration.channels.servers import Receiver, channels_file, receiving

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def becomes_true(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@dataclass
class Fleet:
    settings: FleetSettings
    environ: dict[str, str]
    receiver: Receiver | None = None
    """Where its one channel, a webhook, leads; None where it has none."""

    def shouwang(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [SHOUWANG, *words]
        return subprocess.run(
            command, env=self.environ, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
        )

    def processes(self) -> dict[str, dict[str, Any]]:
        return standing(self.settings.folder)

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """The answer; 0 where nobody answered."""
        data = None if body is None else json.dumps(body).encode()
        key = sha256(f"{method}{path}{body}".encode()).hexdigest()
        headers = {
            "Authorization": f"Bearer {self.settings.token.read_text().strip()}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        url = f"http://127.0.0.1:{self.settings.port}{path}"
        request = urllib.request.Request(url, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")
        except OSError:
            return 0, {}

    def is_settled(self) -> bool:
        """All that is recorded is told and heard."""
        with opened(Settings(roles=self.settings.roles, data=self.settings.folder)) as house:
            held = status_of(house)["services"]
        return all(one["events"] == one["told"] and not one["lag"] for one in held.values())


def environ_of(settings: FleetSettings, **more: str) -> dict[str, str]:
    """Of commands that work on this fleet and on no other; `more` is what the fleet is spread by."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
    return environ | {
        "COLUMNS": "250",
        "SHOUWANG_FLEET": str(settings.left),
        "SHOUWANG_FLEET_FOLDER": str(settings.folder),
        "SHOUWANG_FLEET_SERVERS": str(settings.servers),
        "SHOUWANG_FLEET_NAME": settings.name,
        "SHOUWANG_FLEET_PORT": str(settings.port),
        "SHOUWANG_FLEET_METRICS_PORT": "0",
        **{f"SHOUWANG_FLEET_{name}": value for name, value in more.items()},
    }


@pytest.fixture(scope="package")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    settings = FleetSettings(
        folder=folder / "fleet", servers=folder / "servers", name="tests", port=free_port()
    )
    with receiving() as receiver:
        path = channels_file(folder, hook=receiver.url("/hook"))
        spread = {"WORKERS": "registry,risk;visits;notify;notify"}
        held = Fleet(settings, environ_of(settings, **spread) | {"SHOUWANG_CHANNELS": str(path)}, receiver)
        try:
            up = held.shouwang("up")
            assert up.returncode == 0, up.stdout + up.stderr
            yield held
        finally:
            down = held.shouwang("down", "--erase")
            assert down.returncode == 0, down.stdout + down.stderr
