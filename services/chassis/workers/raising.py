"""Which entrypoints of a service raise again and again, and since when: one that never succeeds stands."""

from __future__ import annotations

from collections import Counter
from time import monotonic


class Raising:
    """Counts by entrypoint; what succeeds once raises no more."""

    def __init__(self) -> None:
        self.errors: Counter[str] = Counter()
        self._since: dict[str, float] = {}

    def raised(self, entrypoint: str) -> None:
        """It raised, and will be tried again."""
        self.errors[entrypoint] += 1
        self._since.setdefault(entrypoint, monotonic())

    def succeeded(self, entrypoint: str) -> None:
        """It did what it is there for."""
        self._since.pop(entrypoint, None)

    def seconds(self, entrypoint: str) -> float:
        """How long it has raised without a success between; 0 where it does not."""
        return monotonic() - self._since[entrypoint] if entrypoint in self._since else 0.0
