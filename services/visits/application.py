"""What visits decides when it is asked to; what it does on the events of others is in handlers.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from contracts import registry, risk
from contracts.base import Told
from services.chassis.application import EventHandler
from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.awaited import awaited_id
from services.kernel.days import day_book_id
from services.kernel.roster import roster_id
from services.visits import commands as do
from services.visits.care.domain import care_record_id
from services.visits.decisions import ProblemDesk
from services.visits.handlers import VisitsHandlers
from services.visits.places.domain import territory_id
from services.visits.policies import DutyPolicy
from services.visits.problems import views as problem_views
from services.visits.problems.domain import problem_id
from services.visits.problems.reads import ProblemReads
from services.visits.repository import Records
from services.visits.terms import StatusEnded

NAME = "visits"


class Visits:
    """应做什么、做了什么、漏了什么、发现什么: what is owed, done, missed, found."""

    def __init__(self, log: EventLog, policies: PolicyTable[DutyPolicy]) -> None:
        self.log = log
        self._records = Records(log, policies)
        self._desk = ProblemDesk(self._records)
        self.problems = ProblemReads(log, policies)
        self.handlers: Mapping[type[Told], EventHandler] = VisitsHandlers(self._records).handlers
        self.decisions: Mapping[type[Command], Decide] = {
            do.RecordVisit: self.record_visit,
            do.ReviewLivingSecurity: self.review_living_security,
            do.SignAgreement: self.sign_agreement,
            do.FileAgreement: self.file_agreement,
            do.NoteAbsence: self.note_absence,
            do.CorrectAbsence: self.correct_absence,
            do.NoteNeed: self.note_need,
            do.MeetNeed: self.meet_need,
            do.DoDuty: self.do_duty,
            **self._desk.decisions,
        }

    def needs(self, asked: Command | Told) -> list[UUID]:
        """The roster, and the care record, the place, the problem or the days that it is about."""
        ids = [roster_id(NAME)]
        match asked:
            case registry.VillageOpened():
                places = ("township", asked.village, *(f"{asked.village}/{group}" for group in asked.groups))
                ids += map(territory_id, places)
            case registry.DayTurned() | risk.DayTurned():
                ids.append(day_book_id(NAME))
            case registry.ElderMerged() | registry.MergeUndone():
                ids += (care_record_id(asked.elder), care_record_id(asked.into))
            case do.DoDuty():
                ids.append(territory_id(asked.subject))
            case do.ReportIncident():
                ids += (care_record_id(asked.elder), problem_id(asked.incident))
            case do.OpenProblem():
                ids += (care_record_id(asked.elder), problem_id(asked.problem))
            case do.OfProblem():
                ids.append(problem_id(asked.problem))
            case registry.ElderEnrolled() | registry.StaffAppointed() | registry.LeaveNoted():
                pass
            case registry.AppointmentEnded():
                pass
            case _:
                ids.append(care_record_id(vars(asked)["elder"]))
        return ids

    def record_visit(self, unit: Unit, command: do.RecordVisit, at: datetime) -> None:
        """Kept whatever it counts for; enter once. What it finds opens what the policy says."""
        record, role = (
            self._records.of(unit, command.elder),
            self._records.role_of(unit, command.by, command.on),
        )
        is_repeat = command.visit in record.state.visits
        record.record_visit(command.visit, command.content(), role, at, *self._records.rules(unit, at))
        if command.findings and not is_repeat:
            self._desk.open_what_was_found(unit, command, at)

    def review_living_security(self, unit: Unit, command: do.ReviewLivingSecurity, at: datetime) -> None:
        """By the party service centre, 三(三)4."""
        record, role = (
            self._records.of(unit, command.elder),
            self._records.role_of(unit, command.by, command.on),
        )
        record.review_living_security(command.by, role, command.on, at, *self._records.rules(unit, at))

    def sign_agreement(self, unit: Unit, command: do.SignAgreement, at: datetime) -> None:
        """One at a time, 三(二)1; who signs need not be on the staff: families and those they entrust sign."""
        record = self._records.of(unit, command.elder)
        term = command.begins, command.ends
        rules = self._records.rules(unit, at)
        record.sign_agreement(command.by, command.on, term, command.parties, at, *rules)

    def file_agreement(self, unit: Unit, command: do.FileAgreement, at: datetime) -> None:
        """Once an agreement, 三(二)1."""
        record = self._records.of(unit, command.elder)
        self._records.role_of(unit, command.by, command.on)
        record.file_agreement(command.by, command.on, at, *self._records.rules(unit, at))

    def note_absence(self, unit: Unit, command: do.NoteAbsence, at: datetime) -> None:
        """Weighed when the period closes."""
        record = self._records.of(unit, command.elder)
        if record.state.ended_on is not None:
            raise StatusEnded
        record.absent(command.begins, command.ends, command.reason, at, *self._records.rules(unit, at))

    def correct_absence(self, unit: Unit, command: do.CorrectAbsence, at: datetime) -> None:
        """Another last day."""
        record = self._records.of(unit, command.elder)
        record.correct_absence(command.begins, command.ends, at, *self._records.rules(unit, at))

    def note_need(self, unit: Unit, command: do.NoteNeed, at: datetime) -> None:
        """Kept until it is met."""
        record = self._records.of(unit, command.elder)
        self._records.role_of(unit, command.by, command.on)
        need, rules = (command.need, command.kind), self._records.rules(unit, at)
        record.find_need(need, command.text, command.by, command.on, at, *rules)

    def meet_need(self, unit: Unit, command: do.MeetNeed, at: datetime) -> None:
        """Once."""
        record = self._records.of(unit, command.elder)
        self._records.role_of(unit, command.by, command.on)
        rules = self._records.rules(unit, at)
        record.meet_need(command.need, command.text, command.by, command.on, at, *rules)

    def do_duty(self, unit: Unit, command: do.DoDuty, at: datetime) -> None:
        """A duty of a village, a village group or the township."""
        territory, roles = (
            self._records.territory(unit, command.subject),
            self._records.roles_of(unit, command.by, command.on),
        )
        rules = self._records.rules(unit, at)
        territory.do(command.duty, command.by, roles, command.on, at, *rules)

    def advance(self, now: datetime) -> int:
        """Nothing: a partition's day is turned when registry and risk have told that theirs is."""
        del now
        return 0

    def next_due(self) -> None:
        """Never by itself."""

    def files_of(self, subject: str) -> list[UUID]:
        """The care record of an elder, or the duties of a place; and the problems."""
        problems = [problem_id(row["problem"]) for row in self.log.query(problem_views.OF_ELDER, subject)]
        return [care_record_id(subject), territory_id(subject), *problems, awaited_id(subject)]
