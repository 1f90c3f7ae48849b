"""Where Debian and Ubuntu keep the servers' programs, and how they get there; no system service starts."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from services.servers.errors import ProgramsMissing, ServersError

POSTGRESQL = Path("/usr/lib/postgresql")
RABBITMQ = Path("/usr/lib/rabbitmq/bin")
_APT_SECONDS = 900

# One installation at a time; the machine's own policy is asked, never replaced; ours goes with the shell.
_INSTALL = """
set -eu
exec 9</usr/sbin
flock 9
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then
    said=0
    "$policy" "$1" start >/dev/null 2>&1 || said=$?
    [ "$said" = 101 ] || { echo "$policy would let $1 start as a system service" >&2; exit 1; }
else
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\\nexit 101\\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt-get update -qq || echo "going on with the package lists that are here" >&2
apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
"""

P = TypeVar("P")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RabbitPrograms:
    """The scripts themselves: their namesakes on the PATH would change to the user of the system service."""

    server: Path
    ctl: Path
    epmd: Path


def rabbitmq() -> RabbitPrograms:
    """Return RabbitMQ's programs, installed first where they are missing."""
    return _or_installed(_rabbitmq, "rabbitmq-server", "SHOUWANG_AMQP_URL")


def postgresql(version: str | None = None) -> Path:
    """Return the folder of PostgreSQL's programs, of this version or the newest; installed if missing."""
    package = "postgresql" if version is None else f"postgresql-{version}"
    return _or_installed(lambda: _postgresql(version), package, "SHOUWANG_DATABASE_URL")


def _rabbitmq() -> RabbitPrograms | None:
    epmd = shutil.which("epmd", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/local/bin")
    programs = RabbitPrograms(RABBITMQ / "rabbitmq-server", RABBITMQ / "rabbitmqctl", Path(epmd or "epmd"))
    return programs if epmd and programs.server.exists() and programs.ctl.exists() else None


def _postgresql(version: str | None) -> Path | None:
    folders = [postgres.parent for postgres in POSTGRESQL.glob("*/bin/postgres")]
    fitting = [folder for folder in folders if version in {None, folder.parent.name}]
    return max(fitting, key=lambda folder: float(folder.parent.name), default=None)


def _or_installed(find: Callable[[], P | None], package: str, variable: str) -> P:
    program = find()
    if program is None:
        _install(package, variable)
        program = find()
    if program is None:
        raise ServersError(
            f"{package} is installed, but its programs are not where Debian and Ubuntu keep them"
        )
    return program


def _install(package: str, variable: str) -> None:
    remedy = (
        f"install {package} yourself (apt-get install {package}), or set {variable} to a server that runs"
    )
    root = _as_root()
    if root is None or shutil.which("apt-get") is None:
        raise ProgramsMissing(f"{package} is missing and may not be installed from here: {remedy}")
    _log.info("installing %s with apt-get; no system service is started", package)
    done = subprocess.run(  # noqa: S603 - a fixed script and a package name of ours
        [*root, "/bin/sh", "-c", _INSTALL, "sh", package],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_APT_SECONDS,
    )
    if done.returncode != 0:
        output = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise ProgramsMissing(f"apt-get could not install {package}: {remedy}\n{output}")


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], check=False, capture_output=True)  # noqa: S603 - asks for no password
    return [sudo, "-n"] if asked.returncode == 0 else None
