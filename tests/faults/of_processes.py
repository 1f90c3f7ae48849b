"""Faults of processes: killed, asked to stop, paused."""

from __future__ import annotations

import signal
import time
from random import Random

from services.house.house import opened
from tests.faults.harm import LONG_STOP, SHORT_STOP, Figures, fault, is_level, until_heard
from tests.faults.stand import Stand


@fault(is_short=True)
def every_process_killed(stand: Stand, chance: Random) -> Figures:
    """SIGKILL, each once, in any order and at any moment."""
    names = stand.names()
    chance.shuffle(names)
    back = {}
    for name in names:
        time.sleep(chance.uniform(0, 0.6))
        before = stand.signal(name, signal.SIGKILL)
        back[name] = stand.comes_back(name, before)
    return {"seconds until started again": max(back.values())}


@fault()
def every_process_asked_to_stop(stand: Stand, chance: Random) -> Figures:
    """SIGTERM under load: what is in hand is finished, and the supervisor starts it again."""
    back = {}
    for name in stand.names():
        time.sleep(chance.uniform(0, 0.6))
        before = stand.signal(name, signal.SIGTERM)
        back[name] = stand.comes_back(name, before)
    return {"seconds until started again": max(back.values())}


@fault()
def worker_paused(stand: Stand, chance: Random) -> Figures:
    """SIGSTOP of one of two workers: the other takes over; woken, it has no effect of its own."""
    return _paused(stand, chance.choice(["worker-2", "worker-3", "worker-4", "worker-5"]), SHORT_STOP)


@fault()
def worker_paused_for_a_minute(stand: Stand, chance: Random) -> Figures:
    """As before, longer than the broker waits for a heartbeat."""
    return _paused(stand, chance.choice(["worker-4", "worker-5"]), LONG_STOP)


@fault()
def both_notify_workers_paused_in_turn(stand: Stand, chance: Random) -> Figures:
    """First one, then the other: nobody is told twice."""
    first, second = chance.sample(["worker-4", "worker-5"], 2)
    return _paused(stand, first, SHORT_STOP) | _paused(stand, second, SHORT_STOP)


@fault()
def relay_paused(stand: Stand, chance: Random) -> Figures:
    """SIGSTOP of the relay: nothing is told meanwhile, and nothing twice with effect after."""
    return _paused(stand, chance.choice(stand.names("relay")), SHORT_STOP)


@fault()
def leading_relay_paused_and_its_lock_lost(stand: Stand, chance: Random) -> Figures:
    """Paused, and cut off from PostgreSQL as by a network: the other one leads; the woken one is fenced."""
    name = chance.choice(stand.names("relay"))
    stand.signal(name, signal.SIGSTOP)
    try:
        with stand.admin() as admin:
            found = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shouwang-relay'"
            admin.execute(found)
        return until_heard(stand)
    finally:
        stand.signal(name, signal.SIGCONT)


def _paused(stand: Stand, name: str, seconds: float) -> Figures:
    begun = time.monotonic()
    pid = stand.signal(name, signal.SIGSTOP)
    ends = begun + seconds
    taken_over: float | None = None
    try:
        with opened(stand.settings) as house:
            time.sleep(1)
            goal = {name: one.log.size() for name, one in house.services.items()}
            while time.monotonic() < ends:
                time.sleep(0.5)
                if taken_over is None and is_level(house, goal):
                    taken_over = round(time.monotonic() - begun, 1)
    finally:
        stand.signal(name, signal.SIGCONT)
    assert stand.pid(name) == pid, "the supervisor started a paused process again"
    return {f"seconds until {name} was made up for": taken_over}
