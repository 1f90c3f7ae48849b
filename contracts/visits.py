"""What visits tells: what care is owed, what was done, what was missed, what was found.

The `subject` of a duty is an elder's id, a village's code, `village/group`, or `township`.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.base import Told
from contracts.words import (
    AbsenceReason,
    Duty,
    EvidenceName,
    Grade,
    IncidentKind,
    NeedKind,
    OwedBy,
    ProblemKind,
    ProblemStage,
    Role,
    VisitMode,
)


class VisitRecorded(Told):
    """走访登记: a visit that occurred on `occurred_on` is kept, whatever duties it counts for, 二(二)."""

    TYPE: ClassVar[str] = "visits.VisitRecorded"
    visit: str
    elder: str
    by: str
    mode: VisitMode
    occurred_on: date
    counts_for: list[Duty]


class EvidenceSeen(Told):
    """走访见到依据: on the visit `visit` of `seen_on`; what is not held yet is observed at once, 二(四)."""

    TYPE: ClassVar[str] = "visits.EvidenceSeen"
    visit: str
    elder: str
    seen_on: date
    evidence: list[EvidenceName]


class IncidentReported(Told):
    """突发事件上报: something urgent happened to an elder, 三(三)4, 三(四)2."""

    TYPE: ClassVar[str] = "visits.IncidentReported"
    incident: str
    elder: str
    kind: IncidentKind


class OfProblem(Told):
    """发现问题: one problem, of one elder."""

    problem: str
    elder: str
    kind: ProblemKind


class ProblemOpened(OfProblem):
    """发现问题: something that is no incident was found on `found_on`, 二(一), 三(三)4."""

    TYPE: ClassVar[str] = "visits.ProblemOpened"
    found_on: date


class ProblemAccepted(OfProblem):
    """受理: the one desk took it in, 二(一)."""

    TYPE: ClassVar[str] = "visits.ProblemAccepted"
    by: str


class ProblemHanded(OfProblem):
    """交办: it was handed to units that work together, each to be done by `due`, 二(一)."""

    TYPE: ClassVar[str] = "visits.ProblemHanded"
    by: str
    units: list[str]
    due: date


class ProblemHandled(OfProblem):
    """办理: one unit has done its part."""

    TYPE: ClassVar[str] = "visits.ProblemHandled"
    by: str
    unit: str


class ProblemProgressNoted(OfProblem):
    """办理进展: how far one unit has come with its part; what it wrote stays with visits."""

    TYPE: ClassVar[str] = "visits.ProblemProgressNoted"
    by: str
    unit: str


class ProblemClosed(OfProblem):
    """办结: closed with its solution, to be verified by somebody else."""

    TYPE: ClassVar[str] = "visits.ProblemClosed"
    by: str


class ProblemVerified(OfProblem):
    """核实: somebody other than who closed it found it solved."""

    TYPE: ClassVar[str] = "visits.ProblemVerified"
    by: str


class ProblemReopened(OfProblem):
    """重新办理: it was not solved; the desk begins again."""

    TYPE: ClassVar[str] = "visits.ProblemReopened"
    by: str


class ProblemOverdue(OfProblem):
    """超期: since `stage` nothing more was done by `due`; `unit` where it is a unit's part. These roles are told."""

    TYPE: ClassVar[str] = "visits.ProblemOverdue"
    stage: ProblemStage
    due: date
    unit: str | None
    owed_by: list[Role] = Field(default=[])


class OfDuty(Told):
    """应办事项: one duty, for one subject, in one period."""

    subject: str
    duty: Duty
    period: str


class DutyOpened(OfDuty):
    """应办: a duty is owed `count` times from `opens_on` to `closes_on`."""

    TYPE: ClassVar[str] = "visits.DutyOpened"
    opens_on: date
    closes_on: date
    count: int


class DutyNearlyDue(OfDuty):
    """临期提醒: `remaining` times are still owed by `closes_on`; told once a period, for the day's digest."""

    TYPE: ClassVar[str] = "visits.DutyNearlyDue"
    village: str
    opens_on: date
    closes_on: date
    remaining: int
    owed_by: OwedBy
    responsible: str | None


