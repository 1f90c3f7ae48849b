"""`shouwang report NAME`: a report as a table, an Excel workbook or JSON; `shouwang event ID` opens a figure."""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.finding import elder_meant, village_meant
from services.cli.options import Day, in_a_folder
from services.cli.store import open_store
from services.cli.terminal.console import Line as Text
from services.cli.terminal.console import console
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Table as Shown
from services.history.timeline import HistoryLine, line_of
from services.house.house import House
from services.house.settings import read_settings
from services.kernel.calendar import ONE_DAY
from services.kernel.terms import Role
from services.reports.catalogue import KINDS, make
from services.reports.figures import Figure, Report, ReportTable, as_json
from services.reports.policies import read_rules
from services.reports.scope import NotReportable, ReportRequest
from services.reports.workbook import workbook

NAMES = "、".join(f"{name} {kind.title}" for name, kind in KINDS.items())
KNOWN = (NotReportable,)
SHOWN_IDS = 12


class Form(StrEnum):
    """How a report is put out."""

    TABLE = "table"
    XLSX = "xlsx"
    JSON = "json"


def report(
    name: Annotated[str, typer.Argument(help=f"报表 which: {NAMES}")],
    village: Annotated[
        str | None, typer.Option(help="村名或代码 name or code; 不填为全乡 none: the township")
    ] = None,
    month: Annotated[datetime | None, typer.Option(formats=["%Y-%m"], metavar="YYYY-MM")] = None,
    elder: Annotated[str | None, typer.Option(help="一位老人：编号或姓名 one elder, by id or name")] = None,
    as_of: Day = None,
    known_by: Day = None,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    out: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            callback=in_a_folder,
            help="存为文件 into a file; xlsx 不填则在数据目录的 reports 下 else beneath the store",
        ),
    ] = None,
    reader: Annotated[Role | None, typer.Option(help="阅读者的角色 who reads; none: 全部脱敏 masked")] = None,
    *,
    ids: Annotated[bool, typer.Option("--ids", help="连同事件编号 with event ids")] = False,
) -> None:
    """报表：某天的情况，按某天所知；同样的问题以后问，答案不变。

    As it stood on a day by what was known on a day; the same question later has the same answer.

    `--as-of`：截至此日发生的（不填：同 `--known-by`）；`--known-by`：截至此日记录的（不填：同 `--as-of`）；
    都不填：最近过完的一天。
    What had happened by then; what was recorded by then; without both, as of the last day that is over.
    """
    settings = read_settings(os.environ)
    with open_store(settings) as house:
        seen, known = _days(house, as_of, known_by)
        asked = ReportRequest(
            seen,
            known,
            village and village_meant(house, village),
            None if month is None else month.date(),
            elder and elder_meant(house, elder),
            reader,
        )
        logs = {one: service.log for one, service in house.services.items()}
        made = make(name, logs, read_rules(settings.policy, settings.data), asked)
    if form is Form.TABLE and out is None:
        show(made, with_ids=ids)
        return
    if form is Form.XLSX and out is None:
        out = _in_the_stores_folder(
            house, f"{name}-{seen if month is None else month.strftime('%Y-%m')}.xlsx"
        )
    put_out(workbook(made) if form is Form.XLSX else as_json(made).decode(), out)


def _days(house: House, as_of: datetime | None, known_by: datetime | None) -> tuple[date, date]:
    """Either stands for the other; without both, the last day that the register has left behind."""
    given = as_of or known_by
    turned = house.last_turned()
    if given is None and turned is None:
        raise NotReportable("登记册还没有换过日子，请加 --as-of / no day is over yet: give --as-of")
    default = given.date() if given is not None else (turned or date.max) - ONE_DAY
    return (as_of.date() if as_of else default), (known_by.date() if known_by else default)


def _in_the_stores_folder(house: House, name: str) -> Path:
    """Where a file goes that was told no place."""
    folder = house.folder / "reports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name


def put_out(content: str | bytes, out: Path | None) -> None:
    """Into a file that its owner alone can read, or to standard output."""
    if out is None:
        typer.echo(content, nl=False)
        return
    out.touch(mode=0o600)
    out.write_bytes(content.encode() if isinstance(content, str) else content)
    console.print(f"已存 saved: {out}")


def show(made: Report, *, with_ids: bool) -> None:
    """On the terminal."""
    state = "" if made.is_final else " 暂定 provisional: the day is not over in every log"
    days = f"截至 {made.as_of}，按 {made.known_by} 所知"
    about = f" {made.about} {days} {made.policy}"
    console.print(Text((made.heading, "bold"), as_one_line(about), (state, "yellow")))
    for table in made.tables:
        console.print(_shown(table, with_ids=with_ids))
        for note in table.notes:
            console.print(note)
    for note in made.notes:
        console.print(note)


def _shown(table: ReportTable, *, with_ids: bool) -> Shown:
    shown = Shown(table.title, *(column.header for column in table.columns))
    for row in table.rows:
        shown.row(*(_cell(one, with_ids=with_ids) for one in row))
    if table.totals:
        shown.row(*(_cell(one, with_ids=with_ids) for one in table.totals), style="bold")
    return shown


def _cell(one: Figure, *, with_ids: bool) -> str:
    text = "" if one.value is None else str(one.value)
    if with_ids and one.ids:
        more = f" … {len(one.ids)}" if len(one.ids) > SHOWN_IDS else ""
        text += f" [{' '.join(one.ids[:SHOWN_IDS])}{more}]"
    return text


def event(identity: Annotated[str, typer.Argument(metavar="SERVICE:POSITION")]) -> None:
    """事件：按报表给出的编号查看一条事件，不含个人信息。

    One stored event by the id that a report gives, without personal fields.
    """
    with open_store() as house:
        line = opened_event(house, identity)
    console.print(Text((line.label, "bold"), f" {line.service}.{line.event} {line.id}"))
    console.print(f"知悉 known {line.known_at:%Y-%m-%d %H:%M}, 发生 happened {line.happened_on}")
    console.print(f"起因 cause {line.cause}")
    console.print(line.says.chinese)
    console.print(line.says.english)


def opened_event(house: House, identity: str) -> HistoryLine:
    """What an event says; raises NotReportable where there is none of that id."""
    service, _, position = identity.partition(":")
    if service in house.services and re.fullmatch("[0-9]{1,18}", position):
        for found in house.services[service].log.events(int(position) - 1, 1):
            if found.position == int(position):
                return line_of(service, found.event)
    raise NotReportable(f"没有此事件 / no such event: {identity}; an id is such as visits:120")
