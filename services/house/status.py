"""How a house stands: what each service recorded, told and heard, and what is due next."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.house.house import House


def status_of(house: House) -> dict[str, Any]:
    """Plain values: per service events, told, lag (partitions of upstreams not heard to their end), parked, due."""
    turned = house.last_turned()
    return {
        "services": {name: _service(house, name) for name in house.services},
        "turned": None if turned is None else turned.isoformat(),
    }


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