class ReminderSettled(OfDuty):
    """提醒了结: it was done on the very day on which whoever owes it is reminded."""

    TYPE: ClassVar[str] = "visits.ReminderSettled"
    village: str
    owed_by: OwedBy
    responsible: str | None


class DutyMet(OfDuty):
    """办结: a duty was done as often as it was owed."""

    TYPE: ClassVar[str] = "visits.DutyMet"


class DutySuperseded(OfDuty):
    """改派: a duty's cause changed inside its period and another took its place, with no miss."""

    TYPE: ClassVar[str] = "visits.DutySuperseded"


class DutyWaived(OfDuty):
    """免办: absence (外出) alone made what was done enough, with no miss."""

    TYPE: ClassVar[str] = "visits.DutyWaived"


class DutyEnded(OfDuty):
    """终止: a duty's cause ended inside its period, with no miss."""

    TYPE: ClassVar[str] = "visits.DutyEnded"


class VisitMissed(OfDuty):
    """漏访: the last day passed with the count not met; `grade` is none where the subject is no elder."""

    TYPE: ClassVar[str] = "visits.VisitMissed"
    village: str
    shortfall: int
    responsible: str | None
    owed_by: OwedBy
    grade: Grade | None
    missed_before: bool


class MissReconciled(OfDuty):
    """补录: what a miss lacked was done or recorded `days_late` days late; the miss is kept."""

    TYPE: ClassVar[str] = "visits.MissReconciled"
    days_late: int


class AgreementSigned(Told):
    """签订委托照顾协议: the care agreement of an elder was signed on `signed_on`, 三(二)1."""

    TYPE: ClassVar[str] = "visits.AgreementSigned"
    elder: str
    by: str
    signed_on: date
    begins: date | None = None
    ends: date | None = None


class AgreementFiled(Told):
    """协议报备: the agreement that stands for an elder was filed on `filed_on`, 三(二)1."""

    TYPE: ClassVar[str] = "visits.AgreementFiled"
    elder: str
    by: str
    filed_on: date


class AgreementEnded(Told):
    """协议到期: the agreement of an elder ran out on `ends`; none followed at once, one may on `follows_on`."""

    TYPE: ClassVar[str] = "visits.AgreementEnded"
    elder: str
    ends: date
    follows_on: date | None = None


class AgreementBegan(Told):
    """协议生效: an agreement that was signed before stands from `begins`; on the days before none stood."""

    TYPE: ClassVar[str] = "visits.AgreementBegan"
    elder: str
    by: str
    begins: date


class LivingSecurityReviewed(Told):
    """生活保障评估: an elder's living security was reviewed on `reviewed_on`, 三(三)4."""

    TYPE: ClassVar[str] = "visits.LivingSecurityReviewed"
    elder: str
    by: str
    reviewed_on: date


class AbsenceNoted(Told):
    """外出: an elder is away from `begins` to `ends`, both counted, and less is owed."""

    TYPE: ClassVar[str] = "visits.AbsenceNoted"
    elder: str
    begins: date
    ends: date
    reason: AbsenceReason = "other"


class AbsenceCorrected(Told):
    """外出更正: the absence that began on `begins` ends on `ends`."""

    TYPE: ClassVar[str] = "visits.AbsenceCorrected"
    elder: str
    begins: date
    ends: date


class NeedFound(Told):
    """发现需求: an elder needs something, found on `found_on`."""

    TYPE: ClassVar[str] = "visits.NeedFound"
    elder: str
    need: str
    kind: NeedKind
    found_on: date


class NeedMet(Told):
    """需求办结: what an elder needed was met on `met_on`."""

    TYPE: ClassVar[str] = "visits.NeedMet"
    elder: str
    need: str
    kind: NeedKind
    met_on: date


class DutyDone(Told):
    """办理: a duty of a village, a village group or the township was done on `done_on`."""

    TYPE: ClassVar[str] = "visits.DutyDone"
    subject: str
    duty: Duty
    by: str
    done_on: date
