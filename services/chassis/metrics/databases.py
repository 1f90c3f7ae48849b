"""What one process a service reads of its database at a scrape: how far it is behind, and what its read models say.

Nothing is read again before its time, and never for more than a twentieth of the time, however large the tables and
however many ask: in between the last answer is shown. What could not be read is not shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from time import monotonic
from typing import Any

import structlog
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from contracts.catalogue import PARTITIONS
from services.chassis.application import Application
from services.chassis.clock import Clock
from services.chassis.log import lag
from services.chassis.log.event_log import EventLog
from services.chassis.messaging.parking import NUMBER_BY_UPSTREAM
from services.chassis.metrics import names
from services.chassis.metrics.names import MetricSpec, Sample, families
from services.chassis.reading.days import last_turned
from services.chassis.service import Service
from services.kernel.calendar import midnight

LAG_SECONDS, VIEW_SECONDS = 5.0, 60.0
SHARE = 20
PATIENCE_SECONDS = 4.0
MOST_SERIES = 1000
OTHER = "other"
Read = Callable[[], Iterable[Sample]]
Query = Callable[[str], list[Any]]
_logger = structlog.get_logger("shouwang.metrics")
MOST_COUNTED = 1_000_000
_DAYS = "days"


@dataclass(frozen=True)
class View:
    """A query of a read model, and the gauge that each of its columns of numbers is; `known` are shown even if 0."""

    query: str
    columns: Mapping[str, MetricSpec]
    known: tuple[tuple[str, ...], ...] = ()

    def read(self, query: Query) -> Iterator[Sample]:
        """Sums the rows by label; where there are too many labels, the rest is one."""
        rows = query(self.query)
        for column, spec in self.columns.items():
            sums: dict[tuple[str, ...], float] = dict.fromkeys(self.known, 0.0)
            for row in rows:
                labels = tuple(str(row[label]) for label in spec.labels)
                if labels not in sums and len(sums) >= MOST_SERIES:
                    labels = (OTHER,) * len(spec.labels)
                sums[labels] = sums.get(labels, 0.0) + row[column]
            for labels, value in sums.items():
                yield spec, labels, value


class Cached:
    """Samples that are read again where they are older than `every` seconds; who comes meanwhile gets the last."""

    def __init__(self, read: Read, every: float, time: Callable[[], float] = monotonic) -> None:
        self._read = read
        self._every = every
        self._time = time
        self._lock = threading.Lock()
        self._samples: list[Sample] = []
        self._next = float("-inf")
        self.is_up = False

    @property
    def has_failed(self) -> bool:
        """Whether it was read, and could not be."""
        return not self.is_up and self._next > float("-inf")

    @property
    def next_read(self) -> float:
        """From when it may be read again."""
        return self._next

    def samples(self, until: float) -> list[Sample]:
        """The samples; nothing is read after `until`."""
        if self._next <= self._time() < until and self._lock.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._samples

    def _refresh(self) -> None:
        begun = self._time()
        try:
            self._samples = list(self._read())
            self.is_up = True
        except Exception as error:  # noqa: BLE001 - whatever keeps it away, a scrape shows the rest
            _logger.warning("not_read", error=type(error).__name__)
            self._samples = []
            self.is_up = False
        ended = self._time()
        self._next = ended + max(self._every, SHARE * (ended - begun) if self.is_up else 0.0)


class ServiceReads:
    """What is read of one service; `is_mine` says whether this process is the one that shows it."""

    def __init__(self, service: str, is_mine: Callable[[], bool], probe: Cached, reads: list[Cached]) -> None:
        self._service = service
        self._is_mine = is_mine
        self._probe = probe
        self._reads = reads

    @property
    def next_probe(self) -> float:
        """From when the database may be asked again: one that is away must not keep the others from being asked."""
        return self._probe.next_read

    def samples(self, until: float) -> Iterator[Sample]:
        """Whether the database answers, which is always shown; the rest where it is ours and the database answers."""
        self._probe.samples(until)
        is_up = self._probe.is_up
        if is_up and self._is_mine():
            for cached in self._reads:
                yield from cached.samples(until)
                is_up = is_up and not cached.has_failed
        yield names.DATABASE_UP, (self._service,), float(is_up)


def always(_: str) -> bool:
    """Of a house that lives in one process, everything is ours."""
    return True


@dataclass(frozen=True)
class WatchedService:
    """A service whose database this process reads: `reachable` are the logs of others that it may read too."""

    name: str
    log: EventLog
    application: Application
    upstreams: tuple[str, ...]
    turns_days: bool = False
    reachable: Mapping[str, EventLog] = field(default_factory=dict[str, EventLog])
    views: tuple[View, ...] = ()


def watched(services: Mapping[str, Service], views: Mapping[str, tuple[View, ...]]) -> list[WatchedService]:
    """Services of one process, each of whose logs is in reach of the others."""
    reachable = {name: service.log for name, service in services.items()}
    return [
        WatchedService(
            name=name,
            log=service.log,
            application=service.application,
            upstreams=tuple(subscription.inbox.upstream for subscription in service.subscriptions),
            turns_days=_DAYS in service.model.tables,
            reachable=reachable,
            views=views.get(name, ()),
        )
        for name, service in services.items()
    ]


class Lag:
    """How far a service is behind: what it has not published, not consumed and not done yet, read from its log."""

    def __init__(self, service: WatchedService, clock: Clock) -> None:
        self._watched = service
        self._log = service.log
        self._clock = clock

    def probe(self) -> list[Sample]:
        """Nothing; raises where the log cannot be read."""
        self._log.size()
        return []

    def read(self) -> Iterator[Sample]:
        """All of it."""
        service = (self._watched.name,)
        yield names.LOG_POSITION, service, self._log.size()
        yield from self._relay(service)
        for upstream in self._watched.upstreams:
            yield from self._inbox(upstream)
        yield from self._parked()
        yield from self._time(service)

    def _relay(self, service: tuple[str]) -> Iterator[Sample]:
        position = self._log.relayed()
        behind = lag.recorded_after(self._log, position, MOST_COUNTED)
        yield names.RELAY_LAG_EVENTS, service, behind
        yield (
            names.RELAY_LAG_SECONDS,
            service,
            lag.seconds_since_commit(self._log, position) if behind else 0.0,
        )
        for partition in range(PARTITIONS):
            yield names.TOLD_POSITION, (*service, str(partition)), self._log.last_published(partition)

    def _inbox(self, upstream: str) -> Iterator[Sample]:
        log = self._watched.reachable.get(upstream)
        missing = 0
        for partition in range(PARTITIONS):
            labels = (self._watched.name, upstream, str(partition))
            position = self._log.position(upstream, partition)
            yield names.INBOX_POSITION, labels, position
            if log is not None:
                behind, first = lag.published_after(log, partition, position, MOST_COUNTED)
                yield names.INBOX_LAG_EVENTS, labels, behind
                yield (
                    names.INBOX_LAG_SECONDS,
                    labels,
                    lag.seconds_since_commit(log, first - 1) if first else 0.0,
                )
                missing += bool(position) and not lag.was_published(log, partition, position)
        if log is not None:
            yield names.MISSING, (self._watched.name, upstream), missing

    def _parked(self) -> Iterator[Sample]:
        parked = {row["upstream"]: row["number"] for row in self._log.query(NUMBER_BY_UPSTREAM)}
        for upstream in self._watched.upstreams:
            yield names.PARKED, (self._watched.name, upstream), parked.get(upstream, 0)

    def _time(self, service: tuple[str]) -> Iterator[Sample]:
        yield names.OVERDUE, service, self._overdue()
        if self._watched.turns_days and (day := last_turned(self._log, self._watched.name)) is not None:
            yield names.LAST_DAY, service, midnight(day).timestamp()

    def _overdue(self) -> float:
        """0 where nothing is due, or where it is due since ever: then nobody knows since when."""
        due = self._watched.application.next_due()
        if due is None or due.year == date.min.year:
            return 0.0
        return self._seconds_since(due if isinstance(due, datetime) else midnight(due))

    def _seconds_since(self, moment: datetime) -> float:
        return max(0.0, (self._clock.now() - moment).total_seconds())


def reads_of(service: WatchedService, clock: Clock, is_mine: Callable[[str], bool] = always) -> ServiceReads:
    """What its log and its read models say."""
    lag = Lag(service, clock)
    views = [Cached(partial(view.read, service.log.query), VIEW_SECONDS) for view in service.views]
    reads = [Cached(lag.read, LAG_SECONDS), *views]
    return ServiceReads(service.name, partial(is_mine, service.name), Cached(lag.probe, LAG_SECONDS), reads)


class DatabaseCollector(Collector):
    """Reads the databases that are this process's to show; `views` are all that the reads show beside the lags."""

    def __init__(
        self,
        reads: Sequence[ServiceReads],
        views: Iterable[View] = (),
        time: Callable[[], float] = monotonic,
    ) -> None:
        self._specs = (*names.READ, *(spec for view in views for spec in view.columns.values()))
        self._reads = reads
        self._time = time

    def describe(self) -> Iterator[Metric]:
        """What there may be."""
        yield from families(self._specs)

    def collect(self) -> Iterator[Metric]:
        """What there is; where databases are slow, some of it as it was at the last scrape."""
        until = self._time() + PATIENCE_SECONDS
        oldest_first = sorted(self._reads, key=lambda reads: reads.next_probe)
        samples = [sample for reads in oldest_first for sample in reads.samples(until)]
        yield from families(self._specs, samples)
