"""What the command shows: tables on a terminal, Chinese first."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typer

from services.cli.terminal.console import Line as Text
from services.cli.terminal.console import Terminal
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Cell, Entry, Table
from services.history.state import DutyState, ElderState, NoticeState
from services.history.timeline import HistoryLine
from services.house.house import House
from services.house.summary import Summary
from services.kernel.labels import chinese, joined
from services.ledger.report import NOTHING, OUTCOMES, Tally

COLOURS: Mapping[str, Cell] = {
    "red": ("红 red", "red"),
    "yellow": ("黄 yellow", "yellow"),
    "green": ("绿 green", "green"),
}
STATUSES = {
    "open": "在办",
    "met": "已办",
    "overdue": "逾期",
    "missed": "漏访",
    "missed, recorded later": "漏访已补",
}
SHOWN_PROBLEMS = 8
MOMENT = 16
"""The letters of a moment."""


def chosen(services: Collection[str], name: str | None) -> list[str]:
    """One service or all of them."""
    if name is None:
        return list(services)
    if name not in services:
        raise typer.BadParameter(f"没有这个服务 / no such service; known: {', '.join(services)}")
    return [name]


def show_import(console: Terminal, tally: Tally, without_carer: int, out: Path) -> None:
    """Rows by sheet and outcome, totals that add up, what is to be mended, and what else is to be known."""
    account = tally.as_dict()
    table = Table("导入结果 import", "村 sheet", "行 rows", *OUTCOMES.values())
    names = ("rows", *OUTCOMES)
    for sheet, counts in account["sheets"].items():
        table.row(sheet, *(str(counts[name]) for name in names))
    table.row("合计 total", *(str(account["totals"][name]) for name in names), style="bold")
    console.print(table)
    if tally.exit_code == NOTHING:
        console.print("没有一行录入 nothing of the file went in", style="red")
    if without_carer:
        console.print(f"尚无结对帮扶人 without a carer: {without_carer}", style="yellow")
    _show_told(console, account["noted"], "")
    _show_told(console, account["problems"], "yellow")
    out.unlink(missing_ok=True)  # the list of another file
    if account["problems"] or account["noted"]:
        tally.write_problems(out)
        number = len(account["problems"])
        console.print(f"共 {number} 处 problems, 全部见 all in {out}")


def _show_told(console: Terminal, lines: Sequence[Mapping[str, str]], style: str) -> None:
    for line in lines[:SHOWN_PROBLEMS]:
        where = " ".join(
            part for part in (line["sheet"], _rows(line["row"]), line["column"], line["cell"]) if part
        )
        value = f" [{line['value']}]" if line["value"] else ""
        text = f"{where}{value} {line['what']} → {line['what_to_do']}".removesuffix(" → ").strip()
        console.print(as_one_line(text), style=style or None)
    if len(lines) > SHOWN_PROBLEMS:
        console.print(f"…还有 {len(lines) - SHOWN_PROBLEMS} 处 more")


def _rows(row: str) -> str:
    return f"第{row}行" if row[:1].isdigit() else row


def show_summary(console: Terminal, summary: Summary, day: date | None) -> None:
    """The township on a day."""
    columns = (
        "村 village",
        "留守 certified",
        "红",
        "黄",
        "绿",
        "应办 owed",
        "办结 met",
        "漏 missed",
        "补录 reconciled",
    )
    table = Table(f"全乡总览 township, {day or '还没有换过日子 no day is over yet'}", *columns)
    for one in summary.villages:
        colours = ((str(one.red), "red"), (str(one.yellow), "yellow"), (str(one.green), "green"))
        numbers = (str(one.owed), str(one.met), str(one.missed), str(one.reconciled))
        table.row(one.name, str(one.certified), *colours, *numbers)
    rows = summary.villages
    sums = [sum(getattr(one, key) for one in rows) for key in ("certified", "red", "yellow", "green")]
    sums += [sum(getattr(one, key) for one in rows) for key in ("owed", "met", "missed", "reconciled")]
    table.row("合计 total", *map(str, sums), style="bold")
    console.print(table)
    known = "，".join(f"{chinese(name)} {number}" for name, number in sorted(summary.statuses.items()))
    console.print(f"在册 register: {known}")
    told = "，".join(
        f"{chinese(about)}{chinese(state)} {number}" for (about, state), number in summary.tellings.items()
    )
    console.print(f"通知 notices sent: {summary.notices}; {told}")
    _show_urgent(console, summary, day)


def _show_urgent(console: Terminal, summary: Summary, day: date | None) -> None:
    names = {one.village: one.name for one in summary.villages}
    columns = (
        "老人 elder",
        "村 village",
        "等级 grade",
        "依据 because",
        "未补漏访 missed",
        "自 since",
        "无人签收 untaken",
    )
    table = Table("最需关注 most urgent", *columns)
    for one in summary.urgent:
        untaken = "是 yes" if one.unacknowledged else ""
        where, why = names.get(one.village, one.village), joined(one.because)
        table.row(one.elder, where, COLOURS[one.grade], why, str(one.missed), one.missed_since, untaken)
    console.print(table)
    if summary.urgent:
        elder = summary.urgent[0].elder
        console.print("再看 look further:")
        console.print(f"  {_program()} history {elder}")
        if day is not None:
            console.print(f"  {_program()} state {elder} --as-of {day}")


def _program() -> str:
    """This command as it can be typed here."""
    mine = Path(sys.argv[0])
    return str(
        mine.relative_to(Path.cwd()) if mine.is_absolute() and mine.is_relative_to(Path.cwd()) else mine
    )


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


def show_verified(console: Terminal, house: House, differing: Mapping[str, list[str]]) -> None:
    """Per service: the log's size, and the tables that are not what the log makes of them."""
    table = Table("核对 verify", "服务 service", "事件 events", "结果 result")
    for name, tables in differing.items():
        result: Cell = ("一致 rebuilt = live", "green")
        if tables:
            result = (f"不一致 differs: {', '.join(tables)}; shouwang rebuild {name}", "red")
        table.row(name, str(house.services[name].log.size()), result)
    console.print(table)


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
    console.print(_inboxes(status["inboxes"]))
    if status["processes"]:
        processes = Table("进程 processes", "名称 name", "进程号 pid", "起动次数 starts", "自 up since")
        for name, one in status["processes"].items():
            processes.row(name, str(one["pid"] or "-"), str(one["starts"]), one["since"] or "-")
        console.print(processes)
    for one in status["standing"]:
        what = f"{one['service']}.{one['entrypoint']} ({one['process']})"
        told = f"反复出错，已 {one['seconds']:.0f} 秒没有一次成功 raises without end: {what}"
        console.print(told, style="red")
        console.print(f"看该进程的日志 read that process's log: {one['process']}.log", style="red")
    if "queues" in status:
        _show_queues(console, status)


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


def _show_queues(console: Terminal, status: Mapping[str, Any]) -> None:
    """What waits in the broker, what is in hand, who listens; what queues gave up."""
    if status["broker"]:
        told = f"消息服务器没有应答 the broker does not answer: {status['broker']}"
        console.print(told, style="red")
        return
    if status["refuses"]:
        told = f"消息服务器拒收消息 the broker takes no messages: {status['refuses']}"
        console.print(told, style="red")
        remedy = "查内存和磁盘告警；数据未丢，解除后自动补发 look for a memory or disk alarm; nothing is lost"
        console.print(remedy, style="red")
    table = Table("队列 queues", "收←发", "待取 ready", "在手 unacked", "消费者 consumers", "缺 missing")
    for one in status["queues"]:
        numbers = (one["ready"], "?" if one["unacked"] is None else one["unacked"], one["consumers"])
        table.row(f"{one['consumer']}←{one['upstream']}", *map(str, numbers), str(one["missing"]))
    console.print(table)
    dead = "队列不在 its queue is missing" if status["dead_letters"] is None else status["dead_letters"]
    console.print(f"死信 dead letters: {dead}" + ("; shouwang parked list" if status["dead_letters"] else ""))
