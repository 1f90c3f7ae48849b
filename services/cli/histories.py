"""`shouwang history|state|follow`: what was recorded about a subject, how an elder stood, what came of a request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer

from services.cli.colours import COLOURS
from services.cli.finding import elder_meant, subject_meant
from services.cli.options import Day, day_of
from services.cli.store import open_store, pasteable
from services.cli.terminal.console import Line as Text
from services.cli.terminal.console import Terminal, console
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Cell, Entry, Table
from services.cli.terminal.usage import App
from services.cli.upkeep import chosen
from services.history.consequences import Step, followed
from services.history.state import DutyState, ElderState, NoticeState, enrolled, state_of
from services.history.timeline import HistoryLine
from services.history.timeline import history as history_of
from services.kernel.calendar import SHANGHAI
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


Service = Annotated[str | None, typer.Option(help="只看这个服务 of this service alone")]
Kind = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", metavar="WORD", help="只看这些事：如 走访登记、VisitRecorded of these kinds alone"
    ),
]
From = Annotated[
    datetime | None,
    typer.Option(
        "--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="发生在此日或以后 happened from then"
    ),
]
To = Annotated[
    datetime | None,
    typer.Option(
        "--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="发生在此日或以前 happened until then"
    ),
]
InJson = Annotated[bool, typer.Option("--json", help="每条一行 JSON，给程序看 a line each, for programs")]


def history(
    subject: Annotated[str, typer.Argument(help="编号或姓名 id or name; 王家村 张三 亦可")],
    as_of: Day = None,
    known_by: Day = None,
    begins: From = None,
    ends: To = None,
    service: Service = None,
    kind: Kind = None,
    *,
    in_chinese: Annotated[bool, typer.Option("--chinese", help="只用中文 Chinese alone")] = False,
    in_json: InJson = False,
) -> None:
    """历史：与一位老人（或村、组、乡、工作人员、问题）有关的全部记录，一事一句，注明何时知悉、何时发生、因何而起。

    Everything that was recorded about a subject, a sentence each, with both dates and the cause.
    """
    with open_store() as house:
        chosen(house.services, service)
        meant = subject_meant(house, subject)
        found = history_of(house, meant, as_of=day_of(as_of), known_by=day_of(known_by))
    lines = [
        line
        for line in found
        if (service is None or line.service == service)
        and (not kind or line.event in kind or line.label in kind)
        and (begins is None or line.happened_on >= begins.date())
        and (ends is None or line.happened_on <= ends.date())
    ]
    if in_json:
        for line in lines:
            console.json(as_fields(line))
    else:
        show_history(console, meant, lines, in_chinese_alone=in_chinese)
        if found and not lines:
            said = f"共 {len(found)} 条，没有一条符合 none of {len(found)} is of what was asked for"
            console.print(f"{said}; 有 kinds: {'、'.join(sorted({line.label for line in found}))}")
    raise typer.Exit(0 if lines else 1)


def follow(
    request: Annotated[
        str,
        typer.Argument(help="请求号（X-Request-ID），或命令的编号如 visit:V-1 the request's or command's id"),
    ],
    *,
    in_json: InJson = False,
) -> None:
    """跟踪：一次请求引起的全部事情，跨各服务，谁引起谁一目了然。

    All that came of one request, across services, each beneath what brought it.
    """
    with open_store() as house:
        steps = followed(house, request)
    if in_json:
        for step in steps:
            console.json(as_fields(step.line) | {"depth": step.depth})
    else:
        show_followed(console, request, steps)
    raise typer.Exit(0 if steps else 1)


def show_followed(console: Terminal, request: str, steps: Sequence[Step]) -> None:
    """A line an event, further in the more stand between it and the request."""
    console.print(f"{as_one_line(request)}: {len(steps)} 条 events")
    if not steps:
        console.print("没有记录 nothing is recorded of it: 请核对请求号 check the id")
        console.print("不予受理的没有记录 what was refused left no record")
    for step in steps:
        line, inset = step.line, "  " * step.depth
        where = f"{inset}{line.service}.{line.event}（{line.details.get('entry') or line.subject}）"
        said = (inset + line.says.chinese, (inset + line.says.english, "dim"), (where, "cyan"))
        console.print(Entry(f"{line.known_at:%Y-%m-%d %H:%M}", *said, left=MOMENT))


def as_fields(line: HistoryLine) -> dict[str, Any]:
    """One event for programs."""
    return {
        "known_at": line.known_at.isoformat(),
        "happened_on": line.happened_on.isoformat(),
        "service": line.service,
        "event": line.event,
        "term": line.label,
        "subject": line.subject,
        "id": line.id,
        "cause": line.cause,
        "because": line.because,
        "zh": line.says.chinese,
        "en": line.says.english,
        "details": line.details,
    }


def state(
    elder: Annotated[str, typer.Argument(help="编号或姓名 id or name")],
    as_of: Day = None,
    known_by: Day = None,
    *,
    in_json: InJson = False,
) -> None:
    """状态：一位老人在某天的情况，按某天（不填则为当天）所知；不填日期则为登记册最近的一天。

    One elder on a day, as it was known on a day (default: that day; without both the last day that was turned).
    """
    with open_store() as house:
        meant = elder_meant(house, elder)
        turned = house.last_turned() or datetime.now(SHANGHAI).date()
        day = day_of(as_of) or day_of(known_by) or turned
        found = state_of(house, meant, day, day_of(known_by))
        known_since = None if found else enrolled(house, meant)
    if in_json:
        console.json(None if found is None else asdict(found))
    else:
        show_state(console, meant, found, turned)
        if known_since is not None:
            on, at = known_since
            said = (
                f"{day} 还不在册：自 {on} 起在册，{at:%Y-%m-%d} 录入 on the register from then, recorded then"
            )
            console.print(
                f"{said}; 可查 ask for: {pasteable('state', meant, '--as-of', str(max(on, at.date())))}"
            )
    raise typer.Exit(0 if found else 1)


def show_history(
    console: Terminal, subject: str, lines: Sequence[HistoryLine], *, in_chinese_alone: bool = False
) -> None:
    """Each event as a sentence: when it became known; what it says; where it is recorded, what brought it."""
    console.print(f"{as_one_line(subject)}: {len(lines)} 条 events")
    if not lines:
        console.print(
            "没有记录 nothing is recorded about this subject: 请核对编号或姓名 check the id or name"
        )
    for line in lines:
        of = f"（{line.details['entry']}）" if "entry" in line.details else ""
        happened = "" if line.happened_on == line.known_at.date() else f"，发生于 happened {line.happened_on}"
        said: list[Cell] = [of + line.says.chinese]
        said += [] if in_chinese_alone else [(line.says.english, "dim")]
        where = f"{line.service}.{line.event} ← {line.because or '–'}{happened}"
        console.print(Entry(f"{line.known_at:%Y-%m-%d %H:%M}", *said, (where, "cyan"), left=MOMENT))


def show_state(console: Terminal, elder: str, state: ElderState | None, turned: date) -> None:
    """One elder on a day; `turned` is the last day that the register knows of."""
    if state is None:
        console.print(f"{as_one_line(elder)}: 当日不在册 not on the register that day")
        return
    known = (
        f"按 {state.known_by} 所知 as known then" if state.known_by <= turned else "按现在所知 as known now"
    )
    console.print(Text((as_one_line(elder), "bold"), f" {state.as_of} 的情况，{known}"))
    if state.as_of > turned:
        said = f"{state.as_of} 还没有到，登记册只到 {turned} that day is yet to come: the register goes to {turned}"
        console.print(said, style="yellow")
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
    for command in (history, state, follow):
        app.command()(command)
