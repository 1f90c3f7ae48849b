"""The rules of section 3: red, yellow, green, 二 (四)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.kernel.calendar import add_months, birthday
from services.kernel.words import ProblemKind, Role
from services.risk.terms import Evidence, RiskGrade


@dataclass(frozen=True)
class RiskPolicy:
    """Numbers and rows of 二 (四) in one dated version."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: str
    effective_on: date
    red: frozenset[Evidence]
    advanced_age: int
    protection_months: int
    reassessed_by: Role
    confidential: frozenset[Evidence]
    by_incident: Mapping[ProblemKind, Evidence]
    clauses: tuple[str, ...]


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
    return not set(evidence) & policy.confidential


def evidence_of_incident(kind: str, policy: RiskPolicy) -> Evidence | None:
    """What an incident proves at the moment it is reported (section 5)."""
    return policy.by_incident.get(ProblemKind(kind))
