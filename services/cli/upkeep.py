"""`shouwang rebuild|verify|status`: whether what a house shows is what it recorded, and how it stands."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, NoReturn

import typer

from services.chassis.clock import SystemClock
from services.chassis.log.database_errors import is_outage
from services.chassis.metrics.databases import watched
from services.chassis.reading.read_model import Rebuilt
from services.chassis.verdict import Finding, away
from services.cli.store import open_store, pasteable, with_pasteable
from services.cli.terminal.console import Terminal, console, progress
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Cell, Table
from services.cli.terminal.usage import App
from services.fleet import process_status
from services.fleet.settings import FleetSettings, read_fleet_settings
from services.house.house import House
from services.house.settings import read_settings
from services.house.status import status_of
from services.house.verdict import Flow, Surroundings, findings_of, flow_of


def rebuild(service: Annotated[str | None, typer.Argument()] = None) -> None:
    """重建：由事件记录重新生成查询数据，旁边做好后再替换。

    Makes read models again from the log, beside the live ones, and puts them in their place.
    """
    with open_store() as house, progress() as bar:
        for name in chosen(house.services, service):
            held = house.services[name]
            task = bar.add_task(name, total=max(held.log.size(), 1))
            made = Rebuilt(held.log, held.model)
            made.catch_up(lambda done, total, task=task: bar.update(task, completed=done, total=total))
            made.swap()
            made.close()


def verify() -> None:
    """核对：逐个服务核对重建的数据与现用的是否一致。

    Rebuilt = live by hash, for every service.
    """
    with open_store() as house:
        differing: dict[str, list[str]] = {}
        for name, held in house.services.items():
            made = Rebuilt(held.log, held.model)
            made.catch_up()
            differing[name] = made.differing()
            made.close()
        show_verified(console, house, differing)
    raise typer.Exit(1 if any(differing.values()) else 0)


def status(*, as_json: Annotated[bool, typer.Option("--json", help="给程序看 for programs")] = False) -> None:
    """状况：先说是否正常，有问题的说先做什么；再列各服务、进程和队列。正常以 0 结束，有问题以 1 结束。

    A verdict first: all well (exit 0), or what is wrong and what to do (exit 1); then services, processes and queues.
    """
    settings, fleet, clock = read_settings(os.environ), read_fleet_settings(os.environ), SystemClock()
    try:
        with open_store(settings) as house:
            found = status_of(house)
            flow = flow_of(watched(house.services, {}), clock)
    except Exception as error:
        if not is_outage(error):
            raise
        _say_away(error, fleet, as_json=as_json)
    broker = process_status.queues(fleet, settings, os.environ)
    around = process_status.surroundings(fleet, settings, broker)
    findings = findings_of(flow, around, clock.now())
    found |= {"relays": flow.relays, "inboxes": flow.inboxes}
    found |= {"processes": around.processes, "standing": around.standing} | broker
    if as_json:
        verdict = {"is_well": not findings, "findings": [asdict(one) for one in findings]}
        console.json(verdict | found)
    else:
        show_verdict(console, findings)
        show_status(console, found)
    raise typer.Exit(1 if findings else 0)


def _say_away(error: Exception, fleet: FleetSettings, *, as_json: bool) -> NoReturn:
    """Where the database does not answer nothing else is known, but whether processes run."""
    around = Surroundings(processes=process_status.processes(fleet))
    findings = [away(error), *findings_of(Flow({}, [], {}, {}), around, SystemClock().now())]
    if as_json:
        console.json({"is_well": False, "findings": [asdict(one) for one in findings]})
    else:
        show_verdict(console, findings)
    raise typer.Exit(1)


def chosen(services: Collection[str], name: str | None) -> list[str]:
    """One service or all of them."""
    if name is None:
        return list(services)
    if name not in services:
        raise typer.BadParameter(f"没有这个服务 / no such service; known: {', '.join(services)}")
    return [name]


def show_verified(console: Terminal, house: House, differing: Mapping[str, list[str]]) -> None:
    """Per service: the log's size, and the tables that are not what the log makes of them."""
    table = Table("核对 verify", "服务 service", "事件 events", "结果 result")
    for name, tables in differing.items():
        result: Cell = ("一致 rebuilt = live", "green")
        if tables:
            result = (f"不一致 differs: {', '.join(tables)}; {pasteable('rebuild', name)}", "red")
        table.row(name, str(house.services[name].log.size()), result)
    console.print(table)


