"""What is wrong with a house, by plain facts, whoever gathered them; what nobody could gather finds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from services.chassis.clock import Clock
from services.chassis.metrics import names
from services.chassis.metrics.databases import Lag, WatchedService
from services.chassis.metrics.names import MetricSpec
from services.chassis.reading.days import last_turned
from services.chassis.verdict import Finding, FindingKind
from services.kernel.calendar import ONE_DAY

PATIENCE_SECONDS = 60.0
"""What was recorded so long ago and is not told or heard yet, stands: in the usual course it takes milliseconds."""
LATELY = timedelta(minutes=10)
TURNED_BY_HOUR = 2
"""By this hour of the day every service has turned it."""

_OF_RELAY: Mapping[MetricSpec, str] = {names.RELAY_LAG_EVENTS: "events", names.RELAY_LAG_SECONDS: "seconds"}
_OF_INBOX: Mapping[MetricSpec, str] = {
    names.INBOX_POSITION: "position",
    names.INBOX_LAG_EVENTS: "events",
    names.INBOX_LAG_SECONDS: "seconds",
}


@dataclass(frozen=True)
class Flow:
    """What databases say: each relay and inbox with `events` not told or heard and the `seconds` that the first waits.

    `parked` by service; `turned`: the last day that each service with a calendar has turned.
    """

    relays: Mapping[str, Mapping[str, float]]
    inboxes: Sequence[Mapping[str, Any]]
    parked: Mapping[str, float]
    turned: Mapping[str, date | None]


@dataclass(frozen=True)
class Surroundings:
    """What a fleet and its broker say; empty for a house in one process.

    `processes` as the supervisor keeps them; `standing` entrypoints that raise without end; `queues` of the broker,
    why it does not answer (`broker`) or takes nothing (`refuses`), and its `dead_letters`.
    """

    processes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    standing: Sequence[Mapping[str, Any]] = ()
    queues: Sequence[Mapping[str, Any]] = ()
    broker: str | None = None
    refuses: str | None = None
    dead_letters: int = 0
    is_running: bool = False
    """Whether clocks turn days here: embedded, days are those of whoever plays them."""


def flow_of(services: Sequence[WatchedService], clock: Clock) -> Flow:
    """The numbers that metrics show, of the services that this process reads."""
    relays: dict[str, dict[str, float]] = {}
    inboxes: dict[tuple[str, ...], dict[str, Any]] = {}
    parked: dict[str, float] = {}
    for one in services:
        for spec, labels, value in Lag(one, clock).read():
            if spec in _OF_RELAY:
                relays.setdefault(one.name, {})[_OF_RELAY[spec]] = value
            elif spec in _OF_INBOX:
                named = dict(zip(spec.labels, labels, strict=True))
                inboxes.setdefault(labels, named)[_OF_INBOX[spec]] = value
            elif spec is names.PARKED:
                parked[one.name] = parked.get(one.name, 0) + value
    turned = {one.name: last_turned(one.log, one.name) for one in services if one.turns_days}
    return Flow(relays, list(inboxes.values()), parked, turned)


def findings_of(flow: Flow, around: Surroundings, now: datetime) -> list[Finding]:
    """What is wrong, what is nearest to its cause first."""
    return [
        *_of_processes(around, now),
        *_of_broker(around),
        *_of_relays(flow, around),
        *_of_inboxes(flow, around),
        *_of_messages(flow, around),
        *_of_days(flow, around, now),
    ]


def _of_processes(around: Surroundings, now: datetime) -> Iterator[Finding]:
    processes = {name: one for name, one in around.processes.items() if name != "supervisor"}
    if "supervisor" in around.processes and not around.processes["supervisor"]["pid"]:
        said = "监管进程不在，各进程都停着 the supervisor is gone, and every process with it"
        yield Finding(FindingKind.SUPERVISOR_GONE, "supervisor", said, "再起动 start again: shouwang up")
        return
    for name, one in processes.items():
        ended = one.get("ended")
        how = (
            f"：{ended['at']} 退出，代码 exit {ended['code']}，最后一句 last said: {ended['said']}"
            if ended
            else ""
        )
        if not one["pid"]:
            said = f"进程 {name} 没有运行 does not run{how}"
            first = f"会自动再起动；反复退出的，按最后一句去修 it is started again by itself; {_log_of(one)}"
            yield Finding(FindingKind.PROCESS_DOWN, name, said, first)
        elif ended and now - datetime.fromisoformat(ended["at"]) < LATELY:
            said = f"进程 {name} 刚退出过又起动 ended lately and was started again{how}"
            yield Finding(FindingKind.PROCESS_ENDED, name, said, f"看日志 read its log: {_log_of(one)}")
    for one in around.standing:
        what = f"{one['service']}.{one['entrypoint']}（{one['process']}）"
        said = f"反复出错，已 {one['seconds']:.0f} 秒没有一次成功 raises without end: {what}"
        first = f"看该进程的日志 the log of that process: {_logs_of(around, one['process'])}"
        yield Finding(FindingKind.RAISES, f"{one['service']}.{one['entrypoint']}", said, first)


def _of_broker(around: Surroundings) -> Iterator[Finding]:
    if around.broker:
        said = f"消息服务器没有应答 the broker does not answer: {around.broker}"
        first = "数据未丢，恢复后自动补发；先起动 RabbitMQ nothing is lost; start RabbitMQ: shouwang up"
        yield Finding(FindingKind.BROKER_AWAY, "broker", said, first)
    elif around.refuses:
        said = f"消息服务器拒收消息 the broker takes no messages: {around.refuses}"
        first = (
            "数据未丢，解除后自动补发；查告警 nothing is lost; look for an alarm: rabbitmq-diagnostics alarms"
        )
        yield Finding(FindingKind.BROKER_REFUSES, "broker", said, first)
    for one in around.queues:
        name = f"{one['consumer']}←{one['upstream']}"
        if one["missing"] or not one["consumers"]:
            said = f"队列 {name} 没有人取 nobody hears it (consumers {one['consumers']}, missing {one['missing']})"
            first = "看该服务的 worker 是否在运行；缺队列的再起动一次 see its worker; queues are made by: shouwang up"
            yield Finding(FindingKind.QUEUE_UNHEARD, name, said, first)


def _of_relays(flow: Flow, around: Surroundings) -> Iterator[Finding]:
    for service, one in flow.relays.items():
        if one["events"] and one["seconds"] >= PATIENCE_SECONDS:
            waits = f"{one['events']:.0f} 件没有发出，最早的已等 {_lasting(one['seconds'])}"
            said = f"{service} 有 {waits} recorded and not told: its relay stands"
            first = f"通知会迟到，红色老人先电话核实；再看 relay 的日志 nothing is lost; {_logs_of(around, 'relay')}"
            yield Finding(FindingKind.RELAY_STANDS, service, said, first)


def _of_inboxes(flow: Flow, around: Surroundings) -> Iterator[Finding]:
    waiting: dict[str, tuple[float, float]] = {}
    for one in flow.inboxes:
        name = f"{one['service']}←{one['upstream']}"
        events, seconds = waiting.get(name, (0.0, 0.0))
        waiting[name] = events + one.get("events", 0), max(seconds, one.get("seconds", 0.0))
    for name, (events, seconds) in waiting.items():
        if events and seconds >= PATIENCE_SECONDS:
            said = f"{name} 有 {events:.0f} 件没有收，最早的已等 {_lasting(seconds)} told and not heard"
            first = f"看 {name.partition('←')[0]} 的 worker 的日志 the log of its worker: {_logs_of(around, 'worker')}"
            yield Finding(FindingKind.INBOX_STANDS, name, said, first)


def _of_messages(flow: Flow, around: Surroundings) -> Iterator[Finding]:
    for service, number in flow.parked.items():
        if number:
            said = f"{service} 搁置了 {number:.0f} 条消息，同一人后面的都在等 parked; what follows waits"
            first = "看原因，修好后重试 see why, then retry: shouwang parked list"
            yield Finding(FindingKind.PARKED, service, said, first)
    if around.dead_letters:
        said = f"消息服务器放弃了 {around.dead_letters} 条消息 messages that the broker gave up"
        yield Finding(
            FindingKind.DEAD_LETTERS, "broker", said, "收来看 collect and see them: shouwang parked list"
        )


def _of_days(flow: Flow, around: Surroundings, now: datetime) -> Iterator[Finding]:
    due = now.date() - ONE_DAY * (now.hour < TURNED_BY_HOUR)
    for service, day in flow.turned.items():
        if around.is_running and day is not None and day < due:
            behind = (due - day).days
            said = f"{service} 停在 {day}，{behind} 天没有换日，漏访和到期没有判定 days not turned: no miss is noticed"
            first = f"看 {service} 的 worker 的日志 the log of its worker: {_logs_of(around, 'worker')}"
            yield Finding(FindingKind.DAYS_BEHIND, service, said, first)


def _log_of(process: Mapping[str, Any]) -> str:
    return f"tail -n 30 {process['log']}"


def _logs_of(around: Surroundings, role: str) -> str:
    """How the logs of a role's processes are read; nothing where no supervisor keeps them."""
    logs = [str(one["log"]) for name, one in around.processes.items() if name.startswith(role)]
    return f"tail -n 30 {' '.join(logs)}" if logs else "docker logs, journalctl"


def _lasting(seconds: float) -> str:
    """As people say it."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{seconds:.0f} 秒 s"
    return f"{minutes} 分钟 min" if minutes < 120 else f"{minutes // 60} 小时 h"  # noqa: PLR2004 - two hours
