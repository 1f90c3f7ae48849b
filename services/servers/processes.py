"""Processes of ours, known by pid file and command line: a pid alone may be another's by now."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.servers.errors import ServersError

TAIL_LINES = 25
SET_VARIABLE = "SHOUWANG_SERVERS_SET"
_LAUNCH_SECONDS = 10
_EXEC_SECONDS = 0.5  # while a process becomes another program, it has no arguments for a moment
_PAUSE = 0.05

# The shell writes its pid and becomes the program, so that the pid file is never another process's.
# An unlimited number of open files costs Erlang gigabytes; too few keep clients out.
_BECOME = 'ulimit -n 65536 2>/dev/null || ulimit -Sn "$(ulimit -Hn)"; echo "$$" >"$0"; exec "$@"'


@dataclass(frozen=True)
class OwnProcess:
    """The process in this pid file, as long as these words are among its arguments."""

    pid_file: Path
    words: tuple[str, ...]

    def pid(self) -> int | None:
        """Return its pid, or nothing if it is gone or the pid has passed to another process."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        becomes_true(lambda: bool(_arguments(pid)) or not _is_alive(pid), _EXEC_SECONDS)
        return pid if set(self.words) <= set(_arguments(pid)) else None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal if it is still there."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, number)

    def is_gone_within(self, seconds: float) -> bool:
        """Wait until it is gone, and tell whether it is."""
        return becomes_true(lambda: self.pid() is None, seconds)


def launch(process: OwnProcess, command: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
    """Start a command in a session of its own, as nobody's child, with its pid in the pid file."""
    process.pid_file.unlink(missing_ok=True)
    with log.open("ab") as out:
        subprocess.run(  # noqa: S603 - our own servers, with arguments of ours
            ["/usr/bin/setsid", "--fork", "/bin/sh", "-c", _BECOME, str(process.pid_file), *command],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=log.parent,
            env=dict(env),
        )
    if not becomes_true(process.pid_file.exists, _LAUNCH_SECONDS):
        raise ServersError(f"{command[0]} could not be started\n{tail(log)}")


def becomes_true(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask until it is so or the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


def marked(mark: str) -> list[int]:
    """Return every process that was started with this set's mark in its environment."""
    wanted = f"{SET_VARIABLE}={mark}".encode()
    return [pid for pid in _pids() if wanted in _proc(pid, "environ").split(b"\0")]


def at_home_in(folder: Path) -> list[int]:
    """Return every process with this working directory: PostgreSQL's overwrite their environment."""
    return [pid for pid in _pids() if _arguments(pid) and _cwd(pid) == folder]


def tail(log: Path) -> str:
    """Return the last lines of a log, headed by its name."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    except FileNotFoundError:
        lines = ["(there is none)"]
    return "\n".join([f"--- the end of {log}:", *lines])


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _arguments(pid: int) -> list[str]:
    """Return nothing for a zombie, which has no command line any more."""
    return [os.fsdecode(word) for word in _proc(pid, "cmdline").split(b"\0") if word]


def _is_alive(pid: int) -> bool:
    """Tell whether it is there and no zombie; its state stands after its name, which is in brackets."""
    state = _proc(pid, "stat").rpartition(b")")[2].split()
    return bool(state) and state[0] not in {b"Z", b"X"}


def _proc(pid: int, entry: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{entry}").read_bytes()
    except OSError:
        return b""  # gone meanwhile, or another user's


def _cwd(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
