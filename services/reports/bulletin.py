"""月度通报: by village what was owed, met, missed and made up, grades, agreements, problems, incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.kernel.labels import chinese
from services.reports.figures import Column, Figure, ReportTable, counted, figure, summed
from services.reports.matters import ProblemRecord
from services.reports.people import DutyRecord, ElderRecord, Incident, Said
from services.reports.policies import TargetName
from services.reports.problem_ledger import shown_problems
from services.reports.redaction import ids_of
from services.reports.scope import Scope

MINUTE = timedelta(minutes=1)
_VILLAGE = Column("village", "村委会", 7)
_COUNTED_BY = "应办按期末日所在月份统计，含以前认定、本月到期的事项；应办＝办结＋免办＋漏办＋在办。"
_SUMMARY = (
    Column("duty", "事项", 8),
    Column("clause", "条款", 8),
    Column("owed_by", "责任人", 9),
    Column("owed", "应办", 4),
    Column("met", "办结", 4),
    Column("waived", "免办", 4),
    Column("missed", "漏办", 4),
    Column("reconciled", "其中补录", 4),
    Column("unreconciled", "未补", 4),
    Column("open", "在办", 4),
    Column("closed", "改期终止", 4),
)
_DUTIES = (_VILLAGE, *_SUMMARY)
_GRADES = (
    _VILLAGE,
    Column("certified", "留守老人", 8),
    Column("red", "红(高风险)", 8),
    Column("yellow", "黄(低风险)", 8),
    Column("green", "绿(一般)", 8),
    Column("raised", "本月升级", 8),
    Column("lowered", "本月降级", 8),
    Column("new", "本月新认定", 8),
)
_AGREEMENTS = (
    _VILLAGE,
    Column("certified", "应签", 8),
    Column("signed", "已签", 8),
    Column("unsigned", "未签", 8),
    Column("rate", "签订率%", 8, "0.0"),
    Column("target", "目标%", 8),
)
_INCIDENTS = (
    _VILLAGE,
    Column("incidents", "本月突发事件", 8),
    Column("told", "已通知", 8),
    Column("taken", "已签收", 8),
    Column("untaken", "无人签收", 8),
    Column("told_minutes", "最长通知用时(分)", 10),
    Column("taken_minutes", "最长签收用时(分)", 10),
)
_PROBLEMS = (
    _VILLAGE,
    Column("found", "本月发现问题", 8),
    Column("solved", "本月办结", 8),
    Column("verified", "本月核实", 8),
    Column("pending", "在办", 8),
    Column("late", "其中超期", 8),
)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Duties that close in the month; grades and agreements as on `as_of`; incidents and problems of the month."""
    return (
        _summary(scope),
        _duties(scope),
        _grades(scope),
        share_signed(scope, "agreements", "四、委托照顾协议"),
        _incidents(scope),
        _problems(scope),
    )


def _summary(scope: Scope) -> ReportTable:
    """Each duty over every village asked for, and the township's own where all are."""
    held = [one for village in _places(scope) for one in scope.duties_of(village)]
    rows = _by_duty(scope, held)
    totals = summed(rows, range(3, 11), "合计")
    return ReportTable("summary", "一、履职汇总", _SUMMARY, tuple(rows), totals, notes=(_COUNTED_BY,))


def _duties(scope: Scope) -> ReportTable:
    rows = [
        (Figure(scope.village_name(village)), *row)
        for village in _places(scope)
        for row in _by_duty(scope, scope.duties_of(village))
    ]
    totals = summed(rows, range(4, 12), "合计")
    return ReportTable("duties", "二、分村履职情况", _DUTIES, tuple(rows), totals, notes=(_COUNTED_BY,))


def _places(scope: Scope) -> list[str]:
    return scope.villages if scope.asked.village else [*scope.villages, ""]


def _by_duty(scope: Scope, held: list[DutyRecord]) -> list[tuple[Figure, ...]]:
    by_name = {name: [one for one in held if one.duty == name] for name in scope.rules.order}
    return [_duty_row(scope, name, mine) for name, mine in by_name.items() if mine]


def _duty_row(scope: Scope, name: str, mine: list[DutyRecord]) -> tuple[Figure, ...]:
    def having(wanted: Callable[[DutyRecord], bool]) -> Figure:
        found = [one for one in mine if wanted(one)]
        return figure(len(found), ids_of(found))

    return (
        Figure(chinese(name)),
        Figure(scope.rules.clause_of(name)),
        Figure(chinese(scope.rules.owed_by(name))),
        having(lambda one: one.stands),
        having(lambda one: one.ending == "met"),
        having(lambda one: one.ending == "waived"),
        having(lambda one: one.ending == "missed"),
        having(lambda one: one.ending == "missed" and one.reconciled is not None),
        having(lambda one: one.ending == "missed" and one.reconciled is None),
        having(lambda one: one.ending is None),
        having(lambda one: not one.stands),
    )


def _grades(scope: Scope) -> ReportTable:
    rows = [_grade_row(scope, village) for village in scope.villages]
    return ReportTable("grades", "三、风险等级", _GRADES, tuple(rows), summed(rows, range(1, 8), "合计"))


