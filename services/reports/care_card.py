"""一人一卡: every visit of an elder as a punched entry, and what was owed in the month."""

from __future__ import annotations

from dataclasses import replace

from services.kernel.labels import chinese, joined
from services.reports.figures import Column, Figure, ReportTable, figure
from services.reports.people import DutyRecord, ElderRecord, Visit
from services.reports.scope import Scope

WHO = (
    Column("elder", "编号", 7),
    Column("name", "姓名", 4),
    Column("village", "村委会", 4.5),
    Column("group", "村小组", 3.5),
)
_ENTRIES = (
    *WHO,
    Column("on", "走访日期", 6),
    Column("by", "走访人", 7),
    Column("mode", "方式", 3),
    Column("check_up", "体检", 3),
    Column("confirms_facts", "信息更新", 3),
    Column("noted", "走访记录", 13),
    Column("counts_for", "计入事项", 11),
    Column("recorded_on", "登记日期", 6),
    Column("days_later", "迟登天数", 4),
    Column("signature", "老人签名", 6),
)
_DUTIES = (
    *WHO,
    Column("duty", "事项", 7),
    Column("period", "期间", 6),
    Column("opens_on", "起", 6),
    Column("closes_on", "止", 6),
    Column("owed", "应办次数", 4),
    Column("done", "已办次数", 4),
    Column("status", "办理情况", 5),
    Column("responsible", "漏办责任人", 7),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """The visits that occurred in the month, and the duties that ran in it."""
    entries: list[tuple[Figure, ...]] = []
    duties: list[tuple[Figure, ...]] = []
    for elder in scope.elders:
        who = who_of(scope, elder)
        seen = sorted(elder.visits, key=lambda visit: (visit.on, visit.visit))
        entries += [(*who, *_entry(scope, one)) for one in seen if scope.has_month(one.on)]
        ran = [
            duty
            for duty in scope.picture.owed_for(elder.elder)
            if duty.opens_on <= scope.ends and duty.closes_on >= scope.begins
        ]
        duties += [(*who, *_duty(one, elder)) for one in ran]
    pages = pages_by_elder(entries), pages_by_elder(duties)
    visits = ReportTable("visits", "一、走访打卡", _ENTRIES, tuple(entries), starts_page=pages[0], held=2)
    return (
        replace(visits, is_signed_by_row=True),
        ReportTable("duties", "二、应办事项", _DUTIES, tuple(duties), starts_page=pages[1], held=2),
    )


def who_of(scope: Scope, elder: ElderRecord) -> tuple[Figure, ...]:
    """Id, name, village and group of an elder."""
    ids = elder.facts["village"].id, elder.facts["group"].id
    return (
        Figure(elder.elder),
        scope.redaction.name(elder),
        Figure(scope.village_name(elder.village), (ids[0],)),
        Figure(elder.group, (ids[1],)),
    )


def pages_by_elder(rows: list[tuple[Figure, ...]]) -> frozenset[int]:
    """A new page where a new elder begins."""
    return frozenset(at for at in range(1, len(rows)) if rows[at][0].value != rows[at - 1][0].value)


def _entry(scope: Scope, one: Visit) -> tuple[Figure, ...]:
    ids = (one.id,)
    late = (one.recorded_on - one.on).days
    return (
        Figure(one.on, ids),
        Figure(one.by, ids),
        Figure(chinese(one.mode), ids),
        Figure("是" if one.check_up else "", ids),
        Figure("是" if one.confirms_facts else "", ids),
        figure(noted := scope.redaction.noted(one), ids if noted else ()),
        Figure(joined(one.counts_for), ids),
        Figure(one.recorded_on, ids),
        Figure(late or None, ids),
        Figure(),
    )


def _duty(one: DutyRecord, elder: ElderRecord) -> tuple[Figure, ...]:
    seen = {
        visit.on: visit.id
        for visit in elder.visits
        if one.duty in visit.counts_for and one.opens_on <= visit.on <= one.closes_on
    }
    is_visited = one.often is not None and one.duty != "living_security_review"
    ending = chinese(one.ending or "open") if one.ending != "ended" else "终止"
    status = f"{ending}，已补录" if one.reconciled is not None else ending
    return (
        Figure(chinese(one.duty), (one.opened,)),
        Figure(one.period, (one.opened,)),
        Figure(one.opens_on, (one.opened,)),
        Figure(one.closes_on, (one.opened,)),
        Figure(one.count, (one.opened,)),
        figure(len(seen), seen.values()) if is_visited else Figure(),
        figure(status, one.ids),
        figure(one.responsible or "", one.ids if one.responsible else ()),
    )
