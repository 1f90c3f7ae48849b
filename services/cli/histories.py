"""`shouwang history|state`: what was recorded about a subject, and how an elder stood on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated

import typer

from services.cli.colours import COLOURS
from services.cli.options import Day, day_of
from services.cli.store import open_store
from services.cli.terminal.console import Line as Text
from services.cli.terminal.console import Terminal, console
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Cell, Entry, Table
from services.cli.terminal.usage import App
from services.history.state import DutyState, ElderState, NoticeState, state_of
from services.history.timeline import HistoryLine
from services.history.timeline import history as history_of
from services.kernel.labels import chinese, joined

STATUSES = {
    "open": "在办",
    "met": "已办",
    "overdue": "逾期",
    "missed": "漏访",
    "missed, recorded later": "漏访已补",
}
MOMENT = 16
"""The letters of a moment."""


def history(
    elder: str,
    as_of: Day = None,
    known_by: Day = None,
    *,
    in_chinese: Annotated[bool, typer.Option("--chinese", help="只用中文 Chinese alone")] = False,
) -> None:
    """历史：与一位老人（或村、组、乡、工作人员）有关的全部记录，一事一句，注明何时知悉、何时发生、因何而起。

    Everything that was recorded about a subject, a sentence each, with both dates and the cause.
    """
    with open_store() as house:
        lines = history_of(house, elder, as_of=day_of(as_of), known_by=day_of(known_by))
    show_history(console, elder, lines, in_chinese_alone=in_chinese)
    raise typer.Exit(0 if lines else 1)


def state(
    elder: str,
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    known_by: Day = None,
) -> None:
    """状态：一位老人在某天的情况，按某天（不填则为当天）所知。

    One elder on a day, as it was known on a day (default: that day).
    """
    with open_store() as house:
        found = state_of(house, elder, as_of.date(), day_of(known_by))
    show_state(console, elder, found)
    raise typer.Exit(0 if found else 1)


def show_history(
    console: Terminal, subject: str, lines: list[HistoryLine], *, in_chinese_alone: bool = False
) -> None:
    """Each event as a sentence: when it became known; what it says; where it is recorded, what brought it."""
    console.print(f"{as_one_line(subject)}: {len(lines)} 条 events")
    if not lines:
        console.print("没有记录 nothing is recorded about this subject: check the id")
    for line in lines:
        of = f"（{line.details['entry']}）" if "entry" in line.details else ""
        happened = "" if line.happened_on == line.known_at.date() else f"，发生于 happened {line.happened_on}"
        said: list[Cell] = [of + line.says.chinese]
        said += [] if in_chinese_alone else [(line.says.english, "dim")]
        where = f"{line.service}.{line.event} ← {line.because or '–'}{happened}"
        console.print(Entry(f"{line.known_at:%Y-%m-%d %H:%M}", *said, (where, "cyan"), left=MOMENT))


def show_state(console: Terminal, elder: str, state: ElderState | None) -> None:
    """One elder on a day."""
    if state is None:
        console.print(f"{as_one_line(elder)}: 当日不在册 not on the register that day: check id and date")
        return
    console.print(
        Text((as_one_line(elder), "bold"), f" {state.as_of} 的情况，按 {state.known_by} 所知 as known then")
    )
    grade = COLOURS[state.grade] if state.grade else "未定级 none"
    console.print(f"身份 status: {chinese(state.status)} {state.status}, 自 since {state.since}")
    console.print(f"出生 born: {state.born}; 居住 living: {chinese(state.living)} {state.living}")
    console.print(f"结对帮扶人 carer: {as_one_line(state.carer or '无 nobody')}")
    console.print(Text("等级 grade: ", grade, f"; 依据 because: {joined(state.because) or '无 none'}"))
    console.print(
        f"再评估 reassessment due: {state.reassessment_due or '-'}; 走访 visits so far: {state.visits}"
    )
    console.print(_duties("在办 open duties", state.duties))
    console.print(_duties("未补的漏访 missed, not reconciled", state.missed))
    console.print(_notices(state.notices))


def _notices(notices: Collection[NoticeState]) -> Table:
    """What was cancelled is struck out."""
    table = Table(
        "待办通知 pending notices", "事由 about", "内容 what", "已发 told", "下一步 next", "撤销 cancelled"
    )
    for one in notices:
        due = f"{one.due:%Y-%m-%d %H:%M}" if one.due else "-"
        style = "strike" if one.cancelled else ""
        about = f"{chinese(one.about)} {one.about}"
        cancelled = f"{chinese(one.cancelled)} {one.cancelled}" if one.cancelled else "-"
        table.row(about, one.what, str(one.told), due, cancelled, style=style)
    return table


def _duties(title: str, duties: Collection[DutyState]) -> Table:
    table = Table(
        title, "事项 duty", "期间 period", "起 opens", "止 closes", "应 owed", "已 done", "状态 status"
    )
    for one in duties:
        days = (str(one.opens_on), str(one.closes_on))
        status = f"{STATUSES[one.status]} {one.status}"
        duty = f"{chinese(one.duty)} {one.duty}"
        table.row(duty, one.period, *days, str(one.owed), str(one.done), status)
    return table


def add_to(app: App) -> None:
    """Adds the commands."""
    for command in (history, state):
        app.command()(command)
