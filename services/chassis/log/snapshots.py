"""Snapshots: a shortcut for the next load, kept with the unit that brought an aggregate past so many events.

One that cannot be read is left aside and the events are replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from eventsourcing.domain import Aggregate
from eventsourcing.utils import TopicError, get_topic, resolve_topic

from services.chassis.log import freezing
from services.chassis.log.recorder import SnapshotRow

_logger = structlog.get_logger("shouwang.log")
_OWN = frozenset({"_id", "_version", "_pending_events"})


def frozen(aggregates: Iterable[Aggregate]) -> list[SnapshotRow]:
    """Their rows, without those that cannot be kept."""
    rows: list[SnapshotRow] = []
    for aggregate in aggregates:
        kind = type(aggregate)
        state = {key: value for key, value in vars(aggregate).items() if key not in _OWN}
        told = {"kind": get_topic(kind), "shape": freezing.shape_of(kind), "state": state}
        try:
            rows.append((aggregate.id.hex, aggregate.version, freezing.freeze(told)))
        except TypeError as error:
            _logger.warning("snapshot_not_kept", aggregate=aggregate.id.hex, error=repr(error))
    return rows


def thawed(rows: Sequence[Any]) -> dict[UUID, Aggregate]:
    """The aggregates of these rows, without those that cannot be read."""
    found: dict[UUID, Aggregate] = {}
    for row in rows:
        try:
            aggregate = _thawed(row)
        except (ValueError, TypeError, LookupError, AttributeError, TopicError) as error:
            _logger.warning("snapshot_left_aside", aggregate=row["originator"], error=repr(error))
        else:
            if aggregate is not None:
                found[aggregate.id] = aggregate
    return found


def _thawed(row: Any) -> Aggregate | None:
    """None where the class has other attributes now."""
    held = freezing.thaw(row["state"])
    kind = resolve_topic(held["kind"])
    if held["shape"] != freezing.shape_of(kind):
        return None
    aggregate = object.__new__(kind)
    vars(aggregate).update(held["state"])
    vars(aggregate).update(_id=UUID(row["originator"]), _version=row["version"], _pending_events=[])
    return aggregate
