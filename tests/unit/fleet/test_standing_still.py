"""`shouwang status` names a service that raises without end, as each process's metrics say it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.fleet.deploy import TARGETS
from services.fleet.process_status import STANDS_SECONDS, standing_still
from services.fleet.settings import FleetSettings

SHOWN = """# HELP shouwang_raising_seconds How long
# TYPE shouwang_raising_seconds gauge
shouwang_raising_seconds{service="visits",entrypoint="hear"} %s
shouwang_raising_seconds{service="visits",entrypoint="advance"} 0
"""


@pytest.fixture
def process(request: pytest.FixtureRequest) -> Iterator[str]:
    """A process that shows its metrics; its address."""

    class Shows(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write((SHOWN % request.param).encode())

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = HTTPServer(("127.0.0.1", 0), Shows)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fleet(tmp_path: Path, *addresses: str) -> FleetSettings:
    rows = [{"targets": [address], "labels": {"process": "worker-2"}} for address in addresses]
    (tmp_path / TARGETS).write_text(json.dumps(rows))
    return FleetSettings(folder=tmp_path)


@pytest.mark.parametrize("process", [STANDS_SECONDS + 30], indirect=True)
def test_what_raises_without_end_is_named(tmp_path: Path, process: str):
    stands = {"process": "worker-2", "service": "visits", "entrypoint": "hear", "seconds": 40.0}
    assert standing_still(fleet(tmp_path, process)) == [stands]


@pytest.mark.parametrize("process", [STANDS_SECONDS - 1], indirect=True)
def test_what_has_raised_for_a_moment_is_not(tmp_path: Path, process: str):
    assert standing_still(fleet(tmp_path, process)) == []


def test_a_process_that_does_not_answer_says_nothing(tmp_path: Path):
    assert standing_still(fleet(tmp_path, "127.0.0.1:9")) == []


def test_where_no_process_shows_metrics_nothing_is_said(tmp_path: Path):
    assert standing_still(FleetSettings(folder=tmp_path)) == []
