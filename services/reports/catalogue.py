"""Every report by name, and how one is made from the logs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from services.chassis.log.event_log import EventLog
from services.kernel.labels import chinese
from services.reports import (
    agreements,
    bulletin,
    care_card,
    care_plan,
    comparisons,
    elder_file,
    grades,
    needs_ledger,
    problem_ledger,
    registration_form,
    targets,
    village_ledger,
)
from services.reports.figures import Report, ReportTable
from services.reports.folding import picture_of
from services.reports.policies import RuleBook
from services.reports.scope import NotReportable, ReportRequest, Scope, half_year
from services.reports.sources import read

REGISTER = ("registry", "risk", "visits")
EVERYTHING = (*REGISTER, "notify")
WITHOUT_GRADES = ("registry", "visits")


NOBODY = "未指明角色，已脱敏"


class ReportPeriod(Enum):
    """What a report is of: a month, the half-year of a month, or a day alone."""

    NONE = "none"
    MONTH = "month"
    HALF_YEAR = "half_year"


_PERIODS: Mapping[ReportPeriod, Callable[[date], str]] = {
    ReportPeriod.NONE: lambda _: "",
    ReportPeriod.MONTH: lambda day: f"{day.year}年{day.month}月",
    ReportPeriod.HALF_YEAR: half_year,
}


@dataclass(frozen=True)
class ReportKind:
    """A report: its title and clause, the services on whose logs it rests, and what makes its tables."""

    title: str
    clause: str
    rests_on: tuple[str, ...]
    tables: Callable[[Scope], tuple[ReportTable, ...]]
    period: ReportPeriod = ReportPeriod.NONE
    notes: tuple[str, ...] = ()
    form: Callable[[Scope], ReportTable | None] = lambda _: None


KINDS: Mapping[str, ReportKind] = {
    "agreements": ReportKind("委托照顾协议登记", "三(二)1", WITHOUT_GRADES, agreements.tables),
    "bulletin": ReportKind(
        "留守老年人关爱服务月度通报",
        "二(一)",
        EVERYTHING,
        bulletin.tables,
        period=ReportPeriod.MONTH,
        notes=("依规定保密的事项只对有权知悉者显示。",),
    ),
    "care-card": ReportKind(
        "留守老年人关爱服务卡（一人一卡）",
        "二(二), 三(一)2",
        REGISTER,
        care_card.tables,
        period=ReportPeriod.MONTH,
    ),
    "care-plan": ReportKind(
        "留守老年人关爱服务措施（一人一策）", "二(四), 三(一)2", REGISTER, care_plan.tables
    ),
    "comparison": ReportKind(
        "重点对象数据比对情况",
        "三(一)2",
        ("registry",),
        comparisons.tables,
        period=ReportPeriod.HALF_YEAR,
        notes=("按名单日期所在半年统计；名单由各部门提供，身份证号码只留尾数。",),
    ),
    "elder-file": ReportKind("留守老年人档案（一人一档）", "三(一)2", REGISTER, elder_file.tables),
    "grades": ReportKind("留守老年人风险等级变化", "二(四)", REGISTER, grades.tables),
    "needs-ledger": ReportKind("留守老年人需求台账", "三(一)2", WITHOUT_GRADES, needs_ledger.tables),
    "problem-ledger": ReportKind(
        "留守老年人问题台账",
        "二(一), 三(一)1",
        WITHOUT_GRADES,
        problem_ledger.tables,
        notes=("受理、办结、核实日期为最近一次办理；依规定保密的问题只对有权知悉者显示。",),
    ),
    "targets": ReportKind(
        "关爱服务目标进度",
        "三(二)1, 三(四)3, 四(三), 三(三)6",
        EVERYTHING,
        targets.tables,
        notes=("设施覆盖率、专项经费由乡填报；依规定保密的案件只对有权知悉者显示。",),
    ),
    "village-ledger": ReportKind(
        "农村留守老年人信息台账",
        "三(一)2",
        REGISTER,
        village_ledger.tables,
        form=registration_form.table,
    ),
}


def make(name: str, logs: Mapping[str, EventLog], book: RuleBook, asked: ReportRequest) -> Report:
    """The report of that name; raises NotReportable where there is none, or nobody such."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotReportable(f"没有“{name}”这种报表 / no such report; known: {', '.join(KINDS)}")
    known = read({service: logs[service] for service in kind.rests_on}, asked.as_of, asked.known_by)
    scope = Scope(asked, picture_of(known.facts), book)
    _check(scope)
    begins = scope.begins if kind.period is ReportPeriod.MONTH else asked.as_of
    return Report(
        name=name,
        title=f"{scope.township}{kind.title}",
        clause=kind.clause,
        about=" ".join(one for one in (scope.village_name(asked.village or ""), asked.elder) if one),
        reader=chinese(asked.reader) if asked.reader else NOBODY,
        period=_PERIODS[kind.period](scope.begins),
        as_of=asked.as_of,
        known_by=asked.known_by,
        is_final=known.is_final,
        policy=book.versions(begins, asked.as_of),
        tables=kind.tables(scope),
        notes=kind.notes,
        form=kind.form(scope),
    )


def _check(scope: Scope) -> None:
    village, elder = scope.asked.village, scope.asked.elder
    if village and village not in scope.picture.villages:
        known = ", ".join(sorted(scope.picture.villages))
        raise NotReportable(f"没有此代码的村 / no village {village} was open then; known: {known}")
    if elder and not scope.elders:
        raise NotReportable(_why_not(scope, elder))


def _why_not(scope: Scope, elder: str) -> str:
    """Of somebody who is in no list of what was asked for."""
    known = next((one for one in scope.picture.enrolled if one.elder == elder), None)
    if known is not None:
        village = scope.village_name(known.village)
        return f"{elder} 当日在{village} / that day they were of {village}, not of the village asked for"
    days = f"{scope.asked.as_of}（按 {scope.asked.known_by} 所知）"
    return (
        f"{elder} {days}不在册；以后才录入的，用 --known-by 写录入那天或以后"
        " / not on the register by then; whoever was recorded later is shown by a later --known-by"
    )
