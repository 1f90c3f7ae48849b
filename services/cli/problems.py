"""`shouwang problems list|show`: problems and incidents, as far as one of the staff may see them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, cast

import typer

from services.cli.store import open_store
from services.cli.terminal.console import console
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.kernel.labels import chinese, joined
from services.visits.application import Visits
from services.visits.problems.reads import ProblemReads

app = App("问题台账 problems and incidents, as one of the staff may see them")
Reader = Annotated[str, typer.Option("--as", metavar="STAFF", help="查看人 the id of whoever looks")]


@contextmanager
def _reads() -> Generator[ProblemReads]:
    with open_store() as house:
        yield cast("Visits", house.services["visits"].application).problems


@app.command("list")
def list_(reader: Reader, limit: Annotated[int, typer.Option(min=1)] = 50) -> None:
    """列出：此人可以查看的问题，未核实的在前。

    Those that this person may see, what is not verified first.
    """
    table = Table(
        "问题 problems",
        "编号 id",
        "老人 elder",
        "种类 kind",
        "环节 stage",
        "期限 due",
        "发现 found",
        "超期 overdue",
    )
    with _reads() as reads:
        for one in reads.seen_by(reader, limit):
            kind, stage = (f"{chinese(one[key])} {one[key]}" for key in ("kind", "stage"))
            overdue = str(one["overdue"] or "")
            table.row(one["problem"], one["elder"], kind, stage, one["due"], one["found_on"], overdue)
    console.print(table)


@app.command()
def show(problem: str, reader: Reader) -> None:
    """查看：一个问题的每个环节和所写的内容。

    One problem, step by step, with what was written.
    """
    with _reads() as reads:
        found = reads.one_seen_by(reader, problem)
    if not found:
        console.print("没有可以查看的这一问题 no such problem is open to this person: check both ids")
        raise typer.Exit(1)
    [one] = found
    table = Table("", "时间 at", "环节 step", "经办 by", "单位 unit", "期限 due", "内容 text")
    for step in one["steps"]:
        units = "、".join(step.get("units", [step.get("unit", "")]))
        text = step.get("text") or joined(step.get("findings", ()))
        table.row(step["at"], step["step"], step.get("by"), units, step.get("due"), text)
    told = f"{problem}: {chinese(one['kind'])} {one['kind']}, {chinese(one['stage'])} {one['stage']}"
    console.print(f"{told}, {one['elder']}")
    console.print(table)
