"""`shouwang up|down|migrate`: the fleet, for people."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from services.chassis.messaging.amqp import BrokerRefused
from services.chassis.migrations.migrate import MigrationRefused
from services.cli.store import pasteable, told_of_store
from services.cli.terminal.console import console, errors
from services.fleet import deploy
from services.fleet.compose import Compose
from services.fleet.settings import read_fleet_settings
from services.fleet.wiring import Refused
from services.servers import Given, Servers, ServersError

KNOWN = (Refused, ServersError, BrokerRefused, MigrationRefused)


def up() -> None:
    """起动：服务器、数据表、队列和全部进程；都能应答后才返回。

    Servers, schemas, queues and every process, over RabbitMQ and PostgreSQL; returns when they answer.

    一台机器上有两套的，第二套第一次起动时换端口：SHOUWANG_FLEET_PORT=8610，以后不必再写。
    A second one on the same machine takes other ports at its first start: said once, kept in its folder.
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
    for line in () if compose.is_taken else told_of_store():
        errors.print(line, soft_wrap=True)


def down(
    *, erase: Annotated[bool, typer.Option("--erase", help="连同数据删除 delete what they hold")] = False
) -> None:
    """停止：依次停下各进程和自带的服务器，数据保留。

    Every process, cleanly, then the servers that are ours; what they hold stays.
    """
    fleet = read_fleet_settings(os.environ)
    deploy.bring_down(fleet, os.environ, erase=erase)
    if erase:
        console.print(f"已停止，数据已删除 stopped, and what it held is gone: {fleet.folder}")
        return
    console.print(
        f"已停止 stopped; 数据留在 its data stays in {fleet.servers}, {fleet.folder}; 再起动 again:"
    )
    console.print(f"  {pasteable('up')}", soft_wrap=True)


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
