"""The list of faults, and what more than one of them needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from services.fleet import deploy
from services.house.house import House, opened
from services.servers import Urls
from tests.faults.door import TAKES
from tests.faults.gathered import Acknowledged
from tests.faults.stand import Stand
from tests.integration.fleet.conftest import becomes_true

Figures = dict[str, Any]
Inject = Callable[[Stand, Random], Figures]
NAMESPACE = "shouwang"
SHORT_STOP, LONG_STOP = 15.0, 60.0


@dataclass(frozen=True)
class Fault:
    """What happens, and whether it belongs to the short part."""

    name: str
    inject: Inject
    is_short: bool = False


ALL: dict[str, Fault] = {}


def fault(*, is_short: bool = False) -> Callable[[Inject], Inject]:
    """Puts a function in the list."""

    def put(inject: Inject) -> Inject:
        name = getattr(inject, "__name__", "")
        ALL[name] = Fault(name, inject, is_short)
        return inject

    return put


def ends_of(stand: Stand) -> dict[str, int]:
    with opened(stand.settings) as house:
        return {name: one.log.size() for name, one in house.services.items()}


def is_reached(stand: Stand, goal: dict[str, int]) -> bool:
    with opened(stand.settings) as house:
        return is_level(house, goal)


def until_heard(stand: Stand, *, declares_after: float = 40) -> Figures:
    """How long until what is recorded now is heard; where nobody makes the topology again, `shouwang up` does."""
    goal, begun = ends_of(stand), time.monotonic()
    by_itself = becomes_true(lambda: is_reached(stand, goal), declares_after)
    if not by_itself:
        deploy.prepare(stand.fleet.settings, Urls(stand.rabbit.url, stand.postgres.url))
        is_heard = becomes_true(lambda: is_reached(stand, goal), 90)
        assert is_heard, f"it is not heard, even declared again: {goal}, {standing(stand)}"
    return {"heals by itself": by_itself, "seconds until heard": round(time.monotonic() - begun, 1)}


def is_level(house: House, goal: dict[str, int]) -> bool:
    """Whether what was in the logs at a moment is told and heard by all."""
    if any(house.services[name].log.relayed() < size for name, size in goal.items()):
        return False
    return all(
        one.log.position(subscription.inbox.upstream, part) >= last
        for one in house.services.values()
        for subscription in one.subscriptions
        for part, last in _last_told(house, subscription.inbox.upstream, goal).items()
    )


def _last_told(house: House, upstream: str, goal: dict[str, int]) -> dict[int, int]:
    query = "SELECT part, MAX(position) AS last FROM told WHERE position <= ? GROUP BY part"
    rows = house.services[upstream].log.query(query, goal[upstream])
    return {row["part"]: row["last"] for row in rows}


def queues_of(stand: Stand, *names: str) -> list[str]:
    columns = ("name", "messages_ready", "messages_unacknowledged", "consumers")
    listed = stand.rabbit.ctl("list_queues", "--vhost", NAMESPACE, *columns)
    return [line for line in listed.splitlines() if line.startswith((*names, f"{NAMESPACE}.dead"))]


def busy_partition(chance: Random) -> int:
    return chance.randrange(8)


def standing(stand: Stand) -> str:
    """How far everybody is."""
    with opened(stand.settings) as house:
        return stand.standing(house)


def send_visit(stand: Stand, visit: str, village: str, elder: str, on: date) -> tuple[int, dict[str, Any]]:
    """One visit by its own phone, once; what is taken is written down."""
    content = {
        "by": f"grid-{village}",
        "on": on.isoformat(),
        "mode": "phone",
        "check_up": False,
        "confirms_facts": False,
    }
    status, answer = stand.door.call("PUT", f"/visits/{visit}", {"elder": elder} | content)
    if status in TAKES:
        stand.record.write([Acknowledged("visit", visit, elder, content, answer["outcome"], visit, 0)])
    return status, answer
