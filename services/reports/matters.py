"""Problems, needs and agreements, each from the day it was found to its end, with the event that says each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from services.kernel.labels import joined
from services.reports.people import Said
from services.reports.sources import Fact


@dataclass
class UnitPart:
    """交办: what one unit was handed, until when, and how it ended."""

    unit: str
    due: str
    handed: Said
    handled: Said | None = None
    overdue: Said | None = None

    @property
    def ids(self) -> list[str]:
        """Every event of it so far."""
        return [one.id for one in (self.handed, self.handled, self.overdue) if one is not None]


@dataclass
class ProblemRecord:
    """问题: `accepted`, `closed` and `verified` are of the round that runs, since it was last reopened."""

    problem: str
    elder: str
    kind: str
    found: Said
    """The value is who found it, empty where that is not known."""
    text: str
    """What was written of it, or what the visit found that opened it."""
    opened_on: date
    """The day on which it was recorded: the policy of that day judges who may see it."""
    stage: str = "opened"
    accepted: Said | None = None
    parts: list[UnitPart] = field(default_factory=list[UnitPart])
    """Of every round, in the order in which they were handed."""
    overdue: list[Said] = field(default_factory=list[Said])
    """Every step that passed its last day: the value is stage, unit (or None) and that day."""
    closed: Said | None = None
    verified: Said | None = None
    reopened: list[Said] = field(default_factory=list[Said])
    late_step: Said | None = None
    last: str = ""
    """The event of the last step."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes a step before it is closed."""
        return self.stage not in {"closed", "verified"}

    @property
    def late(self) -> Said | None:
        """The event that says that what is owed now is overdue; None where it is not."""
        if self.stage != "handed":
            return self.late_step
        return next((part.overdue for part in self.parts if part.overdue and part.handled is None), None)

    def part_of(self, unit: str) -> UnitPart | None:
        """What the unit was handed last."""
        return next((part for part in reversed(self.parts) if part.unit == unit), None)


@dataclass
class NeedRecord:
    """需求: found, and met or not yet."""

    need: str
    elder: str
    kind: str
    found: Said
    """The value is who found it."""
    text: str
    """As of a problem."""
    met: Said | None = None
    solution: str = ""

    @property
    def ids(self) -> list[str]:
        """Every event of it so far."""
        return [one.id for one in (self.found, self.met) if one is not None]

    def days_open(self, as_of: date) -> int:
        """From the day it was found to the day it was met, or to `as_of`."""
        return ((self.met.on if self.met else as_of) - self.found.on).days


@dataclass
class Agreement:
    """委托照顾协议: between whom and from when until when, as its signing says; filed, and ended with its term."""

    signed: Said
    """The value holds supporter, caretaker, relation, begins, ends and by."""
    filed: Said | None = None
    ended: Said | None = None


