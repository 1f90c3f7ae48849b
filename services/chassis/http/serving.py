"""A process that serves one service or several over HTTP: one committing thread each, ordinary threads, clean stop.

SIGTERM or SIGINT: no new connection is taken, requests under way are answered, the counters empty their queues.
A request that is not wholly sent some seconds later is given up; nothing of it was recorded.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from services.chassis import logs
from services.chassis.http.app import build_app
from services.chassis.http.observed import Observed
from services.chassis.http.office import Office
from services.chassis.http.reading import lose_patience
from services.chassis.http.settings import HttpSettings
from services.chassis.log.event_log import EventLog
from services.chassis.metrics.registry import Metrics
from services.chassis.service import Blueprint, embedded_log
from services.chassis.settings import ServiceSettings
from services.chassis.verdict import Finding, Watch

LogOf = Callable[[Blueprint, ServiceSettings], EventLog]
Look = Callable[[Mapping[str, Office]], Sequence[Finding]]
"""Finds what is wrong with the services of these offices, by name."""
SWITCH_SECONDS = 0.001
_logger = structlog.get_logger("http")


def log_of(blueprint: Blueprint, settings: ServiceSettings) -> EventLog:
    """Where a service's log is kept; the place to choose PostgreSQL."""
    if settings.data is not None:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return embedded_log(blueprint, settings.data)


def office(
    blueprint: Blueprint,
    settings: ServiceSettings,
    http: HttpSettings,
    log_of: LogOf = log_of,
    metrics: Metrics | None = None,
) -> Office:
    """The office of a service, without a broker: what is recorded here is told by its relay."""
    log = log_of(blueprint, settings)
    application = blueprint.application(log)
    made = Office(blueprint.face, log, application, http, keeps=blueprint.keeps)
    if metrics is not None:
        metrics.own.watch_pool(blueprint.name, log)
        metrics.own.watch_queue(blueprint.name, lambda: made.counter.waiting, http.queue)
    return made


def serve(
    blueprints: Sequence[Blueprint],
    settings: ServiceSettings,
    http: HttpSettings,
    log_of: LogOf = log_of,
    metrics: Metrics | None = None,
    look: Look | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; `metrics` counts what is asked and answered, `look` finds what is wrong."""
    logs.configure(settings.log_level, sys.stderr)
    sys.setswitchinterval(SWITCH_SECONDS)
    offices = [office(one, settings, http, log_of, metrics) for one in blueprints]
    names = [one.name for one in blueprints]
    watch = None if look is None else Watch(lambda: look({one.face.name: one for one in offices}))
    if watch is not None:
        watch.start()
    app: Any = build_app(offices, http, watch=watch)
    try:
        asyncio.run(_serve(Observed(app, metrics) if metrics is not None else app, http, names))
    finally:
        if watch is not None:
            watch.stop()
        for one in offices:
            one.log.close()


async def _serve(app: Any, http: HttpSettings, names: Sequence[str]) -> None:
    server = Server(
        app,
        http.host,
        http.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        runtime_threads=http.runtime_threads,
        websockets=False,
        backlog=http.connections,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.stop()
        loop.call_later(http.drain_seconds, lose_patience, app)

    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop)
    _logger.info("serving", services=list(names), host=http.host, port=http.port)
    await server.serve()
    _logger.info("stopped", services=list(names))
