"""Aggregates kept between units, and whether they are still what the log says.

What this log recorded itself is known. Where positions show that somebody else recorded too, every aggregate that was
looked at before then is only a beginning, from which the rest is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from eventsourcing.domain import Aggregate

CAPACITY = 4096


class Cache:
    """The aggregates used last; one that is taken is nobody else's until it is kept again."""

    def __init__(self) -> None:
        self._held: OrderedDict[UUID, tuple[Aggregate | None, int]] = OrderedDict()
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

    def is_current(self, aggregate_id: UUID) -> bool:
        """Whether it is known as the log has it."""
        entry = self._held.get(aggregate_id)
        return entry is not None and entry[1] >= self._foreign

    def take(self, aggregate_id: UUID) -> tuple[Aggregate | None, bool]:
        """The aggregate, and whether it is current; None where it is not held, or, where current, not in the log."""
        entry = self._held.get(aggregate_id)
        if entry is None:
            return None, False
        if entry[0] is not None:
            del self._held[aggregate_id]
        return entry[0], entry[1] >= self._foreign

    def put(self, read: Mapping[UUID, Aggregate | None]) -> None:
        """What was read after the unit began, None where the log has none; no unit has taken it."""
        for aggregate_id, aggregate in read.items():
            self._held[aggregate_id] = (aggregate, self._known)
            self._held.move_to_end(aggregate_id)
        self._bound()

    def recorded(self, positions: Sequence[int], changed: Collection[UUID]) -> None:
        """We recorded; positions that do not follow on from what we know say that others did so meanwhile.

        What is held of those that were `changed` was read before that.
        """
        if positions[0] == self._seen + 1:
            self._known = positions[-1]
        else:
            self._foreign = positions[0]
        self._seen = positions[-1]
        for aggregate_id in changed:
            self._held.pop(aggregate_id, None)

    def keep(self, unit: int, aggregates: Iterable[Aggregate]) -> None:
        """What was taken or made in a unit; nothing of one that another unit came between."""
        if unit != self._units:
            return
        for aggregate in aggregates:
            self._held[aggregate.id] = (aggregate, self._known)
        self._bound()

    def _bound(self) -> None:
        while len(self._held) > CAPACITY:
            self._held.popitem(last=False)

    def clear(self) -> None:
        """Somebody was first: nothing is known any more."""
        self._held.clear()
