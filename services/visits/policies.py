"""The section `visits` of a policy, and the rules of section 4: what is owed, how often, by whom, what satisfies it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from services.kernel.calendar import birthday
from services.kernel.confidentiality import Confidentiality
from services.kernel.policy_limits import (
    Clause,
    Contradiction,
    EffectiveOn,
    VersionName,
    Years,
    code,
    refuse,
    text,
    whole,
)
from services.kernel.terms import (
    CARERS,
    CONFIDENTIAL,
    Evidence,
    HealthFact,
    Living,
    NeedKind,
    Owner,
    ProblemKind,
    Role,
)
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
BY_CARERS = frozenset({"home_visit", "follow_up", "look_in", "information_update"})
SHORTEST = {
    PeriodKind.WEEK: 7,
    PeriodKind.MONTH: 28,
    PeriodKind.QUARTER: 90,
    PeriodKind.HALF_YEAR: 181,
    PeriodKind.YEAR: 365,
}
"""Days of the shortest period of each kind."""
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

UnitId = Annotated[
    str,
    code(
        "[a-z][a-z0-9_]{0,39}",
        "1 到 40 个小写字母、数字或 _ , 以字母开头",
        "1 to 40 lower-case letters, digits or _, a letter first",
    ),
]
Days = Annotated[int, whole(0, 366)]


@dataclass(frozen=True)
class PlaceDuty:
    """A row of section 4 that is owed for a village, a village group or the township."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    subject: PlaceKind
    owed_by: Owner
    clause: Clause
    owed: Owed


@dataclass(frozen=True)
class KindOfProblem:
    """A row of section 5: days that the desk has for each step of its own, and days that a unit has."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    desk_days: Days
    unit_days: Days
    clause: Clause


@dataclass(frozen=True)
class ProblemPolicy:
    """Rows of section 5 in one dated version; `units` are staff roles and departments, with their names."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    desk: Role
    confidential_desk: Role
    confidential: frozenset[ProblemKind]
    seen_by: frozenset[Role]
    kept_from: frozenset[Role]
    verified_by: frozenset[Role]
    referred_evidence: frozenset[Evidence]
    referred_kinds: frozenset[ProblemKind]
    referred_to: UnitId
    units: Mapping[UnitId, Annotated[str, text(40)]]
    kinds: Mapping[ProblemKind, KindOfProblem]

    @property
    def confidentiality(self) -> Confidentiality:
        """Who may know of which kinds."""
        return Confidentiality(self.confidential, self.seen_by, self.kept_from)

    def __post_init__(self) -> None:
        """Every kind has its row, and what is confidential is not taken in by whoever may not see it."""
        refuse(self._contradictions())

    def _contradictions(self) -> Iterator[Contradiction]:
        if missing := ", ".join(sorted(set(ProblemKind) - self.kinds.keys())):
            english = f"problems.kinds must have a row for every kind; missing: {missing}"
            yield Contradiction("kinds", f"每种问题都要有一行, 缺少 {missing}", english)
        if both := ", ".join(sorted(self.seen_by & self.kept_from)):
            english = f"problems.seen_by names whom problems.kept_from keeps it from: {both}"
            yield Contradiction("seen_by", f"不得与 kept_from 重复: {both}", english)
        for setting, listed, wanted in (
            ("confidential", self.confidential, CONFIDENTIAL),
            ("kept_from", self.kept_from, CARERS),
        ):
            if missing := ", ".join(sorted(wanted - listed)):
                yield Contradiction(setting, f"不得缺少 {missing}", f"must have these too: {missing}")
        if self.referred_to not in self.units:
            allowed = ", ".join(sorted(self.units))
            chinese = f"应为 units 之一 {allowed}, 现为 {self.referred_to}"
            english = f"problems.referred_to must be one of problems.units, is {self.referred_to}"
            yield Contradiction("referred_to", chinese, english)
        allowed = ", ".join(sorted(self.seen_by))
        if self.confidential_desk not in self.seen_by:
            chinese = f"应为 seen_by 之一 {allowed}, 现为 {self.confidential_desk}"
            english = (
                f"problems.confidential_desk must be one of problems.seen_by, is {self.confidential_desk}"
            )
            yield Contradiction("confidential_desk", chinese, english)
        if not self.verified_by & self.seen_by:
            chinese = f"至少含 seen_by 之一 {allowed}, 否则保密的问题无人核实"
            yield Contradiction("verified_by", chinese, f"must have one of problems.seen_by: {allowed}")


