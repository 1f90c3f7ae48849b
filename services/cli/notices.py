"""`shouwang notices test|failed|resend`: what leaves the house, and what a person does about it."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Annotated
from uuid import uuid4

import typer

from services.cli.store import open_store
from services.cli.taking import ask, house_at_work
from services.cli.terminal.console import console
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.house.settings import read_settings
from services.kernel.calendar import SHANGHAI
from services.notify.channels.outcomes import Sent
from services.notify.channels.sending import send
from services.notify.channels.settings import GROUP_KINDS, Channels, read_channels
from services.notify.channels.texts import TRIAL, Letter
from services.notify.deliveries import views as delivery_views

app = App("通知通道 the channels by which notices leave the house")
_COLUMNS = (
    "编号 delivery",
    "通道 channel",
    "接收人 recipient",
    "原因 reason",
    "次数 attempts",
    "时间 at",
)
_MOST = 10_000


def _channels() -> Channels:
    path = read_settings(os.environ).channels
    if path is None:
        raise typer.BadParameter("未设置通道文件 / no channels: name their file in SHOUWANG_CHANNELS")
    return read_channels(path)


def _say_unused(known: Channels) -> None:
    for name in known.unused():
        said = "还没有村使用，通知不会由此发出 / no village uses it, so nothing leaves by it"
        console.print(f"{name}: {said}: name it in [township] or [villages.…]")


@app.command("test")
def trial(
    channel: str,
    to: Annotated[str | None, typer.Option(help="工作人员编号 whom of the staff, by mail or sms")] = None,
) -> None:
    """测试：立即发一条注明是测试的消息；未被接收则返回 1。

    Sends one message that says it is a test, at once; 1 where it was not taken.
    """
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
    console.print(f"{channel}: {outcome.word}")
    _say_unused(known)
    raise typer.Exit(0 if isinstance(outcome, Sent) else 1)


@app.command()
def failed(*, limit: Annotated[int, typer.Option(min=1)] = 100) -> None:
    """失败：发送失败的投递和原因，早的在前；以及各类投递的数量。

    The deliveries that failed and why, oldest first; how many deliveries stand where.
    """
    settings = read_settings(os.environ)
    counts, table = (
        Table("投递 deliveries", "类型 kind", "状态 status", "数量 number"),
        Table("失败 failed", *_COLUMNS),
    )
    with open_store(settings) as house:
        for row in house.views("notify", delivery_views.BY_STATUS):
            counts.row(row["kind"], row["status"], str(row["number"]))
        for row in house.views("notify", delivery_views.FAILED, limit):
            whom = row["recipient"] or "（群 group）"
            table.row(
                row["delivery"], row["channel"], whom, row["word"], str(row["attempts"]), row["changed_at"]
            )
    console.print(counts)
    console.print(table)
    if settings.channels is not None:
        _say_unused(read_channels(settings.channels))


@app.command()
def resend(
    delivery: Annotated[str | None, typer.Argument(help="投递编号 the delivery's id")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="全部失败的 all that failed")] = False,
) -> None:
    """重发：问题解决后，把一条或全部失败的投递重新排入。

    After what was wrong is put right, one delivery or all that failed wait for their channel again.
    """
    if (delivery is None) is not everything:
        raise typer.BadParameter("需要投递编号或 --all / the id of one delivery, or --all")
    with house_at_work() as house:
        wanted = [row["delivery"] for row in house.views("notify", delivery_views.FAILED, _MOST)]
        asked = wanted if everything else [str(delivery)]
        answers = [ask(house, house.read("resend", json.dumps({"delivery": one}))) for one in asked]
    refused = [answer.advice for answer in answers if not answer.is_taken]
    for said in refused:
        console.print(f"未重发 not done: {said}")
    console.print(f"待重发 wait to be sent again: {len(answers) - len(refused)}")
    raise typer.Exit(1 if refused else 0)
