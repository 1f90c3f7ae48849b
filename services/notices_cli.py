"""`shouwang notices test`: what leaves the house, and what a person does about it."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console

from services.chassis.settings import read_settings
from services.kernel.calendar import SHANGHAI
from services.notify.channels.outcomes import Sent
from services.notify.channels.sending import send
from services.notify.channels.settings import GROUP_KINDS, Channels, read_channels
from services.notify.channels.texts import TRIAL, Letter

app = typer.Typer(no_args_is_help=True, help="通知通道 the channels by which notices leave the house")
console = Console()


def _channels() -> Channels:
    path = read_settings(os.environ).channels
    if path is None:
        raise typer.BadParameter("未设置通道文件 / no channels: name their file in SHOUWANG_CHANNELS")
    return read_channels(path)


@app.command("test")
def trial(
    channel: str,
    to: Annotated[str | None, typer.Option(help="工作人员编号 whom of the staff, by mail or sms")] = None,
) -> None:
    """测试: sends one message that says it is a test, at once; 1 where it was not taken."""
    known = _channels()
    if channel not in known.channels:
        raise typer.BadParameter(f"没有这个通道 / no such channel; known: {', '.join(known.channels) or '-'}")
    outside = known.channels[channel]
    address = known.address_of(to, outside) if to else None
    if address is None and not isinstance(outside, GROUP_KINDS):
        raise typer.BadParameter(
            f"没有此人的地址 / no address of this person in [people]; known: {', '.join(known.people) or '-'}",
            param_hint="--to",
        )
    outcome = send(outside, Letter(str(uuid4()), TRIAL, address), datetime.now(SHANGHAI))
    console.print(f"{channel}: {outcome.word}", markup=False)
    raise typer.Exit(0 if isinstance(outcome, Sent) else 1)
