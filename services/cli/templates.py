"""`shouwang ledger|township template`: the empty workbook to fill in, and a township file to begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import in_a_folder
from services.cli.store import open_store
from services.cli.terminal.console import console
from services.cli.terminal.usage import App
from services.house.settings import read_settings
from services.importing.register_township import township_of
from services.importing.template import ledger_sheets, township_template
from services.importing.township import Township, read_township
from services.ledger.template import write_template

LEDGER = Path("登记表.xlsx")

ledger = App("登记表 the registration ledger: an empty one to fill in")
township = App("乡镇文件 the township file: one to begin with")


def _new(out: Path | None) -> Path | None:
    """A file that is not there yet: nobody's work is written over."""
    if out is not None and out.exists():
        raise typer.BadParameter(
            f"已有此文件,没有改动:请另取名字 / {out} is there already: choose another name"
        )
    return in_a_folder(out)


@ledger.command("template")
def ledger_template(
    out: Annotated[
        Path,
        typer.Option(dir_okay=False, callback=_new, help="存到哪里 where it goes"),
    ] = LEDGER,
    township: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="乡镇文件 the township file, a sheet a village; 不填 none: 登记册上的村 those of the register",
        ),
    ] = None,
) -> None:
    """空白登记表：每村一张工作表，各列有下拉选项，另有“填表说明”。

    An empty workbook to fill in: a sheet a village with the choices of each column, and a sheet that explains them.
    """
    known = read_township(township) if township else _of_register()
    write_template(out, known.name if known else "", list(ledger_sheets(known)) if known else ())
    console.print(f"空白登记表 the empty ledger: {out}")
    if known is None:
        console.print(
            "还不知道有哪些村:请把工作表改成村名,一村一张,或用 --township / name a sheet for each village"
        )


@township.command("template")
def template(
    out: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, callback=_new, help="存到哪里 where it goes; 不填 none: 显示 standard output"
        ),
    ] = None,
) -> None:
    """乡镇文件范例：有说明，把例子换成本乡的村和人员就能导入。

    A township file with every line explained: put your own villages and staff in place of the examples.
    """
    if out is None:
        typer.echo(township_template(), nl=False)
        return
    out.write_text(township_template(), encoding="utf-8")
    console.print(f"乡镇文件范例 a township file to begin with: {out}")


def _of_register() -> Township | None:
    """None where no village is open."""
    settings = read_settings(os.environ)
    if settings.data is not None and not settings.data.exists():
        return None
    with open_store(settings) as house:
        found = township_of(house)
    return found if found.villages else None


def add_to(app: App) -> None:
    """Adds both groups."""
    app.add_typer(ledger, name="ledger")
    app.add_typer(township, name="township")
