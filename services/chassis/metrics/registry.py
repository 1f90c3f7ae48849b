"""What a process shows to Prometheus at `/metrics`: what it counted itself, and what it reads where it is asked to.

A composition root makes one `Metrics`, wires its services through `measured`, and hands it what it is to watch.
"""

from __future__ import annotations

import os
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any
from uuid import UUID

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from contracts.base import Told
from contracts.catalogue import service_of
from services.chassis.application import Application, EventHandler
from services.chassis.clock import Clock
from services.chassis.commands.command import Command, Outcome
from services.chassis.log.connections import SchemaDatastore
from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.log.unit import Unit
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.relay import Relay
from services.chassis.metrics import names
from services.chassis.metrics.databases import (
    LAG_SECONDS,
    PATIENCE_SECONDS,
    Cached,
    DatabaseCollector,
    WatchedService,
    always,
    reads_of,
)
from services.chassis.metrics.names import MetricSpec, MetricType, Sample, families
from services.chassis.service import Blueprint, Raising, Service
from services.chassis.verdict import Finding, FindingKind

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
MOST_ROUTES = 200
_STATUSES = range(100, 600)
Ask = Callable[[], Iterable[Sample]]

prometheus_client.disable_created_metrics()  # pyright: ignore[reportUnknownMemberType] - a series more for each


@dataclass(frozen=True)
class Exposition:
    """What `/metrics` answers."""

    content_type: str
    body: bytes


