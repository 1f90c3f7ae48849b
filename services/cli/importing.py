"""`shouwang import`: a township's registration ledger, every row told how it ended."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import At, in_a_folder
from services.cli.store import with_pasteable
from services.cli.taking import house_at_work
from services.cli.terminal.console import Terminal, console, errors, progress
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.house.settings import read_settings
from services.importing.identity import lookup_key
from services.importing.ledger import Import
from services.importing.township import read_township
from services.kernel.calendar import SHANGHAI
from services.ledger.reader import Ledger
from services.ledger.report import NOTHING, OUTCOMES, Tally
from services.ledger.returned import RETURNED, write_returned

SHOWN_PROBLEMS = 20
NOBODY = (
    "表里没有登记任何人:请在各村工作表的表头下面,一人一行填写后再导入"
    " / no row names anybody: fill in a row a person beneath the header, and import again"
)


def import_(
    ledger: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="登记表 the ledger")],
    township: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="乡镇文件 the township file; 不填 none: 登记册已有的村和人员 the register's own villages and staff",
        ),
    ] = None,
    at: At = None,
    out: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=in_a_folder, help="带结果的表存到哪里 where the workbook with 结果 goes"
        ),
    ] = None,
) -> None:
    """导入登记表：读入全乡的登记表（.xlsx .xls .ods .csv，每村一张工作表），逐行说明结果。

    Takes the township's registration ledger, a sheet a village; every row is told how it ended. Exits with 0 where all
    went in, 1 where some did not, 2 where nothing did.
    """
    settings, read = read_settings(os.environ), Ledger(ledger)
    file = read_township(township) if township else None
    moment = at or datetime.now(SHANGHAI)
    with house_at_work(settings, is_import=True) as house:
        run = Import(house, file, lookup_key(house.folder / "lookup.key"), moment)
        for line in run.opens:
            errors.print(line, soft_wrap=not errors.is_terminal)
        with progress() as bar:
            task = bar.add_task("导入 importing", total=read.size)
            tally = run.run(read, lambda count: bar.advance(task, count))
    show_import(console, tally, run.without_carer, house.folder / "rejected.xlsx")
    returned = out or house.folder / f"{ledger.stem.removesuffix(RETURNED)}{RETURNED}.xlsx"
    if tally.fates:
        write_returned(read, tally.fates, returned)
        console.print(
            f"每行结果已写回 every row's result, to be mended and sent again: {returned}",
            soft_wrap=not console.is_terminal,
        )
    raise typer.Exit(tally.exit_code)


def show_import(console: Terminal, tally: Tally, without_carer: int, out: Path) -> None:
    """Rows by sheet and outcome, totals that add up, what did not go in, what is to be mended, what else is known."""
    table = Table("导入结果 import", "村 sheet", "行 rows", *OUTCOMES.values())
    names = ("rows", *OUTCOMES)
    for sheet, counts in tally.sheets().items():
        table.row(sheet, *(str(counts[name]) for name in names))
    totals = tally.totals()
    table.row("合计 total", *(str(totals[name]) for name in names), style="bold")
    console.print(table)
    if tally.names_nobody:
        console.print(NOBODY, style="red")
    elif tally.exit_code == NOTHING:
        console.print("没有一行录入 nothing of the file went in", style="red")
    if without_carer:
        console.print(f"尚无结对帮扶人 without a carer: {without_carer}", style="yellow")
    left_out, to_mend, notes = tally.left_out(), tally.to_mend(), tally.notes()
    _show_told(console, "没有录入 not taken", left_out, "red")
    _show_told(console, "已录入、待核对 taken, and to be checked", to_mend, "yellow")
    _show_told(console, "另请知悉 to be known", notes, "")
    out.unlink(missing_ok=True)  # the list of another file
    if left_out or to_mend or notes:
        tally.write_problems(out)
        console.print(f"以上全部见 all of it in: {out}", soft_wrap=not console.is_terminal)


def _show_told(console: Terminal, title: str, lines: Sequence[Mapping[str, str]], style: str) -> None:
    if not lines:
        return
    console.print("")
    console.print(f"{title}: {len(lines)}", style=style or None)
    for line in lines[:SHOWN_PROBLEMS]:
        where = " ".join(
            part for part in (line["sheet"], _rows(line["row"]), line["column"], line["cell"]) if part
        )
        value = f" [{line['value']}]" if line["value"] else ""
        text = f"{where}{value} {line['what']} → {line['what_to_do']}".removesuffix(" → ").strip()
        console.print(
            as_one_line(with_pasteable(text)), style=style or None, soft_wrap=not console.is_terminal
        )
    if len(lines) > SHOWN_PROBLEMS:
        console.print(f"…还有 {len(lines) - SHOWN_PROBLEMS} 处,见下列文件 more, in the file below")


def _rows(row: str) -> str:
    return f"第{row}行" if row[:1].isdigit() else row


def add_to(app: App) -> None:
    """Adds the command."""
    app.command("import")(import_)
