"""Realistic values for a golden payload: one day of one made-up elder."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from contracts import visits
from contracts.base import Told
from contracts.catalogue import PARTITIONS, name_of, service_of
from contracts.envelope import Envelope, partition_of

_ELDER = "3f6c1a52-8d0e-4b7f-9a41-5c2e7d90b613"
_VILLAGE = "530323204201"
_GRADED_RED: dict[str, Any] = {"grade": "red", "previous": "yellow", "because": ["major_illness"]}
_ROUND: dict[str, Any] = {"duty": "look_in", "period": "2024-W22"}

_BY_FIELD: dict[str, Any] = {
    "reminders": [{"subject": _ELDER, **_ROUND, "closes_on": "2024-06-02", "remaining": 1}],
    "taken_over": [
        {"subject": "staff-018", "stand_in": "staff-017", "begins": "2024-06-03", "ends": "2024-06-10"}
        | {"elders": [_ELDER], "is_over": False}
    ],
    "overdue": [
        {"subject": _ELDER, "problem": "P-2024-0031", "kind": "housing", "stage": "handed"}
        | {"due": "2024-06-02", "unit": "clinic"}
    ],
    "on": "2024-06-03",
    "day": "2024-06-03",
    "partition": 5,
    "village": _VILLAGE,
    "name": "高良村",
    "groups": ["一组", "二组", "三组"],
    "group": "二组",
    "staff": "staff-017",
    "role": "grid_worker",
    "stand_in": "staff-018",
    "last_day": "2024-05-31",
    "into": "0c1f7a4e-93b2-4d6a-8e55-7b2d1c9f6a04",
    "elder": _ELDER,
    "masked_name": "王**",
    "born": "1943-02-11",
    "sex": "f",
    "living": "alone",
    "health": ["hypertension"],
    "declined_institution": True,
    "evidence": "major_illness",
    "carer": "staff-017",
    "since": "2024-06-01",
    "spell": 1,
    "happened_on": "2024-06-02",
    "supporter": "supporter-2",
    "left_on": "2024-06-01",
    "returned_on": "2024-06-01",
    "kind": "temporary",
    "counts_as": "temporary",
    "clauses": ["二(四)"],
    "due": "2024-09-03",
    "carer_told": True,
    "held_on": "2024-06-03",
    "by": "staff-017",
    "counted": True,
    "observed_on": "2024-06-01",
    "source": "incident",
    "held": ["advanced_age", "major_illness"],
    "cleared_on": "2024-06-01",
    "visit": "8b1d6f0e-2c35-4e7a-b9d2-61f04a7c8e35",
    "mode": "in_person",
    "occurred_on": "2024-06-02",
    "counts_for": ["home_visit", "follow_up", "look_in"],
    "seen_on": "2024-06-02",
    "incident": "c7e2a94d-5f18-4d3b-8a06-9b37e1f2d540",
    "problem": "5a0f7c31-2b64-4f0e-8d57-c19e6a3b7f42",
    "found_on": "2024-06-02",
    "units": ["party_service_centre", "housing"],
    "unit": "housing",
    "subject": _ELDER,
    "duty": "home_visit",
    "period": "2024-06",
    "opens_on": "2024-06-03",
    "closes_on": "2024-06-30",
    "count": 1,
    "shortfall": 1,
    "remaining": 1,
    "responsible": "staff-017",
    "owed_by": "carer",
    "grade": "yellow",
    "missed_before": False,
    "days_late": 1,
    "signed_on": "2024-06-03",
    "filed_on": "2024-06-03",
    "need": "0d9b6a5e-7c21-4e0f-9f3a-64b1c8d2e790",
    "met_on": "2024-06-03",
    "reviewed_on": "2024-06-03",
    "begins": "2024-06-10",
    "ends": "2024-06-23",
    "done_on": "2024-06-03",
    "about": "missed",
    "level": 0,
    "to": ["staff-017", "staff-004"],
}

_BY_EVENT: dict[str, dict[str, Any]] = {
    "registry.ElderEnrolled": {"evidence": ["economic_hardship"]},
    "registry.EnrolmentRefused": {"reason": "no_supporters"},
    "registry.StatusLapsed": {"reason": "permanent_return"},
    "registry.StatusEnded": {"reason": "moved_out"},
    "registry.FactsChanged": {"living": "couple", "health": None, "declined_institution": None},
    "risk.GradeSet": {
        "previous": None,
        "because": ["advanced_age"],
        "cause": "certification",
    },
    "risk.GradeRaised": _GRADED_RED | {"cause": "evidence"},
    "risk.GradeLowered": {"previous": "red", "because": ["advanced_age"], "cause": "reassessment"},
    "risk.Reassessed": {"by": "staff-002"},
    "risk.EvidenceCleared": {"held": ["advanced_age"]},
    "visits.EvidenceSeen": {"evidence": ["disability"]},
    "visits.IncidentReported": {"kind": "critical_illness"},
    **{step.TYPE: {"kind": "housing", "by": "staff-009"} for step in visits.OfProblem.__subclasses__()},
    "visits.ProblemOverdue": {"kind": "housing", "stage": "handed", "owed_by": ["party_service_centre"]},
    "visits.VisitMissed": _ROUND,
    "visits.MissReconciled": _ROUND,
    "visits.AgreementSigned": {"by": "staff-002", "begins": "2024-06-03", "ends": "2025-06-02"},
    "visits.AgreementFiled": {"by": "staff-002"},
    "visits.AgreementEnded": {"ends": "2024-06-02", "follows_on": None},
    "visits.AgreementBegan": {"by": "staff-002", "begins": "2024-06-03"},
    "visits.AbsenceNoted": {"reason": "hospital"},
    "visits.NeedFound": {"kind": "meals"},
    "visits.NeedMet": {"kind": "meals"},
    "visits.LivingSecurityReviewed": {"by": "staff-009"},
    "visits.DutyDone": {"subject": f"{_VILLAGE}/二组", "duty": "full_screening"},
    "notify.NoticesSent": _ROUND | {"grade": None, "incident": None},
    "notify.NoticeAcknowledged": {"about": "graded", "grade": "red"}
    | dict.fromkeys(("duty", "period", "incident")),
    "notify.TellingStopped": _ROUND | {"grade": None, "incident": None, "reason": "reconciled"},
    "notify.RemindersSent": {"to": "staff-017"},
    "notify.EscalationExhausted": {"about": "incident"} | dict.fromkeys(("grade", "duty", "period")),
}

_ABOUT_A_PLACE = {
    "notify.RemindersSent": "staff-017",
    "registry.VillageOpened": _VILLAGE,
    "registry.StaffAppointed": "township",
    "registry.LeaveNoted": "township",
    "registry.AppointmentEnded": "township",
    "registry.DayTurned": "days",
    "risk.DayTurned": "days",
    "visits.DutyDone": f"{_VILLAGE}/二组",
}


def sample(event: type[Told]) -> dict[str, Any]:
    """The data of an event, as it is told; raises KeyError for a field of which no value is known here."""
    values = _BY_FIELD | _BY_EVENT.get(event.TYPE, {})
    told = event.model_validate({field: values[field] for field in event.model_fields})
    return told.model_dump(mode="json")


def sample_envelope(event: type[Told]) -> dict[str, Any]:
    """An event as it travels, with its golden data."""
    name, subject, data = name_of(event), _ABOUT_A_PLACE.get(event.TYPE, _ELDER), sample(event)
    identity = f"{uuid5(NAMESPACE_URL, name)}/3"
    envelope = Envelope(
        id=identity,
        source=f"/{service_of(event)}",
        type=event.TYPE,
        subject=subject,
        time=datetime(2024, 6, 3, 8, 30, tzinfo=timezone(timedelta(hours=8))),
        partition=data.get("partition", partition_of(subject.partition("/")[0], PARTITIONS)),
        position=1042,
        previous=1037,
        correlation=f"{uuid5(NAMESPACE_URL, 'correlation')}/1",
        causation="command:8b1d6f0e-2c35-4e7a-b9d2-61f04a7c8e35",
        data=data,
    )
    return envelope.model_dump(mode="json")
