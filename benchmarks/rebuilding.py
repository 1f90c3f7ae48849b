"""How fast a read model is made again from its log, and how fast the recorder alone reads that log."""

from __future__ import annotations

from time import perf_counter

from benchmarks.stand import Stand
from services.chassis.reading.read_model import CHUNK, Rebuilt
from services.house.house import blueprints


def alone(stand: Stand, service: str) -> float:
    """Events a second: rows from the database, nothing made of them."""
    log = stand.log(service)
    begun, count, position = perf_counter(), 0, 0
    while rows := log.recorder.select_notifications(position, CHUNK, inclusive_of_start=False):
        position, count = rows[-1].id, count + len(rows)
    took = perf_counter() - begun
    log.close()
    return count / took


def rebuilt(stand: Stand, service: str) -> float:
    """Events a second of the whole way, and the same contents as the live one at the end."""
    plan = next(plan for plan in blueprints(stand.settings) if plan.name == service)
    log = stand.log(service)
    begun = perf_counter()
    made = Rebuilt(log, plan.model)
    made.catch_up()
    took = perf_counter() - begun
    count = log.query("SELECT COUNT(*) AS number FROM stored_events")[0]["number"]
    differing = made.differing()
    made.close()
    log.close()
    if differing:
        raise RuntimeError(f"{service}: rebuilt is not live: {differing}")
    return count / took
