"""What a process is asked for at each scrape, and need not read anywhere: numbers that its parts keep themselves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import monotonic

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from services.chassis.log.connections import SchemaDatastore
from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.relay import Relay
from services.chassis.metrics import names
from services.chassis.metrics.names import Sample, families
from services.chassis.metrics.reading import LAG_SECONDS, PATIENCE_SECONDS, Cached
from services.chassis.service import Raising, Service

Ask = Callable[[], Iterable[Sample]]


class Own(Collector):
    """Asks everything that it was handed; each process shows its own share."""

    def __init__(self) -> None:
        self._asks: list[Ask] = []

    def watch_service(self, service: Service) -> None:
        """Its inboxes, its relay and its connections."""
        for hearing in service.hearings:
            self.watch_inbox(service.name, hearing.inbox)
        self.watch_relay(service.name, service.relay)
        self._asks.append(lambda: _raising(service.name, service.raising))
        self.watch_pool(service.name, service.log)

    def watch_inbox(self, service: str, inbox: Inbox) -> None:
        """What it took, healed, parked, and was brought again."""
        self._asks.append(lambda: _counts(inbox, names.INBOX_COUNTS, (service, inbox.upstream)))

    def watch_relay(self, service: str, relay: Relay) -> None:
        """What it told, and what the broker would not take."""
        self._asks.append(lambda: _counts(relay, names.RELAY_COUNTS, (service,)))
        self._asks.append(lambda: [(names.BROKER_BLOCKED, (service,), float(relay.is_blocked))])

    def watch_pool(self, service: str, log: EventLog) -> None:
        """Its connections to PostgreSQL; nothing where the log is kept elsewhere."""
        recorder = log.recorder
        if isinstance(recorder, PostgresRecorder):
            self._asks.append(lambda: _pool(service, recorder.datastore))

    def watch_queue(self, service: str, waiting: Callable[[], int], capacity: int) -> None:
        """How many commands wait at a counter that takes `capacity`."""
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

    def describe(self) -> Iterator[Metric]:
        """What there may be."""
        yield from families(names.OWN)

    def collect(self) -> Iterator[Metric]:
        """What there is."""
        yield from families(names.OWN, [sample for ask in list(self._asks) for sample in ask()])


def _counts(held: object, specs: names.Specs, labels: tuple[str, ...]) -> Iterator[Sample]:
    for attribute, spec in specs.items():
        yield spec, labels, getattr(held, attribute)


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
        found = os.statvfs(folder)
        yield names.DISK_FREE, (volume,), found.f_bavail * found.f_frsize
        yield names.DISK_SIZE, (volume,), found.f_blocks * found.f_frsize
