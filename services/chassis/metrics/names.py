"""Every metric of the chassis, by name: docs/metrics.md shows the same table, and a test compares the two.

Labels are bounded: services, partitions, outcomes, event types and route templates; never a person, never free text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
LONG_SECONDS = (0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)
SIZES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class MetricType(StrEnum):
    """What Prometheus calls a metric's type."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Shown(StrEnum):
    """By which process: its own share, so that a sum over processes is right, or by one process a service."""

    OWN = "every process, its own share"
    ONE = "one process a service: where its relay leads"


@dataclass(frozen=True)
class MetricSpec:
    """One metric; `buckets` are those of a histogram."""

    name: str
    kind: MetricType
    labels: tuple[str, ...]
    help: str
    shown: Shown
    buckets: tuple[float, ...] = ()


Sample = tuple[MetricSpec, tuple[str, ...], float]
Specs = Mapping[str, MetricSpec]


def _counter(name: str, labels: tuple[str, ...], meaning: str) -> MetricSpec:
    return MetricSpec(name, MetricType.COUNTER, labels, meaning, Shown.OWN)


def _histogram(name: str, labels: tuple[str, ...], meaning: str, buckets: tuple[float, ...]) -> MetricSpec:
    return MetricSpec(name, MetricType.HISTOGRAM, labels, meaning, Shown.OWN, buckets)


def _own(name: str, labels: tuple[str, ...], meaning: str) -> MetricSpec:
    return MetricSpec(name, MetricType.GAUGE, labels, meaning, Shown.OWN)


def read(name: str, labels: tuple[str, ...], meaning: str) -> MetricSpec:
    """A gauge that is read from a service's database."""
    return MetricSpec(name, MetricType.GAUGE, labels, meaning, Shown.ONE)


SERVICE = ("service",)
UPSTREAM = ("service", "upstream")
PARTITION = ("service", "upstream", "partition")

COMMANDS = _counter(
    "shouwang_commands_total",
    ("service", "outcome"),
    "Commands answered: accepted, repeat, conflict or refused",
)
COMMIT_COMMANDS = _histogram(
    "shouwang_commit_commands", SERVICE, "Commands decided together in one transaction", SIZES
)
COMMIT_EVENTS = _histogram("shouwang_commit_events", SERVICE, "Events recorded in one transaction", SIZES)
COMMIT_SECONDS = _histogram(
    "shouwang_commit_seconds", SERVICE, "Time that recording one transaction took", SECONDS
)
LOST_RACES = _counter(
    "shouwang_lost_races_total",
    SERVICE,
    "Transactions given up because another writer was first; they are decided again",
)
HANDLER_SECONDS = _histogram(
    "shouwang_handler_seconds", ("service", "event"), "Time that handling one event heard took", SECONDS
)
HANDLER_ERRORS = _counter(
    "shouwang_handler_errors_total",
    ("service", "event"),
    "Events heard whose handling raised an error, each time",
)
LAST_HEARD = _own(
    "shouwang_last_heard_timestamp_seconds",
    UPSTREAM,
    "When what was heard last had happened, by its own date",
)
TICK_SECONDS = _histogram(
    "shouwang_tick_seconds", SERVICE, "Time that doing what time alone brings took", LONG_SECONDS
)
QUEUE = _own("shouwang_queue_commands", SERVICE, "Commands that wait at the counter of this process")
QUEUE_CAPACITY = _own("shouwang_queue_capacity_commands", SERVICE, "How many may wait there; then 503")
POOL = _own(
    "shouwang_pool_connections",
    ("service", "state"),
    "Connections to PostgreSQL of this process: in_use, idle",
)
POOL_MAX = _own("shouwang_pool_connections_max", SERVICE, "How many connections this process may hold")
POOL_WAITING = _own("shouwang_pool_waiting_requests", SERVICE, "Who waits for a connection in this process")
DISK_FREE = _own("shouwang_disk_free_bytes", ("volume",), "Free space where this process keeps its data")
DISK_SIZE = _own("shouwang_disk_size_bytes", ("volume",), "Size of the file system where it does")
HTTP_REQUESTS = _counter(
    "shouwang_http_requests_total", ("method", "route", "status"), "Requests answered, by route template"
)
HTTP_SECONDS = _histogram(
    "shouwang_http_request_seconds", ("method", "route"), "Time that answering one request took", SECONDS
)

ENTRYPOINT = ("service", "entrypoint")
ENTRYPOINT_ERRORS = _counter(
    "shouwang_entrypoint_errors_total",
    ENTRYPOINT,
    "Times that hearing, telling or keeping time raised as a whole, and is tried again",
)
RAISING_SECONDS = _own(
    "shouwang_raising_seconds",
    ENTRYPOINT,
    "How long it has raised without a success between, 0 where it does not",
)
BROKER_BLOCKED = _own(
    "shouwang_broker_blocked",
    SERVICE,
    "1 where the broker blocks what this relay tells (an alarm of it), else 0",
)

