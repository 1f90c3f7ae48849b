"""`shouwang parked list|show|retry|drop`: messages that could not be handled, and what a person does about them."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table

from services.chassis.parking import HandlerRaised, NotParked, Parked, Unreadable
from services.chassis.settings import read_settings
from services.township.house import opened

app = typer.Typer(no_args_is_help=True, help="搁置的消息 messages that could not be handled")
console = Console()


@contextmanager
def _parked(service: str) -> Generator[Parked]:
    with opened(read_settings(os.environ)) as house:
        if service not in house.services:
            raise typer.BadParameter(f"没有这个服务 / no such service; known: {', '.join(house.services)}")
        try:
            yield house.services[service].parked
        except (NotParked, Unreadable, HandlerRaised, ValueError) as error:
            console.print(f"未处理 not done: {error}", markup=False)
            raise typer.Exit(1) from error


@app.command("list")
def list_() -> None:
    """列出: everything parked, by service, in order."""
    table = Table("服务 service", "编号 id", "对象 subject", "错误 error", "放弃原因 dropped")
    with opened(read_settings(os.environ)) as house:
        for name, service in house.services.items():
            for one in service.parked.list():
                table.add_row(
                    name, one.id, one.subject, one.error or "排在其后 behind another", one.dropped or ""
                )
    console.print(table)


@app.command()
def show(service: str, place: str) -> None:
    """查看: the message's bytes."""
    with _parked(service) as parked:
        console.print(parked.show(place).body.decode(errors="backslashreplace"), markup=False)


@app.command()
def retry(service: str, place: str) -> None:
    """重试: after a fix, all of its subject's in order."""
    with _parked(service) as parked:
        console.print(f"已处理 handled: {parked.retry(place)}")


@app.command()
def drop(service: str, place: str, reason: str) -> None:
    """放弃: it will have no effect; the reason is kept."""
    with _parked(service) as parked:
        parked.drop(place, reason)
        console.print("已放弃 dropped")
