"""`shouwang compare LIST.xlsx`, `shouwang differences …`: the half-yearly comparison with a department's list."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.chassis.commands.command import Command, Outcome
from services.cli.store import open_store, pasteable
from services.cli.taking import ask, end_where_refused, house_at_work, take
from services.cli.terminal.console import console
from services.cli.terminal.tables import Table
from services.cli.terminal.usage import App
from services.importing.department_list import Compared, compare, everybody
from services.kernel.labels import chinese
from services.ledger.facts import Rejected
from services.ledger.lists import DepartmentList, NotAList, read_list
from services.ledger.troubles import Trouble
from services.registry.comparisons import views as comparison_views
from services.registry.comparisons.commands import CompareList, DecideDifference
from services.risk.commands import Observe
from services.visits.commands import DoDuty

differences = App("比对差异 differences of a comparison: list, decide")


def _filled(given: str) -> str:
    """What was given, without blanks around it; raises BadParameter where nothing is left."""
    if not given.strip():
        raise typer.BadParameter("不能为空:请填写 must not be empty: say it")
    return given.strip()


By = Annotated[
    str, typer.Option("--by", metavar="STAFF", help="经办人 staff id of whoever does it", callback=_filled)
]
ALL = 1_000_000_000
DUTY, TOWNSHIP, SOURCE = "data_comparison", "township", "imported_list"
KINDS = {
    "on_theirs": "名单有,本册无 on theirs, not ours",
    "on_ours": "本册有,名单无 on ours, not theirs",
    "not_registered": "未建档 not registered",
}
DECISIONS = {
    "accepted": "采纳 accepted",
    "rejected": "不采纳 rejected",
    "to_be_visited": "入户核实 to be visited",
}


def compare_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="LIST.xlsx")],
    department: Annotated[str, typer.Option(help="部门 whose list it is, such as 民政", callback=_filled)],
    on: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="名单日期 as of which both are compared"
        ),
    ],
    by: By,
    comparison: Annotated[str, typer.Option(help="编号 its id; otherwise day and department")] = "",
) -> None:
    """数据比对：把部门的名单（身份证号、类别）与登记册比对；全乡的这项工作随之办结。

    A department's list against the register; the township's duty is then done.
    """
    held, day = read_list(file), on.date()
    if not held.listed:
        _show_read(held)
        raise NotAList.of(file, Trouble.NO_ROW_READ)
    name = comparison or f"{day}-{department}"
    with house_at_work() as house:
        house.catch_up()
        found = compare(held.listed, everybody(house, day), {one.category for one in held.listed})
        said = {"comparison": name, "department": department, "on": day, "by": by, "same": found.same}
        command = CompareList.model_validate(said | {"differences": list(found.differences)})
        _show_read(held)
        answer = take(house, command)
        _show_compared(name, found)
        duty = DoDuty(duty=DUTY, subject=TOWNSHIP, by=by, on=day)
        done = ask(house, duty, key=f"{DUTY}:{name}")  # once a comparison, however often it is sent
    if answer.outcome is Outcome.REPEAT:
        console.print("此次比对先前已受理 this comparison was taken before: nothing is recorded twice")
    end_where_refused(
        done,
        "差异已记录,但工作未办结 the differences are recorded; the duty is not done yet (shouwang record duty-done): ",
    )


@differences.command("list")
def list_(
    comparison: Annotated[str, typer.Option(help="编号 of one comparison alone")] = "",
    *,
    is_open: Annotated[
        bool, typer.Option("--open", help="未决 not decided yet, or still to be visited")
    ] = False,
) -> None:
    """列出：各次比对的差异，按编号和序号。

    What differs, by comparison and number.
    """
    query = comparison_views.UNDECIDED if is_open else comparison_views.OF_COMPARISON
    with open_store() as house:
        rows = house.views("registry", query, comparison, comparison, ALL)
    columns = (
        "比对 comparison",
        "序号 no.",
        "差异 kind",
        "类别 category",
        "老人 elder",
        "名单 row",
        "尾号",
        "结论 decided",
    )
    table = Table(f"比对差异 differences: {len(rows)}", *columns)
    for row in rows:
        said = f"{DECISIONS[row['decision']]}, {row['by_staff']}: {row['reason']}" if row["decision"] else "-"
        cells = (row["comparison"], str(row["number"]), KINDS[row["kind"]], _both(row["category"]))
        table.row(*cells, row["elder"] or "-", row["place"] or "-", row["tail"] or "-", said)
    console.print(table)


@differences.command()
def decide(
    comparison: Annotated[str, typer.Argument(callback=_filled)],
    number: Annotated[int, typer.Argument(min=1)],
    decision: Annotated[str, typer.Option(metavar="|".join(DECISIONS))],
    reason: Annotated[str, typer.Option(help="理由 why", callback=_filled)],
    by: By,
) -> None:
    """结论：对一条差异作结论，入户后可再作一次；采纳“名单有，本册无”的即登记依据。

    Once a difference, and again after a visit; accepting what only their list has records the evidence.
    """
    if decision not in DECISIONS:
        raise typer.BadParameter(f"请选 choose: {', '.join(DECISIONS)}", param_hint="--decision")
    said = {"comparison": comparison, "difference": str(number), "decision": decision}
    with house_at_work() as house:
        take(house, DecideDifference.model_validate(said | {"reason": reason, "by": by}))
        (row,) = house.views("registry", comparison_views.DIFFERENCE, comparison, number)
        console.print(f"已受理 accepted: {DECISIONS[decision]}")
        if decision == "accepted" and row["kind"] == "on_theirs":
            about = {"elder": row["elder"], "evidence": row["category"], "source": SOURCE}
            observed: Command = Observe.model_validate(about | {"on": date.fromisoformat(row["compared_on"])})
            but = "结论已记录,但依据未登记 decided; the evidence is not recorded: "
            take(house, observed, cause=f"comparison:{comparison}/{number}", but=but)
            console.print(f"依据已登记 evidence recorded: {row['elder']} {_both(row['category'])}")
    _say_next(decision, row["kind"], row["elder"])


def _say_next(decision: str, kind: str, elder: str | None) -> None:
    if decision == "to_be_visited":
        console.print("下一步 next: 入户后再作结论 decide again after the visit: accepted, rejected")
    if (decision, kind) == ("accepted", "not_registered") and elder:
        said = (
            f"此人当日不在册,另有档案 not registered on that day; look first: {pasteable('history', elder)}"
        )
        console.print(said)
    elif (decision, kind) == ("accepted", "not_registered"):
        console.print("下一步 next: 填登记表并导入 put the person on the ledger, then shouwang import")
    if (decision, kind) == ("accepted", "on_ours"):
        console.print("下一步 next: 解除依据 clear the evidence, shouwang record clear")


def _show_read(held: DepartmentList) -> None:
    """What could not be read, each with sheet, row, column and what to do; the others go on."""
    for one in held.rejected:
        console.print(_said_of(one))
    if held.rejected:
        told = "以上各行未比对 these rows were not compared: whoever stands there may be listed below as not theirs"
        console.print(told)


def _said_of(one: Rejected) -> str:
    where = f"{one.sheet} 第 {one.row} 行 row {one.row}" if one.row else one.sheet
    return "\n".join(
        f"{where} {problem.column} {problem.cell}: {problem.what} {problem.what_to_do}"
        for problem in one.problems
    )


def _show_compared(name: str, found: Compared) -> None:
    console.print(f"比对 comparison {name}: 一致 same {found.same}")
    for kind, label in KINDS.items():
        console.print(f"  {label}: {sum(one.kind == kind for one in found.differences)}")
    console.print(
        f"逐条作出结论 decide each: {pasteable('differences', 'list', '--open', '--comparison', name)}"
    )


def _both(word: str) -> str:
    return f"{chinese(word)} {word}"
