"""The relays of some services in one process: one thread each, and what only one process may show in metrics."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog

from services.chassis.clock import SystemClock
from services.chassis.messaging.depths import dead_depth
from services.chassis.messaging.relay import Relay
from services.chassis.metrics.registry import Metrics
from services.chassis.metrics.serving import serve
from services.chassis.service import Blueprint
from services.chassis.stores import open_log, role_urls
from services.chassis.workers.leader import Leader, run_relay
from services.fleet.looking import look
from services.fleet.supervisor import say_ready
from services.fleet.wiring import Refused, broker_of, plans, show, watched_service
from services.house.gauges import VIEWS
from services.house.settings import Settings

_logger = structlog.get_logger("shouwang.relay")


class Relays:
    """Runs until `stopping` is set; one that fails ends all, for the supervisor to see."""

    def __init__(self, names: Sequence[str], settings: Settings, stopping: threading.Event) -> None:
        self._settings = settings
        self._stopping = stopping
        self._metrics = Metrics()
        self._plans = plans(names, settings, self._metrics)
        self._logs = {plan.name: open_log(plan, settings) for plan in self._plans}
        urls = role_urls(settings.roles) if settings.roles else {}
        self._leaders = {name: Leader(urls[name], name, log) for name, log in self._logs.items()}
        self._failed: list[str] = []

    def run(self) -> None:
        """Raises Refused where one failed."""
        self._show()
        threads = [threading.Thread(target=self._tell, args=(plan,), name=plan.name) for plan in self._plans]
        for thread in threads:
            thread.start()
        say_ready()
        for thread in threads:
            thread.join()
        for log in self._logs.values():
            log.close()
        if self._failed:
            raise Refused(f"relay of {', '.join(self._failed)} failed: see the log above")

    def _tell(self, plan: Blueprint) -> None:
        try:
            relay = Relay(plan.name, self._logs[plan.name], plan.translate, broker_of(self._settings))
            self._metrics.own.watch_relay(plan.name, relay)
            run_relay(relay, self._leaders[plan.name], self._stopping.is_set, wait=self._stopping.wait)
        except Exception:
            _logger.exception("relay_failed", service=plan.name)
            self._failed.append(plan.name)
            self._stopping.set()

    def _show(self) -> None:
        """What databases say is shown by the process that leads: sums over processes are right."""
        applications = {plan.name: plan.application(self._logs[plan.name]) for plan in self._plans}
        watched_services = [
            watched_service(plan, self._logs, applications[plan.name], VIEWS.get(plan.name, ()))
            for plan in self._plans
        ]
        self._metrics.show_databases(
            watched_services, SystemClock(), lambda name: bool(self._leaders[name].number)
        )
        for name, log in self._logs.items():
            self._metrics.own.watch_pool(name, log)
        first = min(self._leaders)
        self._metrics.own.watch_dead_letters(self._dead_letters, lambda: bool(self._leaders[first].number))
        self._metrics.own.watch_findings(
            lambda: look(watched_services, self._settings, self._dead_letters),
            lambda: bool(self._leaders[first].number),
        )
        show(serve, self._metrics, self._settings)

    def _dead_letters(self) -> int:
        return dead_depth(broker_of(self._settings).connection, self._settings.namespace)
