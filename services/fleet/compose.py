"""The fleet in containers (deploy/compose.yaml): the last resort, where no server is given or can be installed."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

from services.fleet.settings import FleetSettings
from services.servers import ServersError
from services.servers.errors import ProgramsMissing
from services.servers.state import write_private

FILE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
PREFIX = "SHOUWANG_COMPOSE_"
READY_SECONDS = 300
_SPREAD = ("workers", "relays", "apis")


class Compose:
    """One fleet's containers. Once taken, they are what `up` and `down` mean until they are erased."""

    def __init__(self, fleet: FleetSettings) -> None:
        self._fleet = fleet
        self._kept = fleet.folder / "compose.env"

    @property
    def is_taken(self) -> bool:
        """Whether this fleet lives in containers."""
        return self._kept.exists()

    @property
    def command(self) -> list[str]:
        """How this fleet's containers are spoken to."""
        words = ["docker", "compose", "--project-name", f"shouwang-{self._fleet.name}"]
        return [*words, "--env-file", str(self._kept), "--file", str(FILE)]

    def require(self, missing: ProgramsMissing) -> None:
        """Raises ProgramsMissing, with every way out, where docker cannot help either."""
        trouble = _trouble()
        if trouble is not None:
            raise ProgramsMissing(
                f"{missing}\n或 / or use containers, which cannot be had now: {trouble}"
            ) from missing

    def up(self) -> None:
        """Builds and starts all of it; returns when every health check is passed."""
        self._refuse_other_spread()
        self._keep()
        self._run("up", "--detach", "--build", "--wait", "--wait-timeout", str(READY_SECONDS))

    def down(self, *, erase: bool) -> None:
        """Stops all of it; what it holds stays in its volumes."""
        self._run("down", *(["--volumes"] if erase else []))
        if erase:
            self._kept.unlink()

    def _refuse_other_spread(self) -> None:
        usual = FleetSettings()
        if any(getattr(self._fleet, name) != getattr(usual, name) for name in _SPREAD):
            raise ServersError(f"the spread over processes is written in {FILE}: change it there")

    def _keep(self) -> None:
        """Passwords are made once: the volumes were made with them."""
        if self._kept.exists():
            return
        self._fleet.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        values = {
            "RABBITMQ_PASSWORD": secrets.token_hex(24),
            "POSTGRES_PASSWORD": secrets.token_hex(24),
            "PORT": str(self._fleet.port),
        }
        write_private(self._kept, "".join(f"{PREFIX}{name}={value}\n" for name, value in values.items()))

    def _run(self, *words: str) -> None:
        done = subprocess.run([*self.command, *words], check=False)  # noqa: S603 - words of ours
        if done.returncode != 0:
            raise ServersError(f"docker compose {words[0]} failed: see what it said above")


def _trouble() -> str | None:
    """Why there are no containers to be had; nothing where there are."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    for words, trouble in (
        (("compose", "version"), "docker has no compose plugin (docker-compose-v2)"),
        (("info",), "the docker daemon does not answer"),
    ):
        done = subprocess.run(["docker", *words], check=False, capture_output=True)  # noqa: S603, S607 - the PATH's own
        if done.returncode != 0:
            return trouble
    return None
