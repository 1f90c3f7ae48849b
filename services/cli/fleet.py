"""`shouwang up|down|migrate`: the fleet, for people."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from services.chassis.messaging.amqp import BrokerRefused
from services.chassis.migrations.migrate import MigrationRefused
from services.cli.terminal.console import console
from services.fleet import deploy
from services.fleet.compose import Compose
from services.fleet.settings import read_fleet_settings
from services.fleet.wiring import Refused
from services.servers import Given, Servers, ServersError

KNOWN = (Refused, ServersError, BrokerRefused, MigrationRefused)


def up() -> None:
    """起动：服务器、数据表、队列和全部进程；都能应答后才返回。

    Servers, schemas, queues and every process, over RabbitMQ and PostgreSQL; returns when they answer.
    """
    fleet = read_fleet_settings(os.environ)
    deploy.bring_up(fleet, os.environ)
    said = f"已起动 up: http://127.0.0.1:{fleet.port} (docs at /openapi.json), 令牌 token in "
    compose = Compose(fleet)
    if compose.is_taken:
        inside = f"{' '.join(compose.command)} exec api-1"
        said += f"/var/lib/shouwang/token; 其他命令 other commands: {inside} shouwang status"
    else:
        said += str(fleet.token)
    console.print(said, soft_wrap=True)


def down(
    *, erase: Annotated[bool, typer.Option("--erase", help="连同数据删除 delete what they hold")] = False
) -> None:
    """停止：依次停下各进程和自带的服务器，数据保留。

    Every process, cleanly, then the servers that are ours; what they hold stays.
    """
    deploy.bring_down(read_fleet_settings(os.environ), os.environ, erase=erase)


def migrate() -> None:
    """迁移：把各服务的数据表升到最新。

    Brings every service's schema up to date.
    """
    fleet = read_fleet_settings(os.environ)
    urls = Servers(fleet.servers, fleet.name, Given.by(os.environ)).up()
    applied = deploy.prepare(fleet, urls)
    for line in applied or ["已是最新 nothing to do"]:
        console.print(line)


def add_to(app: typer.Typer) -> None:
    """Adds the fleet's commands."""
    for command in (up, down, migrate):
        app.command()(command)