class Finding(StrEnum):
    """走访发现: the words that a visit's form has for it."""

    UNWELL = "unwell"
    INJURED = "injured"
    HOUSE_UNSAFE = "house_unsafe"
    SHORT_OF_FOOD = "short_of_food"
    SHORT_OF_MEDICINE = "short_of_medicine"
    LONELY = "lonely"
    STRANGERS_SELLING = "strangers_selling"


@dataclass(frozen=True)
class Opens:
    """A row: the kind of need, or of problem (an incident is one), that a finding opens."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    need: NeedKind | None = None
    problem: ProblemKind | None = None

    def __post_init__(self) -> None:
        """One of both."""
        if (self.need is None) == (self.problem is None):
            raise ValueError("只能有 need 或 problem 之一 / must have a need or a problem, and not both")


@dataclass(frozen=True)
class DutyPolicy:
    """Numbers and rows of section 4 in one dated version; ages in years, spans in days."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: VersionName
    effective_on: EffectiveOn
    owed_by: Mapping[str, Owner]
    clauses: Mapping[str, Clause]
    carer_roles: frozenset[Role]
    follow_up: Mapping[str, Owed]
    home_visit: Owed
    look_in: Owed
    health_follow_up: Owed
    health_follow_up_often: Owed
    health_check: Owed
    information_update: Owed
    living_security_review: Owed
    followed_up_often: frozenset[HealthFact]
    looked_in_living: frozenset[Living]
    looked_in_evidence: frozenset[Evidence]
    looked_in_health: frozenset[HealthFact]
    advanced_age: Years
    agreement_days: Annotated[int, whole(1, 366)]
    reminded_before: Mapping[PeriodKind, Annotated[int, whole(0, 364)]]
    reassessment_reminded_before: Annotated[int, whole(0, 27)]
    agreement_reminded_after: Annotated[int, whole(0, 365)]
    places: Mapping[PlaceDutyName, PlaceDuty]
    problems: ProblemPolicy
    findings: Mapping[Finding, Opens] = field(
        default_factory=dict[Finding, Opens], metadata={"is_asked": True}
    )
    """Empty in a version of before such rows were asked for: then as in the version that it replaced."""
    absence_days: Annotated[int, whole(1, 366)] = field(default=366, metadata={"is_asked": True})
    """外出: how long an absence lasts at most, both days counted; in files of before this row as well."""
    before: DutyPolicy | None = None
    """The version that this one replaced: a period that opened under it is judged by it."""

    def __post_init__(self) -> None:
        """Every grade and every duty has its row, nothing is owed that cannot be done, and who owes it can do it."""
        refuse(self._rows())
        refuse([*self._counts(), *self._reminders(), *self._owners()])

    def _rows(self) -> Iterator[Contradiction]:
        whole: tuple[tuple[str, Mapping[Any, Any], frozenset[str]], ...] = (
            ("follow_up", self.follow_up, GRADES),
            ("reminded_before", self.reminded_before, frozenset(PeriodKind)),
        )
        whole += tuple((name, getattr(self, name), ELDER_DUTIES) for name in ("owed_by", "clauses"))
        if self.findings:
            whole += (("findings", self.findings, frozenset(Finding)),)
        for name, rows, wanted in whole:
            if rows.keys() != wanted:
                allowed = ", ".join(sorted(wanted))
                english = f"{name} must have these rows and no other: {allowed}"
                yield Contradiction(name, f"必须恰好有这些行 {allowed}", english)

    def _counts(self) -> Iterator[Contradiction]:
        """一天只计一次: more visits than a period has days can never be made; a red elder is never left alone."""
        for setting, owed in self._owed():
            most = SHORTEST[owed.kind]
            if owed.times > most:
                chinese = f"一天只计一次: 每个 {owed.kind} 最多 {most}, 现为 {owed.times}"
                english = f"one a day counts: at most {most} a {owed.kind}, is {owed.times}"
                yield Contradiction(f"{setting}.times", chinese, english)
        red = self.follow_up.get("red")
        if red is not None and red.times < 1:
            told = f"应为 1 或更多, 现为 {red.times}", f"must be 1 or more, is {red.times}"
            yield Contradiction("follow_up.red.times", *told)

    def _owed(self) -> Iterator[tuple[str, Owed]]:
        yield from ((f"follow_up.{grade}", owed) for grade, owed in self.follow_up.items())
        yield from ((name, rule) for name, rule in vars(self).items() if isinstance(rule, Owed))
        yield from ((f"places.{name}.owed", row.owed) for name, row in self.places.items())

    def _reminders(self) -> Iterator[Contradiction]:
        """A reminder comes before the last day, and not before the first."""
        for kind, days in self.reminded_before.items():
            if days >= SHORTEST[kind]:
                told = (
                    f"应少于 {SHORTEST[kind]}, 现为 {days}",
                    f"must be less than {SHORTEST[kind]}, is {days}",
                )
                yield Contradiction(f"reminded_before.{kind}", *told)
        after, due = self.agreement_reminded_after, self.agreement_days
        if after >= due:
            chinese = f"应少于 agreement_days ({due}), 现为 {after}"
            english = f"must be less than agreement_days ({due}), is {after}"
            yield Contradiction("agreement_reminded_after", chinese, english)

    def _owners(self) -> Iterator[Contradiction]:
        """Only carers' visits count towards carers' duties; nobody holds `carer` as a role of their own."""
        if not self.carer_roles or not self.carer_roles <= CARERS:
            allowed = ", ".join(sorted(CARERS))
            chinese = f"至少一个, 且只能是帮扶人 {allowed}"
            yield Contradiction("carer_roles", chinese, f"one or more, and only carers: {allowed}")
        for duty in sorted(BY_CARERS):
            if self.owed_by.get(duty, CARER) != CARER:
                told = f"应为 {CARER}, 现为 {self.owed_by[duty]}", f"must be {CARER}, is {self.owed_by[duty]}"
                yield Contradiction(f"owed_by.{duty}", *told)
        places = {f"places.{name}.owed_by": row.owed_by for name, row in self.places.items()}
        by_role = {f"owed_by.{duty}": owner for duty, owner in self.owed_by.items() if duty not in BY_CARERS}
        for setting, owner in {**by_role, **places}.items():
            if owner == CARER:
                told = f"应为岗位, 现为 {owner}", f"must be a role that somebody is appointed as, is {owner}"
                yield Contradiction(setting, *told)
        clinic = self.owed_by.get("health_follow_up")
        if self.owed_by.get("health_check", clinic) != clinic:
            told = (
                f"应与 owed_by.health_follow_up 相同 ({clinic})",
                f"must be as owed_by.health_follow_up: {clinic}",
            )
            yield Contradiction("owed_by.health_check", *told)

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


def is_too_long(begins: date, ends: date, policy: DutyPolicy) -> bool:
    """Whether an absence is to be noted for a shorter time, and renewed (section 2, "Dates")."""
    return (ends - begins).days >= policy.absence_days


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


def opened_by(findings: Iterable[str], rows: Mapping[Finding, Opens]) -> dict[Opens, list[str]]:
    """What these findings open, each kind once, with those that ask for it; a version without rows opens nothing."""
    opened: dict[Opens, list[str]] = {}
    for finding in sorted(set(findings)):
        if (opens := rows.get(Finding(finding))) is not None:
            opened.setdefault(opens, []).append(finding)
    return opened
