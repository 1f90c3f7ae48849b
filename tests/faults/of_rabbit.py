"""Faults of RabbitMQ: killed, stopped, alarmed, emptied, cut off."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from kombu.connection import Connection

from services.chassis.messaging.amqp import connected, queue_name
from tests.faults.harm import (
    NAMESPACE,
    Figures,
    busy_partition,
    ends_of,
    fault,
    is_reached,
    standing,
    until_heard,
)
from tests.faults.stand import Stand
from tests.integration.fleet.conftest import becomes_true


def _broker_away(
    stand: Stand, stop: Callable[[], object], start: Callable[[], object], away: float
) -> Figures:
    """The rate before and while it is away, and how long the drain takes after its return."""
    before = time.monotonic()
    stop()
    stopped = time.monotonic()
    time.sleep(away)
    until = time.monotonic()
    start()
    back = time.monotonic()
    goal = ends_of(stand)
    is_heard = becomes_true(lambda: is_reached(stand, goal), 180)
    assert is_heard, f"what was recorded meanwhile is not heard: {goal}, {standing(stand)}"
    return {
        "a second before": round(stand.record.between(before - 1.5, before) / 1.5),
        "a second while it was away": round(stand.record.between(stopped, until) / (until - stopped)),
        "seconds to drain": round(time.monotonic() - back, 1),
    }


@fault(is_short=True)
def rabbit_killed(stand: Stand, chance: Random) -> Figures:
    """Kill -9, and started again some seconds later."""
    rabbit = stand.rabbit
    return _broker_away(stand, rabbit.kill, rabbit.start, chance.uniform(3, 5))


@fault()
def rabbit_app_stopped(stand: Stand, chance: Random) -> Figures:
    """The node stays, its broker goes and comes."""
    rabbit = stand.rabbit
    return _broker_away(
        stand, lambda: rabbit.ctl("stop_app"), lambda: rabbit.ctl("start_app"), chance.uniform(3, 5)
    )


@fault()
def all_connections_to_rabbit_closed(stand: Stand, chance: Random) -> Figures:
    """By the broker, twice."""
    for _ in range(2):
        stand.rabbit.ctl("close_all_connections", "--vhost", NAMESPACE, "a test")
        time.sleep(chance.uniform(0.5, 2))
    return {}


@fault()
def memory_alarm(stand: Stand, chance: Random) -> Figures:
    """The broker blocks who publishes."""
    rabbit = stand.rabbit
    return _broker_away(
        stand,
        lambda: rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1MB"),
        lambda: rabbit.ctl("set_vm_memory_high_watermark", "0.4"),
        chance.uniform(4, 6),
    )


@fault()
def disk_alarm(stand: Stand, chance: Random) -> Figures:
    """The same, for want of disk."""
    rabbit = stand.rabbit
    return _broker_away(
        stand,
        lambda: rabbit.ctl("set_disk_free_limit", "900000GB"),
        lambda: rabbit.ctl("set_disk_free_limit", "64MB"),
        chance.uniform(4, 6),
    )


@fault()
def queue_deleted(stand: Stand, chance: Random) -> Figures:
    """One queue of a consumer goes, with what it holds."""
    name = queue_name(NAMESPACE, "notify", "visits", busy_partition(chance))
    stand.rabbit.ctl("delete_queue", name, "--vhost", NAMESPACE)
    return until_heard(stand)


@fault(is_short=True)
def exchange_deleted(stand: Stand, chance: Random) -> Figures:
    """Nothing can be published until somebody makes it again."""
    del chance
    with connected(Connection(stand.rabbit.url)) as made:
        made.channel().exchange_delete(NAMESPACE)
    return until_heard(stand)


@fault()
def rabbit_wiped(stand: Stand, chance: Random) -> Figures:
    """It comes back with nothing of what it held: no queue, no exchange, no message."""
    time.sleep(chance.uniform(0, 1))
    begun = time.monotonic()
    stand.rabbit.wipe()
    return {"seconds to wipe": round(time.monotonic() - begun, 1)} | until_heard(stand)
