"""Aggregates kept between units, and whether they are still what the log says.

What this log recorded itself is known. Where positions show that somebody else recorded too, every aggregate that was
looked at before then is only a beginning, from which the rest is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from uuid import UUID

from eventsourcing.domain import Aggregate

CAPACITY = 4096


class Cache:
    """The aggregates used last; one that is taken is nobody else's until it is kept again."""

    def __init__(self) -> None:
        self._held: OrderedDict[UUID, tuple[Aggregate, int]] = OrderedDict()
        self._units = 0
        self._seen = 0
        self._foreign = 0
        self._known = 0

    def begin(self, size: int) -> int:
        """A unit begins, and the log ends at `size`: further than we know, if others recorded. Returns its number."""
        if size != self._seen:
            self._foreign = self._seen = size
        self._known = size
        self._units += 1
        return self._units

    def take(self, aggregate_id: UUID) -> tuple[Aggregate | None, bool]:
        """The aggregate, and whether it is current; None where it is not held."""
        held = self._held.pop(aggregate_id, None)
        return (None, False) if held is None else (held[0], held[1] >= self._foreign)

    def recorded(self, positions: Sequence[int]) -> None:
        """We recorded; positions that do not follow on from what we know say that others did so meanwhile."""
        if positions[0] == self._seen + 1:
            self._known = positions[-1]
        else:
            self._foreign = positions[0]
        self._seen = positions[-1]

    def keep(self, unit: int, aggregates: Iterable[Aggregate]) -> None:
        """What was taken or made in a unit; nothing of one that another unit came between."""
        if unit != self._units:
            return
        for aggregate in aggregates:
            self._held[aggregate.id] = (aggregate, self._known)
        while len(self._held) > CAPACITY:
            self._held.popitem(last=False)

    def clear(self) -> None:
        """Somebody was first: nothing is known any more."""
        self._held.clear()
