"""`shouwang rehearse`: the recorded past under another policy, beside the present one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from services.chassis.policy_file import PolicyFaults, read_file
from services.chassis.settings import read_settings
from services.kernel.calendar import ONE_DAY
from services.kernel.labels import chinese
from services.terminal.console import console, progress
from services.terminal.tables import Table
from services.township import versions
from services.township.compared import SHOWN, Comparison, compare
from services.township.house import opened
from services.township.off_record import lines_of
from services.township.replay import NothingRecorded, in_force, play, recorded, span_of
from services.township.way_back import outside

KNOWN = (NothingRecorded,)
SHOWN_ELDERS = 20


def rehearse(
    policy: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="新政策 the policy to try")],
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="自 default: the first day"),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="至 default: the last day"),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="给程序看 for programs")] = False,
) -> None:
    """重演：按另一政策重演已记录的过去；只读记录，不通知任何人。

    Plays the recorded past under another policy; what is recorded is only read, nobody is told.
    """
    if faults := versions.check(policy):
        raise PolicyFaults(policy.name, faults)
    console.quiet = as_json
    found = _rehearsed(policy, _day(first), _day(to))
    console.quiet = False
    if as_json:
        console.json(found.as_json())
    else:
        _show(found)


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(rehearse)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _rehearsed(policy: Path, first: date | None, to: date | None) -> Comparison:
    settings, new = read_settings(os.environ), read_file(policy)
    with opened(settings) as house:
        asked = outside(house)
        span = span_of(asked, house, first, to)
        record = recorded(house, span)
    held = versions.files(settings)
    under = [file for file, _ in held], in_force(held, new, asked[0].at.date(), span.first)
    days = (span.last - asked[0].at.date()).days + 1
    with progress() as bar:
        played = [
            play(asked, policies, span, _advancing(bar, f"{policies[-1].version}", days))
            for policies in under
        ]
    return compare(span, (played[0], played[1]), (under[0][-1], new), record)


def _advancing(bar: Progress, name: str, days: int) -> Callable[[date], None]:
    task = bar.add_task(f"重演 {name}", total=days)

    def advance(_: date) -> None:
        bar.advance(task)

    return advance


def _show(found: Comparison) -> None:
    last = found.span.last + ONE_DAY
    title = f"应办事项 duties {found.span.first} — {found.span.last} 现行 present → 新 new"
    table = Table(title, "事项 duty", *SHOWN)
    for duty, figures in found.duties.items():
        table.row(chinese(duty), *(_arrow(figures.get(name)) for name in SHOWN))
    console.print(table)
    _show_pairs(f"{last - ONE_DAY} 等级 grades", found.grades)
    _show_pairs("通知 notices", found.notices)
    _show_pairs("不予受理 refused", found.refused)
    table = Table("工作量 load per carer", "帮扶人 carer", "月 month", "应访 visits owed")
    for carer, months in found.load.items():
        for month, pair in months.items():
            table.row(carer or "–", month, _arrow(pair))
    console.print(table)
    _show_elders(found)


def _show_pairs(title: str, pairs: Mapping[str, Any]) -> None:
    if pairs:
        told = ", ".join(f"{chinese(key)} {_arrow(pair)}" for key, pair in pairs.items())
        console.print(f"{title}: {told}")


def _show_elders(found: Comparison) -> None:
    subjects = sorted({one.subject for one in found.differences})
    shown = set(subjects[:SHOWN_ELDERS])
    title = f"不同之处 differences: {len(subjects)} 人或地 elders and places; --json 列全部 lists all"
    table = Table(title, "老人 elder", "项目 what", "现行 present", "新 new")
    for one in found.differences:
        if one.subject in shown:
            table.row(one.subject, one.what, _told(one.present), _told(one.new))
    console.print(table)
    for line in lines_of(found.off_record):
        console.print(line, markup=False)


def _told(value: Any) -> str:
    return "–" if value is None else str(value)


def _arrow(pair: Any) -> str:
    if pair is None:
        return "–"
    present, new = pair
    return str(present) if present == new else f"{present} → {new}"
