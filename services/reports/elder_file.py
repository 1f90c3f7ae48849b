"""一人一档: everything on the register of one person, section by section; a page a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.kernel.labels import chinese, joined
from services.reports.care_card import WHO, pages_by_elder
from services.reports.figures import Column, Figure, ReportTable, Value
from services.reports.people import ElderRecord, Said
from services.reports.problem_ledger import kind_of, shown_problems
from services.reports.redaction import HIDDEN
from services.reports.scope import Scope
from services.reports.village_ledger import STATUSES, supporter_line

_COLUMNS = (
    *WHO[:2],
    Column("section", "类别", 5),
    Column("item", "项目", 7),
    Column("content", "内容", 23.5),
    Column("on", "日期", 6),
)
Line = tuple[str, str, Value, date | None, tuple[str, ...]]
_BASIC = (
    ("sex", "性别"),
    ("born", "出生日期"),
    ("ethnic_group", "民族"),
    ("marital", "婚姻状况"),
    ("living", "居住状况"),
)
_LIFE = (
    ("income_sources", "经济来源"),
    ("family_structure", "家庭结构"),
    ("health", "慢病残疾"),
    ("health_note", "健康状况"),
    ("care_situation", "照料情况"),
    ("difficulties", "存在困难"),
    ("needs", "需求"),
)
_HELP = (
    ("insurance", "医疗保险"),
    ("low_income", "低保"),
    ("destitute_support", "特困"),
    ("declined_institution", "不愿入住养老机构"),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """What is known of each, by the facts in force on `as_of`; of visits what was noted, beside the care card."""
    rows, matters = list[tuple[Figure, ...]](), _matters(scope)
    for elder in scope.elders:
        who = (Figure(elder.elder), scope.redaction.name(elder))
        for section, item, content, on, ids in (*_lines(scope, elder), *matters.get(elder.elder, ())):
            rows.append((*who, Figure(section), Figure(item), Figure(content, ids), Figure(on, ids)))
    return (ReportTable("file", "一人一档", _COLUMNS, tuple(rows), starts_page=pages_by_elder(rows), held=2),)


def _lines(scope: Scope, elder: ElderRecord) -> Iterator[Line]:
    yield from _identity(scope, elder)
    for section, fields in (("基本情况", _BASIC), ("保障情况", _HELP)):
        for name, header in fields:
            held = elder.facts.get(name)
            if held is not None and held.value not in (None, ""):
                yield section, header, _shown(held.value), held.on, (held.id,)
    for name, header in _LIFE:
        found = scope.redaction.private(elder.facts.get(name))
        if found.value:
            yield "生活健康", header, found.value, elder.facts[name].on, found.ids
    for name, story in sorted(elder.supporters.items()):
        ids = tuple(statement.id for statement in story)
        yield "赡养义务人", name, supporter_line(scope.redaction, name, story), story[-1].on, ids
    yield from _standing(scope, elder)
    yield from _care(elder)
    yield from _visits(scope, elder)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return chinese(value) if isinstance(value, str) else joined(value)


def _identity(scope: Scope, elder: ElderRecord) -> Iterator[Line]:
    facts = elder.facts
    yield "基本情况", "村委会", scope.village_name(elder.village), facts["village"].on, (facts["village"].id,)
    yield "基本情况", "村小组", elder.group, facts["group"].on, (facts["group"].id,)
    number, address = scope.redaction.number(elder), scope.redaction.private(facts.get("address"))
    if number.value:
        yield "基本情况", "身份证号码", number.value, facts["citizen_number"].on, number.ids
    phone = facts.get("phone")
    if phone is not None and phone.value:
        yield "基本情况", "联系电话", scope.redaction.phone(phone.value), phone.on, (phone.id,)
    if address.value:
        yield "基本情况", "家庭住址", address.value, facts["address"].on, address.ids


def _standing(scope: Scope, elder: ElderRecord) -> Iterator[Line]:
    if elder.status is not None:
        why = f"（{chinese(elder.reason)}）" if elder.reason else ""
        yield "身份", "状态", f"{STATUSES[elder.status.value]}{why}", elder.status.on, (elder.status.id,)
    for number, one in enumerate(elder.certified, 1):
        yield "身份", f"第{number}次认定", "留守老年人", one.on, (one.id,)
    for one in scope.redaction.gradings(elder):
        because = scope.redaction.words(one.because)
        text = f"{chinese(one.grade)}（{because}）" if because else chinese(one.grade)
        yield "风险等级", chinese(one.kind), text, one.on, (one.id,)
    if elder.due is not None and scope.redaction.grading(elder) is elder.grading:
        yield "风险等级", "再评估期限", elder.due.value, elder.due.on, (elder.due.id,)
    for one in elder.reassessments:
        yield "风险等级", "再评估", f"由 {one.value['by']} 评估", one.on, (one.id,)
    if elder.in_institution is not None:
        yield "身份", "养老机构", "已入住", elder.in_institution.on, (elder.in_institution.id,)


def _care(elder: ElderRecord) -> Iterator[Line]:
    if elder.carer is not None:
        yield "关爱服务", "结对帮扶人", elder.carer.value, elder.carer.on, (elder.carer.id,)
    signed: Said | None = elder.signed
    if signed is not None:
        yield "关爱服务", "委托照顾协议", f"已签订，经办 {signed.value}", signed.on, (signed.id,)
    for review in elder.reviews:
        yield "关爱服务", "生活保障评估", f"由 {review.value} 评估", review.on, (review.id,)
    for absence in elder.absences:
        yield "关爱服务", "外出", f"{absence.value[0]} 至 {absence.value[1]}", absence.on, (absence.id,)
    if elder.visits:
        days = sorted(visit.on for visit in elder.visits)
        ids = tuple(one.id for one in elder.visits)
        yield "关爱服务", "走访", f"{len(days)} 次，见一人一卡", days[-1], ids


def _visits(scope: Scope, elder: ElderRecord) -> Iterator[Line]:
    """What was noted on each, for who may read it."""
    for one in sorted(elder.visits, key=lambda visit: (visit.on, visit.visit)):
        if text := scope.redaction.noted(one):
            yield "走访记录", f"{chinese(one.mode)} {one.by}", text, one.on, (one.id,)


def _matters(scope: Scope) -> dict[str, list[Line]]:
    """By elder, what was written of their needs and problems and how far each is, for who may read it."""
    lines: dict[str, list[Line]] = {}
    for need in scope.picture.matters.needs.values():
        told = _written(scope, need.text, need.solution)
        state = "已办结" if need.met else "未办结"
        kind = str(kind_of(scope, need.kind, need.found).value)
        line = ("需求", kind, f"{told}（{state}）", need.found.on, tuple(need.ids))
        lines.setdefault(need.elder, []).append(line)
    for problem, _ in shown_problems(scope):
        told = f"{_written(scope, problem.text)}（{chinese(problem.stage)}）"
        kind = str(kind_of(scope, problem.kind, problem.found).value)
        line = ("问题", kind, told, problem.found.on, (problem.found.id, problem.last))
        lines.setdefault(problem.elder, []).append(line)
    return lines


def _written(scope: Scope, *texts: str) -> str:
    text = "；".join(one for one in texts if one)
    return text if scope.redaction.sees_names else HIDDEN
