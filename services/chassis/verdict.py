"""Whether all is well with a house, as `status`, `/readyz` and a metric say it: what is wrong, and what to do first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

import structlog

LOOKED_EVERY = 10.0
_logger = structlog.get_logger("shouwang.verdict")


class FindingKind(StrEnum):
    """What can be wrong; docs/status.md has a section for each."""

    SUPERVISOR_GONE = "supervisor_gone"
    PROCESS_DOWN = "process_down"
    PROCESS_ENDED = "process_ended"
    RAISES = "raises"
    RELAY_STANDS = "relay_stands"
    INBOX_STANDS = "inbox_stands"
    DATABASE_AWAY = "database_away"
    BROKER_AWAY = "broker_away"
    BROKER_REFUSES = "broker_refuses"
    QUEUE_UNHEARD = "queue_unheard"
    PARKED = "parked"
    DEAD_LETTERS = "dead_letters"
    DAYS_BEHIND = "days_behind"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: with what, in words, and what to do first, both 中文 English."""

    kind: FindingKind
    about: str
    said: str
    first: str


def away(error: Exception) -> Finding:
    """A database that cannot be asked."""
    name = type(error).__name__
    said = f"数据库没有应答 the database does not answer: {name}"
    first = (
        "先看 PostgreSQL 是否在运行、磁盘是否已满；已受理的没有丢 see first that it runs and its disk is not full;"
        " what was accepted is not lost"
    )
    return Finding(FindingKind.DATABASE_AWAY, name, said, first)


@dataclass(frozen=True)
class Verdict:
    """All that was found wrong; nothing is well. `age` in seconds."""

    findings: tuple[Finding, ...]
    age: float


class Watch:
    """Looks again and again in a thread of its own, so that nobody who asks waits for a database or a broker."""

    def __init__(self, look: Callable[[], Sequence[Finding]], every: float = LOOKED_EVERY) -> None:
        self._look = look
        self._every = every
        self._found: tuple[tuple[Finding, ...], float] | None = None
        self._ending = threading.Event()

    def start(self) -> None:
        """Until `stop`."""
        threading.Thread(target=self._run, name="verdict", daemon=True).start()

    def stop(self) -> None:
        """The look that is under way is the last."""
        self._ending.set()

    @property
    def verdict(self) -> Verdict | None:
        """What the last look found; None before the first has ended."""
        found = self._found
        return None if found is None else Verdict(found[0], monotonic() - found[1])

    def look(self) -> None:
        """Once; a database that cannot be asked is a finding."""
        try:
            findings = tuple(self._look())
        except Exception as error:  # noqa: BLE001 - whatever keeps it away, it is away
            _logger.warning("not_looked", error=type(error).__name__)
            findings = (away(error),)
        self._found = (findings, monotonic())

    def _run(self) -> None:
        while not self._ending.is_set():
            self.look()
            self._ending.wait(self._every)
