"""What a process shows to Prometheus at `/metrics`: what it counted itself, and what it reads where it is asked to.

A composition root makes one `Metrics`, wires its services through `measured`, and hands it what it is to watch.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

from contracts.base import Told
from contracts.catalogue import service_of
from services.chassis.application import Application, Hear
from services.chassis.commands.command import Command, Outcome
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.metrics import names
from services.chassis.metrics.names import Kind, Spec
from services.chassis.metrics.own import Own
from services.chassis.service import Blueprint

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
MOST_ROUTES = 200
_STATUSES = range(100, 600)

prometheus_client.disable_created_metrics()  # pyright: ignore[reportUnknownMemberType] - a series more for each


@dataclass(frozen=True)
class Page:
    """What `/metrics` answers."""

    content_type: str
    body: bytes


class Metrics:
    """One process's metrics; several threads and greenlets may count at once."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        prometheus_client.ProcessCollector(registry=self.registry)
        self._made: Mapping[Spec, Any] = {spec: _made(spec, self.registry) for spec in names.COUNTED}
        self._routes: set[str] = set()
        self.own = Own()
        self.registry.register(self.own)

    def measured(self, blueprint: Blueprint) -> Blueprint:
        """The same service; its commits, answers, handlers and ticks are counted here."""
        for outcome in Outcome:
            self.child(names.COMMANDS, blueprint.name, outcome.value)

        def application(log: EventLog) -> Application:
            return Measured(self, blueprint.name, blueprint.application(log))

        return replace(blueprint, application=application, observer=LogCounts(self, blueprint.name))

    def observe_request(self, method: str, route_template: str, status: int, seconds: float) -> None:
        """A request was answered; `route_template` names the route and never the path that was asked for."""
        method = method if method in METHODS else OTHER
        route = self._bounded(route_template)
        self.child(names.HTTP_REQUESTS, method, route, str(status) if status in _STATUSES else OTHER).inc()
        self.child(names.HTTP_SECONDS, method, route).observe(seconds)

    def page(self, accept: str = "") -> Page:
        """The exposition, in the format that the caller accepts; it may ask a database, so not on an event loop."""
        encode, content_type = choose_encoder(accept)
        return Page(content_type, encode(self.registry))

    def child(self, spec: Spec, *labels: str) -> Any:
        """The counter, gauge or histogram of these labels; from then on it is shown, be it 0."""
        return self._made[spec].labels(*labels)

    def _bounded(self, route: str) -> str:
        if route not in self._routes:
            if len(self._routes) >= MOST_ROUTES:
                return OTHER
            self._routes.add(route)
        return route


class LogCounts:
    """Counts what one log records and its desk answers."""

    def __init__(self, metrics: Metrics, service: str) -> None:
        self._outcomes = {one.value: metrics.child(names.COMMANDS, service, one.value) for one in Outcome}
        self._commands = metrics.child(names.COMMIT_COMMANDS, service)
        self._events = metrics.child(names.COMMIT_EVENTS, service)
        self._seconds = metrics.child(names.COMMIT_SECONDS, service)
        self._lost_races = metrics.child(names.LOST_RACES, service)

    def recorded(self, events: int, seconds: float) -> None:
        """A transaction was committed."""
        self._events.observe(events)
        self._seconds.observe(seconds)

    def lost_race(self) -> None:
        """A transaction was given up because another writer was first."""
        self._lost_races.inc()

    def answered(self, outcomes: Iterable[str]) -> None:
        """Commands that were decided together were answered."""
        tally = Tally(outcomes)
        self._commands.observe(tally.total())
        for outcome, number in tally.items():
            self._outcomes[outcome].inc(number)


class Measured:
    """An application whose handlers and ticks are timed."""

    def __init__(self, metrics: Metrics, service: str, inner: Application) -> None:
        self._metrics = metrics
        self._service = service
        self._inner = inner
        self._ticks = metrics.child(names.TICK_SECONDS, service)
        self.log = inner.log
        self.decisions = inner.decisions
        self.hears: Mapping[type[Told], Hear] = {
            kind: self._timed(kind, do) for kind, do in inner.hears.items()
        }

    def _timed(self, kind: type[Told], hear: Hear) -> Hear:
        seconds = self._metrics.child(names.HANDLER_SECONDS, self._service, kind.TYPE)
        errors = self._metrics.child(names.HANDLER_ERRORS, self._service, kind.TYPE)
        upstream = service_of(kind)

        def timed(unit: Unit, told: Told, at: datetime) -> None:
            begun = perf_counter()
            try:
                hear(unit, told, at)
            except Exception:
                errors.inc()
                raise
            seconds.observe(perf_counter() - begun)
            self._metrics.child(names.LAST_HEARD, self._service, upstream).set(at.timestamp())

        return timed

    def needs(self, asked: Command | Told) -> list[UUID]:
        """As the application says."""
        return self._inner.needs(asked)

    def advance(self, now: datetime) -> int:
        """Does what time alone brings, and tells how long it took."""
        with self._ticks.time():
            return self._inner.advance(now)

    def files_of(self, subject: str) -> list[UUID]:
        """As the application says."""
        return self._inner.files_of(subject)

    def next_due(self) -> date | datetime | None:
        """As the application says."""
        return self._inner.next_due()


def _made(spec: Spec, registry: CollectorRegistry) -> Any:
    if spec.kind is Kind.HISTOGRAM:
        return Histogram(spec.name, spec.help, spec.labels, registry=registry, buckets=spec.buckets)
    kind: Callable[..., Any] = Counter if spec.kind is Kind.COUNTER else Gauge
    return kind(spec.name, spec.help, spec.labels, registry=registry)
