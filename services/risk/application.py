"""Risk's decisions: one method a command, one an event heard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts import registry, visits
from contracts.base import Told
from services.chassis.application import EventHandler
from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.awaited import awaited_id
from services.kernel.calendar import ONE_DAY
from services.kernel.days import DayBook, day_book_id
from services.kernel.roster import Roster, roster_id
from services.kernel.terms import Evidence
from services.risk import commands as do
from services.risk import views
from services.risk.domain import RiskFile, risk_file_id
from services.risk.policies import RiskPolicy, evidence_of_incident
from services.risk.terms import NotOnRegister

NAME = "risk"


class Risk:
    """红黄绿，以及为什么: red, yellow or green, and why."""

    def __init__(self, log: EventLog, policies: PolicyTable[RiskPolicy]) -> None:
        self.log = log
        self._policies = policies
        self.decisions: Mapping[type[Command], Decide] = {
            do.Observe: self.observe,
            do.Clear: self.clear,
            do.Reassess: self.reassess,
        }
        self.handlers: Mapping[type[Told], EventHandler] = {
            registry.StaffAppointed: self.staff_appointed,
            registry.AppointmentEnded: self.appointment_ended,
            registry.ElderEnrolled: self.elder_enrolled,
            registry.FactsCorrected: self.facts_corrected,
            registry.LeftBehindCertified: self.left_behind_certified,
            registry.StatusLapsed: self.status_lapsed,
            registry.StatusEnded: self.status_ended,
            registry.EndUndone: self.end_undone,
            registry.ElderMerged: self.elder_merged,
            registry.MergeUndone: self.merge_undone,
            registry.DayTurned: self.day_turned,
            visits.EvidenceSeen: self.evidence_seen,
            visits.IncidentReported: self.problem_reported,
            visits.ProblemOpened: self.problem_reported,
        }

    def needs(self, asked: Command | Told) -> list[UUID]:
        """The risk file; the roster, the days where it is about them."""
        match asked:
            case registry.StaffAppointed() | registry.AppointmentEnded():
                return [roster_id(NAME)]
            case registry.DayTurned():
                return [day_book_id(NAME)]
            case do.Reassess():
                return [roster_id(NAME), risk_file_id(asked.elder)]
            case registry.ElderEnrolled():
                return []
            case _:
                return [risk_file_id(vars(asked)["elder"])]

    def confidential_on(self, day: date) -> frozenset[Evidence]:
        """What is told to some alone, by the policy of a day."""
        return self._policies.on(day).confidential

    def observe(self, unit: Unit, command: do.Observe, at: datetime) -> None:
        """A rise takes effect on the day its evidence is recorded, 二 (四)."""
        evidence, policy = Evidence(command.evidence), self._policies.on(at.date())
        self._file(unit, command.elder).observe(evidence, command.on, at, policy, command.source)

    def clear(self, unit: Unit, command: do.Clear, at: datetime) -> None:
        """Kept; the grade stands."""
        self._file(unit, command.elder).clear(Evidence(command.evidence), command.on, at)

    def reassess(self, unit: Unit, command: do.Reassess, at: datetime) -> None:
        """三个月后再次评估, by the village lead."""
        role = self._roster(unit, at).role_of(command.by, command.on)
        policy = self._policies.on(at.date())
        self._file(unit, command.elder).reassess(command.by, role, command.on, at, policy)

    def staff_appointed(self, unit: Unit, told: registry.StaffAppointed, at: datetime) -> None:
        """Who may reassess."""
        self._roster(unit, at).appoint(told.staff, told.role, told.village, at)

    def appointment_ended(self, unit: Unit, told: registry.AppointmentEnded, at: datetime) -> None:
        """Reassesses nothing on later days."""
        self._roster(unit, at).end(told.staff, told.last_day, at)

    def elder_enrolled(self, unit: Unit, told: registry.ElderEnrolled, at: datetime) -> None:
        """Opens the file with the evidence that the registration form names."""
        held = unit.add(RiskFile.open(told.elder, told.born.isoformat(), at=at))
        for evidence in told.evidence:
            held.observe(Evidence(evidence), told.on, at, self._policies.on(told.on), "registry")

    def facts_corrected(self, unit: Unit, told: registry.FactsCorrected, at: datetime) -> None:
        """Another birth date: age is evidence, or no longer."""
        if told.born is not None:
            self._file(unit, told.elder).correct_birth(told.born, at, self._policies.on(told.on))

    def left_behind_certified(self, unit: Unit, told: registry.LeftBehindCertified, at: datetime) -> None:
        """Certification grades at once."""
        self._file(unit, told.elder).certify(told.spell, at, self._policies.on(told.on))

    def status_lapsed(self, unit: Unit, told: registry.StatusLapsed, at: datetime) -> None:
        """No grade until a new certification."""
        self._file(unit, told.elder).close_spell(at, is_final=False)

    def status_ended(self, unit: Unit, told: registry.StatusEnded, at: datetime) -> None:
        """No grade any more."""
        self._file(unit, told.elder).close_spell(at, is_final=True)

    def end_undone(self, unit: Unit, told: registry.EndUndone, at: datetime) -> None:
        """Something may be entered again."""
        self._file(unit, told.elder).reopen(at, self._policies.on(told.on))

    def elder_merged(self, unit: Unit, told: registry.ElderMerged, at: datetime) -> None:
        """Graded under the other entry alone."""
        self._file(unit, told.elder).set_aside(at, self._policies.on(told.on), is_merged=True)

    def merge_undone(self, unit: Unit, told: registry.MergeUndone, at: datetime) -> None:
        """The grade stands again."""
        self._file(unit, told.elder).set_aside(at, self._policies.on(told.on), is_merged=False)

    def evidence_seen(self, unit: Unit, told: visits.EvidenceSeen, at: datetime) -> None:
        """What a visit saw is evidence the moment it is recorded (section 3), while the elder is on the register."""
        held = self._file(unit, told.elder)
        if held.is_graded_here:
            policy = self._policies.on(told.on)
            held.observe_all(map(Evidence, told.evidence), told.seen_on, at, policy, "visit")

    def problem_reported(
        self, unit: Unit, told: visits.IncidentReported | visits.ProblemOpened, at: datetime
    ) -> None:
        """What an incident or a problem proves is evidence the moment it is reported (section 5)."""
        policy = self._policies.on(told.on)
        evidence, held = evidence_of_incident(told.kind, policy), self._file(unit, told.elder)
        if evidence is not None and held.is_graded_here:
            held.observe(evidence, told.on, at, policy, "incident")

    def day_turned(self, unit: Unit, told: registry.DayTurned, at: datetime) -> None:
        """Counts the birthdays of the partition, then tells that the day is turned: in that order (settled point 2)."""
        if told.day <= self._days(unit, at).last(NAME, told.partition):
            return
        policy = self._policies.on(told.day)
        every = self._policies.changes_on(told.day)
        rows = self.log.query(
            views.OF_PARTITION if every else views.DUE,
            told.partition,
            *(() if every else (told.day.isoformat(),)),
        )
        ids = [risk_file_id(row["elder"]) for row in rows]
        for held in unit.all(RiskFile, ids, lambda one: every or _is_due(one, told, policy)):
            held.turn_day(at, policy)
            if every:
                held.come_under(policy, self._policies.on(told.day - ONE_DAY), at)
        unit.settle()
        self._days(unit, at).turn(NAME, told.partition, told.day, at)

    def _days(self, unit: Unit, at: datetime) -> DayBook:
        return unit.get(DayBook, day_book_id(NAME)) or unit.add(DayBook.open(NAME, at=at))

    def advance(self, now: datetime) -> int:
        """Nothing: days are turned as the registry tells them."""
        del now
        return 0

    def next_due(self) -> None:
        """Never by itself."""

    def files_of(self, subject: str) -> list[UUID]:
        """The elder's risk file."""
        return [risk_file_id(subject), awaited_id(subject)]

    def _file(self, unit: Unit, elder: str) -> RiskFile:
        found = unit.get(RiskFile, risk_file_id(elder))
        if found is None:
            raise NotOnRegister
        return found

    def _roster(self, unit: Unit, at: datetime) -> Roster:
        return unit.get(Roster, roster_id(NAME)) or unit.add(Roster.open(NAME, at=at))


def wake_of(policies: PolicyTable[RiskPolicy], aggregate: Any) -> date | None:
    """When time alone will next change an aggregate."""
    if not isinstance(aggregate, RiskFile):
        return None
    return policies.next_wake(aggregate.modified_on.date(), aggregate.next_wake)


def _is_due(held: RiskFile, told: registry.DayTurned, policy: RiskPolicy) -> bool:
    wake = held.next_wake(policy)
    return wake is not None and wake <= told.day and views.part_of(held.elder) == told.partition
