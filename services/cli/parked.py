"""`shouwang parked list|show|retry|drop`: messages that could not be handled, and what a person does about them.

Those that the broker gave up are among them: they are collected from the dead-letter queue whenever parked is listed.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

import typer
from kombu.connection import Connection

from services.chassis.messaging.amqp import BROKER_ERRORS
from services.chassis.messaging.dead_letters import collect, hand_in_again
from services.chassis.messaging.inbox import GapNotHealed
from services.chassis.messaging.parking import HandlerRaised, NotParked, UnreadableMessage
from services.chassis.service import Service
from services.cli.store import open_store
from services.cli.terminal.console import console, errors
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.house.house import CONSUMERS, House
from services.house.settings import Settings, read_settings

app = App("搁置的消息 messages that could not be handled")


@contextmanager
def _service(service: str) -> Generator[Service]:
    with open_store() as house:
        if service not in house.services:
            raise typer.BadParameter(f"没有这个服务 / no such service; known: {', '.join(house.services)}")
        try:
            yield house.services[service]
        except (NotParked, UnreadableMessage, HandlerRaised, GapNotHealed, ValueError) as error:
            console.print(f"未处理 not done: {error}")
            raise typer.Exit(1) from error


def _collect(house: House, settings: Settings) -> None:
    """Only a broker of its own has dead letters; where it is away, what was collected before is shown."""
    if settings.roles is None:
        return
    logs = {name: service.log for name, service in house.services.items()}
    try:
        found = collect(Connection(settings.amqp_url), settings.namespace, CONSUMERS, logs)
    except BROKER_ERRORS as error:
        said = f"{type(error).__name__}: {error}"
        console.print(f"死信未收 the dead-letter queue could not be read: {said}")
        return
    if found.left:
        console.print(f"不明来源的死信 dead letters of no queue of ours, left there: {found.left}")


@app.command("list")
def list_() -> None:
    """列出：各服务搁置的消息，连同消息服务器放弃的。

    Everything parked, by service, in order; with what the broker gave up.
    """
    table = Table("搁置 parked", "服务 service", "编号 id", "对象 subject", "错误 error", "放弃原因 dropped")
    settings = read_settings(os.environ)
    with open_store(settings) as house:
        _collect(house, settings)
        for name, service in house.services.items():
            for one in service.parked.list():
                table.row(
                    name, one.id, one.subject, one.error or "排在其后 behind another", one.dropped or ""
                )
    console.print(table)


@app.command()
def show(service: str, place: str) -> None:
    """查看：消息原文，以及（在标准错误输出上）搁置的原因。

    The message's bytes; on standard error why it is here.
    """
    with _service(service) as held:
        one = held.parked.show(place)
        errors.print(one.error or "排在其后 behind another")
        console.print(one.body.decode(errors="backslashreplace"))


@app.command()
def retry(service: str, place: str) -> None:
    """重试：修好之后，把同一对象的消息按序重新处理。

    After a fix, all of its subject's in order.
    """
    with _service(service) as held:
        inboxes = {one.inbox.upstream: one.inbox for one in held.subscriptions}
        console.print(f"已处理 handled: {hand_in_again(held.parked, inboxes, place)}")


@app.command()
def drop(service: str, place: str, reason: str) -> None:
    """放弃：此消息不再生效，理由留存。

    It will have no effect; the reason is kept.
    """
    with _service(service) as held:
        held.parked.drop(place, reason)
        console.print("已放弃 dropped")
