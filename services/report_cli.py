"""`shouwang report NAME`: a report as a table, an Excel workbook or JSON; `shouwang event ID` opens a figure."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Shown

from services.chassis.settings import read_settings
from services.kernel.calendar import ONE_DAY
from services.kernel.words import Role
from services.reports.catalogue import KINDS, make
from services.reports.figures import Figure, Report, Table, as_json
from services.reports.policies import read_rules
from services.reports.scope import Asked, NotReportable
from services.reports.workbook import workbook
from services.township.house import House, opened
from services.township.look import Line, line_of

NAMES = "、".join(f"{name} {kind.title}" for name, kind in KINDS.items())
KNOWN = (NotReportable,)
SHOWN_IDS = 12
WIDE = 200
console = Console(width=None if sys.stdout.isatty() else WIDE)


class Form(StrEnum):
    """How a report is put out."""

    TABLE = "table"
    XLSX = "xlsx"
    JSON = "json"


Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]


def report(
    name: Annotated[str, typer.Argument(help=NAMES)],
    village: Annotated[str | None, typer.Option(help="村代码; none: 全乡 the township")] = None,
    month: Annotated[datetime | None, typer.Option(formats=["%Y-%m"], metavar="YYYY-MM")] = None,
    elder: Annotated[str | None, typer.Option(help="一位老人 one elder")] = None,
    as_of: Day = None,
    known_by: Day = None,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="存为文件 into a file")] = None,
    reader: Annotated[Role | None, typer.Option(help="阅读者的角色 who reads; none: 全部脱敏 masked")] = None,
    *,
    ids: Annotated[bool, typer.Option("--ids", help="连同事件编号 with event ids")] = False,
) -> None:
    """报表: as it stood on a day by what was known on a day; the same question later has the same answer.

    `--as-of`: what had happened by then (default: `--known-by`); `--known-by`: what was recorded by then (default:
    `--as-of`, else the last day that is over).
    """
    settings = read_settings(os.environ)
    with opened(settings) as house:
        seen, known = _days(house, as_of, known_by)
        asked = Asked(seen, known, village, None if month is None else month.date(), elder, reader)
        logs = {one: service.log for one, service in house.services.items()}
        made = make(name, logs, read_rules(settings.policy, settings.data), asked)
    if form is Form.TABLE and out is None:
        show(made, with_ids=ids)
        return
    if form is Form.XLSX and out is None:
        out = Path(f"{name}-{seen}.xlsx")
    put_out(workbook(made) if form is Form.XLSX else as_json(made).decode(), out)


def _days(house: House, as_of: datetime | None, known_by: datetime | None) -> tuple[date, date]:
    """Either stands for the other; without both, the last day that the register has left behind."""
    given = as_of or known_by
    turned = house.last_turned()
    if given is None and turned is None:
        raise NotReportable("登记册还没有换过日子 / no day is over yet: give --as-of and --known-by")
    default = given.date() if given is not None else (turned or date.max) - ONE_DAY
    return (as_of.date() if as_of else default), (known_by.date() if known_by else default)


def put_out(content: str | bytes, out: Path | None) -> None:
    """Into a file that its owner alone can read, or to standard output."""
    if out is None:
        typer.echo(content, nl=False)
        return
    out.touch(mode=0o600)
    out.write_bytes(content.encode() if isinstance(content, str) else content)
    console.print(f"已存 saved: {out}", markup=False)


def show(made: Report, *, with_ids: bool) -> None:
    """On the terminal."""
    state = "" if made.is_final else " [yellow]暂定 provisional: the day is not over in every log[/yellow]"
    days = f"截至 {made.as_of}，按 {made.known_by} 所知"
    console.print(
        f"[bold]{escape(made.heading)}[/bold] {escape(made.about)} {days} {escape(made.policy)}{state}"
    )
    for table in made.tables:
        console.print(_shown(table, with_ids=with_ids))
        for note in table.notes:
            console.print(note, markup=False, highlight=False)
    for note in made.notes:
        console.print(note, markup=False, highlight=False)


def _shown(table: Table, *, with_ids: bool) -> Shown:
    shown = Shown(title=table.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        shown.add_column(column.header, overflow="fold")
    for row in table.rows:
        shown.add_row(*(_cell(one, with_ids=with_ids) for one in row))
    if table.totals:
        shown.add_row(*(_cell(one, with_ids=with_ids) for one in table.totals), style="bold")
    return shown


def _cell(one: Figure, *, with_ids: bool) -> str:
    text = "" if one.value is None else str(one.value)
    if with_ids and one.ids:
        more = f" … {len(one.ids)}" if len(one.ids) > SHOWN_IDS else ""
        text += f" [{' '.join(one.ids[:SHOWN_IDS])}{more}]"
    return escape(text)


def event(identity: Annotated[str, typer.Argument(metavar="SERVICE:POSITION")]) -> None:
    """事件: one stored event by the id that a report gives, without personal fields."""
    with opened(read_settings(os.environ)) as house:
        line = opened_event(house, identity)
    console.print(f"[bold]{escape(line.label)}[/bold] {line.service}.{line.event} {line.id}")
    console.print(f"知悉 known {line.known_at:%Y-%m-%d %H:%M}, 发生 happened {line.happened_on}")
    console.print(f"起因 cause {line.cause}", markup=False, highlight=False)
    for name, value in line.details.items():
        console.print(f"  {name}: {value}", markup=False, highlight=False)


def opened_event(house: House, identity: str) -> Line:
    """What an event says; raises NotReportable where there is none of that id."""
    service, _, position = identity.partition(":")
    if service in house.services and position.isdigit():
        for found in house.services[service].log.events(int(position) - 1, 1):
            if found.position == int(position):
                return line_of(service, found.event)
    raise NotReportable(f"没有此事件 / no such event: {identity}; an id is such as visits:120")