INBOX_COUNTS: Specs = {
    "taken": _counter("shouwang_inbox_taken_total", UPSTREAM, "Events heard that had their effect"),
    "healed": _counter(
        "shouwang_inbox_healed_total", UPSTREAM, "Events that a gap lacked, pulled from the upstream's log"
    ),
    "parked": _counter(
        "shouwang_inbox_parked_total", UPSTREAM, "Messages set aside because they could not be handled"
    ),
    "redelivered": _counter(
        "shouwang_inbox_redelivered_total", UPSTREAM, "Messages that the broker brought again"
    ),
}
RELAY_COUNTS: Specs = {
    "published_events": _counter(
        "shouwang_relay_told_total", SERVICE, "Events told and safe with the broker"
    ),
    "unroutable": _counter(
        "shouwang_relay_unroutable_total", SERVICE, "Messages that came back: no queue wanted them"
    ),
    "confirm_timeouts": _counter(
        "shouwang_relay_confirm_timeouts_total", SERVICE, "Windows that the broker did not confirm in time"
    ),
}

LOG_POSITION = read("shouwang_log_position", SERVICE, "Position of the last event in the log")
RELAY_LAG_EVENTS = read(
    "shouwang_relay_lag_events", SERVICE, "Stored events that the relay has not gone through"
)
RELAY_LAG_SECONDS = read(
    "shouwang_relay_lag_seconds", SERVICE, "Age of the oldest of them, 0 where there is none"
)
TOLD_POSITION = read(
    "shouwang_told_position", ("service", "partition"), "Position of the last event told in a partition"
)
INBOX_POSITION = read(
    "shouwang_inbox_position", PARTITION, "Position up to which an upstream's partition was heard"
)
INBOX_LAG_EVENTS = read(
    "shouwang_inbox_lag_events",
    PARTITION,
    "Events told and not heard yet, where the upstream's log is in reach of this process",
)
INBOX_LAG_SECONDS = read(
    "shouwang_inbox_lag_seconds", PARTITION, "Age of the oldest of them, 0 where there is none"
)
MISSING = read(
    "shouwang_missing_events",
    UPSTREAM,
    "Partitions heard up to a position that the upstream's log, where it is in reach, never told; right is 0",
)
PARKED = read("shouwang_parked_events", UPSTREAM, "Messages that lie parked now")
LAST_DAY = read(
    "shouwang_last_day_turned_timestamp_seconds",
    SERVICE,
    "Midnight of the last day turned by every partition",
)
OVERDUE = read(
    "shouwang_due_overdue_seconds",
    SERVICE,
    "How long what time alone brings has been due, 0 where nothing is",
)
DEAD_LETTERS = read("shouwang_dead_letters", (), "Messages that queues gave up, not collected yet")
FINDINGS = read(
    "shouwang_findings",
    ("kind",),
    "What `shouwang status` calls trouble, by kind (docs/status.md); all 0: all is well",
)
DATABASE_UP = _own(
    "shouwang_database_up",
    SERVICE,
    "1 where the service's database answered this process when last asked, else 0",
)

COUNTED = (
    COMMANDS,
    COMMIT_COMMANDS,
    COMMIT_EVENTS,
    COMMIT_SECONDS,
    LOST_RACES,
    HANDLER_SECONDS,
    HANDLER_ERRORS,
    LAST_HEARD,
    TICK_SECONDS,
    HTTP_REQUESTS,
    HTTP_SECONDS,
)
OWN = (
    *INBOX_COUNTS.values(),
    *RELAY_COUNTS.values(),
    ENTRYPOINT_ERRORS,
    RAISING_SECONDS,
    BROKER_BLOCKED,
    QUEUE,
    QUEUE_CAPACITY,
    POOL,
    POOL_MAX,
    POOL_WAITING,
    DISK_FREE,
    DISK_SIZE,
    DEAD_LETTERS,
    FINDINGS,
)
READ = (
    LOG_POSITION,
    RELAY_LAG_EVENTS,
    RELAY_LAG_SECONDS,
    TOLD_POSITION,
    INBOX_POSITION,
    INBOX_LAG_EVENTS,
    INBOX_LAG_SECONDS,
    MISSING,
    PARKED,
    LAST_DAY,
    OVERDUE,
    DATABASE_UP,
)


def families(specs: Iterable[MetricSpec], samples: Iterable[Sample] = ()) -> list[Metric]:
    """The samples by metric, each metric once; what has no samples is there by name."""
    by_spec = {spec: _family(spec) for spec in specs}
    for spec, labels, value in samples:
        by_spec[spec].add_metric(labels, value)
    return list(by_spec.values())


def _family(spec: MetricSpec) -> CounterMetricFamily | GaugeMetricFamily:
    kind = CounterMetricFamily if spec.kind is MetricType.COUNTER else GaugeMetricFamily
    return kind(spec.name, spec.help, labels=spec.labels)
