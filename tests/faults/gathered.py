"""All that the checker judges, gathered at one moment: what was acknowledged, logs, positions, read models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.catalogue import PARTITIONS
from services.chassis.messaging.relay import identity_of
from services.chassis.reading.read_model import Rebuilt
from services.house.house import House

_NOT_CONTENT = {
    "originator_id",
    "originator_version",
    "timestamp",
    "subject",
    "causation",
    "correlation",
    "wake",
}
CHUNK = 2000
TABLES = {
    "registry": ("elders",),
    "risk": ("grades",),
    "visits": ("duties", "visits", "records", "incidents", "problems"),
    "notify": ("notices", "tellings"),
}


@dataclass(frozen=True)
class Acknowledged:
    """A command that somebody was told is taken; `phone` and `place` say after which others of the same phone."""

    kind: str
    id: str
    elder: str
    content: dict[str, Any]
    outcome: str
    phone: str
    place: int

    @property
    def key(self) -> str:
        """Under which its answer is kept."""
        return f"visit:{self.id}" if self.kind == "visit" else f"request:{self.id}"

    @property
    def service(self) -> str:
        """Which of them answered."""
        return "registry" if self.kind == "facts" else "visits"


@dataclass(frozen=True)
class Event:
    """One stored event of a service."""

    position: int
    id: str
    kind: str
    subject: str
    cause: str
    content: dict[str, Any]
    is_told: bool = False

    @property
    def aggregate(self) -> str:
        """Of which it is an event."""
        return self.id.rpartition("/")[0]


@dataclass
class Gathered:
    """All that is judged, of one moment at which nothing moved."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    answers: dict[str, set[str]] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    told: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)
    relayed: dict[str, int] = field(default_factory=dict)
    heard: dict[tuple[str, str, int], int] = field(default_factory=dict)
    parked: list[tuple[str, str, str]] = field(default_factory=list)
    differing: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def read_record(path: Path) -> list[Acknowledged]:
    """What the load wrote down, a line a command; a last line cut short was not written down."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [Acknowledged(**json.loads(line)) for line in text[: text.rfind("\n") + 1].splitlines()]


def gather(house: House, acknowledged: Iterable[Acknowledged] = ()) -> Gathered:
    """Reads every service's log, positions and read models."""
    found = Gathered(list(acknowledged))
    for name, service in house.services.items():
        log = service.log
        found.answers[name] = {row["command"] for row in log.query("SELECT command FROM answers")}
        found.events[name] = list(_events(service))
        told = log.query("SELECT position, part, previous FROM told ORDER BY position")
        found.told[name] = [(row["position"], row["part"], row["previous"]) for row in told]
        found.relayed[name] = log.relayed()
        for subscription in service.subscriptions:
            upstream = subscription.inbox.upstream
            for part in range(PARTITIONS):
                found.heard[name, upstream, part] = log.position(upstream, part)
        found.parked += [(name, one.id, one.error) for one in service.parked.list() if one.dropped is None]
        made = Rebuilt(log, service.model)
        made.catch_up()
        found.differing[name] = made.differing()
        made.close()
        for table in TABLES[name]:
            found.tables[table] = [dict(row) for row in log.query(f"SELECT * FROM {table}")]
    return found


def _events(service: Any) -> Iterator[Event]:
    after = 0
    while recorded := service.log.events(after, CHUNK):
        for one in recorded:
            event = one.event
            content = {key: value for key, value in vars(event).items() if key not in _NOT_CONTENT}
            kind = type(event).__qualname__
            is_told = service.translate(event) is not None
            yield Event(
                one.position, identity_of(event), kind, event.subject, event.causation, content, is_told
            )
        after = recorded[-1].position


def is_settled(house: House, now: datetime) -> bool:
    """Whether all is told and heard, and nobody is waiting for what is due already."""
    held = house.services.values()
    if any(one.log.size() > one.log.relayed() for one in held) or any(
        house.lag_of(name) for name in house.services
    ):
        return False
    return not any(one.is_due(now) for one in held)
