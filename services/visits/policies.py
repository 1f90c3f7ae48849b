"""The rules of section 4: what is owed for an elder, how often, by whom, and what satisfies it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, ClassVar

from services.kernel.calendar import birthday
from services.kernel.words import Owner, Role
from services.visits.finding_policies import Finding, Opens
from services.visits.problem_policies import ProblemPolicy
from services.visits.terms import (
    Absence,
    OpenDuty,
    Owed,
    Period,
    PeriodKind,
    PlaceDutyName,
    PlaceKind,
    Situation,
)

CARER = "carer"
REASSESSMENT, CARE_AGREEMENT = "reassessment", "care_agreement"
GRADES = frozenset({"red", "yellow", "green"})
ELDER_DUTIES = frozenset(
    {
        "home_visit",
        "follow_up",
        "look_in",
        "health_follow_up",
        "health_check",
        "information_update",
        "living_security_review",
        REASSESSMENT,
        CARE_AGREEMENT,
    }
)


@dataclass(frozen=True)
class PlaceDuty:
    """A row of section 4 that is owed for a village, a village group or the township."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    subject: PlaceKind
    owed_by: Owner
    clause: str
    owed: Owed


@dataclass(frozen=True)
class DutyPolicy:
    """Numbers and rows of section 4 in one dated version; ages in years, spans in days."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: str
    effective_on: date
    owed_by: Mapping[str, Owner]
    clauses: Mapping[str, str]
    carer_roles: frozenset[Role]
    follow_up: Mapping[str, Owed]
    home_visit: Owed
    look_in: Owed
    health_follow_up: Owed
    health_follow_up_often: Owed
    health_check: Owed
    information_update: Owed
    living_security_review: Owed
    followed_up_often: frozenset[str]
    looked_in_living: frozenset[str]
    looked_in_evidence: frozenset[str]
    looked_in_health: frozenset[str]
    advanced_age: int
    agreement_days: int
    reminded_before: Mapping[PeriodKind, int]
    reassessment_reminded_before: int
    agreement_reminded_after: int
    places: Mapping[PlaceDutyName, PlaceDuty]
    problems: ProblemPolicy
    findings: Mapping[Finding, Opens] = field(
        default_factory=dict[Finding, Opens], metadata={"is_asked": True}
    )
    """Empty in a version of before such rows were asked for: then as in the version that it replaced."""
    before: DutyPolicy | None = None
    """The version that this one replaced: a period that opened under it is judged by it."""

    def __post_init__(self) -> None:
        """Every grade and every duty has its row, so that none is found missing when it is needed."""
        whole: tuple[tuple[str, Mapping[Any, Any], frozenset[str]], ...] = (
            ("follow_up", self.follow_up, GRADES),
            ("reminded_before", self.reminded_before, frozenset(PeriodKind)),
        )
        whole += tuple((name, getattr(self, name), ELDER_DUTIES) for name in ("owed_by", "clauses"))
        if self.findings:
            whole += (("findings", self.findings, frozenset(Finding)),)
        for name, rows, wanted in whole:
            if rows.keys() != wanted:
                told = ", ".join(sorted(wanted))
                raise ValueError(f"{name} 必须恰好有这些行 / must have these rows and no other: {told}")

    def on(self, day: date) -> DutyPolicy:
        """The version that was in force on an earlier day."""
        found = self
        while found.before is not None and day < found.effective_on:
            found = found.before
        return found


def follow(version: DutyPolicy, before: DutyPolicy) -> DutyPolicy:
    """The version, knowing the one that it replaces."""
    return replace(version, before=before, findings=version.findings or before.findings)


def turns_advanced_age_on(born: date, policy: DutyPolicy) -> date:
    """高龄: the birthday."""
    return birthday(born, policy.advanced_age)


def owes_weekly_look_in(now: Situation, day: date, policy: DutyPolicy) -> bool:
    """巡访探视 for who declined an institution and is alone, old, ill or severely disabled, 三(三)5."""
    return now.declined_institution and bool(
        now.living in policy.looked_in_living
        or turns_advanced_age_on(now.born, policy) <= day
        or now.evidence & policy.looked_in_evidence
        or now.health & policy.looked_in_health
    )


def owed_now(now: Situation, day: date, policy: DutyPolicy) -> dict[str, Owed]:
    """Every recurring duty owed for this elder on `day` (section 4; in an institution, section 2)."""
    if not now.is_certified:
        return {}
    owed = {
        "health_check": policy.health_check,
        "living_security_review": policy.living_security_review,
    }
    if now.in_institution:
        return owed
    owed["home_visit"] = policy.home_visit
    owed["information_update"] = policy.information_update
    often = now.health & policy.followed_up_often
    owed["health_follow_up"] = policy.health_follow_up_often if often else policy.health_follow_up
    if now.grade_in_force is not None:
        owed["follow_up"] = policy.follow_up[now.grade_in_force]
    if owes_weekly_look_in(now, day, policy):
        owed["look_in"] = policy.look_in
    return owed


def share_of(owed: Owed, days: int, period: Period) -> int:
    """`times x days / days in the period`, rounded up for a red follow-up, else half up (section 4)."""
    if owed.rounds_up:
        return math.ceil(owed.times * days / period.days)
    return (2 * owed.times * days + period.days) // (2 * period.days)


def present_days(opens_on: date, closes_on: date, absences: Iterable[Absence]) -> int:
    """Days from opening to closing, both counted, on which the elder was not away."""
    days = {opens_on + timedelta(days=n) for n in range((closes_on - opens_on).days + 1)}
    for away in absences:
        days = {day for day in days if not away.begins <= day <= away.ends}
    return len(days)


def satisfied_by_visit(
    role: str, mode: str, *, check_up: bool, confirms_facts: bool, policy: DutyPolicy
) -> frozenset[str]:
    """Enter once: every duty that one visit counts towards; a call satisfies nothing (section 4)."""
    if mode != "in_person":
        return frozenset()
    if role in policy.carer_roles:
        update = {"information_update"} if confirms_facts else set[str]()
        return frozenset({"home_visit", "follow_up", "look_in"} | update)
    if role == policy.owed_by["health_follow_up"]:
        return frozenset({"health_follow_up", "health_check"} if check_up else {"health_follow_up"})
    return frozenset()


def agreement_due(certified_on: date, policy: DutyPolicy) -> date:
    """The agreement is to be signed 30 days after certification (Decision), 三(二)1."""
    return certified_on + timedelta(days=policy.agreement_days)


def reminded_on(duty: OpenDuty, policy: DutyPolicy) -> date | None:
    """The day on which whoever owes it is reminded, in the digest (section 6).

    None where it is met, was reminded of already, or opened on that day or later.
    """
    if duty.is_met or duty.reminded or duty.count == 0:
        return None
    if duty.duty == CARE_AGREEMENT:
        day = duty.opens_on + timedelta(days=policy.agreement_reminded_after)
    elif duty.owed is None:
        day = duty.closes_on - timedelta(days=policy.reassessment_reminded_before)
    else:
        day = duty.closes_on - timedelta(days=policy.reminded_before[duty.owed.kind])
    return day if duty.opens_on < day else None


def owed_for_place(kind: PlaceKind, policy: DutyPolicy) -> dict[str, Owed]:
    """Every duty owed for a village, a village group or the township (section 4)."""
    return {name: row.owed for name, row in policy.places.items() if row.subject is kind}
