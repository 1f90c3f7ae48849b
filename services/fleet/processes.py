"""What each process of a fleet does: a worker, a relay or an api for some services, each audited at its start."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from services.chassis import logs
from services.chassis.amqp import BrokerRefused, audit
from services.chassis.clock import SystemClock
from services.chassis.http.serving import serve
from services.chassis.http.settings import read_http_settings
from services.chassis.leader import Leader, run_relay
from services.chassis.log import EventLog
from services.chassis.migrations import MigrationRefused, pending
from services.chassis.relay import Relay
from services.chassis.rpc import AnsweringWorker, nameko_config, pull_over_rpc
from services.chassis.service import Blueprint, Service
from services.chassis.settings import Settings, SettingsError
from services.chassis.stores import open_log, role_urls
from services.chassis.worker import run_workers
from services.fleet.wiring import Refused, broker_of, hearers_of
from services.notify.channels import LogChannel
from services.township.house import blueprints

_logger = structlog.get_logger("shouwang.fleet")


def _plans(names: Sequence[str], settings: Settings) -> list[Blueprint]:
    return [plan for plan in blueprints(settings, (LogChannel(),)) if plan.name in names]


def audit_database(names: Sequence[str], settings: Settings) -> None:
    """Refuses to run on a schema that is not of this version."""
    if settings.roles is None:
        raise Refused(
            "缺少数据库角色文件 / no file of roles: start with `shouwang up`, or set SHOUWANG_ROLES"
        )
    urls = role_urls(settings.roles)
    for name in names:
        missing = pending(urls[name], name)
        if missing:
            raise Refused(
                f"{name}: 尚未迁移 / migrations are pending: {', '.join(missing)}: run `shouwang migrate`"
            )


def run_worker(names: Sequence[str], settings: Settings) -> None:
    """Hears, keeps time and answers, until SIGTERM; eventlet is in force already (services/fleet/__main__.py)."""
    logs.configure(settings.log_level, sys.stdout)
    if os.environ.get("PSYCOPG_WAIT_FUNC") != "wait_select":
        raise Refused(
            "PSYCOPG_WAIT_FUNC=wait_select 未设置 / is not set: one slow query would stop every greenlet"
        )
    audit_database(names, settings)
    broker = broker_of(settings)
    audit(
        broker.connection,
        settings.namespace,
        {name: heard for name, heard in hearers_of(settings).items() if name in names},
    )
    services = {
        plan.name: Service(
            plan, open_log(plan, settings), broker, lambda upstream: pull_over_rpc(upstream, settings)
        )
        for plan in _plans(names, settings)
    }
    faces = [type(f"{name.title()}Answering", (AnsweringWorker,), {"name": name}) for name in services]
    runner = run_workers(faces, services, SystemClock(), nameko_config(settings))
    signal.signal(signal.SIGTERM, _calling(runner.stop))
    _logger.info("worker_runs", services=list(names))
    runner.wait()


def run_relays(names: Sequence[str], settings: Settings) -> None:
    """Tells the logs of some services, until SIGTERM: one thread each, no monkey-patching."""
    logs.configure(settings.log_level, sys.stdout)
    audit_database(names, settings)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _calling(stopping.set))
    failed: list[str] = []

    def tell(plan: Blueprint) -> None:
        log: EventLog = open_log(plan, settings)
        try:
            relay = Relay(plan.name, log, plan.translate, broker_of(settings))
            leader = Leader(role_urls(settings.roles)[plan.name] if settings.roles else "", plan.name, log)
            run_relay(relay, leader, stopping.is_set, wait=stopping.wait)
        except Exception:
            _logger.exception("relay_failed", service=plan.name)
            failed.append(plan.name)
            stopping.set()
        finally:
            log.close()

    threads = [
        threading.Thread(target=tell, args=(plan,), name=plan.name) for plan in _plans(names, settings)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise Refused(f"relay of {', '.join(failed)} failed: see the log above")


def _calling(work: Callable[[], Any]) -> Callable[[int, object], None]:
    def handle(number: int, frame: object) -> None:
        del number, frame
        work()

    return handle


def run_api(names: Sequence[str], settings: Settings) -> None:
    """Takes commands and answers reads over HTTP, until SIGTERM."""
    audit_database(names, settings)
    serve(names, settings, read_http_settings(os.environ), open_log)


REFUSALS = (Refused, SettingsError, BrokerRefused, MigrationRefused)
