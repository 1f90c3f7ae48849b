"""What each process of a fleet does: a worker, a relay or an api for some services, each audited at its start."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from kombu.connection import Connection

from services.chassis import logs
from services.chassis.clock import SystemClock
from services.chassis.http.office import Office
from services.chassis.http.serving import serve
from services.chassis.http.settings import read_http_settings
from services.chassis.messaging.amqp import BrokerRefused, audit, declare
from services.chassis.metrics.registry import Metrics
from services.chassis.metrics.serving import serve as serve_metrics
from services.chassis.metrics.serving import serve_green
from services.chassis.migrations.migrate import MigrationRefused, pending
from services.chassis.reading.read_model import ReadModelOutdated
from services.chassis.service import Blueprint, Service
from services.chassis.settings import SettingsError
from services.chassis.stores import SMALLEST_POOL, open_log, role_urls
from services.chassis.verdict import Finding
from services.chassis.workers.entrypoints import TURNS, WAKES
from services.chassis.workers.eventlet_shim import Wake
from services.chassis.workers.leader import Turn
from services.chassis.workers.rpc import Asking, nameko_config
from services.chassis.workers.worker import FleetWorker, run_workers
from services.fleet.connection_budget import lean
from services.fleet.looking import look
from services.fleet.relays import Relays
from services.fleet.senders import Senders
from services.fleet.settings import read_fleet_settings
from services.fleet.supervisor import say_ready
from services.fleet.wiring import Refused, broker_of, plans, show, watched_service, workers_of
from services.house.house import CONSUMERS
from services.house.settings import Settings
from services.notify.channels.settings import ChannelsError

REFUSALS = (Refused, SettingsError, ChannelsError, BrokerRefused, MigrationRefused, ReadModelOutdated)
_logger = structlog.get_logger("shouwang.fleet")
_TOLD_SECONDS = 0.1
STOP_SECONDS = 10.0
"""Less than a supervisor waits."""


def audit_database(names: Sequence[str], settings: Settings) -> None:
    """Refuses to run on a schema that is not of this version, or with too few connections."""
    if settings.roles is None:
        reason = "缺少数据库角色文件 / no file of roles"
        raise Refused(f"{reason}: start with `shouwang up`, or set SHOUWANG_ROLES")
    if settings.connections < SMALLEST_POOL:
        raise Refused(f"SHOUWANG_CONNECTIONS: 至少 / at least {SMALLEST_POOL}")
    urls = role_urls(settings.roles)
    for name in names:
        missing = pending(urls[name], name)
        if missing:
            reason = f"{name}: 尚未迁移 / migrations are pending: {', '.join(missing)}"
            raise Refused(f"{reason}: run `shouwang migrate`")


def audit_waiting() -> None:
    """Refuses psycopg's own waiter under eventlet."""
    if os.environ.get("PSYCOPG_WAIT_FUNC") != "wait_select":
        reason = "PSYCOPG_WAIT_FUNC=wait_select 未设置 / is not set"
        raise Refused(f"{reason}: one slow query would stop every greenlet")


def run_worker(names: Sequence[str], settings: Settings) -> None:
    """Hears, keeps time and answers, until SIGTERM; eventlet is in force already (services/fleet/__main__.py)."""
    logs.configure(settings.log_level, sys.stdout)
    audit_waiting()
    audit_database(names, settings)
    settings = lean(settings)
    metrics, connection = Metrics(), Connection(settings.amqp_url)
    mine = {name: heard for name, heard in CONSUMERS.items() if name in names}
    declare(connection, settings.namespace, mine)  # a wiped broker has none
    audit(connection, settings.namespace, mine)
    groups = read_fleet_settings(os.environ).workers
    wakes = {name: Wake() for name in names}
    services = {
        plan.name: Service(
            plan,
            open_log(plan, settings),
            broker_of(settings, workers_of(plan.name, groups)),
            lambda upstream: Asking(upstream, settings).pull,
            on_effect=wakes[plan.name].set,
        )
        for plan in plans(names, settings, metrics)
    }
    for service in services.values():
        metrics.own.watch_service(service)
    show(serve_green, metrics, settings)
    urls = role_urls(settings.roles) if settings.roles else {}
    turns = {name: Turn(urls[name], name) for name in services}
    config = {**nameko_config(settings), TURNS: turns, WAKES: wakes}
    runner = run_workers(FleetWorker, services, SystemClock(), config)
    _stop_when_told(runner.stop)
    _logger.info("worker_runs", services=list(names))
    say_ready()
    runner.wait()


def _stop_when_told(stop: Callable[[], None]) -> None:
    """At SIGTERM, in a thread of its own: a signal may come while eventlet's hub runs, and nothing may wait there.

    What has not come to its end after a while is left as a crash leaves it: nothing is lost or doubled by that.
    """
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: signals.append(number))

    def wait() -> None:
        while not signals:
            time.sleep(_TOLD_SECONDS)
        threading.Thread(target=end, daemon=True, name="ending").start()
        stop()

    def end() -> None:
        time.sleep(STOP_SECONDS)
        _logger.warning("worker_left_its_work", seconds=STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="stopping").start()


def run_relays(names: Sequence[str], settings: Settings) -> None:
    """Publishes the logs of some services, until SIGTERM: one thread each, no monkey-patching."""
    logs.configure(settings.log_level, sys.stdout)
    audit_database(names, settings)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _calling(stopping.set))
    Relays(names, lean(settings), stopping).run()


def run_sender(names: Sequence[str], settings: Settings) -> None:
    """Carries what waits out of the house, until SIGTERM: a thread a channel, no monkey-patching."""
    logs.configure(settings.log_level, sys.stdout)
    audit_database(names, settings)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _calling(stopping.set))
    metrics = Metrics()
    show(serve_metrics, metrics, settings)
    say_ready()
    for plan in plans(names, settings, metrics):
        Senders(plan, settings, stopping).run()


def run_api(names: Sequence[str], settings: Settings) -> None:
    """Takes commands and answers reads over HTTP, until SIGTERM."""
    audit_database(names, settings)
    metrics = Metrics()
    show(serve_metrics, metrics, settings)
    wanted = plans(names, settings, metrics)
    say_ready()
    serve(
        wanted, settings, read_http_settings(os.environ), open_log, metrics, partial(_look, wanted, settings)
    )


def _look(wanted: Sequence[Blueprint], settings: Settings, offices: Mapping[str, Office]) -> list[Finding]:
    """What this process can see: its services' databases, and what the supervisor of its folder keeps."""
    logs = {name: office.log for name, office in offices.items()}
    watched = [watched_service(plan, logs, offices[plan.name].application) for plan in wanted]
    return look(watched, settings)


def _calling(work: Callable[[], Any]) -> Callable[[int, object], None]:
    def handle(number: int, frame: object) -> None:
        del number, frame
        work()

    return handle
