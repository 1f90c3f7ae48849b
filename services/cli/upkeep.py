"""`shouwang rebuild|verify|status`: whether what a house shows is what it recorded, and how it stands."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from services.chassis.clock import SystemClock
from services.chassis.reading.read_model import Rebuilt
from services.cli import pages
from services.cli.terminal.console import console, progress
from services.cli.terminal.usage import App
from services.fleet import process_status
from services.fleet.settings import read_fleet_settings
from services.house.house import opened
from services.house.settings import read_settings
from services.house.status import flow_of, status_of


def rebuild(service: Annotated[str | None, typer.Argument()] = None) -> None:
    """重建：由事件记录重新生成查询数据，旁边做好后再替换。

    Makes read models again from the log, beside the live ones, and puts them in their place.
    """
    with opened(read_settings(os.environ)) as house, progress() as bar:
        for name in pages.chosen(house.services, service):
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
    with opened(read_settings(os.environ)) as house:
        differing: dict[str, list[str]] = {}
        for name, held in house.services.items():
            made = Rebuilt(held.log, held.model)
            made.catch_up()
            differing[name] = made.differing()
            made.close()
        pages.show_verified(console, house, differing)
    raise typer.Exit(1 if any(differing.values()) else 0)


def status(*, as_json: Annotated[bool, typer.Option("--json", help="给程序看 for programs")] = False) -> None:
    """状况：各服务已记录、已发、待收、待办多少，落后多久；各进程和队列的情况。

    What is recorded, told, heard and due, lag and positions; a fleet's processes and queues.
    """
    settings, fleet = read_settings(os.environ), read_fleet_settings(os.environ)
    with opened(settings) as house:
        found = status_of(house) | flow_of(house, SystemClock())
    found |= {"processes": process_status.processes(fleet), "standing": process_status.standing_still(fleet)}
    found |= process_status.queues(fleet, settings, os.environ)
    if as_json:
        console.json(found)
    else:
        pages.show_status(console, found)


def add_to(app: App) -> None:
    """Adds the commands."""
    for command in (rebuild, verify, status):
        app.command()(command)
