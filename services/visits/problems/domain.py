"""A problem found (发现问题): from report over one desk and several units to a close that somebody else verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from services.kernel.calendar import ONE_DAY
from services.kernel.terms import ProblemKind
from services.visits.policies import ProblemPolicy
from services.visits.problems import policies
from services.visits.terms import (
    AlreadyHandled,
    BackwardDeadline,
    NotAtThisStage,
    NotForCarers,
    NotTheDesk,
    NotThisUnit,
    NotVerifier,
    Part,
    Pending,
    SameHand,
    Stage,
    UnitsPending,
    UnknownUnit,
    day_of,
)


@lru_cache(maxsize=4096)
def problem_id(problem: str) -> UUID:
    """The aggregate's id, from the problem's; it was first made for incidents, and never changes."""
    return uuid5(NAMESPACE_URL, f"visits:incident:{problem}")


class ProblemEvent(Aggregate.Event):
    """Something happened to one problem: `on` is the local date (ISO)."""

    TOPIC = "visits.ProblemEvent"
    on: str
    problem: str
    kind: str


class ProblemStep(ProblemEvent):
    """A step that begins another stage: `due` is the last day for the one that follows."""

    TOPIC = "visits.ProblemStep"
    due: str | None

    def begin(self, aggregate: Problem, stage: Stage) -> None:
        """The stage from now, with its own last day."""
        aggregate.stage, aggregate.due, aggregate.is_overdue = stage, day_of(self.due), False


class ProblemAccepted(ProblemStep):
    """受理: taken in by the one desk."""

    TOPIC = "visits.ProblemAccepted"
    by: str

    def apply(self, aggregate: Problem) -> None:
        """To be handed on."""
        self.begin(aggregate, Stage.ACCEPTED)


class ProblemHanded(ProblemStep):
    """交办: handed to units that work together (协同办理), each by `due`."""

    TOPIC = "visits.ProblemHanded"
    by: str
    units: list[str]

    def apply(self, aggregate: Problem) -> None:
        """Units more."""
        for unit in self.units:
            aggregate.parts[unit] = Part(date.fromisoformat(self.due or self.on))
        aggregate.handlers.update(self.units)
        self.begin(aggregate, Stage.HANDED)


class ProblemHandled(ProblemStep):
    """办理: one unit has done its part; `due` is the last day for closing where it was the last."""

    TOPIC = "visits.ProblemHandled"
    by: str
    unit: str
    text: str

    def apply(self, aggregate: Problem) -> None:
        """One unit less."""
        aggregate.parts[self.unit].is_handled = True
        self.begin(aggregate, Stage.HANDLED if self.due else Stage.HANDED)


class ProblemProgressNoted(ProblemEvent):
    """办理进展: how far one unit has come; its last day stands."""

    TOPIC = "visits.ProblemProgressNoted"
    by: str
    unit: str
    text: str


class ProblemClosed(ProblemStep):
    """办结: with its solution (解决方案)."""

    TOPIC = "visits.ProblemClosed"
    by: str
    text: str

    def apply(self, aggregate: Problem) -> None:
        """To be verified by somebody else."""
        aggregate.closed_by = self.by
        self.begin(aggregate, Stage.CLOSED)


class ProblemVerified(ProblemStep):
    """核实: somebody other than who closed it found it solved."""

    TOPIC = "visits.ProblemVerified"
    by: str

    def apply(self, aggregate: Problem) -> None:
        """Nothing more is owed."""
        self.begin(aggregate, Stage.VERIFIED)


class ProblemReopened(ProblemStep):
    """重新办理: it was not solved; what was done stays in its history, and the desk begins again."""

    TOPIC = "visits.ProblemReopened"
    by: str
    text: str

    def apply(self, aggregate: Problem) -> None:
        """From the desk; who handled it before may still see it."""
        aggregate.parts, aggregate.closed_by = {}, ""
        self.begin(aggregate, Stage.OPENED)


class ProblemOverdue(ProblemEvent):
    """超期: the last day of a step passed without it, once a step and unit; `owed_by` are the roles that are told."""

    TOPIC = "visits.ProblemOverdue"
    class_version = 2
    stage: str
    due: str
    unit: str | None
    owed_by: list[str]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 was told to nobody."""
        state["owed_by"] = []

    def apply(self, aggregate: Problem) -> None:
        """Told once."""
        if self.unit is None:
            aggregate.is_overdue = True
        else:
            aggregate.parts[self.unit].is_overdue = True


