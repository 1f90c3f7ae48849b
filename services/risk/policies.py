"""The rules of section 3: red, yellow, green, 二 (四)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.kernel.calendar import add_months, birthday
from services.kernel.confidentiality import Confidentiality
from services.kernel.policy_limits import (
    Clause,
    Contradiction,
    EffectiveOn,
    Months,
    VersionName,
    Years,
    refuse,
)
from services.kernel.terms import CONFIDENTIAL, Evidence, ProblemKind, Role
from services.risk.terms import RiskGrade

KEPT_FROM_CARERS = frozenset({Evidence.ABUSE_OR_ABANDONMENT, Evidence.VIOLENCE})
"""What no policy may take off its confidential list (sections 5 and 8)."""


@dataclass(frozen=True)
class RiskPolicy:
    """Numbers and rows of 二 (四) in one dated version."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: VersionName
    effective_on: EffectiveOn
    red: frozenset[Evidence]
    advanced_age: Years
    protection_months: Months
    reassessed_by: Role
    confidential: frozenset[Evidence]
    by_incident: Mapping[ProblemKind, Evidence]
    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        """What is confidential stays so, and proves something of which no carer is told."""
        refuse(self._contradictions())

    def _contradictions(self) -> Iterator[Contradiction]:
        if not self.red:
            yield Contradiction("red", "至少写一种依据", "name at least one evidence")
        if not self.clauses:
            yield Contradiction("clauses", "至少写一条条款", "name at least one clause")
        if missing := KEPT_FROM_CARERS - self.confidential:
            told = ", ".join(sorted(missing))
            yield Contradiction("confidential", f"必须含 {told}", f"must have {told}")
        allowed = ", ".join(sorted(self.confidential))
        for kind in sorted(CONFIDENTIAL):
            if self.by_incident.get(kind) not in self.confidential:
                setting, now = f"by_incident.{kind}", self.by_incident.get(kind) or "–"
                chinese = f"保密的事件只能证明保密的依据 {allowed}, 现为 {now}"
                yield Contradiction(setting, chinese, f"must prove what is confidential: {allowed}; is {now}")


def indicated_grade(evidence: Iterable[Evidence], policy: RiskPolicy) -> RiskGrade:
    """The most severe grade that uncleared evidence supports, 二 (四)."""
    held = set(evidence)
    if held & policy.red:
        return RiskGrade.RED
    return RiskGrade.YELLOW if held else RiskGrade.GREEN


def turns_advanced_age_on(born: date, policy: RiskPolicy) -> date:
    """高龄: the birthday that is evidence by itself."""
    return birthday(born, policy.advanced_age)


def reassessment_due(since: date, grade: RiskGrade, policy: RiskPolicy) -> date | None:
    """三个月后再次评估: for red and yellow, three months after the grade was set or last reassessed."""
    return None if grade is RiskGrade.GREEN else add_months(since, policy.protection_months)


def may_lower(held_on: date, due: date | None) -> bool:
    """A grade falls only by a reassessment held on or after its due date, 二 (四)."""
    return due is not None and held_on >= due


def carer_may_know(evidence: Iterable[Evidence], policy: RiskPolicy) -> bool:
    """While abuse or violence is uncleared the carer is told of no grade (section 5)."""
    return not Confidentiality(policy.confidential).covers(*evidence)


def evidence_of_incident(kind: str, policy: RiskPolicy) -> Evidence | None:
    """What an incident proves at the moment it is reported (section 5)."""
    return policy.by_incident.get(ProblemKind(kind))
