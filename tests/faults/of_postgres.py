"""Faults of PostgreSQL: stopped at once, connections that go, a lock that stays."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from random import Random

import psycopg

from tests.faults.harm import Figures, fault
from tests.faults.stand import Stand, connections_of_services
from tests.faults.villages import VILLAGES
from tests.integration.fleet.conftest import becomes_true

READERS, ROUNDS = 60, 60


@fault(is_short=True)
def postgres_stopped_at_once(stand: Stand, chance: Random) -> Figures:
    """Immediate stop, as in a crash; it recovers from its write-ahead log."""
    stand.postgres.stop_immediate()
    time.sleep(chance.uniform(1, 3))
    stand.postgres.start()
    back = time.monotonic()
    assert becomes_true(lambda: stand.record.first_after(back) is not None), "nothing is taken any more"
    return {"seconds until the first command after its return": stand.record.first_after(back)}


@fault()
def one_backend_killed(stand: Stand, chance: Random) -> Figures:
    """One connection of the services is terminated, several times."""
    for _ in range(8):
        with stand.admin() as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (chance.choice(connections_of_services(admin)),))
        time.sleep(chance.uniform(0.1, 0.5))
    return {}


@fault()
def all_connections_to_postgres_terminated(stand: Stand, chance: Random) -> Figures:
    """All connections of the services at once, three times."""
    ended = 0
    for _ in range(3):
        with stand.admin() as admin:
            pids = connections_of_services(admin)
            admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
        ended += len(pids)
        last = time.monotonic()
        time.sleep(chance.uniform(0.5, 1.5))
    return {"connections": ended, "seconds until the next command": stand.record.first_after(last)}


@fault()
def log_of_visits_locked(stand: Stand, chance: Random) -> Figures:
    """Somebody holds the table of the log for some seconds."""
    seconds = chance.uniform(3, 5)
    with stand.admin() as admin, admin.transaction():
        admin.execute("LOCK TABLE visits.stored_events IN ACCESS EXCLUSIVE MODE")
        held = time.monotonic()
        time.sleep(seconds)
        during = stand.record.between(held + 1, time.monotonic())
    freed = time.monotonic()
    becomes_true(lambda: stand.record.first_after(freed) is not None)
    return {
        "held for": round(seconds, 1),
        "taken meanwhile": during,
        "seconds until the next command": stand.record.first_after(freed),
    }


@fault()
def no_connection_is_left(stand: Stand, chance: Random) -> Figures:
    """Others take every connection that PostgreSQL allows, and the services' own are ended."""
    with stand.admin() as admin, ExitStack() as taken:
        rounds = 0
        while pids := connections_of_services(admin):
            rounds += 1
            assert rounds < ROUNDS, f"the services hold {len(pids)} still"
            admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
            with suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(stand.admin())
        begun = time.monotonic()
        time.sleep(chance.uniform(4, 6))
        during = stand.record.between(begun + 1, time.monotonic())
    freed = time.monotonic()
    assert becomes_true(lambda: stand.record.first_after(freed) is not None), "nothing is taken any more"
    return {
        "rounds until the services had none": rounds,
        "taken meanwhile": during,
        "seconds until the next command": stand.record.first_after(freed),
    }


@fault()
def readers_exhaust_the_pool(stand: Stand, chance: Random) -> Figures:
    """More ask than there are connections, and none of them is answered for some seconds: then all go on."""
    with ThreadPoolExecutor(READERS) as pool:
        with stand.admin() as admin, admin.transaction():
            admin.execute("LOCK TABLE notify.notices, notify.messages IN ACCESS EXCLUSIVE MODE")
            paths = [f"/inbox/lead-{chance.choice(VILLAGES)}" for _ in range(READERS)]
            asked = [pool.submit(stand.door.call, "GET", path, None, seconds=60) for path in paths]
            time.sleep(chance.uniform(4, 6))
        freed = time.monotonic()
        statuses = Counter(one.result()[0] for one in asked)
    assert set(statuses) <= {200, 503}, statuses
    assert becomes_true(lambda: stand.record.first_after(freed) is not None), "nothing is taken any more"
    return {
        "answers to readers": dict(statuses),
        "seconds until the next command": stand.record.first_after(freed),
    }
