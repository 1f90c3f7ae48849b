"""A private Prometheus: Debian's package, on a port of its own; the system's service is never started."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.servers import packages
from services.servers.errors import ServersError
from tests.integration.http.process import free_port

RULES = Path(__file__).parents[3] / "deploy/prometheus/rules.yml"
PATIENCE_SECONDS = 60


def program(name: str) -> str:
    """`prometheus` or `promtool`; fails the test, saying why, where there is none and none may be installed."""
    if shutil.which(name) is None:
        try:
            packages._install("prometheus", "PATH")
        except ServersError as error:
            pytest.fail(f"this test needs a real Prometheus (Debian: apt-get install prometheus): {error}")
    found = shutil.which(name)
    return found or pytest.fail(f"the package prometheus is installed, but {name} is not on the PATH")


class Prometheus:
    """One that runs; it is asked by its HTTP API."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str, **params: str) -> Any:
        answer = httpx.get(f"{self._url}/api/v1/{path}", params=params).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def value(self, query: str) -> float | None:
        """The value of a query that gives one; None where it gives none."""
        found = self.get("query", query=query)["result"]
        assert len(found) <= 1, found
        return float(found[0]["value"][1]) if found else None

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Until it is so; the targets say what is the matter where it never is."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while not what():
            assert time.monotonic() < ends, self.get("targets")
            time.sleep(0.1)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self._url}/-/ready").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def prometheus(folder: Path, targets: Sequence[str]) -> Iterator[Prometheus]:
    """Scrapes the targets each second, by our rules, until it is stopped by its pid."""
    config = folder / "prometheus.yml"
    scrape = {"job_name": "shouwang", "static_configs": [{"targets": list(targets)}]}
    every = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    made = {"global": every, "rule_files": [str(RULES)], "scrape_configs": [scrape]}
    config.write_text(json.dumps(made))  # JSON is YAML
    port = free_port()
    command = [program("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "prometheus.log").open("wb") as out:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"], stdout=out, stderr=out
        )
    try:
        running = Prometheus(f"http://127.0.0.1:{port}")
        ends = time.monotonic() + PATIENCE_SECONDS
        while not running.is_ready():
            said = (folder / "prometheus.log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < ends, said
            time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        process.wait(30)
