"""`shouwang policy check|diff|list|publish`: the township's rules as data, for people who change a number."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from services.chassis.policy.files import read_file
from services.cli.store import open_store
from services.cli.terminal.console import console
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.house.settings import read_settings
from services.kernel.calendar import SHANGHAI
from services.policy_lab import versions

app = App("政策 the rules: check, compare, list and publish versions")
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="给程序看 for programs")]


def _now() -> datetime:
    return datetime.now(SHANGHAI)


@app.command()
def check(file: File) -> None:
    """检查：文件中的每处错误，各注明行号。

    Everything that is wrong with a file, each with its line.
    """
    faults = versions.check(file)
    for fault in faults:
        console.print(f"{file.name}: {fault}")
    if not faults:
        console.print(f"{file.name}: 可用 in order")
    raise typer.Exit(1 if faults else 0)


@app.command()
def diff(old: File, new: File, *, as_json: Json = False) -> None:
    """对比：两个文件的不同之处，逐项用文字说明，并列出条款。

    What two files differ in, row by row, in words, with the clause.
    """
    changes = versions.diff(read_file(old), read_file(new))
    if as_json:
        console.json([asdict(one) for one in changes])
        return
    counted = f"{len(changes)} 处 changes" if changes else "没有不同 no difference"
    console.print(f"{old.name} → {new.name}: {counted}")
    for change in changes:
        console.print(change.row)
        for words in _in_words(change.old, change.new):
            console.print(f"  {words}")
        if change.clause:
            console.print(f"  条款 clause: {change.clause}")


def _in_words(old: Any, new: Any) -> Iterator[str]:
    """Of two lists, what only one of them has."""
    if old is None:
        yield f"新增 added: {new}"
    elif new is None:
        yield f"取消 removed: {old}"
    elif isinstance(old, list) and isinstance(new, list):
        taken = [str(entry) for entry in old if entry not in new]
        added = [str(entry) for entry in new if entry not in old]
        if taken:
            yield f"去掉 taken off: {', '.join(taken)}"
        if added:
            yield f"加上 added: {', '.join(added)}"
        if not taken and not added:
            yield f"改变顺序 in another order: {', '.join(map(str, new))}"
    else:
        yield f"由 {old} 改为 {new} / from {old} to {new}"


@app.command("list")
def list_() -> None:
    """版本：全部版本，各自的生效日期、发布人和发布时间。

    Every version, the day from which it holds, who published it when.
    """
    settings = read_settings(os.environ)
    with open_store(settings) as house:
        today = house.last_turned() or _now().date()
    held = versions.files(settings)
    in_force = [one for _, one in held if one.effective_on <= today][-1:] or [held[0][1]]
    columns = ("版本 version", "生效 effective", "发布人 by", "发布于 published", "文件 file")
    table = Table(f"{today} 的版本 versions", *columns)
    for _, one in held:
        mark = " ← 现行 in force" if one in in_force else ""
        table.row(one.version, f"{one.effective_on}{mark}", one.by, one.at[:19], one.source)
    console.print(table)


@app.command()
def publish(
    file: File,
    effective_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    by: Annotated[str, typer.Option(help="发布人 who publishes it")] = "",
) -> None:
    """发布：从生效日起全乡按此文件办理；此前应办的不变。

    From that day every process of this township goes by the file; what was owed before stays as it was.
    """
    settings = read_settings(os.environ)
    at = _now()
    with open_store(settings) as house:
        turned: date = house.last_turned() or at.date()
    day = effective_on.date()
    one = versions.publish(file, day, by or getuser(), settings, turned=turned, at=at)
    console.print(f"已发布 published: {one.version} {one.effective_on} {one.sha256}")
