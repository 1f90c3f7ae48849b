"""问题台账: one row a problem, who handles it, by when, and how it ended. What was written of it stays in visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.kernel.labels import chinese
from services.kernel.terms import ProblemKind
from services.reports.care_card import WHO, who_of
from services.reports.figures import Column, Figure, ReportTable, counted, figure
from services.reports.matters import ProblemRecord, UnitPart
from services.reports.people import ElderRecord, Said
from services.reports.scope import Scope
from services.visits.problems.policies import Reader, may_see

_COLUMNS = (
    Column("problem", "问题编号", 6),
    *WHO,
    Column("kind", "问题类别", 4),
    Column("found_on", "发现日期", 5.5),
    Column("found_by", "发现人", 4.5),
    Column("accepted_on", "受理日期", 5.5),
    Column("units", "办理单位、期限、结果", 14),
    Column("overdue", "超期环节", 7.5),
    Column("closed_on", "办结日期", 5.5),
    Column("verified_on", "核实日期", 5.5),
    Column("reopened", "重新办理次数", 3),
    Column("state", "办理情况", 5),
)
_OWED = {"opened": "受理", "accepted": "交办", "handed": "办理", "handled": "办结", "closed": "核实"}


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Every problem that the reader may know of, by village and the day on which it was found."""
    found = shown_problems(scope)
    rows = [_row(scope, one, elder) for one, elder in found]
    totals = _totals([one for one, _ in found]) if found else ()
    return (ReportTable("problems", "问题台账", _COLUMNS, tuple(rows), totals, held=3),)


def _totals(found: list[ProblemRecord]) -> tuple[Figure, ...]:
    """How many took each step, and how many are still open."""
    pending = [problem for problem in found if problem.is_open]
    late = [one for one in pending if one.late is not None]
    reopened = [step.id for one in found for step in one.reopened]
    return (
        totalled([one.found for one in found]),
        *(Figure(),) * 7,
        taken(one.accepted for one in found),
        Figure(),
        counted([step.id for one in found for step in one.overdue]),
        taken(one.closed for one in found),
        taken(one.verified for one in found),
        counted(reopened),
        figure(f"在办 {len(pending)}（超期 {len(late)}）", [one.last for one in pending]),
    )


def totalled(found: Sequence[Said]) -> Figure:
    """The first cell of a row of totals: how many there are."""
    return figure(f"合计 {len(found)}", [problem.id for problem in found])


def taken(steps: Iterable[Said | None]) -> Figure:
    """How many took a step."""
    return counted([step.id for step in steps if step is not None])


def shown_problems(scope: Scope) -> list[tuple[ProblemRecord, ElderRecord]]:
    """The problems of the elders asked for, without those that the reader may not know of (section 5)."""
    elders = {elder.elder: elder for elder in scope.elders}
    found = [
        (problem, elders[problem.elder])
        for problem in scope.picture.matters.problems.values()
        if problem.elder in elders and _is_seen(scope, problem, elders[problem.elder].village)
    ]
    return sorted(found, key=lambda pair: (pair[1].village, pair[0].found.on, pair[0].problem))


def _is_seen(scope: Scope, one: ProblemRecord, village: str) -> bool:
    """As visits shows it to that role: what is confidential to three roles and to the units that handle it alone.

    Without a role nothing confidential is shown, and the rest masked.
    """
    policy = scope.book.on(one.opened_on).duties.problems
    kind, reader = ProblemKind(one.kind), scope.asked.reader
    if reader is None:
        return policy.confidentiality.may_know(None, [kind])
    return may_see(Reader(reader, None), kind, village, {part.unit for part in one.parts}, policy)


def _row(scope: Scope, one: ProblemRecord, elder: ElderRecord) -> tuple[Figure, ...]:
    ids = (one.found.id,)
    parts = [_part(scope, part) for part in one.parts]
    overdue = [_overdue(scope, *step.value) for step in one.overdue]
    return (
        Figure(one.problem, ids),
        *who_of(scope, elder),
        kind_of(scope, one.kind, one.found),
        Figure(one.found.on, ids),
        Figure(one.found.value, ids if one.found.value else ()),
        day_of(one.accepted),
        figure("\n".join(parts), [held for part in one.parts for held in part.ids]),
        figure("\n".join(overdue), [step.id for step in one.overdue]),
        day_of(one.closed),
        day_of(one.verified),
        counted([step.id for step in one.reopened]),
        _state(one),
    )


def kind_of(scope: Scope, kind: str, found: Said) -> Figure:
    """The kind, which may say what ails somebody: hidden from who may not read that."""
    return scope.redaction.private(Said([kind], found.on, found.id))


def day_of(step: Said | None) -> Figure:
    """The day of a step; empty where it was not taken."""
    return Figure() if step is None else Figure(step.on, (step.id,))


def _unit(scope: Scope, unit: str) -> str:
    return scope.rules.duties.problems.units.get(unit) or chinese(unit)


def _part(scope: Scope, part: UnitPart) -> str:
    ending = "在办" if part.handled is None else f"{part.handled.on} 已办"
    late = "（超期）" if part.overdue is not None else ""
    return f"{_unit(scope, part.unit)} 限 {part.due} {ending}{late}"


def _overdue(scope: Scope, stage: str, unit: str | None, due: str) -> str:
    by = f"（{_unit(scope, unit)}）" if unit else ""
    return f"{_OWED[stage]}{by} 限 {due}"


def _state(one: ProblemRecord) -> Figure:
    state = "重新办理" if one.stage == "opened" and one.reopened else chinese(one.stage)
    if one.late is None:
        return Figure(state, (one.last,))
    return figure(f"{state}（超期）", [one.last, one.late.id])
