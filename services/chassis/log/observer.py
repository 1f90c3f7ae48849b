"""What is said of a log's commits, and of the answers to commands, to whoever counts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Observer(Protocol):
    """Is told between two commands: it must be quick, and must not raise."""

    def recorded(self, events: int, seconds: float) -> None:
        """A transaction was committed: how many events it held, and how long it took."""
        ...

    def lost_race(self) -> None:
        """A transaction was given up because another writer was first."""
        ...

    def answered(self, outcomes: Iterable[str]) -> None:
        """Commands that were decided together were answered."""
        ...


class Unobserved:
    """Counts nothing."""

    def recorded(self, events: int, seconds: float) -> None:
        """Nothing."""

    def lost_race(self) -> None:
        """Nothing."""

    def answered(self, outcomes: Iterable[str]) -> None:
        """Nothing."""


UNOBSERVED: Observer = Unobserved()
