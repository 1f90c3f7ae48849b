"""Faults of handlers: one that always raises, one that is slow."""

from __future__ import annotations

import time
from random import Random

from services.chassis.messaging.parking import ParkedMessage
from services.house.house import opened
from tests.faults.harm import Figures, fault, until_heard
from tests.faults.stand import Stand
from tests.faults.villages import VILLAGES, elders_of
from tests.integration.fleet.conftest import becomes_true

HEALS_SECONDS = 90
SLOW_SECONDS = 10


@fault()
def handler_always_raises(stand: Stand, chance: Random) -> Figures:
    """Of one elder nothing can be handled: it is parked, all others go on; mended, it is handled in order."""
    service = chance.choice(("notify", "risk"))
    elder = chance.choice(elders_of(chance.choice(VILLAGES)))
    with stand.planting(f"raise.{service}", elder):
        parked = becomes_true(lambda: len(_waiting(stand, service)) > 1)
        assert parked, f"nothing of {elder} is parked in {service}"
        figures = until_heard(stand)
        held = _waiting(stand, service)
        assert {one.subject for one in held} == {elder}, "others were parked too"
        asked = stand.fleet.shouwang("parked", "list")
        assert elder in asked.stdout, asked.stdout + asked.stderr
    begun = time.monotonic()
    done = stand.fleet.shouwang("parked", "retry", service, held[0].id)
    healed = becomes_true(lambda: not _waiting(stand, service), HEALS_SECONDS)
    assert healed, f"{_waiting(stand, service)} wait still; the person was told {done.stdout}"
    how = "a person" if done.returncode == 0 else "the worker, before the person"
    return figures | {
        "parked": len(held),
        "handled by": how,
        "seconds until none waited": round(time.monotonic() - begun, 1),
    }


def _waiting(stand: Stand, service: str) -> list[ParkedMessage]:
    """What is parked, but for what was planted."""
    with opened(stand.settings) as house:
        held = house.services[service].parked.list()
    return [one for one in held if one.dropped is None and one.id not in stand.planted]


@fault()
def slow_consumer(stand: Stand, chance: Random) -> Figures:
    """Its queues fill; whoever posts feels nothing of it, and it drains when it is quick again."""
    seconds = round(chance.uniform(0.1, 0.3), 2)
    before = time.monotonic()
    with stand.planting("slow.notify", str(seconds)):
        begun = time.monotonic()
        time.sleep(SLOW_SECONDS)
        rate = stand.record.between(begun, time.monotonic()) / SLOW_SECONDS
        with opened(stand.settings) as house:
            behind = house.lag_of("notify")
    return {
        "seconds an event": seconds,
        "a second before": round(stand.record.between(before - 1.5, before) / 1.5),
        "a second meanwhile": round(rate),
        "partitions behind": behind,
    } | until_heard(stand)
