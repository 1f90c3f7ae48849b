"""`shouwang figure enter|correct|list`: what people enter: facility coverage, the special fund, its spending."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import uuid4

import typer

from services.chassis.commands.command import Command
from services.cli import reports as report_cli
from services.cli.taking import house_at_work, take
from services.cli.terminal.console import console
from services.cli.terminal.usage import App
from services.kernel.calendar import SHANGHAI
from services.kernel.labels import chinese
from services.registry.figures.commands import CorrectFigure, EnterFigure
from services.registry.terms import FigureKind

KINDS = "、".join(f"{kind.value} {chinese(kind.value)}" for kind in FigureKind)
app = App("填报数 figures that people enter")
On = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
By = Annotated[str, typer.Option(help="填报人编号 staff id")]


@app.command()
def enter(
    kind: Annotated[FigureKind, typer.Argument(help=f"填报项目 what: {KINDS}")],
    value: Annotated[str, typer.Argument(help="百分数或元 per cent, or yuan")],
    by: By,
    on: On = None,
    note: Annotated[str, typer.Option()] = "",
    figure: Annotated[str, typer.Option(help="编号; none: a new one")] = "",
) -> None:
    """填报：某天的覆盖率，或该天所在年度的预算、支出。

    Coverage as measured on a day; a budget, or an amount spent, of the year of that day.
    """
    name = figure or f"F{uuid4().hex[:12]}"
    day = on.date() if on else _now().date()
    command = EnterFigure(figure=name, kind=kind, value=_decimal(value), on=day, by=by, note=note)
    _take(command, name)


@app.command()
def correct(
    figure: str,
    value: str,
    by: By,
    reason: Annotated[str, typer.Option(help="更正原因 why")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
) -> None:
    """更正：改为另一数值或日期，原填报留在历史中。

    Another value, or another day; what was entered stays in the history.
    """
    command = CorrectFigure(figure=figure, value=_decimal(value), on=on.date(), by=by, reason=reason)
    _take(command, figure)


@app.command("list")
def list_() -> None:
    """列出：全部填报数，更正前后的数值，以及各目标的进度。

    Every figure, with what it was before it was corrected, and how far the targets are reached.
    """
    now = _now()
    report_cli.report("targets", as_of=now, known_by=now)


def _now() -> datetime:
    return datetime.now(SHANGHAI)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"不是数字 / not a number: {text}") from error


def _take(command: Command, figure: str) -> None:
    with house_at_work() as house:
        take(house, command)
    console.print(f"已受理 taken: {figure}")
