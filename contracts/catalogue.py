"""Every contract event in one list, and who hears it; an event that is not named here is not told."""

from __future__ import annotations

from contracts import notify, registry, risk, visits
from contracts.base import Told

PARTITIONS = 8
EXCHANGE = "shouwang"

TOLD_BY: dict[str, tuple[type[Told], ...]] = {
    "registry": (
        registry.VillageOpened,
        registry.StaffAppointed,
        registry.LeaveNoted,
        registry.AppointmentEnded,
        registry.ElderEnrolled,
        registry.EnrolmentRefused,
        registry.LeftBehindCertified,
        registry.StatusLapsed,
        registry.StatusEnded,
        registry.EndUndone,
        registry.FactsChanged,
        registry.FactsCorrected,
        registry.ElderMerged,
        registry.MergeUndone,
        registry.CarerPaired,
        registry.PairingEnded,
        registry.ElderTransferred,
        registry.InstitutionEntered,
        registry.InstitutionLeft,
        registry.SupporterLeft,
        registry.SupporterReturned,
        registry.DayTurned,
    ),
    "risk": (
        risk.GradeSet,
        risk.GradeRaised,
        risk.GradeLowered,
        risk.Reassessed,
        risk.EvidenceObserved,
        risk.EvidenceCleared,
        risk.DayTurned,
    ),
    "visits": (
        visits.VisitRecorded,
        visits.EvidenceSeen,
        visits.IncidentReported,
        *visits.OfProblem.__subclasses__(),
        visits.DutyOpened,
        visits.DutyNearlyDue,
        visits.ReminderSettled,
        visits.DutyMet,
        visits.DutySuperseded,
        visits.DutyWaived,
        visits.DutyEnded,
        visits.VisitMissed,
        visits.MissReconciled,
        visits.AgreementSigned,
        visits.AgreementFiled,
        visits.AgreementEnded,
        visits.AgreementBegan,
        visits.LivingSecurityReviewed,
        visits.AbsenceNoted,
        visits.AbsenceCorrected,
        visits.NeedFound,
        visits.NeedMet,
        visits.DutyDone,
    ),
    "notify": (
        notify.NoticesSent,
        notify.NoticeAcknowledged,
        notify.TellingStopped,
        notify.EscalationExhausted,
        notify.RemindersSent,
    ),
}

EVENTS: dict[str, type[Told]] = {event.TYPE: event for told in TOLD_BY.values() for event in told}

HEARD_BY: dict[type[Told], tuple[str, ...]] = {
    registry.VillageOpened: ("visits",),
    registry.StaffAppointed: ("visits", "risk", "notify"),
    registry.LeaveNoted: ("visits", "notify"),
    registry.AppointmentEnded: ("visits", "risk", "notify"),
    registry.ElderEnrolled: ("visits", "risk", "notify"),
    registry.LeftBehindCertified: ("visits", "risk", "notify"),
    registry.StatusLapsed: ("visits", "risk", "notify"),
    registry.StatusEnded: ("visits", "risk", "notify"),
    registry.EndUndone: ("visits", "risk"),
    registry.FactsChanged: ("visits",),
    registry.FactsCorrected: ("visits", "risk"),
    registry.ElderMerged: ("visits", "risk", "notify"),
    registry.MergeUndone: ("visits", "risk", "notify"),
    registry.CarerPaired: ("visits", "notify"),
    registry.PairingEnded: ("visits", "notify"),
    registry.ElderTransferred: ("visits", "notify"),
    registry.InstitutionEntered: ("visits",),
    registry.InstitutionLeft: ("visits",),
    registry.DayTurned: ("visits", "risk"),
    risk.GradeSet: ("visits", "notify"),
    risk.GradeRaised: ("visits", "notify"),
    risk.GradeLowered: ("visits", "notify"),
    risk.Reassessed: ("visits",),
    risk.EvidenceObserved: ("visits",),
    risk.EvidenceCleared: ("visits",),
    risk.DayTurned: ("visits",),
    visits.EvidenceSeen: ("risk",),
    visits.IncidentReported: ("risk", "notify"),
    visits.DutyNearlyDue: ("notify",),
    visits.ReminderSettled: ("notify",),
    visits.ProblemOpened: ("risk",),
    visits.ProblemOverdue: ("notify",),
    visits.VisitMissed: ("notify",),
    visits.MissReconciled: ("notify",),
}


def service_of(event: type[Told]) -> str:
    """The service that tells an event."""
    return event.TYPE.partition(".")[0]


def name_of(event: type[Told]) -> str:
    """The event's name and version, as its schema and its golden payload are called."""
    return f"{event.TYPE}.v{event.VERSION}"
