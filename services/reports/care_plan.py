"""一人一策: the measures in force for each elder: the grade that they rest on, what is owed, how often, by whom."""

from __future__ import annotations

from services.kernel.labels import chinese
from services.reports.care_card import WHO, pages_by_elder, who_of
from services.reports.figures import Column, Figure, ReportTable, figure
from services.reports.people import DutyRecord, ElderRecord
from services.reports.scope import Scope

CARER = "carer"
_EVERY = {"week": "每周", "month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}
_COLUMNS = (
    *WHO[:3],
    Column("grade", "等级", 2),
    Column("because", "依据", 8),
    Column("measure", "措施", 7),
    Column("often", "频次", 5),
    Column("owed_by", "责任单位(人)", 8),
    Column("who", "具体责任人", 7),
    Column("period", "本期", 5),
    Column("until", "期限", 6),
    Column("state", "本期情况", 4),
    Column("clause", "条款", 7.5),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Of everybody who is left behind on `as_of`: what is owed in the periods that run."""
    rows: list[tuple[Figure, ...]] = []
    for elder in scope.certified:
        head = (*who_of(scope, elder)[:3], scope.redaction.grade(elder), scope.redaction.because(elder))
        rows += [(*head, *_measure(scope, duty, elder)) for duty in in_force(scope, elder)]
    return (
        ReportTable("measures", "一人一策", _COLUMNS, tuple(rows), starts_page=pages_by_elder(rows), held=2),
    )


def in_force(scope: Scope, elder: ElderRecord) -> list[DutyRecord]:
    """What runs on `as_of`, in the order of the policy; what is owed once stands until it is done."""
    day, order = scope.asked.as_of, scope.rules.order
    found = [
        duty
        for duty in scope.picture.owed_for(elder.elder)
        if duty.stands and (duty.closes_on >= day if duty.often else not duty.is_done)
    ]
    return sorted(found, key=lambda duty: (order.index(duty.duty), duty.opens_on))


def _measure(scope: Scope, one: DutyRecord, elder: ElderRecord) -> tuple[Figure, ...]:
    ids = (one.opened,)
    often = "一次" if one.often is None else f"{_EVERY[one.often[0]]}{one.often[1]}次"
    role = scope.rules.owed_by(one.duty)
    carer = elder.carer if role == CARER else None
    late = one.often is None and one.ending == "missed"
    return (
        Figure(chinese(one.duty), ids),
        Figure(often, ids),
        Figure(chinese(role)),
        Figure("") if carer is None else Figure(carer.value, (carer.id,)),
        Figure(one.period, ids),
        Figure(one.closes_on, ids),
        figure("已逾期" if late else chinese(one.ending or "open"), one.ids),
        Figure(scope.rules.clause_of(one.duty)),
    )
