"""目标任务: what the plan wants reached, and how far it is; the special fund; fraud and harm by half-year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from services.kernel.labels import chinese
from services.reports.bulletin import percentage
from services.reports.figures import Column, Figure, ReportTable, counted, figure
from services.reports.people import FigureRecord
from services.reports.policies import PlanTarget, TargetName
from services.reports.scope import Scope, half_year

BUDGET, SPENT = "special_fund_budget", "special_fund_spent"
HARM = ("fraud", "unlawful_harm")
_TARGETS = (
    Column("target", "目标", 14),
    Column("clause", "条款", 6),
    Column("wanted", "应达到", 7),
    Column("reached", "现为", 7),
    Column("unit", "单位", 4),
    Column("state", "进度", 6),
    Column("since", "数据日期", 6),
)
_ENTRIES = (
    Column("year", "年度", 4),
    Column("kind", "项目", 12),
    Column("figure", "编号", 8),
    Column("value", "数值", 7),
    Column("on", "日期", 6),
    Column("by", "填报人", 7),
    Column("note", "说明", 14),
    Column("before", "更正前", 12),
)
_FUND = (
    Column("year", "年度", 6),
    Column("budget", "预算(元)", 10, "#,##0.00"),
    Column("spent", "支出(元)", 10, "#,##0.00"),
    Column("left", "结余(元)", 10, "#,##0.00"),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """On `as_of`; what is entered is the township's, whatever village is asked for."""
    entered = sorted(
        scope.picture.entered.values(), key=lambda record: (record.on, record.kind, record.figure)
    )
    return (_targets(scope, entered), _fund(entered), _entries(entered), _harm(scope))


def _targets(scope: Scope, entered: Sequence[FigureRecord]) -> ReportTable:
    rows: list[tuple[Figure, ...]] = []
    for name, target in scope.rules.reports.targets.items():
        reached, since = _reached(scope, name, entered)
        rows.append(
            (
                Figure(chinese(name)),
                Figure(target.clause),
                Figure(target.at_least),
                reached,
                Figure(target.unit),
                figure(_state(reached, target), reached.ids),
                since,
            )
        )
    return ReportTable("targets", "一、目标进度", _TARGETS, tuple(rows))


def _state(reached: Figure, target: PlanTarget) -> str:
    if reached.value is None:
        return "未填报"
    return "达到" if Decimal(str(reached.value)) >= target.at_least else "未达到"


def _reached(scope: Scope, name: str, entered: Sequence[FigureRecord]) -> tuple[Figure, Figure]:
    """The value and the day that it speaks of."""
    day = scope.asked.as_of
    if name == TargetName.AGREEMENTS:
        signed = [one for one in scope.certified if one.signed is not None]
        ids = [event_id for elder in scope.certified for event_id in elder.certified_id]
        ids += [elder.signed.id for elder in signed if elder.signed is not None]
        return figure(percentage(len(signed), len(scope.certified)), ids), Figure(day)
    if name == TargetName.SPECIAL_FUND:
        mine = [one for one in entered if one.kind == BUDGET and one.on.year == day.year]
        return _sum(mine), Figure(day) if mine else Figure()
    mine = [record for record in entered if record.kind == name]
    if not mine:
        return Figure(), Figure()
    return figure(_number(mine[-1].value), mine[-1].ids), Figure(mine[-1].on, mine[-1].ids)


def _sum(entered: Sequence[FigureRecord]) -> Figure:
    if not entered:
        return Figure()
    ids = [event_id for held in entered for event_id in held.ids]
    return figure(_number(sum((record.value for record in entered), Decimal())), ids)


def _number(value: Decimal) -> int | float:
    """As Excel takes it; yuan and per cent are far from where this would lose a digit."""
    return int(value) if value == value.to_integral_value() else float(value)


def _fund(entered: Sequence[FigureRecord]) -> ReportTable:
    rows: list[tuple[Figure, ...]] = []
    for year in sorted({record.on.year for record in entered if record.kind in {BUDGET, SPENT}}):
        mine = [one for one in entered if one.on.year == year]
        budget, spent = (_sum([one for one in mine if one.kind == kind]) for kind in (BUDGET, SPENT))
        left = Decimal(str(budget.value or 0)) - Decimal(str(spent.value or 0))
        rows.append((Figure(year), budget, spent, figure(_number(left), [*budget.ids, *spent.ids])))
    return ReportTable("fund", "二、专项经费", _FUND, tuple(rows))


def _entries(entered: Sequence[FigureRecord]) -> ReportTable:
    rows = [
        (
            Figure(record.on.year),
            Figure(chinese(record.kind)),
            Figure(record.figure, record.ids),
            figure(_number(record.value), record.ids),
            figure(record.on, record.ids),
            Figure(record.entries[-1].value["by"], record.ids[-1:]),
            Figure(_note(record), record.ids),
            Figure("、".join(str(held.value["value"]) for held in record.entries[:-1]), record.ids[:-1]),
        )
        for record in entered
    ]
    return ReportTable("entries", "三、填报明细", _ENTRIES, tuple(rows))


def _note(one: FigureRecord) -> str:
    notes = [held.value.get("note") or held.value.get("reason") for held in one.entries]
    return "；".join(str(note) for note in notes if note)


def _harm(scope: Scope) -> ReportTable:
    """Cases reported, by half-year; of harm to those alone who may know of it."""
    wanted = set(scope.villages)
    where = {elder.elder: elder.village for elder in scope.picture.enrolled}
    cases = [
        incident
        for incident in scope.redaction.incidents(list(scope.picture.incidents.values()))
        if incident.kind in HARM and where.get(incident.elder) in wanted
    ]
    kinds = [kind for kind in HARM if scope.redaction.sees_kind(kind)]
    columns = (Column("half", "半年", 8), *(Column(kind, chinese(kind), 8) for kind in kinds))
    rows: list[tuple[Figure, ...]] = []
    for half in _halves(scope):
        mine = [case for case in cases if half_year(case.reported_at.date()) == half]
        rows.append(
            (
                Figure(half),
                *(counted([case.id for case in mine if case.kind == kind]) for kind in kinds),
            )
        )
    return ReportTable("harm", "四、诈骗侵害案件", columns, tuple(rows))


def _halves(scope: Scope) -> list[str]:
    """From the first enrolment to `as_of`, those without a case too."""
    first = min((elder.facts["village"].on for elder in scope.picture.enrolled), default=scope.asked.as_of)
    days = [
        date(year, month, 1) for year in range(first.year, scope.asked.as_of.year + 1) for month in (1, 7)
    ]
    ends = half_year(scope.asked.as_of)
    halves = [half_year(day) for day in days]
    return halves[halves.index(half_year(first)) : halves.index(ends) + 1]
