"""What one process a service reads of its database at a scrape: how far it is behind, and what its read models say.

Nothing is read again before its time, and never for more than a twentieth of the time, however large the tables and
however many ask: in between the last answer is shown. What could not be read is not shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from services.chassis.metrics import names
from services.chassis.metrics.names import Sample, Spec, families

LAG_SECONDS, VIEW_SECONDS = 5.0, 60.0
SHARE = 20
PATIENCE_SECONDS = 4.0
MOST_SERIES = 1000
OTHER = "other"
Read = Callable[[], Iterable[Sample]]
Query = Callable[[str], list[Any]]
_logger = structlog.get_logger("shouwang.metrics")


@dataclass(frozen=True)
class View:
    """A query of a read model, and the gauge that each of its columns of numbers is; `known` are shown even if 0."""

    query: str
    columns: Mapping[str, Spec]
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
        self._held: list[Sample] = []
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
        return self._held

    def _refresh(self) -> None:
        begun = self._time()
        try:
            self._held = list(self._read())
            self.is_up = True
        except Exception as error:  # noqa: BLE001 - whatever keeps it away, a scrape shows the rest
            _logger.warning("not_read", error=type(error).__name__)
            self._held = []
            self.is_up = False
        ended = self._time()
        self._next = ended + max(self._every, SHARE * (ended - begun) if self.is_up else 0.0)


class Book:
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


class Reading(Collector):
    """Reads the books that are this process's."""

    def __init__(self, views: Iterable[View] = (), time: Callable[[], float] = monotonic) -> None:
        self._specs = (*names.READ, *(spec for view in views for spec in view.columns.values()))
        self._time = time
        self._books: list[Book] = []

    def add(
        self, service: str, is_mine: Callable[[], bool], probe: Read, reads: Iterable[tuple[Read, float]]
    ) -> None:
        """Reads of a service, each with the seconds for which it is good enough; `probe` is the lightest of all."""
        cached = [Cached(read, every, self._time) for read, every in reads]
        self._books.append(Book(service, is_mine, Cached(probe, LAG_SECONDS, self._time), cached))

    def describe(self) -> Iterator[Metric]:
        """What there may be."""
        yield from families(self._specs)

    def collect(self) -> Iterator[Metric]:
        """What there is; where databases are slow, some of it as it was at the last scrape."""
        until = self._time() + PATIENCE_SECONDS
        oldest_first = sorted(self._books, key=lambda book: book.next_probe)
        yield from families(self._specs, [sample for book in oldest_first for sample in book.samples(until)])
