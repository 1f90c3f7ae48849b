"""The catalogue: what a stored event says. No I/O; it knows events by their topics and fields alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.history.sentences import kernel, notify, registry, risk, visits
from services.history.sentences.patterns import CHINESE, ENGLISH, filled, unguarded

EVENTS: Mapping[str, tuple[str, str]] = {
    **kernel.EVENTS,
    **registry.EVENTS,
    **risk.EVENTS,
    **visits.EVENTS,
    **notify.EVENTS,
}
_KEYS = ("supporter", "begins", "staff", "figure")
_WITHIN = ("facts", "changes")


class Sentence(NamedTuple):
    """What an event says, in both languages."""

    chinese: str
    english: str


class Before:
    """What the events of one file have said so far, so that the next can say what it changes."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def take(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Takes the next event's fields; what was known before it, for `say`."""
        key = _key(fields)
        known = self._known.get(key, {})
        within = (fields.get(name) or {} for name in _WITHIN)
        self._known[key] = {**known, **{name: one for held in within for name, one in held.items()}, **fields}
        return known


def say(topic: str, fields: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> Sentence:
    """What an event says; `old` holds its fields as they were before. Raises KeyError for what is no stored event."""
    held = {**fields, "old": old or {}}
    return Sentence(
        *(
            unguarded(filled(pattern, held, tongue))
            for pattern, tongue in zip(EVENTS[topic], (CHINESE, ENGLISH), strict=True)
        )
    )


def _key(fields: Mapping[str, Any]) -> str:
    """Of several things in one file: which one an event is about."""
    return next((f"{name}:{fields[name]}" for name in _KEYS if fields.get(name)), "")
