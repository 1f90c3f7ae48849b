"""需求台账: one row a need found, and whether it was met. What was written of it stays in visits."""

from __future__ import annotations

from services.reports.care_card import WHO, who_of
from services.reports.figures import Column, Figure, ReportTable, figure
from services.reports.matters import NeedRecord
from services.reports.people import ElderRecord
from services.reports.problem_ledger import day_of, kind_of, taken, totalled
from services.reports.scope import Scope

_COLUMNS = (
    Column("need", "需求编号", 6),
    *WHO,
    Column("kind", "需求类别", 6),
    Column("found_on", "发现日期", 6),
    Column("found_by", "发现人", 6),
    Column("met_on", "办结日期", 6),
    Column("met_by", "办理人", 6),
    Column("days_open", "历时天数", 5),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Every need of the elders asked for, by village and the day on which it was found."""
    elders = {one.elder: one for one in scope.elders}
    found = [
        (need, elders[need.elder]) for need in scope.picture.matters.needs.values() if need.elder in elders
    ]
    found.sort(key=lambda pair: (pair[1].village, pair[0].found.on, pair[1].elder, pair[0].need))
    rows = [_row(scope, one, elder) for one, elder in found]
    needs = [one for one, _ in found]
    return (ReportTable("needs", "需求台账", _COLUMNS, tuple(rows), _totals(needs) if needs else (), held=3),)


def _totals(needs: list[NeedRecord]) -> tuple[Figure, ...]:
    """How many were found, and how many of them met."""
    met = taken(need.met for need in needs)
    return totalled([one.found for one in needs]), *(Figure(),) * 7, met, Figure(), Figure()


def _row(scope: Scope, one: NeedRecord, elder: ElderRecord) -> tuple[Figure, ...]:
    ids = (one.found.id,)
    return (
        Figure(one.need, ids),
        *who_of(scope, elder),
        kind_of(scope, one.kind, one.found),
        Figure(one.found.on, ids),
        Figure(one.found.value, ids),
        day_of(one.met),
        Figure() if one.met is None else Figure(one.met.value, (one.met.id,)),
        figure(one.days_open(scope.asked.as_of), one.ids),
    )
