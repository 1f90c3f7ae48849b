"""The rules of section 4: what is owed for an elder, how often, by whom, and what satisfies it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.visits.terms import Owed, Period, PeriodKind, Situation

CARER = "carer"
REASSESSMENT, CARE_AGREEMENT = "reassessment", "care_agreement"


@dataclass(frozen=True)
class DutyPolicy:
    """Numbers and rows of section 4 in one dated version; ages in years, spans in days."""

    version: str
    effective_on: date
    owed_by: Mapping[str, str]
    clauses: Mapping[str, str]
    carer_roles: frozenset[str]
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

    @classmethod
    def gaoliang_2024(cls) -> DutyPolicy:
        """The plan of Gaoliang Township, 2024-2026."""
        monthly, quarterly = Owed(PeriodKind.MONTH, 1), Owed(PeriodKind.QUARTER, 1)
        return cls(
            version="gaoliang-2024",
            effective_on=date(2024, 1, 26),
            owed_by={
                "home_visit": CARER,
                "follow_up": CARER,
                "look_in": CARER,
                "information_update": CARER,
                "health_follow_up": "clinic",
                "health_check": "clinic",
                "living_security_review": "party_service_centre",
                REASSESSMENT: "village_lead",
                CARE_AGREEMENT: "village_lead",
            },
            clauses={
                "home_visit": "二(二), 三(一)2",
                "follow_up": "二(四)",
                "look_in": "三(三)5",
                "information_update": "三(一)2",
                "health_follow_up": "三(三)1",
                "health_check": "三(三)1",
                "living_security_review": "三(三)4",
                REASSESSMENT: "二(四)",
                CARE_AGREEMENT: "三(二)1",
            },
            carer_roles=frozenset(
                {
                    "grid_worker",
                    "resident_member",
                    "civil_affairs_assistant",
                    "elders_association_head",
                    "group_cadre",
                }
            ),
            follow_up={
                "red": Owed(PeriodKind.MONTH, 2, rounds_up=True),
                "yellow": monthly,
                "green": quarterly,
            },
            home_visit=monthly,
            look_in=Owed(PeriodKind.WEEK, 1),
            health_follow_up=quarterly,
            health_follow_up_often=monthly,
            health_check=Owed(PeriodKind.YEAR, 1),
            information_update=quarterly,
            living_security_review=Owed(PeriodKind.HALF_YEAR, 1),
            followed_up_often=frozenset(
                {"hypertension", "type2_diabetes", "tuberculosis", "severe_mental_disorder"}
            ),
            looked_in_living=frozenset({"alone", "couple"}),
            looked_in_evidence=frozenset({"major_illness", "incapacity"}),
            looked_in_health=frozenset({"severe_disability"}),
            advanced_age=80,
            agreement_days=30,
        )


def turns_advanced_age_on(born: date, policy: DutyPolicy) -> date:
    """高龄: the birthday; for 29 February the last of the month where there is none."""
    year = born.year + policy.advanced_age
    leap_day = (born.month, born.day) == (2, 29) and (year % 4 != 0 or (year % 100 == 0 and year % 400 != 0))
    return date(year, 2, 28) if leap_day else born.replace(year=year)


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
    if now.grade is not None:
        owed["follow_up"] = policy.follow_up[now.grade]
    if owes_weekly_look_in(now, day, policy):
        owed["look_in"] = policy.look_in
    return owed


def share_of(owed: Owed, days: int, period: Period) -> int:
    """`times x days / days in the period`, rounded up for a red follow-up, else half up (section 4)."""
    if owed.rounds_up:
        return math.ceil(owed.times * days / period.days)
    return (2 * owed.times * days + period.days) // (2 * period.days)


def present_days(opens_on: date, closes_on: date, absences: Iterable[tuple[date, date]]) -> int:
    """Days from opening to closing, both counted, on which the elder was not away."""
    days = {opens_on + timedelta(days=n) for n in range((closes_on - opens_on).days + 1)}
    for begins, ends in absences:
        days = {day for day in days if not begins <= day <= ends}
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
