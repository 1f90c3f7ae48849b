"""A stored event with its place, as read models and the relay are given it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recorded:
    """A stored event and its place in the log (notification id, in commit order, not gap-free)."""

    position: int
    event: Any

    @property
    def subject(self) -> str:
        """Whom or what the event is about."""
        return vars(self.event)["subject"]

    @property
    def has_wake(self) -> bool:
        """Whether this is the last event of its aggregate in its unit, which says when time will next change it."""
        return "wake" in vars(self.event)

    @property
    def wake(self) -> str | None:
        """That moment (ISO); None where time alone changes nothing."""
        return vars(self.event)["wake"]
