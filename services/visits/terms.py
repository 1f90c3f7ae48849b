"""Words of visits: duties, periods, and what cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from services.kernel.policy_limits import whole
from services.kernel.refusal import Refusal


class PeriodKind(StrEnum):
    """周 月 季 半年 年: calendar periods; a week is Monday to Sunday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class PlaceKind(StrEnum):
    """村委会 村小组 乡: what else than an elder a duty is owed for."""

    VILLAGE = "village"
    GROUP = "group"
    TOWNSHIP = "township"


class PlaceDutyName(StrEnum):
    """村、组、乡的工作: what is owed for a place (section 4)."""

    FULL_SCREENING = "full_screening"
    GROUP_ACTIVITY = "group_activity"
    HEALTH_EDUCATION = "health_education"
    DISPUTE_SCREENING = "dispute_screening"
    SPOT_CHECK = "spot_check"
    DATA_COMPARISON = "data_comparison"
    DISPATCH_MEETING = "dispatch_meeting"
    STUDY_MEETING = "study_meeting"
    RIGHTS_REPORT = "rights_report"
    COMMENDATION = "commendation"


@dataclass(frozen=True)
class Period:
    """A calendar period: its label (`2024-03`, `2024-W10`, `2024Q1`, `2024H1`, `2024`) and both ends."""

    label: str
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.ends_on - self.starts_on).days + 1

    @classmethod
    def containing(cls, kind: PeriodKind, day: date) -> Period:
        """The period of `kind` in which `day` lies."""
        if kind is PeriodKind.WEEK:
            year, week, weekday = day.isocalendar()
            monday = day - timedelta(days=weekday - 1)
            return cls(f"{year}-W{week:02}", monday, monday + timedelta(days=6))
        months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}
        span = months[kind]
        index = (day.month - 1) // span
        starts = date(day.year, index * span + 1, 1)
        follows = index * span + span
        ends = date(day.year + follows // 12, follows % 12 + 1, 1) - timedelta(days=1)
        labels = {
            PeriodKind.MONTH: f"{day:%Y-%m}",
            PeriodKind.QUARTER: f"{day.year}Q{index + 1}",
            PeriodKind.HALF_YEAR: f"{day.year}H{index + 1}",
            PeriodKind.YEAR: f"{day.year}",
        }
        return cls(labels[kind], starts, ends)


@dataclass(frozen=True)
class Owed:
    """How often a duty is owed in a full period; a partial one of a red follow-up is rounded up."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    kind: PeriodKind
    times: Annotated[int, whole(0, 365)]
    rounds_up: bool = False


@dataclass(frozen=True)
class Situation:
    """What is known of an elder that decides which care is owed."""

    born: date
    is_certified: bool = False
    spell: int = 0
    grade: str | None = None
    grade_spell: int = 0
    grade_due: str | None = None
    living: str = ""
    health: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    declined_institution: bool = False
    in_institution: bool = False

    @property
    def grade_in_force(self) -> str | None:
        """The grade of the present certification; None where risk has not told it yet."""
        return self.grade if self.grade_spell == self.spell else None

    @property
    def due(self) -> date | None:
        """When the grade in force is to be reassessed."""
        is_due = self.grade_due is not None and self.grade_spell == self.spell
        return date.fromisoformat(self.grade_due or "") if is_due else None


@dataclass
class OpenDuty:
    """A duty in its period: owed `count` times from `opens_on` to `closes_on`; `reminded`: when, what role, whom."""

    duty: str
    label: str
    opens_on: date
    closes_on: date
    count: int
    owed: Owed | None = None
    is_met: bool = False
    reminded: tuple[date, str, str | None] | None = None


@dataclass(frozen=True)
class Absence:
    """外出: first and last day away."""

    begins: date
    ends: date


class Stage(StrEnum):
    """办理环节: how far a problem is; what it names is what was last done."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    HANDED = "handed"
    HANDLED = "handled"
    CLOSED = "closed"
    VERIFIED = "verified"


@dataclass
class Part:
    """What one unit was handed of a problem: by when, and whether it is done."""

    due: date
    is_handled: bool = False
    is_overdue: bool = False


@dataclass(frozen=True)
class Pending:
    """A step of a problem, still owed by the end of `due`; `unit` where it is a unit's."""

    stage: Stage
    due: date
    unit: str | None = None


def day_of(text: str | None) -> date | None:
    """A stored ISO date; None where there is none."""
    return date.fromisoformat(text) if text else None


class Directory(Protocol):
    """Who holds a role for a village, and who stands in for a carer."""

    def holder(self, role: str, village: str, on: date) -> str | None:
        """Staff id, or None where nobody does on that day."""
        ...

    def acting_for(self, staff: str, day: date) -> str:
        """Staff id of whoever stands in on that day, or the same."""
        ...


class VisitsError(Refusal):
    """A command that cannot be taken; the message says what to do."""


class MergedEntry(VisitsError):
    """该档案已并入另一档案：请在保留的档案中登记
    / This entry was merged into another of the same person: enter it there.
    """


class ConflictingVisit(VisitsError):
    """此走访编号已用于其他内容：请换一个编号
    / A visit with this id but other content is recorded already: use a new id.
    """


class NotYetHappened(VisitsError):
    """日期在将来：请在当天登记 / This is dated in the future: enter it on the day it happens."""


class BeforeBirth(VisitsError):
    """日期早于老人的出生日期：请核对日期和出生日期
    / This would have happened before the elder was born: check the date and the birth date.
    """


class AfterTheEnd(VisitsError):
    """当日该老人已注销：请核对日期 / The elder's status had ended on that day: check the date."""


class NeedTwice(VisitsError):
    """此需求编号已登记：请换一个编号
    / A need with this id is recorded for this elder already: use a new id.
    """


class UnknownNeed(VisitsError):
    """没有此编号的需求：请核对编号 / No need with this id is recorded for this elder: check the id."""


class AlreadyMet(VisitsError):
    """此需求已办结 / This need was met already."""


class ReferralOpen(VisitsError):
    """已有未办结的转诊：请接着办理 / A referral of this elder is open already: go on with that one."""


class WrongRole(VisitsError):
    """生活保障评估由党群服务中心负责
    / Living-security reviews are made by the party service centre (党群服务中心).
    """


class WrongRoleForDuty(VisitsError):
    """此项工作由其他岗位负责：请由该岗位人员登记
    / This duty is owed by another role: let somebody who holds it report it.
    """


class NotOwedHere(VisitsError):
    """此对象没有这项工作：请核对工作和对象
    / This duty is not owed for this subject: check the duty and the subject.
    """


class NotOnRegister(VisitsError):
    """没有此编号的老人：请核对编号，或先建档
    / No elder with this id is on the register: check the id, or enrol them first.
    """

    heard_from = "registry"


class ProblemTwice(VisitsError):
    """此问题或突发事件编号已上报：请换一个编号
    / A problem or incident with this id is reported already: use a new id.
    """


class UnknownProblem(VisitsError):
    """没有您可以查看的这一问题：请核对编号 / No problem with this id is open to you: check the id."""


class NoSuchVisit(VisitsError):
    """没有此次走访的记录：请先登记走访，或不填走访编号
    / No visit with this id is recorded for this elder: record the visit first, or report without it.
    """


class NotAtThisStage(VisitsError):
    """问题不在这一环节：依次为受理、交办、办理、办结、核实
    / The problem is not at this step: accept, hand on, handle, close, verify, in this order.
    """


class NotTheDesk(VisitsError):
    """受理、交办和办结由受理窗口负责：请由受理窗口办理
    / Problems are taken in, handed on and closed by the one desk (一门受理): let it do so.
    """


class UnknownUnit(VisitsError):
    """没有这个单位：请填政策表中所列的单位 / No such unit: name one that the policy lists."""


class NotForCarers(VisitsError):
    """保密事项不得交给结对帮扶人：请换一个单位
    / A confidential report is never handed to carers: choose another unit.
    """


class BackwardDeadline(VisitsError):
    """期限已过：请填今天或以后的日期 / The deadline has passed already: name today or a later day."""


class AlreadyHandled(VisitsError):
    """此单位已接办或已办完 / This unit has the problem already, or has handled it."""


class NotThisUnit(VisitsError):
    """此事未交给该单位，或应由他人答复
    / The problem was not handed to this unit, or somebody else answers for it.
    """


class UnitsPending(VisitsError):
    """还有单位没有办完：全部办完后再办结 / Not every unit has handled its part: close it when all have."""


class NotVerifier(VisitsError):
    """由村、包保乡领导或领导小组办公室核实
    / The village lead, the township leader or the office verifies: let one of them do so.
    """


class SameHand(VisitsError):
    """办结人不能核实自己办结的问题：请由他人核实
    / Whoever closed a problem does not verify it: let somebody else do so.
    """


class StatusEnded(VisitsError):
    """该老人已注销：不能再登记；报错了的，请撤销注销
    / This elder's status has ended: nothing more can be entered for them, unless the end is taken back.
    """


class UnknownSubject(VisitsError):
    """没有此村、村小组或乡：请核对，或先设村
    / No village, village group or township is known by this name: check it, or open the village first.
    """


class AlreadySigned(VisitsError):
    """这段时间已有协议：续签应在原协议到期之后开始
    / An agreement stands for that time: a renewal begins after its last day.
    """


class BackwardTerm(VisitsError):
    """协议到期早于开始：请核对两个日期 / The agreement's term ends before it begins: check both dates."""


class NoAgreement(VisitsError):
    """没有有效的协议：请先签订 / No agreement stands for this elder: sign it first."""


class AlreadyFiled(VisitsError):
    """现有协议已报备 / The agreement that stands is filed already."""


class UnknownAbsence(VisitsError):
    """没有这一天开始的外出：请核对日期，或先登记外出
    / No absence that begins on this day is noted: check the day, or note the absence.
    """


class BackwardAbsence(VisitsError):
    """外出结束早于开始：请核对两个日期 / The absence ends before it begins: check both dates."""


class LongAbsence(VisitsError):
    """外出一次最多登记一年，到期续登：请填更早的结束日期
    / An absence is noted for a year at most, and renewed: enter an earlier last day.
    """
