"""A small supervisor: starts processes, starts again what ended, stops all of them cleanly, says how they stand.

It keeps one JSON file up to date (`fleet.json`: name to pid, whether it is ready, starts, since when, how it ended
last), which `shouwang status` reads, and one pid file, by which alone it is stopped. A process that has passed its
audits says so by making the file that READY_FILE names.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from services.kernel.calendar import SHANGHAI

PAUSE = 0.1
FIRST_BACKOFF, LONGEST_BACKOFF = 0.2, 10.0
STEADY_SECONDS = 20.0
STATE = "fleet.json"
READY_FILE = "SHOUWANG_READY_FILE"
MOST_SAID, MOST_LETTERS = 1_000_000, 400
"""Bytes of a log that are looked through for what a process said last, and letters of that."""


@dataclass(frozen=True)
class ProcessSpec:
    """One process: its name, its command, and what its environment has more than ours."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict[str, str])


class KeptProcess:
    """A process that is kept up."""

    def __init__(self, spec: ProcessSpec, folder: Path) -> None:
        self.spec = spec
        self.starts = 0
        self._since: str | None = None
        self._log = folder / f"{spec.name}.log"
        self._ready_file = folder / f"{spec.name}.ready"
        self._is_ready = False
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0.0
        self._written_before = 0
        self._ended: dict[str, Any] | None = None
        self._backoff = FIRST_BACKOFF
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """Of the process that runs; None where none does."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def keep(self, now: float) -> bool:
        """Starts it where it does not run, each time a little later; whether anything changed."""
        if self.pid is not None:
            if now - self._begun > STEADY_SECONDS:
                self._backoff = FIRST_BACKOFF
            return self._becomes_ready()
        if self._process is not None:
            self._ended = self._how_it_ended(self._process.returncode)
            self._not_before = now + self._backoff
            self._backoff = min(self._backoff * 2, LONGEST_BACKOFF)
            self._process = None
            return True
        if now < self._not_before:
            return False
        self._start(now)
        return True

    def _start(self, now: float) -> None:
        self.starts += 1
        self._begun = now
        self._since = datetime.now(SHANGHAI).isoformat(timespec="seconds")
        self._ready_file.unlink(missing_ok=True)
        self._is_ready = False
        environ = {**os.environ, **self.spec.environ, READY_FILE: str(self._ready_file)}
        self._written_before = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, with arguments of ours
                self.spec.command, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    def _becomes_ready(self) -> bool:
        if self._is_ready or not self._ready_file.exists():
            return False
        self._is_ready = True
        return True

    def _how_it_ended(self, code: int) -> dict[str, Any]:
        with self._log.open("rb") as log:
            log.seek(self._written_before)
            said = log.read(MOST_SAID).decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(said) if line.strip()), "")
        at = datetime.now(SHANGHAI).isoformat(timespec="seconds")
        return {"at": at, "code": code, "said": last[:MOST_LETTERS]}

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self._process is not None and self.pid is not None:
            self._process.terminate()

    def end(self, seconds: float) -> None:
        """Waits for the end; SIGKILL where it does not come."""
        if self._process is None:
            return
        try:
            self._process.wait(max(seconds, PAUSE))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def as_dict(self) -> dict[str, Any]:
        """What `status` shows; `ended` is when, with which code and words it ended last, since the supervisor runs."""
        return {
            "pid": self.pid,
            "ready": self._is_ready and self.pid is not None,
            "starts": self.starts,
            "since": self._since,
            "log": str(self._log),
            "ended": self._ended,
        }


class Supervisor:
    """Keeps every process of a fleet up until it is told to stop."""

    def __init__(self, specs: Sequence[ProcessSpec], folder: Path, *, stop_seconds: float = 15.0) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._stop_seconds = stop_seconds
        self._kept = [KeptProcess(spec, folder) for spec in specs]
        self._is_stopping = False
        self._log = structlog.get_logger("shouwang.supervisor")

    def stop(self, *_: object) -> None:
        """Has `run` come to its end."""
        self._is_stopping = True

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then everything is stopped, whatever was asked last first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        try:
            while not self._is_stopping:
                changed = [kept.spec.name for kept in self._kept if kept.keep(time.monotonic())]
                if changed:
                    self._log.info("processes_changed", names=changed)
                    self._write()
                time.sleep(PAUSE)
        finally:
            self._end_all()

    def _end_all(self) -> None:
        ends = time.monotonic() + self._stop_seconds
        for kept in self._kept:
            kept.ask_to_stop()
        for kept in self._kept:
            kept.end(ends - time.monotonic())
        self._write()

    def _write(self) -> None:
        text = json.dumps({kept.spec.name: kept.as_dict() for kept in self._kept}, indent=1)
        beside = self._folder / f"{STATE}.new"
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._folder / STATE)


def say_ready() -> None:
    """Said by a process that has passed its audits; to nobody where no supervisor asked for it."""
    if path := os.environ.get(READY_FILE):
        Path(path).touch()


def standing(folder: Path) -> dict[str, dict[str, Any]]:
    """How the processes stood when the supervisor last wrote; empty where it never ran."""
    try:
        return json.loads((folder / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
