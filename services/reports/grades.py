"""风险等级变化: how many were red, yellow and green at each month's end, and every change with what it rested on."""

from __future__ import annotations

from datetime import date

from services.kernel.calendar import ONE_DAY, add_months
from services.kernel.labels import chinese
from services.reports.care_card import WHO, who_of
from services.reports.figures import Column, Figure, ReportTable, counted
from services.reports.people import ElderRecord, Grading
from services.reports.scope import Scope

GRADES = ("red", "yellow", "green")
_MONTHS = (
    Column("day", "截至", 7),
    Column("graded", "已定级", 6),
    *(Column(grade, chinese(grade), 6) for grade in GRADES),
)
_CHANGES = (
    Column("on", "日期", 6),
    *WHO,
    Column("kind", "变动", 4),
    Column("previous", "原等级", 4),
    Column("grade", "现等级", 4),
    Column("because", "依据", 14),
    Column("cause", "起因", 5),
    Column("due", "再评估期限", 6),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """From the first grade to `as_of`: the last day of each month, and that day itself."""
    rows = [_on(scope, day) for day in _days(scope)]
    changes = [(elder, grading) for elder in scope.elders for grading in scope.redaction.gradings(elder)]
    changes.sort(key=lambda pair: (pair[1].on, pair[0].village, pair[0].elder, _place(pair[1])))
    listed_rows = [_change(scope, elder, one) for elder, one in changes]
    return (
        ReportTable("months", "一、各月末等级", _MONTHS, tuple(rows)),
        ReportTable("changes", "二、等级变动明细", _CHANGES, tuple(listed_rows), held=3),
    )


def _place(one: Grading) -> int:
    return int(one.id.partition(":")[2])


def _days(scope: Scope) -> list[date]:
    first = min((grade.on for elder in scope.elders for grade in elder.standing), default=None)
    days: list[date] = []
    day = None if first is None else add_months(first.replace(day=1), 1) - ONE_DAY
    while day is not None and day < scope.asked.as_of:
        days.append(day)
        day = add_months(day.replace(day=1), 2) - ONE_DAY
    return [*days, scope.asked.as_of] if first is not None else []


def _on(scope: Scope, day: date) -> tuple[Figure, ...]:
    held = {grade: list[str]() for grade in GRADES}
    for elder in scope.elders:
        before = [one for one in scope.redaction.standing(elder) if one.on <= day]
        if before and before[-1].value is not None:
            held[before[-1].value].append(before[-1].id)
    every = [event_id for ids in held.values() for event_id in ids]
    return (Figure(day), counted(every), *(counted(held[grade]) for grade in GRADES))


def _change(scope: Scope, elder: ElderRecord, one: Grading) -> tuple[Figure, ...]:
    ids = (one.id,)
    return (
        Figure(one.on, ids),
        *who_of(scope, elder),
        Figure(chinese(one.kind), ids),
        Figure(chinese(one.previous), ids),
        Figure(chinese(one.grade), ids),
        Figure(scope.redaction.words(one.because), ids),
        Figure(chinese(one.cause), ids),
        Figure(date.fromisoformat(one.due) if one.due else None, ids),
    )
