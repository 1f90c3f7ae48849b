"""留守老年人台账: one row a person on the register of a village, in the order of the registration form."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.kernel.labels import chinese, joined
from services.reports.figures import Column, Figure, ReportTable, figure
from services.reports.people import ElderRecord, Said
from services.reports.redaction import Redaction
from services.reports.scope import Scope

_HEAD = (Column("serial", "序号", 2), Column("elder", "编号", 7), Column("name", "姓名", 4))
_PERSON = (
    *_HEAD,
    Column("village", "村委会", 4.5),
    Column("group", "村小组", 4),
    Column("sex", "性别", 2),
    Column("citizen_number", "身份证号码", 10),
    Column("born", "出生日期", 6),
    Column("ethnic_group", "民族", 3),
    Column("phone", "联系电话", 6),
    Column("address", "家庭住址", 11.5),
    Column("living", "居住状况", 5),
    Column("health", "慢病残疾", 6),
    Column("insurance", "医疗保险", 6),
    Column("low_income", "低保", 2),
    Column("destitute_support", "特困", 2),
)
_CARE = (
    *_HEAD,
    Column("supporters", "赡养义务人(关系、电话、去向、外出日期)", 25),
    Column("status", "状态", 4),
    Column("since", "自", 6),
    Column("grade", "等级", 2),
    Column("because", "依据", 8),
    Column("carer", "结对帮扶人", 7),
    Column("agreement", "协议签订", 6),
    Column("last_visit", "最近走访", 6),
    Column("found", "最近发现", 8),
)
IN_PERSON = "in_person"
_MOVES = frozenset({"returned_on", "left_on", "left_county_on"})
STATUSES = {
    "enrolled": "在册",
    "certified": "留守",
    "lapsed": "不再留守",
    "ended": "注销",
    "merged": "已并档",
}


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Everybody on the register, those who left it too: who they are, then how they are cared for."""
    elders = list(enumerate(scope.elders, 1))
    heads = [(Figure(number), Figure(elder.elder), scope.redaction.name(elder)) for number, elder in elders]
    persons = [(*head, *_person(scope, elder)) for head, (_, elder) in zip(heads, elders, strict=True)]
    cares = [(*head, *_care(scope, elder)) for head, (_, elder) in zip(heads, elders, strict=True)]
    starts = frozenset(
        at for at in range(1, len(elders)) if elders[at][1].village != elders[at - 1][1].village
    )
    return (
        ReportTable("ledger", "一、基本信息", _PERSON, tuple(persons), starts_page=starts, held=3),
        ReportTable("care", "二、赡养与关爱", _CARE, tuple(cares), starts_page=starts, held=3),
    )


def _person(scope: Scope, elder: ElderRecord) -> tuple[Figure, ...]:
    redaction, facts = scope.redaction, elder.facts
    phone = facts.get("phone")
    return (
        _plain(facts.get("village"), scope.village_name(elder.village)),
        _plain(facts.get("group")),
        _plain(facts.get("sex")),
        redaction.number(elder),
        _day(facts.get("born")),
        _plain(facts.get("ethnic_group")),
        Figure("") if phone is None else Figure(redaction.phone(str(phone.value)), (phone.id,)),
        redaction.private(facts.get("address")),
        _plain(facts.get("living")),
        redaction.private(facts.get("health")),
        _plain(facts.get("insurance")),
        _yes(facts.get("low_income")),
        _yes(facts.get("destitute_support")),
    )


def _care(scope: Scope, elder: ElderRecord) -> tuple[Figure, ...]:
    redaction, status = scope.redaction, elder.status
    seen = [visit for visit in elder.visits if visit.mode == IN_PERSON]
    last = max(seen, key=lambda visit: (visit.on, visit.visit), default=None)
    return (
        supporters_of(scope, elder),
        Figure("") if status is None else Figure(STATUSES[status.value], (status.id,)),
        Figure("") if status is None else Figure(status.on, (status.id,)),
        redaction.grade(elder),
        redaction.because(elder),
        Figure("") if elder.carer is None else Figure(elder.carer.value, (elder.carer.id,)),
        Figure("") if elder.signed is None else Figure(elder.signed.on, (elder.signed.id,)),
        Figure("") if last is None else Figure(last.on, (last.id,)),
        _found(redaction, elder),
    )


def _found(redaction: Redaction, elder: ElderRecord) -> Figure:
    """What the last visit that found anything found, and when."""
    visits = [visit for visit in elder.visits if visit.findings]
    last = max(visits, key=lambda visit: (visit.on, visit.visit), default=None)
    return redaction.private(last and Said(f"{last.on} {joined(last.findings)}", last.on, last.id))


def _plain(held: Said | None, shown: str | None = None) -> Figure:
    return (
        Figure("")
        if held is None
        else Figure(chinese(str(held.value)) if shown is None else shown, (held.id,))
    )


def _day(held: Said | None) -> Figure:
    return Figure("") if held is None else Figure(date.fromisoformat(held.value), (held.id,))


def _yes(held: Said | None) -> Figure:
    return Figure("") if held is None else Figure("是" if held.value else "", (held.id,))


def supporters_of(scope: Scope, elder: ElderRecord) -> Figure:
    """A line a supporter: who, and since when away."""
    lines: list[str] = []
    ids: list[str] = []
    for name, story in sorted(elder.supporters.items()):
        lines.append(supporter_line(scope.redaction, name, story))
        ids += [statement.id for statement in story]
    return figure("\n".join(lines), ids)


def supporter_line(redaction: Redaction, supporter: str, story: list[Said]) -> str:
    """Name, relation, phone and whereabouts as the form has them; then where they are by the last that is known."""
    form: dict[str, Any] = {}
    for statement in story:
        form |= statement.value
    shown = supporter_name(redaction, supporter, story)
    parts = [shown, str(form.get("relation") or ""), redaction.phone(str(form.get("phone") or ""))]
    parts += [str(form.get("whereabouts") or "") if redaction.sees_names else "", away(story)]
    return " ".join(part for part in parts if part)


def supporter_name(redaction: Redaction, supporter: str, story: list[Said]) -> str:
    """The last name that is known, masked where the reader sees no names; the id where none is known."""
    names = [str(statement.value["name"]) for statement in story if statement.value.get("name")]
    name = names[-1] if names else supporter
    return name if redaction.sees_names else name[:1] + "*" * (len(name) - 1)


def away(story: list[Said]) -> str:
    """Where a supporter is: away since, back since, in the county."""
    moves: list[dict[str, Any]] = [statement.value for statement in story if _MOVES & statement.value.keys()]
    last = moves[-1]
    if "returned_on" in last:
        return f"{chinese(last['counts_as'])} {last['returned_on']}"
    left = last.get("left_on") or last.get("left_county_on")
    return f"外出 {left}" if left else "在县内"
