"""What a process of a fleet finds wrong: by its databases, and by what the supervisor of its folder keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.chassis.clock import SystemClock
from services.chassis.messaging.amqp import BROKER_ERRORS
from services.chassis.metrics.databases import WatchedService
from services.chassis.verdict import Finding
from services.fleet.supervisor import standing
from services.house.settings import Settings
from services.house.verdict import Surroundings, findings_of, flow_of


def look(
    services: Sequence[WatchedService], settings: Settings, dead_letters: Callable[[], int] = lambda: 0
) -> list[Finding]:
    """The verdict's findings, but for what only `shouwang status` asks the broker: it asks for dead letters alone."""
    processes = standing(settings.data) if settings.data is not None else {}
    clock = SystemClock()
    try:
        dead, away = dead_letters(), None
    except BROKER_ERRORS as error:
        dead, away = 0, type(error).__name__
    around = Surroundings(processes=processes, broker=away, dead_letters=dead, is_running=True)
    return findings_of(flow_of(services, clock), around, clock.now())
