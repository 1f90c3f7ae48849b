"""The risk file of one elder: evidence held, and the grade that rests on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.kernel.terms import Evidence
from services.risk import policies
from services.risk.policies import RiskPolicy
from services.risk.terms import (
    AgeIsNotCleared,
    BeforeBirth,
    EvidenceNotHeld,
    FileClosed,
    GradeCause,
    MergedEntry,
    NotReassessable,
    NotYetHappened,
    RiskGrade,
    WrongRole,
)


@lru_cache(maxsize=4096)
def risk_file_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"risk:elder:{elder}")


class RiskFile(Aggregate):
    """风险档案: of one elder."""

    TOPIC = "risk.RiskFile"

    def __init__(self, elder: str, born: str) -> None:
        self.elder = elder
        self.born = date.fromisoformat(born)
        self.evidence: set[Evidence] = set()
        self.spell: int | None = None
        self.grade: RiskGrade | None = None
        self.due: date | None = None
        self.is_closed = False
        self.is_set_aside = False

    @classmethod
    def open(cls, elder: str, born: str, *, at: datetime) -> RiskFile:
        """Opens an empty file at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=risk_file_id(elder), elder=elder, born=born, timestamp=at, on=on)

    class Created(Aggregate.Created):
        """立档: the file is opened."""

        TOPIC = "risk.RiskFileOpened"
        elder: str
        born: str

    class Event(Aggregate.Event):
        """A fact of the file: `on` is the local date (ISO) from which it takes effect."""

        on: str

    class EvidenceObserved(Event):
        """依据成立: from a named source, on `observed_on`."""

        TOPIC = "risk.EvidenceObserved"
        evidence: str
        observed_on: str
        source: str
        held: list[str]

        def apply(self, aggregate: RiskFile) -> None:
            """Held from now."""
            aggregate.evidence.add(Evidence(self.evidence))

    class EvidenceCleared(Event):
        """依据解除: on `cleared_on`; kept in the history, the grade stands."""

        TOPIC = "risk.EvidenceCleared"
        evidence: str
        cleared_on: str
        held: list[str]

        def apply(self, aggregate: RiskFile) -> None:
            """Held no longer."""
            aggregate.evidence.remove(Evidence(self.evidence))

    class BirthCorrected(Event):
        """出生日期更正: from now the age is counted from `born`."""

        TOPIC = "risk.BirthCorrected"
        born: str

        def apply(self, aggregate: RiskFile) -> None:
            """Born then."""
            aggregate.born = date.fromisoformat(self.born)

    class SetAside(Event):
        """并档搁置: while this entry is merged into another nothing is graded here; undone, the grade stands again."""

        TOPIC = "risk.SetAside"
        is_merged: bool

        def apply(self, aggregate: RiskFile) -> None:
            """Silent, or no longer."""
            aggregate.is_set_aside = self.is_merged

    class Graded(Event):
        """What the three gradings share: the grade, what it replaces and rests on, when it is due."""

        TOPIC = "risk.Graded"
        grade: str
        previous: str | None
        because: list[str]
        cause: str
        spell: int
        due: str | None
        carer_told: bool
        clauses: list[str]

        def apply(self, aggregate: RiskFile) -> None:
            """The grade in force."""
            aggregate.grade = RiskGrade(self.grade)
            aggregate.spell = self.spell
            aggregate.due = date.fromisoformat(self.due) if self.due else None

    class GradeSet(Graded):
        """定级: at certification."""

        TOPIC = "risk.GradeSet"

    class GradeRaised(Graded):
        """升级: on the day the evidence is recorded."""

        TOPIC = "risk.GradeRaised"

    class GradeLowered(Graded):
        """降级: by a reassessment alone."""

        TOPIC = "risk.GradeLowered"

    class Reassessed(Event):
        """再评估: `counted` where it was held when due; then the three months start again."""

        TOPIC = "risk.Reassessed"
        held_on: str
        by: str
        counted: bool
        due: str | None
        grade: str
        spell: int

        def apply(self, aggregate: RiskFile) -> None:
            """The next due date."""
            aggregate.due = date.fromisoformat(self.due) if self.due else None

    class SpellClosed(Event):
        """终止定级: the status lapsed or ended: no grade until a new certification."""

        TOPIC = "risk.SpellClosed"
        is_final: bool

        def apply(self, aggregate: RiskFile) -> None:
            """Nothing is graded."""
            aggregate.spell = aggregate.grade = aggregate.due = None
            aggregate.is_closed = self.is_final

    class Reopened(Event):
        """恢复档案: the end was a mistake."""

        TOPIC = "risk.FileReopened"

        def apply(self, aggregate: RiskFile) -> None:
            """With the evidence of before."""
            aggregate.is_closed = False

    class PolicyTookEffect(Event):
        """新政策生效: from this day judged by `version`, under which time will change something on another day."""

        TOPIC = "risk.PolicyTookEffect"
        version: str

    @property
    def subject(self) -> str:
        """Whom the file is about."""
        return self.elder

    @property
    def is_graded_here(self) -> bool:
        """Neither ended nor merged into another entry."""
        return not (self.is_closed or self.is_set_aside)

    def check(self, on: date, at: datetime) -> None:
        """Whether something of that day can be entered."""
        if self.is_closed:
            raise FileClosed
        if self.is_set_aside:
            raise MergedEntry
        if on > at.date():
            raise NotYetHappened
        if on < self.born:
            raise BeforeBirth

    def _record(self, event_class: type[Event], at: datetime, **payload: object) -> None:
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **payload)

    def certify(self, spell: int, at: datetime, policy: RiskPolicy) -> None:
        """Certification grades at once, from the evidence then known; age counts already."""
        self._count_age(at, policy)
        grade = policies.indicated_grade(self.evidence, policy)
        self._grade(self.GradeSet, grade, GradeCause.CERTIFICATION, spell, at, policy)

    def turn_day(self, at: datetime, policy: RiskPolicy) -> None:
        """Turning 80 is evidence that no one has to enter; a new policy may weigh what is held more."""
        if self.is_graded_here:
            self._count_age(at, policy)
            self._raise_if_indicated(at, policy)

    def next_wake(self, policy: RiskPolicy) -> date | None:
        """The birthday to come."""
        if not self.is_graded_here or Evidence.ADVANCED_AGE in self.evidence:
            return None
        return policies.turns_advanced_age_on(self.born, policy)

    def come_under(self, policy: RiskPolicy, before: RiskPolicy, at: datetime) -> None:
        """Another version comes into force: noted where it changes the day on which time brings something."""
        if self.next_wake(policy) != self.next_wake(before):
            self._record(self.PolicyTookEffect, at, version=policy.version)

    def observe(
        self, evidence: Evidence, on: date, at: datetime, policy: RiskPolicy, source: str = "observation"
    ) -> None:
        """As `observe_all`, of one."""
        self.observe_all([evidence], on, at, policy, source)

    def observe_all(
        self, seen: Iterable[Evidence], on: date, at: datetime, policy: RiskPolicy, source: str
    ) -> None:
        """A rise takes effect on the day its evidence is recorded, one for all of it; what is held changes nothing."""
        self.check(on, at)
        if new := sorted(set(seen) - self.evidence):
            for evidence in new:
                self._observe(evidence, on, at, source)
            self._raise_if_indicated(at, policy)

    def clear(self, evidence: Evidence, on: date, at: datetime) -> None:
        """Clears evidence; the grade stands until a reassessment."""
        self.check(on, at)
        if evidence is Evidence.ADVANCED_AGE:
            raise AgeIsNotCleared
        if evidence not in self.evidence:
            raise EvidenceNotHeld
        self._clear(evidence, on, at)

    def _clear(self, evidence: Evidence, on: date, at: datetime) -> None:
        held = sorted(item.value for item in self.evidence - {evidence})
        self._record(self.EvidenceCleared, at, evidence=evidence.value, cleared_on=on.isoformat(), held=held)

    def correct_birth(self, born: date, at: datetime, policy: RiskPolicy) -> None:
        """Who is not that old has not been: the evidence is cleared, and the grade stands until a reassessment."""
        self._record(self.BirthCorrected, at, born=born.isoformat())
        turns = policies.turns_advanced_age_on(born, policy)
        if Evidence.ADVANCED_AGE in self.evidence and turns > at.date():
            self._clear(Evidence.ADVANCED_AGE, at.date(), at)
        self.turn_day(at, policy)

    def set_aside(self, at: datetime, policy: RiskPolicy, *, is_merged: bool) -> None:
        """Another entry is kept, or no longer; then birthdays that have passed count."""
        self._record(self.SetAside, at, is_merged=is_merged)
        self.turn_day(at, policy)

    def reassess(self, by: str, role: str, on: date, at: datetime, policy: RiskPolicy) -> None:
        """三个月后再次评估: when due it may lower and restarts three months; earlier it is kept."""
        self.check(on, at)
        if role != policy.reassessed_by:
            raise WrongRole
        if self.grade is None or self.spell is None:
            raise NotReassessable
        counted = policies.may_lower(on, self.due)
        grade = policies.indicated_grade(self.evidence, policy)
        due = policies.reassessment_due(at.date(), grade, policy) if counted else self.due
        told = {"held_on": on.isoformat(), "by": by, "counted": counted, "due": due and due.isoformat()}
        self._record(self.Reassessed, at, **told, grade=self.grade.value, spell=self.spell)
        if counted and grade.severity < self.grade.severity:
            self._grade(self.GradeLowered, grade, GradeCause.REASSESSMENT, self.spell, at, policy)

    def close_spell(self, at: datetime, *, is_final: bool) -> None:
        """The status lapsed (or, finally, ended)."""
        self._record(self.SpellClosed, at, is_final=is_final)

    def reopen(self, at: datetime, policy: RiskPolicy) -> None:
        """Birthdays that have passed count."""
        self._record(self.Reopened, at)
        self.turn_day(at, policy)

    def _count_age(self, at: datetime, policy: RiskPolicy) -> None:
        turns = policies.turns_advanced_age_on(self.born, policy)
        if Evidence.ADVANCED_AGE not in self.evidence and turns <= at.date():
            self._observe(Evidence.ADVANCED_AGE, turns, at, "birthday")

    def _observe(self, evidence: Evidence, on: date, at: datetime, source: str) -> None:
        self._record(
            self.EvidenceObserved,
            at,
            evidence=evidence.value,
            observed_on=on.isoformat(),
            source=source,
            held=sorted(item.value for item in self.evidence | {evidence}),
        )

    def _raise_if_indicated(self, at: datetime, policy: RiskPolicy) -> None:
        if self.grade is None or self.spell is None:
            return
        grade = policies.indicated_grade(self.evidence, policy)
        if grade.severity > self.grade.severity:
            self._grade(self.GradeRaised, grade, GradeCause.EVIDENCE, self.spell, at, policy)

    def _grade(
        self,
        kind: type[Graded],
        grade: RiskGrade,
        cause: GradeCause,
        spell: int,
        at: datetime,
        policy: RiskPolicy,
    ) -> None:
        due = policies.reassessment_due(at.date(), grade, policy)
        self._record(
            kind,
            at,
            grade=grade.value,
            previous=self.grade.value if self.grade else None,
            because=sorted(item.value for item in self.evidence),
            cause=cause.value,
            spell=spell,
            due=due.isoformat() if due else None,
            carer_told=policies.carer_may_know(self.evidence, policy),
            clauses=list(policy.clauses),
        )
