"""The one desk (一门受理): what is asked about problems, from report to verified close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from services.chassis.commands.command import Command, Decide
from services.chassis.log.unit import Unit
from services.kernel.terms import ProblemKind
from services.visits import commands as do
from services.visits.care.domain import CareRecord
from services.visits.policies import ProblemPolicy, opened_by
from services.visits.problems import policies as problem_policies
from services.visits.problems.domain import Problem, problem_id
from services.visits.repository import Records
from services.visits.terms import (
    NoSuchVisit,
    ProblemTwice,
    ReferralOpen,
    StatusEnded,
    UnknownProblem,
)


class ProblemDesk:
    """Decides about problems; whoever may not see one is answered as if there were none."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.decisions: Mapping[type[Command], Decide] = {
            do.ReportIncident: self.report_incident,
            do.OpenProblem: self.open_problem,
            do.AcceptProblem: self.accept,
            do.HandProblem: self.hand,
            do.HandleProblem: self.handle,
            do.NoteProgress: self.note_progress,
            do.CloseProblem: self.close,
            do.VerifyProblem: self.verify,
            do.ReopenProblem: self.reopen,
        }

    def report_incident(self, unit: Unit, command: do.ReportIncident, at: datetime) -> None:
        """Told at once, to whoever may know."""
        found = {"found_on": at.date().isoformat(), "by": "", "visit": "", "text": ""}
        self._open(unit, command.incident, command.elder, command.kind, found, at)

    def open_problem(self, unit: Unit, command: do.OpenProblem, at: datetime) -> None:
        """Of any kind; evidence that it proves is held from this moment."""
        self._records.role_of(unit, command.by, command.on)
        record = self._records.of(unit, command.elder)
        record.check(command.on, at)
        if command.visit is not None and command.visit not in record.state.visits:
            raise NoSuchVisit
        found = {"found_on": command.on.isoformat(), "by": command.by}
        found |= {"visit": command.visit or "", "text": command.text}
        self._open(unit, command.problem, command.elder, command.kind, found, at)

    def open_what_was_found(self, unit: Unit, visited: do.RecordVisit, at: datetime) -> None:
        """走访发现: what the policy's rows say (section 3), for who is on the register; nothing that is open."""
        record, policy = self._records.of(unit, visited.elder), self._records.policy(at)
        if record.state.ended_on is not None:
            return
        for opens, findings in opened_by(visited.findings or (), policy.findings).items():
            if opens.need is not None and opens.need not in record.papers.needs.values():
                name = next(
                    one for one in _names(visited.visit, opens.need) if one not in record.papers.needs
                )
                asked = (
                    (name, opens.need.value),
                    "",
                    visited.by,
                    visited.on,
                    at,
                    *self._records.rules(unit, at),
                )
                record.find_need(*asked, visit=visited.visit, findings=findings)
            if opens.problem is not None and not self._has_open(unit, visited.elder, opens.problem):
                found = {"found_on": visited.on.isoformat(), "by": visited.by, "visit": visited.visit}
                names = _names(visited.visit, opens.problem)
                name = next(one for one in names if unit.get(Problem, problem_id(one)) is None)
                self._open(
                    unit, name, visited.elder, opens.problem, found | {"text": "", "findings": findings}, at
                )

    def _has_open(self, unit: Unit, elder: str, kind: ProblemKind) -> bool:
        """Whether a problem of this kind is open for the elder, by what this unit has decided too."""
        ids = map(problem_id, self._records.problems_of(elder))
        return bool(
            unit.all(Problem, ids, lambda one: one.subject == elder and one.kind is kind and one.is_open)
        )

    def accept(self, unit: Unit, command: do.AcceptProblem, at: datetime) -> None:
        """受理."""
        self._seen(unit, command, at).accept(*self._by(unit, command, at))

    def hand(self, unit: Unit, command: do.HandProblem, at: datetime) -> None:
        """交办."""
        self._seen(unit, command, at).hand(command.units, command.due, *self._by(unit, command, at))

    def handle(self, unit: Unit, command: do.HandleProblem, at: datetime) -> None:
        """办理."""
        self._seen(unit, command, at).handle(command.unit, command.text, *self._by(unit, command, at))

    def note_progress(self, unit: Unit, command: do.NoteProgress, at: datetime) -> None:
        """办理进展."""
        self._seen(unit, command, at).note_progress(command.unit, command.text, *self._by(unit, command, at))

    def close(self, unit: Unit, command: do.CloseProblem, at: datetime) -> None:
        """办结."""
        self._seen(unit, command, at).close(command.text, *self._by(unit, command, at))

    def verify(self, unit: Unit, command: do.VerifyProblem, at: datetime) -> None:
        """核实."""
        self._seen(unit, command, at).verify(*self._by(unit, command, at))

    def reopen(self, unit: Unit, command: do.ReopenProblem, at: datetime) -> None:
        """重新办理."""
        found = self._seen(unit, command, at)
        found.reopen(command.text, *self._by(unit, command, at))
        record = self._records.held(unit, found.subject)
        if found.kind is ProblemKind.REFERRAL and record.state.referrals[-1:] != [found.problem]:
            self._note_referral(unit, record, found.problem, at)

    def _open(
        self, unit: Unit, problem: str, elder: str, kind: str, found: Mapping[str, Any], at: datetime
    ) -> None:
        record, policy = self._records.of(unit, elder), self._records.policy(at).problems
        if record.state.ended_on is not None:
            raise StatusEnded
        if unit.get(Problem, problem_id(problem)) is not None:
            raise ProblemTwice
        if kind == ProblemKind.REFERRAL:
            self._note_referral(unit, record, problem, at)
        unit.add(Problem.open(problem, elder, ProblemKind(kind), found, at=at, policy=policy))
        if kind in policy.referred_kinds:
            self._records.refer(unit, record, at)

    def _note_referral(self, unit: Unit, record: CareRecord, problem: str, at: datetime) -> None:
        """One is open at a time."""
        if self._records.open_referral(unit, record) is not None:
            raise ReferralOpen
        record.refer(problem, at, *self._records.rules(unit, at))

    def _seen(self, unit: Unit, command: do.OfProblem, at: datetime) -> Problem:
        """The problem, for whoever may see it."""
        reader, found = (
            self._records.reader(unit, command.by, at.date()),
            unit.get(Problem, problem_id(command.problem)),
        )
        if found is None:
            raise UnknownProblem
        village, policy = (
            self._records.held(unit, found.subject).book.village,
            self._records.policy(at).problems,
        )
        if not problem_policies.may_see(reader, found.kind, village, found.handlers, policy):
            raise UnknownProblem
        return found

    def _by(
        self, unit: Unit, command: do.OfProblem, at: datetime
    ) -> tuple[str, str, datetime, ProblemPolicy]:
        role = self._records.role_of(unit, command.by, at.date())
        return command.by, role, at, self._records.policy(at).problems


def _names(visit: str, kind: str) -> Iterator[str]:
    """Ids of what a visit opens; somebody may have taken the first."""
    yield f"{visit}:{kind}"
    yield from (f"{visit}:{kind}:{number}" for number in count(2))