def _grade_row(scope: Scope, village: str) -> tuple[Figure, ...]:
    mine = [one for one in scope.certified if one.village == village]
    here = [one for one in scope.elders if one.village == village]
    by_grade = {grade: list[str]() for grade in ("red", "yellow", "green")}
    for elder in mine:
        grading = scope.redaction.grading(elder)
        if grading is not None:
            by_grade[grading.grade].append(grading.id)
    changes = {
        kind: [
            one.id
            for elder in here
            for one in scope.redaction.gradings(elder)
            if one.kind == kind and scope.has_month(one.on)
        ]
        for kind in ("raised", "lowered")
    }
    new = [one.id for elder in here for one in elder.certified if scope.has_month(one.on)]
    return (
        Figure(scope.village_name(village)),
        counted([event_id for elder in mine for event_id in elder.certified_id]),
        *(counted(held) for held in by_grade.values()),
        counted(changes["raised"]),
        counted(changes["lowered"]),
        counted(new),
    )


def share_signed(scope: Scope, name: str, title: str) -> ReportTable:
    """Agreements that stand of those certified on `as_of`, by village, against the policy's target (100 %)."""
    target = scope.rules.reports.targets.get(TargetName.AGREEMENTS)
    aim = Figure(target.at_least if target else None)
    rows = [
        _agreement_row(
            scope.village_name(village), [elder for elder in scope.certified if elder.village == village], aim
        )
        for village in scope.villages
    ]
    totals = _agreement_row("合计", scope.certified, aim) if rows else ()
    clause = f"({target.clause})" if target else ""
    return ReportTable(name, f"{title}{clause}", _AGREEMENTS, tuple(rows), totals)


def _agreement_row(label: str, elders: list[ElderRecord], aim: Figure) -> tuple[Figure, ...]:
    owed = [event_id for elder in elders for event_id in elder.certified_id]
    signed = [elder.signed.id for elder in elders if elder.signed is not None]
    unsigned = [one for elder in elders if elder.signed is None for one in elder.certified_id]
    rate = percentage(len(signed), len(elders))
    return (
        Figure(label),
        counted(owed),
        counted(signed),
        counted(unsigned),
        figure(rate, [*owed, *signed]),
        aim,
    )


def percentage(part: int, whole: int) -> float | None:
    """With one decimal, cut and not rounded: 99.96 is not 100. None where there is nothing to divide by."""
    return None if whole == 0 else 1000 * part // whole / 10


def _incidents(scope: Scope) -> ReportTable:
    where = {elder.elder: elder.village for elder in scope.picture.enrolled}
    month = [
        incident
        for incident in scope.picture.incidents.values()
        if scope.has_month(incident.reported_at.date())
    ]
    shown = scope.redaction.incidents(sorted(month, key=lambda one: (one.reported_at, one.incident)))
    rows = [
        _incident_row(scope.village_name(village), [one for one in shown if where.get(one.elder) == village])
        for village in scope.villages
    ]
    totals = _incident_row("合计", [one for one in shown if where.get(one.elder) in scope.villages])
    return ReportTable("incidents", "五、突发事件响应", _INCIDENTS, tuple(rows), totals)


def _incident_row(label: str, mine: list[Incident]) -> tuple[Figure, ...]:
    told = [one for one in mine if one.told_at is not None]
    taken = [one for one in mine if one.taken_at is not None]
    until_told = [
        ((incident.told_at - incident.reported_at) // MINUTE, incident)
        for incident in told
        if incident.told_at
    ]
    until_taken = [((one.taken_at - one.reported_at) // MINUTE, one) for one in taken if one.taken_at]
    return (
        Figure(label),
        counted([one.id for one in mine]),
        counted([one.told_id for one in told]),
        counted([one.taken_id for one in taken]),
        counted([one.id for one in mine if one.taken_at is None]),
        _longest(until_told),
        _longest(until_taken),
    )


def _longest(found: list[tuple[int, Incident]]) -> Figure:
    if not found:
        return Figure()
    minutes, incident = max(found, key=lambda one: (one[0], one[1].incident))
    return figure(minutes, incident.ids)


def _problems(scope: Scope) -> ReportTable:
    """Of those living in the village on `as_of`; a problem that was reopened counts as it stands."""
    shown = shown_problems(scope)
    rows = [
        _problem_row(
            scope, scope.village_name(village), [one for one, elder in shown if elder.village == village]
        )
        for village in scope.villages
    ]
    return ReportTable("problems", "六、问题办理", _PROBLEMS, tuple(rows), summed(rows, range(1, 6), "合计"))


def _problem_row(scope: Scope, label: str, mine: list[ProblemRecord]) -> tuple[Figure, ...]:
    def in_month(steps: list[Said | None]) -> Figure:
        return counted([step.id for step in steps if step is not None and scope.has_month(step.on)])

    pending = [one for one in mine if one.is_open]
    return (
        Figure(label),
        in_month([one.found for one in mine]),
        in_month([one.closed for one in mine]),
        in_month([one.verified for one in mine]),
        counted([problem.found.id for problem in pending]),
        counted([one.late.id for one in pending if one.late is not None]),
    )
