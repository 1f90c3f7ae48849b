"""What notify does on each integration event, one method an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts import registry, risk, visits
from contracts.base import Told
from services.chassis.application import EventHandler
from services.chassis.log.unit import Unit
from services.notify import policies
from services.notify.elders.domain import Person
from services.notify.policies import CARER_ROLE
from services.notify.reminders.decisions import Reminders
from services.notify.tellings.planning import Tellings
from services.notify.terms import NotOnRegister

Graded = risk.GradeSet | risk.GradeRaised | risk.GradeLowered


class NotifyHandlers:
    """Turns what the others tell into tellings, and stops what no longer holds."""

    def __init__(self, tellings: Tellings, reminders: Reminders) -> None:
        self._tellings = tellings
        self._reminders = reminders
        self.handlers: Mapping[type[Told], EventHandler] = {
            registry.StaffAppointed: self.staff_appointed,
            registry.LeaveNoted: self.leave_noted,
            registry.AppointmentEnded: self.appointment_ended,
            registry.ElderEnrolled: self.elder_enrolled,
            registry.CarerPaired: self.carer_paired,
            registry.PairingEnded: self.pairing_ended,
            registry.ElderTransferred: self.elder_transferred,
            registry.LeftBehindCertified: self.left_behind_certified,
            registry.StatusLapsed: self.status_over,
            registry.StatusEnded: self.status_over,
            registry.ElderMerged: self.elder_merged,
            registry.MergeUndone: self.merge_undone,
            risk.GradeSet: self.graded,
            risk.GradeRaised: self.graded,
            risk.GradeLowered: self.graded,
            visits.IncidentReported: self.incident_reported,
            visits.DutyNearlyDue: self.duty_nearly_due,
            visits.ReminderSettled: self.reminder_settled,
            visits.ProblemOverdue: self.problem_overdue,
            visits.VisitMissed: self.visit_missed,
            visits.MissReconciled: self.miss_reconciled,
        }

    def staff_appointed(self, unit: Unit, told: registry.StaffAppointed, at: datetime) -> None:
        """Who stands at which level."""
        self._tellings.roster(unit, at).appoint(told.staff, told.role, told.village, at)

    def leave_noted(self, unit: Unit, told: registry.LeaveNoted, at: datetime) -> None:
        """Who is told instead, of which they read when it begins, and when it ends earlier."""
        roster = self._tellings.roster(unit, at)
        was_noted = any(begins == told.begins for begins, *_ in roster.leaves.get(told.staff, ()))
        roster.note_leave(told.staff, told.stand_in, told.begins, told.ends, at)
        self._reminders.leave(unit, told, at, is_cut_short=was_noted)

    def appointment_ended(self, unit: Unit, told: registry.AppointmentEnded, at: datetime) -> None:
        """Stands at no level any more."""
        self._tellings.roster(unit, at).end(told.staff, told.last_day, at)

    def elder_enrolled(self, unit: Unit, told: registry.ElderEnrolled, at: datetime) -> None:
        """Whose village, whose carer."""
        unit.add(Person.note(told.elder, told.village, told.carer, at=at))

    def carer_paired(self, unit: Unit, told: registry.CarerPaired, at: datetime) -> None:
        """Who is told as carer from now."""
        self._person(unit, told.elder).pair(told.carer, at)

    def pairing_ended(self, unit: Unit, told: registry.PairingEnded, at: datetime) -> None:
        """Nobody is told as carer from now."""
        self._person(unit, told.elder).part(at)

    def elder_transferred(self, unit: Unit, told: registry.ElderTransferred, at: datetime) -> None:
        """Whose people are told from now; what is pending stays with those of its day."""
        self._person(unit, told.elder).move(told.village, told.carer, at)

    def left_behind_certified(self, unit: Unit, told: registry.LeftBehindCertified, at: datetime) -> None:
        """A new certification, of which notices speak."""
        self._person(unit, told.elder).certify(told.spell, at)

    def status_over(
        self,
        unit: Unit,
        told: registry.StatusLapsed | registry.StatusEnded,
        at: datetime,
    ) -> None:
        """Stops all that is pending about the elder except incidents (settled point 3)."""
        self._person(unit, told.elder).silence(at)
        self._stop(unit, told.elder, at)

    def elder_merged(self, unit: Unit, told: registry.ElderMerged, at: datetime) -> None:
        """So does a merge: what is told is told of the entry that is kept."""
        self._person(unit, told.elder).set_aside(at, is_merged=True)
        self._stop(unit, told.elder, at)

    def merge_undone(self, unit: Unit, told: registry.MergeUndone, at: datetime) -> None:
        """Told of again."""
        self._person(unit, told.elder).set_aside(at, is_merged=False)

    def _stop(self, unit: Unit, elder: str, at: datetime) -> None:
        for about in ("graded", "missed"):
            self._tellings.stop(unit, "status_over", at, about=about, subject=elder)

    def graded(self, unit: Unit, told: Graded, at: datetime) -> None:
        """A later grade stops what is pending of an earlier one; a rise or a fall is told."""
        person = self._person(unit, told.elder)
        cause = f"graded:{told.elder}:{told.spell}:{at.isoformat()}:{told.grade}"
        if self._tellings.is_planned(unit, cause):
            return
        self._tellings.stop(unit, "graded_again", at, about="graded", subject=told.elder)
        rule = policies.rule_for_grade(told.previous, told.grade, self._tellings.policy(at))
        if rule is None:
            return
        matter = {"about": "graded", "subject": told.elder, "grade": told.grade, "village": person.village}
        carer = person.carer if told.carer_told else None
        telling = self._tellings.plan(
            unit, matter, rule, (CARER_ROLE, carer), at, cause, is_confidential=not told.carer_told
        )
        if telling is not None and person.is_past(at, told.spell):
            telling.stop("status_over", at)

    def incident_reported(self, unit: Unit, told: visits.IncidentReported, at: datetime) -> None:
        """Told at any hour; of the four confidential kinds not to carers (section 5)."""
        person, policy = self._person(unit, told.elder), self._tellings.policy(at)
        matter = {"about": "incident", "subject": told.elder, "incident": told.incident}
        is_confidential = policy.confidentiality.covers(told.kind)
        owner = (CARER_ROLE, None if is_confidential else person.carer)
        cause = f"incident:{told.incident}"
        matter["village"] = person.village
        self._tellings.plan(unit, matter, policy.incident, owner, at, cause, is_confidential=is_confidential)

    def duty_nearly_due(self, unit: Unit, told: visits.DutyNearlyDue, at: datetime) -> None:
        """Whoever owes it reads of it in the morning's digest."""
        self._reminders.nearly_due(unit, told, at)

    def reminder_settled(self, unit: Unit, told: visits.ReminderSettled, at: datetime) -> None:
        """Done by the morning: they do not read of it."""
        self._reminders.settled(unit, told, at)

    def problem_overdue(self, unit: Unit, told: visits.ProblemOverdue, at: datetime) -> None:
        """So do the desk, the units and who verifies, of a step that nobody took in time."""
        self._reminders.overdue(unit, told, self._person(unit, told.elder).village, at)

    def visit_missed(self, unit: Unit, told: visits.VisitMissed, at: datetime) -> None:
        """By the grade in force when it was missed; where whoever owed it has left, whoever answers now is told."""
        person = self._tellings.person(unit, told.subject)
        matter: dict[str, Any] = {"about": "missed", "subject": told.subject}
        matter |= {"duty": told.duty, "period": told.period}
        matter["village"] = told.village or (person.village if person else "")
        rule = policies.rule_for_miss(
            told.grade, told.duty, missed_before=told.missed_before, policy=self._tellings.policy(at)
        )
        cause = f"missed:{told.subject}:{told.duty}:{told.period}:{at.isoformat()}"
        owner = policies.present_owner(
            (told.owed_by, told.responsible),
            person.carer if person else None,
            matter["village"],
            at.date(),
            self._tellings.roster(unit, at),
        )
        telling = self._tellings.plan(unit, matter, rule, owner, at, cause)
        if telling is not None and person is not None and person.is_past(at, None):
            telling.stop("status_over", at)

    def miss_reconciled(self, unit: Unit, told: visits.MissReconciled, at: datetime) -> None:
        """Cancels what is still pending, visibly."""
        matter = {"subject": told.subject, "duty": told.duty, "period": told.period}
        self._tellings.stop(unit, "reconciled", at, about="missed", **matter)

    def _person(self, unit: Unit, elder: str) -> Person:
        person = self._tellings.person(unit, elder)
        if person is None:
            raise NotOnRegister
        return person