class Matters:
    """Every problem by its number, every need by elder and number, every agreement of an elder as they were signed."""

    def __init__(self) -> None:
        self.agreements: dict[str, list[Agreement]] = {}
        self.problems: dict[str, ProblemRecord] = {}
        self.needs: dict[tuple[str, str], NeedRecord] = {}

    def take(self, fact: Fact) -> None:
        """One more fact; what is of none of them changes nothing."""
        take = _TAKES.get(fact.topic)
        if take is not None:
            take(self, fact)
            return
        problem = self.problems.get(fact.held.get("problem") or "")
        step = _STEPS.get(fact.topic)
        if problem is not None and step is not None:
            problem.last = fact.id
            step(problem, fact)

    def find(self, fact: Fact) -> None:
        """发现问题."""
        name, found = fact["problem"], Said(fact["by"], fact.on, fact.id)
        opened_on = fact.recorded_at.date()
        told = (fact["kind"], found, _text(fact), opened_on)
        self.problems[name] = ProblemRecord(name, fact.subject, *told, last=fact.id)

    def find_need(self, fact: Fact) -> None:
        """发现需求."""
        found = Said(fact["by"], fact.on, fact.id)
        told = (fact["kind"], found, _text(fact))
        self.needs[fact.subject, fact["need"]] = NeedRecord(fact["need"], fact.subject, *told)

    def meet_need(self, fact: Fact) -> None:
        """需求办结."""
        need = self.needs.get((fact.subject, fact["need"]))
        if need is not None:
            need.met, need.solution = Said(fact["by"], fact.on, fact.id), fact["text"]

    def sign(self, fact: Fact) -> None:
        """签订委托照顾协议, or its renewal."""
        one = Agreement(Said(dict(fact.held), fact.on, fact.id))
        self.agreements.setdefault(fact.subject, []).append(one)

    def file(self, fact: Fact) -> None:
        """协议报备."""
        for one in self.agreements.get(fact.subject, [])[-1:]:
            one.filed = Said(fact["by"], fact.on, fact.id)

    def end(self, fact: Fact) -> None:
        """协议到期: the one of that last day."""
        for one in self.agreements.get(fact.subject, []):
            if one.ended is None and one.signed.value["ends"] == fact["ends"]:
                one.ended = Said(fact["ends"], fact.on, fact.id)


def _text(fact: Fact) -> str:
    return fact["text"] or joined(fact["findings"])


def _begin(problem: ProblemRecord, stage: str) -> None:
    problem.stage, problem.late_step = stage, None


def _accept(problem: ProblemRecord, fact: Fact) -> None:
    problem.accepted = Said(fact["by"], fact.on, fact.id)
    _begin(problem, "accepted")


def _hand(problem: ProblemRecord, fact: Fact) -> None:
    handed = Said(fact["by"], fact.on, fact.id)
    problem.parts += [UnitPart(unit, fact["due"] or fact.on.isoformat(), handed) for unit in fact["units"]]
    _begin(problem, "handed")


def _handle(problem: ProblemRecord, fact: Fact) -> None:
    part = problem.part_of(fact["unit"])
    if part is not None:
        part.handled = Said(fact["by"], fact.on, fact.id)
    _begin(problem, "handled" if fact["due"] else "handed")


def _close(problem: ProblemRecord, fact: Fact) -> None:
    problem.closed = Said(fact["by"], fact.on, fact.id)
    _begin(problem, "closed")


def _verify(problem: ProblemRecord, fact: Fact) -> None:
    problem.verified = Said(fact["by"], fact.on, fact.id)
    _begin(problem, "verified")


def _reopen(problem: ProblemRecord, fact: Fact) -> None:
    problem.reopened.append(Said(fact["by"], fact.on, fact.id))
    problem.accepted = problem.closed = problem.verified = None
    _begin(problem, "opened")


def _pass(problem: ProblemRecord, fact: Fact) -> None:
    told = Said((fact["stage"], fact["unit"], fact["due"]), fact.on, fact.id)
    problem.overdue.append(told)
    part = problem.part_of(fact["unit"] or "")
    if part is None:
        problem.late_step = told
    else:
        part.overdue = told


_TAKES: dict[str, Callable[[Matters, Fact], None]] = {
    "visits.IncidentReported": Matters.find,
    "visits.NeedFound": Matters.find_need,
    "visits.NeedMet": Matters.meet_need,
    "visits.AgreementSigned": Matters.sign,
    "visits.AgreementFiled": Matters.file,
    "visits.AgreementEnded": Matters.end,
}
_STEPS: dict[str, Callable[[ProblemRecord, Fact], None]] = {
    "visits.ProblemAccepted": _accept,
    "visits.ProblemHanded": _hand,
    "visits.ProblemHandled": _handle,
    "visits.ProblemClosed": _close,
    "visits.ProblemVerified": _verify,
    "visits.ProblemReopened": _reopen,
    "visits.ProblemOverdue": _pass,
}
