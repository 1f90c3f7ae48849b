"""委托照顾协议: every agreement with its parties, term and filing; who has none; and the share signed by village."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.reports.bulletin import share_signed
from services.reports.care_card import WHO, who_of
from services.reports.figures import Column, Figure, ReportTable, figure
from services.reports.matters import Agreement
from services.reports.people import ElderRecord, Said
from services.reports.problem_ledger import day_of, taken, totalled
from services.reports.scope import Scope
from services.reports.village_ledger import supporter_name

_COLUMNS = (
    *WHO,
    Column("supporter", "赡养义务人", 6),
    Column("caretaker", "受托人", 6),
    Column("relation", "与老人关系", 5),
    Column("signed_on", "签订日期", 6),
    Column("begins", "起", 6),
    Column("ends", "止", 6),
    Column("by", "经办人", 5),
    Column("filed_on", "报备日期", 6),
    Column("state", "状态", 5),
)
_NOBODY = (Figure(),) * 8


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Agreements by place, among them who is left behind and has none that stands; then the share by village."""
    rows = [row for elder in scope.elders for row in _rows(scope, elder)]
    return (
        ReportTable("list", "一、协议登记", _COLUMNS, tuple(rows), _totals(scope), held=2),
        share_signed(scope, "coverage", "二、签订率"),
    )


def _totals(scope: Scope) -> tuple[Figure, ...]:
    """How many were signed and filed, and who has none that stands."""
    held = scope.picture.matters.agreements
    signed = [one for elder in scope.elders for one in held.get(elder.elder, [])]
    without = [
        event_id for elder in scope.certified if elder.signed is None for event_id in elder.certified_id
    ]
    if not signed and not without:
        return ()
    return (
        totalled([agreement.signed for agreement in signed]),
        *(Figure(),) * 6,
        taken(one.signed for one in signed),
        *(Figure(),) * 3,
        taken(one.filed for one in signed),
        figure(f"未签 {len(without)}", without),
    )


def _rows(scope: Scope, elder: ElderRecord) -> Iterator[tuple[Figure, ...]]:
    who = who_of(scope, elder)
    held = scope.picture.matters.agreements.get(elder.elder, [])
    for agreement in held:
        yield (*who, *_row(scope, elder, agreement, is_last=agreement is held[-1]))
    if elder.is_certified and elder.signed is None:
        yield (*who, *_NOBODY, figure("未签", elder.certified_id))


def _row(scope: Scope, elder: ElderRecord, one: Agreement, *, is_last: bool) -> tuple[Figure, ...]:
    signed, ids = one.signed, (one.signed.id,)
    ends = signed.value["ends"]
    return (
        _supporter(scope, elder, signed),
        _party(scope, signed, "caretaker"),
        _party(scope, signed, "relation"),
        Figure(signed.on, ids),
        Figure(date.fromisoformat(signed.value["begins"]), ids),
        Figure(date.fromisoformat(ends) if ends else None, ids if ends else ()),
        Figure(signed.value["by"], ids),
        day_of(one.filed),
        _state(one, scope.asked.as_of, is_last=is_last),
    )


def _supporter(scope: Scope, elder: ElderRecord, signed: Said) -> Figure:
    """By the name that the register has for the id; the id where it has none."""
    story = elder.supporters.get(signed.value["supporter"], [])
    if not story or not scope.redaction.sees_names:
        return _party(scope, signed, "supporter")
    return figure(
        supporter_name(scope.redaction, signed.value["supporter"], story), [signed.id, story[-1].id]
    )


def _party(scope: Scope, signed: Said, field: str) -> Figure:
    return scope.redaction.private(Said(signed.value[field], signed.on, signed.id))


def _state(one: Agreement, day: date, *, is_last: bool) -> Figure:
    if one.ended is not None:
        return Figure("已到期", (one.ended.id,))
    if date.fromisoformat(one.signed.value["begins"]) > day:
        return Figure("未生效", (one.signed.id,))
    return Figure("有效" if is_last else "已续签", (one.signed.id,))
