"""What visits does on each integration event, one method an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from contracts import registry, risk
from contracts.base import Told
from services.chassis.application import EventHandler
from services.chassis.log.unit import Unit
from services.visits.care.domain import CareRecord
from services.visits.places.domain import Territory
from services.visits.repository import NAME, Records
from services.visits.terms import PlaceKind

Graded = risk.GradeSet | risk.GradeRaised | risk.GradeLowered
AGE = "advanced_age"  # 高龄, as evidence: what the contract calls it


class VisitsHandlers:
    """Turns what registry and risk publish into what is owed."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.handlers: Mapping[type[Told], EventHandler] = {
            registry.VillageOpened: self.village_opened,
            registry.StaffAppointed: self.staff_appointed,
            registry.LeaveNoted: self.leave_noted,
            registry.AppointmentEnded: self.appointment_ended,
            registry.ElderEnrolled: self.elder_enrolled,
            registry.LeftBehindCertified: self.left_behind_certified,
            registry.StatusLapsed: self.status_lapsed,
            registry.StatusEnded: self.status_ended,
            registry.EndUndone: self.end_undone,
            registry.FactsChanged: self.facts_changed,
            registry.FactsCorrected: self.facts_corrected,
            registry.ElderMerged: self.elder_merged,
            registry.MergeUndone: self.merge_undone,
            registry.CarerPaired: self.carer_paired,
            registry.PairingEnded: self.pairing_ended,
            registry.ElderTransferred: self.elder_transferred,
            registry.InstitutionEntered: self.institution_entered,
            registry.InstitutionLeft: self.institution_left,
            registry.DayTurned: self.registry_turned,
            risk.GradeSet: self.graded,
            risk.GradeRaised: self.graded,
            risk.GradeLowered: self.graded,
            risk.Reassessed: self.reassessed,
            risk.EvidenceObserved: self.evidence_changed,
            risk.EvidenceCleared: self.evidence_changed,
            risk.DayTurned: self.risk_turned,
        }

    def village_opened(self, unit: Unit, told: registry.VillageOpened, at: datetime) -> None:
        """Duties of the village and its groups begin; with the first one, the township's."""
        places = [("township", "", PlaceKind.TOWNSHIP), (told.village, told.village, PlaceKind.VILLAGE)]
        places += [(f"{told.village}/{group}", told.village, PlaceKind.GROUP) for group in told.groups]
        for subject, village, kind in places:
            if self._records.find_territory(unit, subject) is None:
                place = unit.add(Territory.open(subject, village, kind, at=at))
                place.turn_day(at, *self._records.rules(unit, at))

    def staff_appointed(self, unit: Unit, told: registry.StaffAppointed, at: datetime) -> None:
        """Who owes, and who may record."""
        self._records.roster(unit, at).appoint(told.staff, told.role, told.village, at)

    def leave_noted(self, unit: Unit, told: registry.LeaveNoted, at: datetime) -> None:
        """Who owes meanwhile."""
        self._records.roster(unit, at).note_leave(told.staff, told.stand_in, told.begins, told.ends, at)

    def appointment_ended(self, unit: Unit, told: registry.AppointmentEnded, at: datetime) -> None:
        """Owes nothing any more, and records nothing of later days."""
        self._records.roster(unit, at).end(told.staff, told.last_day, at)

    def elder_enrolled(self, unit: Unit, told: registry.ElderEnrolled, at: datetime) -> None:
        """Opens the care record."""
        record = unit.add(CareRecord.open(told.elder, told.village, told.born.isoformat(), at=at))
        changes: dict[str, Any] = {
            "living": told.living,
            "health": sorted(told.health),
            "declined_institution": told.declined_institution,
            "carer": told.carer,
        }
        record.change(changes, at, *self._records.rules(unit, at))

    def left_behind_certified(self, unit: Unit, told: registry.LeftBehindCertified, at: datetime) -> None:
        """Care is owed from this day."""
        self._change(unit, told.elder, {"is_certified": True, "spell": told.spell}, at)
        record, policy = self._records.held(unit, told.elder), self._records.policy(at).problems
        if not record.state.referrals and record.state.now.evidence & policy.referred_evidence:
            self._records.refer(unit, record, at)

    def status_lapsed(self, unit: Unit, told: registry.StatusLapsed, at: datetime) -> None:
        """Nothing is owed any more."""
        self._change(unit, told.elder, {"is_certified": False}, at)

    def status_ended(self, unit: Unit, told: registry.StatusEnded, at: datetime) -> None:
        """Nothing is owed any more; visits up to the end are still taken."""
        changes = {"is_certified": False, "ended_on": told.happened_on.isoformat()}
        self._change(unit, told.elder, changes, at)

    def end_undone(self, unit: Unit, told: registry.EndUndone, at: datetime) -> None:
        """Visits of the days in between are taken; what is owed begins with a certification."""
        self._change(unit, told.elder, {"ended_on": None}, at)

    def facts_changed(self, unit: Unit, told: registry.FactsChanged, at: datetime) -> None:
        """Circumstances decide what is owed."""
        changes = told.model_dump(mode="json", include={"living", "health", "declined_institution"})
        known = {key: value for key, value in changes.items() if value is not None}
        self._change(unit, told.elder, known, at)

    def facts_corrected(self, unit: Unit, told: registry.FactsCorrected, at: datetime) -> None:
        """Decides what is owed from today; what was missed stays missed."""
        known = told.model_dump(mode="json", include={"born", "living"}, exclude_none=True)
        if known:
            self._change(unit, told.elder, known, at)

    def elder_merged(self, unit: Unit, told: registry.ElderMerged, at: datetime) -> None:
        """Nothing is owed for this entry any more; what was done for it counts for the one that is kept."""
        record, rules = self._records.held(unit, told.elder), self._records.rules(unit, at)
        record.merge(told.into, at, *rules)
        for kept in self._records.kept(unit, told.into):
            kept.take_in(record.done_for, at, *rules)

    def merge_undone(self, unit: Unit, told: registry.MergeUndone, at: datetime) -> None:
        """It is owed again, and each counts its own."""
        record, rules = self._records.held(unit, told.elder), self._records.rules(unit, at)
        record.part(at, *rules)
        for kept in self._records.kept(unit, told.into):
            kept.give_back(record.done_for, at, *rules)

    def carer_paired(self, unit: Unit, told: registry.CarerPaired, at: datetime) -> None:
        """Who is responsible, and since when."""
        since = told.since or told.on
        self._change(unit, told.elder, {"carer": told.carer, "since": since.isoformat()}, at)

    def pairing_ended(self, unit: Unit, told: registry.PairingEnded, at: datetime) -> None:
        """Nobody is responsible."""
        self._change(unit, told.elder, {"carer": None, "since": told.since.isoformat()}, at)

    def elder_transferred(self, unit: Unit, told: registry.ElderTransferred, at: datetime) -> None:
        """What is owed from now is owed there; a miss stays with the village of its day."""
        changes = {"village": told.village, "carer": told.carer, "since": told.since.isoformat()}
        self._change(unit, told.elder, changes, at)

    def institution_entered(self, unit: Unit, told: registry.InstitutionEntered, at: datetime) -> None:
        """What is owed at home ends."""
        self._change(unit, told.elder, {"in_institution": True}, at)

    def institution_left(self, unit: Unit, told: registry.InstitutionLeft, at: datetime) -> None:
        """It is owed again."""
        self._change(unit, told.elder, {"in_institution": False}, at)

    def graded(self, unit: Unit, told: Graded, at: datetime) -> None:
        """The grade decides how often, and when it is to be reassessed."""
        record = self._records.held(unit, told.elder)
        record.graded(told.grade, told.spell, told.due, at, *self._records.rules(unit, at))

    def reassessed(self, unit: Unit, told: risk.Reassessed, at: datetime) -> None:
        """One that counted is done, and the next is owed."""
        if told.counted:
            record = self._records.held(unit, told.elder)
            record.reassessed(told.due, at, *self._records.rules(unit, at))

    def evidence_changed(
        self, unit: Unit, told: risk.EvidenceObserved | risk.EvidenceCleared, at: datetime
    ) -> None:
        """Illness and incapacity are looked in on; for a serious illness a referral opens by itself.

        Age is no news: the record knows the birthday, and what it brings opens with the day (settled point 2).
        """
        record, policy = self._records.held(unit, told.elder), self._records.policy(at).problems
        held = frozenset(told.held) - {AGE}
        if held != record.state.now.evidence:
            self._change(unit, told.elder, {"evidence": sorted(held)}, at)
        is_new = isinstance(told, risk.EvidenceObserved) and told.evidence in policy.referred_evidence
        if is_new and record.state.now.is_certified:
            self._records.refer(unit, record, at)

    def registry_turned(self, unit: Unit, told: registry.DayTurned, at: datetime) -> None:
        """One of the two that a day waits for."""
        self._turned(unit, "registry", told.partition, told.day, at)

    def risk_turned(self, unit: Unit, told: risk.DayTurned, at: datetime) -> None:
        """The other one."""
        self._turned(unit, "risk", told.partition, told.day, at)

    def _turned(self, unit: Unit, upstream: str, partition: int, day: date, at: datetime) -> None:
        """Turns the partition's day once registry and risk have both turned it (docs/adr/0006)."""
        book = self._records.day_book(unit, at)
        book.turn(upstream, partition, day, at)
        both = min(book.last("registry", partition), book.last("risk", partition))
        if both > book.last(NAME, partition):
            self._records.turn(unit, partition, both, at)
            book.turn(NAME, partition, both, at)

    def _change(self, unit: Unit, elder: str, changes: dict[str, Any], at: datetime) -> None:
        self._records.held(unit, elder).change(changes, at, *self._records.rules(unit, at))
