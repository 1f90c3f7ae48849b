"""Time comes in from here alone: the machine's clock, or one that is set by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from services.kernel.calendar import SHANGHAI


class Clock(Protocol):
    """What time it is, in Asia/Shanghai."""

    def now(self) -> datetime:
        """The moment, with its offset."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, with its offset."""
        return datetime.now(SHANGHAI)


class SetClock:
    """A clock that stands where it is set; it never goes back."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Where it was set."""
        return self._at

    def set(self, at: datetime) -> None:
        """Sets it on; an earlier moment changes nothing."""
        self._at = max(self._at, at)
