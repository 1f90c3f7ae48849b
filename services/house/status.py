"""How a house stands: what each service recorded, told and heard, and what is due next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.chassis.clock import Clock
from services.chassis.metrics import names
from services.chassis.metrics.databases import Lag, watched
from services.chassis.metrics.names import MetricSpec
from services.house.house import House

_OF_RELAY: Mapping[MetricSpec, str] = {names.RELAY_LAG_EVENTS: "events", names.RELAY_LAG_SECONDS: "seconds"}
_OF_INBOX: Mapping[MetricSpec, str] = {
    names.INBOX_POSITION: "position",
    names.INBOX_LAG_EVENTS: "events",
    names.INBOX_LAG_SECONDS: "seconds",
}


def status_of(house: House) -> dict[str, Any]:
    """Plain values: per service events, told, lag (partitions of upstreams not heard to their end), parked, due."""
    turned = house.last_turned()
    return {
        "services": {name: _service(house, name) for name in house.services},
        "turned": None if turned is None else turned.isoformat(),
    }


def flow_of(house: House, clock: Clock) -> dict[str, Any]:
    """How far each relay is behind its log, and each inbox behind each partition: the numbers that metrics show."""
    relays: dict[str, dict[str, float]] = {}
    inboxes: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in watched(house.services, {}):
        for spec, labels, value in Lag(one, clock).read():
            if spec in _OF_RELAY:
                relays.setdefault(one.name, {})[_OF_RELAY[spec]] = value
            elif spec in _OF_INBOX:
                named = dict(zip(spec.labels, labels, strict=True))
                inboxes.setdefault(labels, named)[_OF_INBOX[spec]] = value
    return {"relays": relays, "inboxes": list(inboxes.values())}


def _service(house: House, name: str) -> dict[str, Any]:
    held = house.services[name]
    due = held.application.next_due()
    return {
        "events": held.log.size(),
        "told": held.log.relayed(),
        "lag": house.lag_of(name),
        "parked": sum(one.dropped is None for one in held.parked.list()),
        "due": None if due is None else "now" if due == date.min else str(due),
    }
