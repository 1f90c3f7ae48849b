"""`shouwang rehearse`: the recorded past under another policy, beside the present one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from services.chassis.policy.files import PolicyFaults, read_file
from services.cli.options import day_of
from services.cli.store import open_store
from services.cli.terminal.console import console, progress
from services.cli.terminal.tables import Table
from services.house.settings import read_settings
from services.kernel.labels import chinese
from services.policy_lab import versions
from services.policy_lab.off_record import OffRecord, named, said_of
from services.policy_lab.replay import NothingRecorded, in_force, play, recorded, span_of
from services.policy_lab.side_by_side import PolicyComparison, compare
from services.policy_lab.way_back import outside

KNOWN = (NothingRecorded,)
SHOWN_ELDERS = SHOWN_DEVIATIONS = 20
FIGURES = (
    ("opened", "开出 opened"),
    ("owed", "应办次数 times owed"),
    ("met", "办结 met"),
    ("missed", "漏办 missed"),
    ("reconciled", "其中补录 reconciled"),
    ("waived", "免办 waived"),
    ("superseded", "改期 superseded"),
    ("ended_duty", "终止 ended"),
)
LATENESS = (
    "种类 kind",
    "同时 same time",
    "记录晚 later",
    "最多晚 at most",
    "记录早 earlier",
    "最多早 at most",
)


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
    found = _rehearsed(policy, day_of(first), day_of(to))
    console.quiet = False
    if as_json:
        console.json(found.as_json())
    else:
        _show(found)


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(rehearse)


def _rehearsed(policy: Path, first: date | None, to: date | None) -> PolicyComparison:
    settings, new = read_settings(os.environ), read_file(policy)
    with open_store(settings) as house:
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


def _show(found: PolicyComparison) -> None:
    days = f"{found.span.first} — {found.span.last}"
    for part in (FIGURES[:4], FIGURES[4:]):
        title = f"应办事项 duties {days}: 现行 present → 新 new"
        table = Table(title, "事项 duty", *(heading for _, heading in part))
        for duty, figures in found.duties.items():
            table.row(chinese(duty), *(_arrow(figures.get(name)) for name, _ in part))
        console.print(table)
    _show_pairs(f"{found.span.last} 等级 grades", found.grades)
    _show_pairs("通知 notices", found.notices)
    _show_pairs("不予受理 refused", found.refused)
    table = Table("工作量 load per carer", "帮扶人 carer", "月份 month", "应访 visits owed")
    for carer, months in found.load.items():
        for month, pair in months.items():
            table.row(carer or "–", month, _arrow(pair))
    console.print(table)
    _show_elders(found)
    _show_record(found.off_record)


def _show_pairs(title: str, pairs: Mapping[str, Any]) -> None:
    if pairs:
        told = ", ".join(f"{chinese(key)} {_arrow(pair)}" for key, pair in pairs.items())
        console.print(f"{title}: {told}")


def _show_elders(found: PolicyComparison) -> None:
    subjects = sorted({one.subject for one in found.differences})
    shown = set(subjects[:SHOWN_ELDERS])
    title = f"不同之处 differences: {len(subjects)} 人或地 elders and places; --json 列全部 lists all"
    table = Table(title, "老人或地 subject", "项目 what", "现行 present", "新 new")
    for one in found.differences:
        if one.subject in shown:
            table.row(one.subject, one.what, _told(one.present), _told(one.new))
    console.print(table)


def _show_record(found: OffRecord) -> None:
    """How late the record was, and then, one by one, what the replay concluded otherwise."""
    console.print("现行政策重演与记录对照 replay under the present policy beside the record")
    table = Table("发出时间 when it was told", *LATENESS)
    for kind in found.lateness:
        counts = kind.on_time, kind.later, kind.most_later, kind.earlier, kind.most_earlier
        table.row(f"{named(kind.kind)} {kind.kind}", *map(str, counts))
    console.print(table)
    number = len(found.deviations)
    console.print(f"内容不同 what differs besides (what, to whom, at which level): {number}")
    for deviation in found.deviations[:SHOWN_DEVIATIONS]:
        for line in said_of(deviation):
            console.print(line)
    if number > SHOWN_DEVIATIONS:
        console.print(f"其余 {number - SHOWN_DEVIATIONS} 条见 --json / the others: --json")


def _told(value: Any) -> str:
    return "–" if value is None else str(value)


def _arrow(pair: Any) -> str:
    if pair is None:
        return "–"
    present, new = pair
    return str(present) if present == new else f"{present} → {new}"