class Problem(Aggregate):
    """问题: about one elder (`subject`); texts stay in this log."""

    TOPIC = "visits.Incident"

    def __init__(self, subject: str, problem: str, kind: str, due: str | None) -> None:
        self.subject = subject
        self.problem = problem
        self.kind = ProblemKind(kind)
        self.stage = Stage.OPENED
        self.due: date | None = day_of(due)
        self.is_overdue = False
        self.parts: dict[str, Part] = {}
        self.handlers: set[str] = set()
        self.closed_by = ""

    class Created(Aggregate.Created):
        """发现问题: found on `found_on` by `by`, on a visit or reported."""

        TOPIC = "visits.IncidentReported"
        class_version = 3
        on: str
        subject: str
        problem: str
        kind: str
        due: str | None
        found_on: str
        by: str
        visit: str
        text: str
        findings: list[str]

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 knew incidents alone, and of them no more than that they were reported."""
            state["problem"] = state.pop("incident")
            state |= {"due": None, "found_on": state["on"], "by": "", "visit": "", "text": ""}

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            """Of version 2 no visit opened any by itself."""
            state["findings"] = []

    @classmethod
    def open(
        cls,
        problem: str,
        elder: str,
        kind: ProblemKind,
        found: Mapping[str, Any],
        *,
        at: datetime,
        policy: ProblemPolicy,
    ) -> Problem:
        """Opens at `at`; `found` holds found_on, by, visit, text: empty where they are not known.

        And `findings`, where those of the visit opened it.
        """
        return cls._create(
            cls.Created,
            id=problem_id(problem),
            subject=elder,
            problem=problem,
            kind=kind.value,
            due=policies.desk_due(at.date(), kind, policy).isoformat(),
            on=at.date().isoformat(),
            timestamp=at,
            **{"findings": [], **found},
        )

    @classmethod
    def refer(cls, problem: str, elder: str, *, at: datetime, policy: ProblemPolicy) -> Problem:
        """转诊, 绿色通道: opened by itself, and handed to the clinic past the desk, 三(三)1."""
        found = {"found_on": at.date().isoformat(), "by": "", "visit": "", "text": ""}
        made = cls.open(problem, elder, ProblemKind.REFERRAL, found, at=at, policy=policy)
        due = policies.unit_due(at.date(), ProblemKind.REFERRAL, policy)
        made._step(ProblemHanded, at, due, by="", units=[policy.referred_to])  # noqa: SLF001 - its own
        return made

    @property
    def partition_key(self) -> str:
        """What its partition is found by."""
        return self.subject

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes a step before it is closed."""
        return self.stage not in {Stage.CLOSED, Stage.VERIFIED}

    # the steps, each by who may take it

    def accept(self, by: str, role: str, at: datetime, policy: ProblemPolicy) -> None:
        """受理, by the one desk."""
        self._is_at(Stage.OPENED)
        self._is_desk(role, policy)
        self._step(ProblemAccepted, at, policies.desk_due(at.date(), self.kind, policy), by=by)

    def hand(
        self, units: list[str], due: date | None, by: str, role: str, at: datetime, policy: ProblemPolicy
    ) -> None:
        """协同办理: to one or more units, by `due` or by what the policy says; more may follow."""
        self._is_at(Stage.ACCEPTED, Stage.HANDED, Stage.HANDLED)
        self._is_desk(role, policy)
        if unknown := [unit for unit in units if unit not in policy.units]:
            raise UnknownUnit(f"{UnknownUnit.sentence()} ({', '.join(unknown)}; {', '.join(policy.units)})")
        if any(policies.is_kept_from(unit, self.kind, policy) for unit in units):
            raise NotForCarers
        if due is not None and due < at.date():
            raise BackwardDeadline
        if any(unit in self.parts for unit in units):
            raise AlreadyHandled
        wanted = due or policies.unit_due(at.date(), self.kind, policy)
        self._step(ProblemHanded, at, wanted, by=by, units=list(dict.fromkeys(units)))

    def handle(self, unit: str, text: str, by: str, role: str, at: datetime, policy: ProblemPolicy) -> None:
        """办理: by the unit itself, or for a department by the desk, which enters what it reports."""
        self._is_at_work(unit, role, policy)
        is_last = all(other.is_handled for name, other in self.parts.items() if name != unit)
        due = policies.desk_due(at.date(), self.kind, policy) if is_last else None
        self._step(ProblemHandled, at, due, by=by, unit=unit, text=text)

    def note_progress(
        self, unit: str, text: str, by: str, role: str, at: datetime, policy: ProblemPolicy
    ) -> None:
        """办理进展: by whoever may say that the unit has handled it; nothing falls due sooner or later by it."""
        self._is_at_work(unit, role, policy)
        self._record(ProblemProgressNoted, at, by=by, unit=unit, text=text)

    def close(self, text: str, by: str, role: str, at: datetime, policy: ProblemPolicy) -> None:
        """办结: by the desk, once every unit has handled its part."""
        self._is_at(Stage.HANDED, Stage.HANDLED)
        self._is_desk(role, policy)
        if self.stage is not Stage.HANDLED:
            raise UnitsPending
        self._step(ProblemClosed, at, policies.desk_due(at.date(), self.kind, policy), by=by, text=text)

    def verify(self, by: str, role: str, at: datetime, policy: ProblemPolicy) -> None:
        """核实: by somebody other than who closed it."""
        self._is_at(Stage.CLOSED)
        if role not in policy.verified_by:
            raise NotVerifier
        if by == self.closed_by:
            raise SameHand
        self._step(ProblemVerified, at, None, by=by)

    def reopen(self, text: str, by: str, role: str, at: datetime, policy: ProblemPolicy) -> None:
        """重新办理, with its reason: by who verifies, or by the desk."""
        self._is_at(Stage.CLOSED, Stage.VERIFIED)
        if role not in policy.verified_by and role != policies.desk_of(self.kind, policy):
            raise NotVerifier
        self._step(ProblemReopened, at, policies.desk_due(at.date(), self.kind, policy), by=by, text=text)

    # what time alone brings

    def turn_day(self, at: datetime, policy: ProblemPolicy) -> None:
        """What should have been done by yesterday is overdue."""
        for step in list(self._pending()):
            if step.due < at.date():
                told = {"stage": step.stage.value, "due": step.due.isoformat(), "unit": step.unit}
                owing = policies.owing(step.stage, step.unit, self.kind, policy)
                self._record(ProblemOverdue, at, **told, owed_by=owing)

    def next_wake(self) -> date | None:
        """The day after the first last day."""
        return min((step.due + ONE_DAY for step in self._pending()), default=None)

    def _pending(self) -> Iterator[Pending]:
        """Every step that is owed and was not told overdue."""
        if self.stage is Stage.HANDED:
            for unit, part in self.parts.items():
                if not (part.is_handled or part.is_overdue):
                    yield Pending(self.stage, part.due, unit)
        elif self.due is not None and not self.is_overdue:
            yield Pending(self.stage, self.due)

    # the checks that these share

    def _is_at(self, *stages: Stage) -> None:
        if self.stage not in stages:
            raise NotAtThisStage

    def _is_at_work(self, unit: str, role: str, policy: ProblemPolicy) -> None:
        self._is_at(Stage.HANDED, Stage.HANDLED)
        part = self.parts.get(unit)
        if part is None or not policies.answers_for(role, unit, self.kind, policy):
            raise NotThisUnit
        if part.is_handled:
            raise AlreadyHandled

    def _is_desk(self, role: str, policy: ProblemPolicy) -> None:
        if role != policies.desk_of(self.kind, policy):
            raise NotTheDesk

    def _step(
        self, event_class: type[ProblemStep], at: datetime, due: date | None, **payload: object
    ) -> None:
        self._record(event_class, at, due=due and due.isoformat(), **payload)

    def _record(self, event_class: type[ProblemEvent], at: datetime, **payload: object) -> None:
        named = {"problem": self.problem, "kind": self.kind.value}
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **named, **payload)


def _register(event_class: type[ProblemEvent]) -> None:
    """Makes a class findable by its topic, and all below it."""
    register_topic(event_class.TOPIC, event_class)
    for below in event_class.__subclasses__():
        _register(below)


_register(ProblemEvent)