class Metrics:
    """One process's metrics; several threads and greenlets may count at once."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        prometheus_client.ProcessCollector(registry=self.registry)
        self._made: Mapping[MetricSpec, Any] = {spec: _made(spec, self.registry) for spec in names.COUNTED}
        self._routes: set[str] = set()
        self.own = OwnNumbers()
        self.registry.register(self.own)

    def measured(self, blueprint: Blueprint) -> Blueprint:
        """The same service; its commits, answers, handlers and ticks are counted here."""
        for outcome in Outcome:
            self.child(names.COMMANDS, blueprint.name, outcome.value)

        def application(log: EventLog) -> Application:
            return Measured(self, blueprint.name, blueprint.application(log))

        return replace(blueprint, application=application, observer=LogCounts(self, blueprint.name))

    def show_databases(
        self, services: Iterable[WatchedService], clock: Clock, is_mine: Callable[[str], bool] = always
    ) -> None:
        """Shows what their databases say, of each while `is_mine` says that it is ours; once a process."""
        watched_services = list(services)
        reads = [reads_of(service, clock, is_mine) for service in watched_services]
        views = [view for service in watched_services for view in service.views]
        self.registry.register(DatabaseCollector(reads, views))

    def observe_request(self, method: str, route_template: str, status: int, seconds: float) -> None:
        """A request was answered; `route_template` names the route and never the path that was asked for."""
        method = method if method in METHODS else OTHER
        route = self._bounded(route_template)
        self.child(names.HTTP_REQUESTS, method, route, str(status) if status in _STATUSES else OTHER).inc()
        self.child(names.HTTP_SECONDS, method, route).observe(seconds)

    def page(self, accept: str = "") -> Exposition:
        """The exposition, in the format that the caller accepts; it may ask a database, so not on an event loop."""
        encode, content_type = choose_encoder(accept)
        return Exposition(content_type, encode(self.registry))

    def child(self, spec: MetricSpec, *labels: str) -> Any:
        """The counter, gauge or histogram of these labels; from then on it is shown, be it 0."""
        return self._made[spec].labels(*labels)

    def _bounded(self, route: str) -> str:
        if route not in self._routes:
            if len(self._routes) >= MOST_ROUTES:
                return OTHER
            self._routes.add(route)
        return route


class OwnNumbers(Collector):
    """What a process need not read anywhere: numbers that its parts keep themselves, asked for at each scrape."""

    def __init__(self) -> None:
        self._asks: list[Ask] = []

    def watch_service(self, service: Service) -> None:
        """Its inboxes, its relay and its connections."""
        for subscription in service.subscriptions:
            self.watch_inbox(service.name, subscription.inbox)
        self.watch_relay(service.name, service.relay)
        self._asks.append(lambda: _raising(service.name, service.raising))
        self.watch_pool(service.name, service.log)

    def watch_inbox(self, service: str, inbox: Inbox) -> None:
        """What it took, healed, parked, and was brought again."""
        self._asks.append(lambda: _counts(inbox, names.INBOX_COUNTS, (service, inbox.upstream)))

    def watch_relay(self, service: str, relay: Relay) -> None:
        """What it published, and what the broker would not take."""
        self._asks.append(lambda: _counts(relay, names.RELAY_COUNTS, (service,)))
        self._asks.append(lambda: [(names.BROKER_BLOCKED, (service,), float(relay.is_blocked))])

    def watch_pool(self, service: str, log: EventLog) -> None:
        """Its connections to PostgreSQL; nothing where the log is kept elsewhere."""
        recorder = log.recorder
        if isinstance(recorder, PostgresRecorder):
            self._asks.append(lambda: _pool(service, recorder.datastore))

    def watch_queue(self, service: str, waiting: Callable[[], int], capacity: int) -> None:
        """How many commands wait for the next commit, and how many may."""
        self._asks.append(
            lambda: [(names.QUEUE, (service,), waiting()), (names.QUEUE_CAPACITY, (service,), capacity)]
        )

    def watch_disk(self, volume: str, folder: Path) -> None:
        """The space that is left where `folder` lies; `volume` is a fixed word for it."""
        self._asks.append(lambda: _disk(volume, folder))

    def watch_dead_letters(self, depth: Callable[[], int], is_mine: Callable[[], bool]) -> None:
        """What the broker gave up, in the one process that shows it; nothing while the broker is away."""
        cached = Cached(lambda: [(names.DEAD_LETTERS, (), depth())], LAG_SECONDS)
        self._asks.append(lambda: cached.samples(monotonic() + PATIENCE_SECONDS) if is_mine() else [])

    def watch_findings(self, look: Callable[[], Sequence[Finding]], is_mine: Callable[[], bool]) -> None:
        """What is wrong, by kind, in the one process that shows it; nothing while it cannot be looked."""
        cached = Cached(lambda: _found(look()), LAG_SECONDS)
        self._asks.append(lambda: cached.samples(monotonic() + PATIENCE_SECONDS) if is_mine() else [])

    def describe(self) -> Iterator[Metric]:
        """What there may be."""
        yield from families(names.OWN)

    def collect(self) -> Iterator[Metric]:
        """What there is."""
        yield from families(names.OWN, [sample for ask in list(self._asks) for sample in ask()])


def _counts(counted: object, specs: names.Specs, labels: tuple[str, ...]) -> Iterator[Sample]:
    for attribute, spec in specs.items():
        yield spec, labels, getattr(counted, attribute)


def _found(findings: Sequence[Finding]) -> Iterator[Sample]:
    for kind in FindingKind:
        yield names.FINDINGS, (kind.value,), sum(one.kind is kind for one in findings)


def _raising(service: str, raising: Raising) -> Iterator[Sample]:
    for entrypoint, times in list(raising.errors.items()):
        yield names.ENTRYPOINT_ERRORS, (service, entrypoint), times
        yield names.RAISING_SECONDS, (service, entrypoint), raising.seconds(entrypoint)


def _pool(service: str, datastore: SchemaDatastore) -> Iterator[Sample]:
    stats = datastore.pool.get_stats()
    size = 0 if datastore.pool.closed else stats["pool_size"]
    idle = stats["pool_available"]
    yield names.POOL, (service, "idle"), idle
    yield names.POOL, (service, "in_use"), max(0, size - idle)
    yield names.POOL_MAX, (service,), stats["pool_max"]
    yield names.POOL_WAITING, (service,), stats.get("requests_waiting", 0)


def _disk(volume: str, folder: Path) -> Iterator[Sample]:
    if folder.exists():
        space = os.statvfs(folder)
        yield names.DISK_FREE, (volume,), space.f_bavail * space.f_frsize
        yield names.DISK_SIZE, (volume,), space.f_blocks * space.f_frsize


class LogCounts:
    """The observer of one log: counts what it records, and how its commands are answered."""

    def __init__(self, metrics: Metrics, service: str) -> None:
        self._outcomes = {
            outcome.value: metrics.child(names.COMMANDS, service, outcome.value) for outcome in Outcome
        }
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
        self.handlers: Mapping[type[Told], EventHandler] = {
            kind: self._timed(kind, handle) for kind, handle in inner.handlers.items()
        }

    def _timed(self, kind: type[Told], handle: EventHandler) -> EventHandler:
        seconds = self._metrics.child(names.HANDLER_SECONDS, self._service, kind.TYPE)
        errors = self._metrics.child(names.HANDLER_ERRORS, self._service, kind.TYPE)
        upstream = service_of(kind)

        def timed(unit: Unit, event: Told, at: datetime) -> None:
            begun = perf_counter()
            try:
                handle(unit, event, at)
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


def _made(spec: MetricSpec, registry: CollectorRegistry) -> Any:
    if spec.kind is MetricType.HISTOGRAM:
        return Histogram(spec.name, spec.help, spec.labels, registry=registry, buckets=spec.buckets)
    kind: Callable[..., Any] = Counter if spec.kind is MetricType.COUNTER else Gauge
    return kind(spec.name, spec.help, spec.labels, registry=registry)
