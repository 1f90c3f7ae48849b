"""What visits tells: what care is owed, what was done, what was missed, what was found.

The `subject` of a duty is an elder's id, a village's code, `village/group`, or `township`.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from contracts.base import Told
from contracts.words import Duty, Grade, IncidentKind, OwedBy, VisitMode


class VisitRecorded(Told):
    """走访登记: a visit that occurred on `occurred_on` is kept, whatever duties it counts for, 二(二)."""

    TYPE: ClassVar[str] = "visits.VisitRecorded"
    visit: str
    elder: str
    by: str
    mode: VisitMode
    occurred_on: date
    counts_for: list[Duty]


class IncidentReported(Told):
    """突发事件上报: something urgent happened to an elder, 三(三)4, 三(四)2."""

    TYPE: ClassVar[str] = "visits.IncidentReported"
    incident: str
    elder: str
    kind: IncidentKind


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


class DutyDone(Told):
    """办理: a duty of a village, a village group or the township was done on `done_on`."""

    TYPE: ClassVar[str] = "visits.DutyDone"
    subject: str
    duty: Duty
    by: str
    done_on: date
