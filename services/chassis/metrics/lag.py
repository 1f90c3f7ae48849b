"""How far a service is behind: what it has not told, not heard and not done yet, read from its log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from contracts.catalogue import PARTITIONS
from services.chassis.application import Application
from services.chassis.clock import Clock
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.metrics import names
from services.chassis.metrics.names import Sample
from services.chassis.metrics.reading import LAG_SECONDS, VIEW_SECONDS, Read, Reading, View
from services.chassis.metrics.registry import Metrics
from services.chassis.reading.days import last_turned
from services.chassis.service import Service
from services.kernel.calendar import midnight

MOST_COUNTED = 1_000_000
_DAYS = "days"
_PLACE = {True: "rowid", False: "notification_id"}
_AFTER = "SELECT COUNT(*) AS number FROM (SELECT 1 FROM stored_events WHERE {} > ? LIMIT ?) AS behind"
_TOLD_AFTER = (
    "SELECT COUNT(*) AS number, MIN(position) AS first FROM"
    " (SELECT position FROM told WHERE part = ? AND position > ? ORDER BY position LIMIT ?) AS behind"
)
_WAS_TOLD = "SELECT COUNT(*) AS number FROM told WHERE part = ? AND position = ?"
_PARKED = "SELECT upstream, COUNT(*) AS number FROM parked WHERE dropped IS NULL GROUP BY upstream"


@dataclass(frozen=True)
class Watched:
    """A service whose database this process reads: `reachable` are the logs of others that it may read too."""

    name: str
    log: EventLog
    application: Application
    upstreams: tuple[str, ...]
    turns_days: bool = False
    reachable: Mapping[str, EventLog] = field(default_factory=dict[str, EventLog])
    views: tuple[View, ...] = ()


def always(_: str) -> bool:
    """Of a house that lives in one process, everything is ours."""
    return True


def watched(services: Mapping[str, Service], views: Mapping[str, tuple[View, ...]]) -> list[Watched]:
    """Services of one process, each of whose logs is in reach of the others."""
    reachable = {name: service.log for name, service in services.items()}
    return [
        Watched(
            name=name,
            log=service.log,
            application=service.application,
            upstreams=tuple(hearing.inbox.upstream for hearing in service.hearings),
            turns_days=_DAYS in service.model.tables,
            reachable=reachable,
            views=views.get(name, ()),
        )
        for name, service in services.items()
    ]


def keep(
    metrics: Metrics, services: Iterable[Watched], clock: Clock, is_mine: Callable[[str], bool] = always
) -> None:
    """Shows what the databases of these services say, of each while `is_mine` says that it is ours; once a process."""
    held = list(services)
    reading = Reading([view for one in held for view in one.views])
    for one in held:
        lag = Lag(one, clock)
        reads: list[tuple[Read, float]] = [(lag.read, LAG_SECONDS)]
        reads += [(partial(view.read, one.log.query), VIEW_SECONDS) for view in one.views]
        reading.add(one.name, partial(is_mine, one.name), lag.probe, reads)
    metrics.registry.register(reading)


class Lag:
    """Reads one service's log."""

    def __init__(self, one: Watched, clock: Clock) -> None:
        self._watched = one
        self._log = one.log
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
        place = _PLACE[isinstance(self._log.recorder, SQLiteRecorder)]
        behind = self._log.query(_AFTER.format(place), position, MOST_COUNTED)[0]["number"]
        yield names.RELAY_LAG_EVENTS, service, behind
        yield names.RELAY_LAG_SECONDS, service, self._age_after(self._log, position) if behind else 0.0
        for partition in range(PARTITIONS):
            yield names.TOLD_POSITION, (*service, str(partition)), self._log.last_told(partition)

    def _inbox(self, upstream: str) -> Iterator[Sample]:
        log = self._watched.reachable.get(upstream)
        missing = 0
        for partition in range(PARTITIONS):
            labels = (self._watched.name, upstream, str(partition))
            position = self._log.position(upstream, partition)
            yield names.INBOX_POSITION, labels, position
            if log is not None:
                behind = log.query(_TOLD_AFTER, partition, position, MOST_COUNTED)[0]
                first = behind["first"]
                yield names.INBOX_LAG_EVENTS, labels, behind["number"]
                yield names.INBOX_LAG_SECONDS, labels, self._age_after(log, first - 1) if first else 0.0
                missing += bool(position) and not log.query(_WAS_TOLD, partition, position)[0]["number"]
        if log is not None:
            yield names.MISSING, (self._watched.name, upstream), missing

    def _age_after(self, log: EventLog, position: int) -> float:
        """The age of the first event after a position."""
        first = log.events(position, 1)
        return self._seconds_since(first[0].event.timestamp) if first else 0.0

    def _parked(self) -> Iterator[Sample]:
        held = {row["upstream"]: row["number"] for row in self._log.query(_PARKED)}
        for upstream in self._watched.upstreams:
            yield names.PARKED, (self._watched.name, upstream), held.get(upstream, 0)

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
