"""Faults of clocks: of the server, that of one of its roles, and of phones."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from random import Random

from services.house.house import opened
from services.kernel.calendar import SHANGHAI
from tests.faults.door import TAKES
from tests.faults.harm import Figures, fault, send_visit, until_heard
from tests.faults.stand import Stand
from tests.faults.villages import VILLAGES, elders_of

ROLES = ("api", "worker")
WRONG_SECONDS = 6
HOUR = 3600.0


@fault()
def clock_of_phones_wrong(stand: Stand, chance: Random) -> Figures:
    """A visit of a day that has not come is refused, and keeps nothing; one of long ago is taken, once."""
    run, today = chance.randrange(10**9), datetime.now(SHANGHAI).date()
    told: list[tuple[int, str]] = []
    for number in range(20):
        village = VILLAGES[number % 2]
        elder = chance.choice(elders_of(village))
        days = chance.choice((-400, -40, -2, 2, 40, 400))
        visit = f"phone-{run}-{number}"
        on = today + timedelta(days=days)
        for outcome in ("accepted", "repeat"):
            status, answer = send_visit(stand, visit, village, elder, on)
            if days > 0:
                assert (status, answer.get("reason")) == (422, "NotYetHappened"), (status, answer)
                continue
            assert (status in TAKES, answer.get("outcome")) == (True, outcome), (status, answer)
        told.append((days, elder))
    return {"in the future": sum(days > 0 for days, _ in told), "long ago": sum(days < 0 for days, _ in told)}


@fault()
def clock_of_server_behind(stand: Stand, chance: Random) -> Figures:
    """By less than it is past midnight: what is recorded says so; nothing else changes."""
    now = datetime.now(SHANGHAI)
    past = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    return _wrong(stand, -chance.uniform(0.2, 0.8) * past, ROLES)


@fault()
def clock_of_workers_ahead(stand: Stand, chance: Random) -> Figures:
    """Days turn that have not come, and end what was owed on them; the clock that takes commands is right."""
    return _wrong(stand, chance.uniform(26, 50) * HOUR, ("worker",))


@fault()
def clock_of_server_ahead(stand: Stand, chance: Random) -> Figures:
    """By weeks, and then right again: misses, their tellings, and records of days that then lie behind."""
    return _wrong(stand, chance.uniform(20, 40) * 24 * HOUR, ROLES)


def _wrong(stand: Stand, seconds: float, roles: tuple[str, ...]) -> Figures:
    begun = time.monotonic()
    with ExitStack() as planted:
        for role in roles:
            planted.enter_context(stand.planting(f"clock.{role}", str(seconds)))
        time.sleep(WRONG_SECONDS)
        figures = until_heard(stand)
    right = time.monotonic()
    figures |= {"seconds right again until heard": until_heard(stand)["seconds until heard"]}
    with opened(stand.settings) as house:
        missed = house.services["visits"].log.query("SELECT 1 FROM duties WHERE status = 'missed'")
    return {
        "wrong by hours": round(seconds / HOUR, 1),
        "missed": len(missed),
        "a second meanwhile": round(stand.record.between(begun, right) / (right - begun)),
    } | figures
