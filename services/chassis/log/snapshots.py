"""Snapshots: aggregates as JSON, kept with the unit that brought them past so many events.

A snapshot is a shortcut for the next load, never the truth: one that cannot be read is left aside and the events are
replayed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import structlog
from eventsourcing.domain import Aggregate
from eventsourcing.utils import TopicError, get_topic, resolve_topic

from services.chassis.log.recorder import SnapshotRow

_logger = structlog.get_logger("shouwang.log")
_MARK = "~"
_OWN = frozenset({"_id", "_version", "_pending_events"})


def frozen(aggregates: Iterable[Aggregate]) -> list[SnapshotRow]:
    """Their rows, without those that cannot be kept."""
    rows: list[SnapshotRow] = []
    for aggregate in aggregates:
        kind = type(aggregate)
        state = {key: value for key, value in vars(aggregate).items() if key not in _OWN}
        content = {"kind": get_topic(kind), "shape": shape_of(kind), "state": state}
        try:
            rows.append((aggregate.id.hex, aggregate.version, freeze(content)))
        except TypeError as error:
            _logger.warning("snapshot_not_kept", aggregate=aggregate.id.hex, error=repr(error))
    return rows


def thawed(rows: Sequence[Any]) -> dict[UUID, Aggregate]:
    """The aggregates of these rows, without those that cannot be read."""
    aggregates: dict[UUID, Aggregate] = {}
    for row in rows:
        try:
            aggregate = _thawed(row)
        except (ValueError, TypeError, LookupError, AttributeError, TopicError) as error:
            _logger.warning("snapshot_left_aside", aggregate=row["originator"], error=repr(error))
        else:
            if aggregate is not None:
                aggregates[aggregate.id] = aggregate
    return aggregates


def _thawed(row: Any) -> Aggregate | None:
    """None where the class has other attributes now."""
    content = thaw(row["state"])
    kind = resolve_topic(content["kind"])
    if content["shape"] != shape_of(kind):
        return None
    aggregate = object.__new__(kind)
    vars(aggregate).update(content["state"])
    vars(aggregate).update(_id=UUID(row["originator"]), _version=row["version"], _pending_events=[])
    return aggregate


def freeze(state: Any) -> str:
    """A state as text: dates, sets, tuples, enums and dataclasses come back as they were."""
    return json.dumps(_plain(state), ensure_ascii=False, separators=(",", ":"))


def thaw(text: str) -> Any:
    """The state that was frozen."""
    return _value(json.loads(text))


def _plain(value: Any) -> Any:
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value)
        if all(type(key) is str and key != _MARK for key in pairs):
            return {key: _plain(item) for key, item in pairs.items()}
        return {_MARK: "dict", "v": [[_plain(key), _plain(item)] for key, item in pairs.items()]}
    return {_MARK: _kind_of(value), "v": _content_of(value)}


def _kind_of(value: Any) -> str:
    if isinstance(value, Enum) or is_dataclass(value):
        return get_topic(type(cast("Any", value)))
    return type(value).__name__


def _content_of(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    for kind, content in _FREEZE:
        if isinstance(value, kind):
            return content(value)
    raise TypeError(f"{type(value).__name__} cannot be kept in a snapshot: use plain values in aggregates")


def _in_order(items: list[Any]) -> list[Any]:
    """Some order that is always the same; texts, which most are, by themselves."""
    return sorted(items, key=None if all(type(item) is str for item in items) else json.dumps)


_FREEZE: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda v: v.value),
    ((date, datetime, time), lambda v: v.isoformat()),
    (timedelta, lambda v: [v.days, v.seconds, v.microseconds]),
    (UUID, lambda v: v.hex),
    ((set, frozenset), lambda v: _in_order([_plain(item) for item in v])),
    (tuple, lambda v: [_plain(item) for item in v]),
)
_THAW: dict[str, Callable[[Any], Any]] = {
    "dict": lambda v: {_value(key): _value(item) for key, item in v},
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda v: timedelta(*v),
    "UUID": UUID,
    "set": lambda v: {_value(item) for item in v},
    "frozenset": lambda v: frozenset(_value(item) for item in v),
    "tuple": lambda v: tuple(_value(item) for item in v),
}


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(item) for item in cast("list[Any]", plain)]
    if not isinstance(plain, dict):
        return plain
    pairs = cast("dict[str, Any]", plain)
    if _MARK not in pairs:
        return {key: _value(item) for key, item in pairs.items()}
    kind, content = pairs[_MARK], pairs["v"]
    if kind in _THAW:
        return _THAW[kind](content)
    known = resolve_topic(kind)
    if issubclass(known, Enum):
        return known(content)
    if content.keys() != {item.name for item in fields(known)}:
        raise TypeError(f"{kind} has other fields now")
    return known(**{key: _value(item) for key, item in content.items()})


@lru_cache
def shape_of(kind: type[Any]) -> str:
    """Changes when a class comes to have other attributes: a snapshot of another shape is left aside."""
    attributes = [vars(base)["__init__"].__code__.co_names for base in kind.__mro__ if _is_ours(base)]
    return hashlib.sha256(repr(attributes).encode()).hexdigest()[:16]


def _is_ours(kind: type[Any]) -> bool:
    init = vars(kind).get("__init__")
    return init is not None and hasattr(init, "__code__") and not kind.__module__.startswith("eventsourcing")
