"""The ports that a fleet listens on: whether each is free, and who holds one that is not (Linux: /proc)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from services.fleet.settings import FleetSettings
from services.fleet.wiring import Refused
from services.servers.state import is_free

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTENS = "0A"
_TRIED = 100
_NAMES_FLEET = "SHOUWANG_FLEET="
STEP = 10
"""From the ports of one fleet to those of the next that are proposed."""


def audit_ports(fleet: FleetSettings, host: str) -> None:
    """Raises Refused where somebody listens on a port of this fleet: which, by which setting, who, what to do."""
    taken = {port: setting for port, setting in fleet.ports.items() if not is_free(port, host)}
    if not taken:
        return
    lines = [
        f"端口 {port} 已被占用 is taken ({setting}): {holder_of(port)}" for port, setting in taken.items()
    ]
    free = _free_beside(fleet, host)
    if free is not None:
        remedy = (
            f"请先停下它，或换端口 stop it first, or take other ports: SHOUWANG_FLEET_PORT={free} shouwang up"
        )
        lines.append(f"{remedy}（记在本文件夹，以后不必再写 kept in the fleet's folder, said once）")
    raise Refused("\n".join(lines))


def _free_beside(fleet: FleetSettings, host: str) -> int | None:
    """The first port of the next fleet's, from ours on, whose ports are all free."""
    for port in range(fleet.port + STEP, fleet.port + STEP * _TRIED, STEP):
        beside = fleet.model_copy(update={"port": port})
        if max(beside.ports) <= 65535 and all(is_free(one, host) for one in beside.ports):  # noqa: PLR2004 - TCP's last
            return port
    return None


def holder_of(port: int) -> str:
    """Who listens there: pid, command and folder, as far as this user may see it."""
    sockets = _listening_on(port)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and sockets & _sockets_of(entry):
            return _said_of(entry)
    return "另一用户的进程 a process of another user (sudo ss -ltnp shows it)"


def _listening_on(port: int) -> set[str]:
    """The inodes of the sockets, as /proc names them."""
    found: set[str] = set()
    for table in _TABLES:
        with suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found


def _sockets_of(process: Path) -> set[str]:
    """Nothing of a process that is gone, or another user's."""
    with suppress(OSError):
        return {_target(one) for one in (process / "fd").iterdir()}
    return set()


def _target(link: Path) -> str:
    with suppress(OSError):
        return os.fsdecode(link.readlink())
    return ""


def _said_of(process: Path) -> str:
    command = _of(process, "cmdline").replace("\0", " ").strip()
    told = f"进程 pid {process.name} ({command[:120]})"
    if folder := _fleet_of(process):
        return f"{told}, 属于另一套守望 of another fleet of Shouwang: {folder}"
    with suppress(OSError):
        told += f", 在 in {(process / 'cwd').readlink()}"
    return told


def _fleet_of(process: Path) -> str:
    """The folder of the fleet that a process is of; empty where it is of none."""
    named = [pair for pair in _of(process, "environ").split("\0") if pair.startswith(_NAMES_FLEET)]
    return str(Path(named[0].removeprefix(_NAMES_FLEET)).parent) if named else ""


def _of(process: Path, entry: str) -> str:
    with suppress(OSError):
        return os.fsdecode((process / entry).read_bytes())
    return ""
