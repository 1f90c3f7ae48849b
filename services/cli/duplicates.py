"""`shouwang duplicates list|search`: suspected duplicates, put to a person who decides (`shouwang record`)."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.store import open_store
from services.cli.taking import house_at_work, take
from services.cli.terminal.console import console
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.house.house import House
from services.registry.duplicates import views as duplicate_views
from services.registry.elders.commands import SearchDuplicates

duplicates = App("疑似重复 suspected duplicates: list, search; decided by `record`")
By = Annotated[str, typer.Option("--by", help="经办人 staff id of whoever decides")]
MOST = 500


@duplicates.command("list")
def list_(
    status: Annotated[str, typer.Option(help="状态 open 未决, kept 并非重复, merged 已并档")] = "open",
) -> None:
    """列出：尚无结论的疑似重复，确定的在前。

    Pairs that nobody has decided yet, the certain ones first.
    """
    with open_store() as house:
        _show(house, status)


@duplicates.command()
def search(by: By) -> None:
    """查重：比对整个登记册，然后列出。

    Compares the whole register, then lists.
    """
    with house_at_work() as house:
        take(house, SearchDuplicates(by=by))
        _show(house, "open")


def _show(house: House, status: str) -> None:
    rows = house.views("registry", duplicate_views.SUSPECTED, status, MOST)
    columns = ("老人 elder", "另一份 other", "村 villages", "依据 by", "列入 since", "决定 decided")
    table = Table(f"疑似重复 suspected duplicates: {len(rows)}", *columns)
    for row in rows:
        grounds = "身份证号码相同 same number" if row["is_certain"] else f"姓名相近 names {row['percent']} %"
        villages = ", ".join(dict.fromkeys((row["village"], row["other_village"])))
        decided = f"{row['by_staff']}: {row['reason']}" if row["by_staff"] else "-"
        table.row(row["elder"], row["other"], villages, grounds, row["suspected_on"], decided)
    console.print(table)
