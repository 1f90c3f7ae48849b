"""Faults at named points: a process dies exactly between two steps, where it would hurt most."""

from __future__ import annotations

import time
from random import Random

from tests.faults.harm import Figures, fault
from tests.faults.stand import Stand
from tests.integration.fleet.conftest import becomes_true

TIMES = 3


@fault()
def api_killed_between_commit_and_reply(stand: Stand, chance: Random) -> Figures:
    """What is recorded and not answered is asked again, and is a repeat; what is not recorded is taken then."""
    return _killed_at(stand, chance, "api_after_commit", "api_before_commit")


@fault()
def relay_killed_between_publish_and_position(stand: Stand, chance: Random) -> Figures:
    """What was told is told again, at the same place, and has no effect; what was only placed is told."""
    points = ("after_publish_before_position", "after_place_before_publish", "after_position")
    return _killed_at(stand, chance, *(f"relay_{point}" for point in points))


@fault()
def worker_killed_between_effects_and_acknowledgement(stand: Stand, chance: Random) -> Figures:
    """What had its effects comes again and has none; what had none has them then."""
    points = ("after_effects_before_acknowledgement", "after_commit", "before_commit")
    return _killed_at(stand, chance, *(f"worker_{point}" for point in points))


def _killed_at(stand: Stand, chance: Random, *points: str) -> Figures:
    """Each point some times, in turn; a process that comes to it dies there, and is started again."""
    died: list[str] = []
    for point in points * TIMES:
        time.sleep(chance.uniform(0, 0.5))
        names = {stand.pid(name): name for name in stand.names()}
        with stand.planting(f"die.{point}"):
            assert becomes_true(lambda point=point: bool(stand.dead(point))), f"nobody came to {point}"
        pid = stand.dead(point).pop()
        stand.comes_back(names[pid], pid)
        died.append(names[pid])
        stand.forget_dead()
    return {"deaths": len(died), "of": ", ".join(sorted(set(died)))}