def show_verdict(console: Terminal, findings: Sequence[Finding]) -> None:
    """One line; then what is wrong, and beneath it what to do first."""
    if not findings:
        console.print("正常 all is well", style="green")
        return
    console.print(f"有问题 trouble: {len(findings)} 项", style="bold red")
    for number, one in enumerate(findings, 1):
        console.print(f"{number}. [{one.kind}] {as_one_line(one.said)}", style="red")
        console.print(f"   先做 first: {with_pasteable(one.first)}")
        console.print(f"   说明 more: docs/status.md#{one.kind}")


def show_status(console: Terminal, status: Mapping[str, Any]) -> None:
    """Per service: recorded, told, heard, parked, due; lag and positions; a fleet's processes and queues."""
    columns = ("服务 service", "事件 events", "已发 told", "待收 to hear", "搁置 parked")
    table = Table("状况 status", *columns, "待发 to tell", "最久 oldest", "下次 next due")
    for name, one in status["services"].items():
        due = "立即 now" if one["due"] == "now" else one["due"] or "-"
        relay = status["relays"][name]
        lag = (str(relay["events"]), f"{relay['seconds']:.0f} s")
        table.row(name, *(str(one[key]) for key in ("events", "told", "lag", "parked")), *lag, due)
    console.print(table)
    console.print(f"已换日 last day turned: {status['turned'] or '-'}")
    if not status["processes"]:
        console.print("单机的日子，开着 run 才换 embedded, days are turned while `shouwang run` is up")
    console.print(_inboxes(status["inboxes"]))
    if status["processes"]:
        processes = Table("进程 processes", "名称 name", "进程号 pid", "起动次数 starts", "自 up since")
        for name, one in status["processes"].items():
            processes.row(name, str(one["pid"] or "-"), str(one["starts"]), one["since"] or "-")
        console.print(processes)
    if "queues" in status and not status["broker"]:
        console.print(_queues(status["queues"]))
        dead = "队列不在 its queue is missing" if status["dead_letters"] is None else status["dead_letters"]
        console.print(f"死信 dead letters: {dead}")


def _inboxes(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Position heard by partition, with what is told and not heard; the age of the oldest of that."""
    parts = sorted({int(one["partition"]) for one in rows})
    table = Table("已收位置 heard up to", "收←发", *(f"分区 {part}" for part in parts), "最久 oldest")
    held: dict[str, list[Mapping[str, Any]]] = {}
    for one in rows:
        held.setdefault(f"{one['service']}←{one['upstream']}", []).append(one)
    for name, own in held.items():
        cells = [str(one["position"]) + (f" (+{one['events']})" if one["events"] else "") for one in own]
        table.row(name, *cells, f"{max(one['seconds'] for one in own):.0f} s")
    return table


def _queues(rows: Sequence[Mapping[str, Any]]) -> Table:
    """What waits in the broker, what is in hand, who listens."""
    table = Table("队列 queues", "收←发", "待取 ready", "在手 unacked", "消费者 consumers", "缺 missing")
    for one in rows:
        numbers = (one["ready"], "?" if one["unacked"] is None else one["unacked"], one["consumers"])
        table.row(f"{one['consumer']}←{one['upstream']}", *map(str, numbers), str(one["missing"]))
    return table


def add_to(app: App) -> None:
    """Adds the commands."""
    for command in (rebuild, verify, status):
        app.command()(command)
