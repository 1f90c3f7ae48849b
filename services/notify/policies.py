"""The rules of section 6: who is told what, when, and what follows where nobody acknowledges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from services.kernel.words import Owner, ProblemKind
from services.notify.terms import Directory, TellingRule

CARER_ROLE = "carer"
OWED_LEVEL = 0  # in a rule, level 0 is the carer, or whoever owed the duty
ORDINARY = "green"
SEVERITY = ("green", "yellow", "red")


@dataclass(frozen=True)
class NotifyPolicy:
    """Rows and hours of section 6 in one dated version; `levels` are roles from the lowest up."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: str
    effective_on: date
    levels: tuple[Owner, ...]
    quiet_from: time
    quiet_until: time
    incident: TellingRule
    confidential_incidents: frozenset[ProblemKind]
    raised: Mapping[str, TellingRule]
    lowered: TellingRule
    missed: Mapping[str, TellingRule]
    missed_again: Mapping[str, TellingRule]
    reminded: TellingRule
    overdue: TellingRule
    taken_over: TellingRule
    stays_with_first_told: frozenset[str]

    def __post_init__(self) -> None:
        """Every grade has its row, and no row names a level that there is not."""
        if set(self.missed) != set(SEVERITY):
            raise ValueError(
                f"missed 必须恰好有这些行 / must have these rows and no other: {', '.join(SEVERITY)}"
            )
        if unknown := (self.raised.keys() | self.missed_again.keys()) - set(SEVERITY):
            told = f"{', '.join(sorted(unknown))}; use {', '.join(SEVERITY)}"
            raise ValueError(f"没有这种等级 / no such grade: {told}")
        by_grade = (self.raised, self.missed, self.missed_again)
        rules = [
            self.incident,
            self.lowered,
            self.reminded,
            self.overdue,
            self.taken_over,
            *(rule for rows in by_grade for rule in rows.values()),
        ]
        if any(level not in range(len(self.levels)) for rule in rules for level in rule.levels):
            raise ValueError(f"层级有误 / levels count from 0 to {len(self.levels) - 1}: name no other")
        digested = {"reminded": self.reminded, "overdue": self.overdue, "taken_over": self.taken_over}
        for name, rule in digested.items():
            if rule.is_urgent or rule.escalation is not None:
                told = "it waits for the digest and nothing follows: neither urgent nor escalated"
                raise ValueError(f"提醒不加急、不升级 / {name}: {told}")


def rule_for_grade(previous: str | None, grade: str, policy: NotifyPolicy) -> TellingRule | None:
    """A first red or yellow grade is a rise (settled point 3); a first green one is told to nobody."""
    if previous is not None and SEVERITY.index(grade) < SEVERITY.index(previous):
        return policy.lowered
    return policy.raised.get(grade)


def rule_for_miss(grade: str | None, duty: str, *, missed_before: bool, policy: NotifyPolicy) -> TellingRule:
    """A missed duty, by the elder's grade; places go by the ordinary one; a red elder's look-in no further."""
    rule = policy.missed[grade or ORDINARY]
    if missed_before:
        rule = policy.missed_again.get(grade or ORDINARY, rule)
    if grade == "red" and duty in policy.stays_with_first_told:
        return TellingRule(rule.levels, is_urgent=rule.is_urgent, escalation=None)
    return rule


def first_told_at(at: datetime, rule: TellingRule, policy: NotifyPolicy) -> datetime:
    """Urgent goes out at any hour; what arises from 21:00 to before 08:00 otherwise at 08:00."""
    if rule.is_urgent or policy.quiet_until <= at.time() < policy.quiet_from:
        return at
    day = at.date() + timedelta(days=1) if at.time() >= policy.quiet_from else at.date()
    return datetime.combine(day, policy.quiet_until, at.tzinfo)


def next_digest(at: datetime, policy: NotifyPolicy) -> datetime:
    """The morning whose digest holds a reminder: this one, or where it is past, tomorrow's."""
    day = at.date() if at.time() <= policy.quiet_until else at.date() + timedelta(days=1)
    return datetime.combine(day, policy.quiet_until, at.tzinfo)


def present_owner(
    owner: tuple[str, str | None], carer: str | None, village: str, day: date, who: Directory
) -> tuple[str, str | None]:
    """Who is told of a miss recorded on `day`: whoever owed it; where they have left, whoever answers now.

    That is the present `carer` of the elder, or the present holder of the role (settled point 25).
    """
    role, holder = owner
    if holder is None or not who.has_left(holder, day):
        return owner
    return role, carer if role == CARER_ROLE else who.holder(role, village, day)


def recipients(
    rule: TellingRule,
    owner: tuple[str, str | None],
    village: str,
    day: date,
    policy: NotifyPolicy,
    who: Directory,
) -> list[tuple[int, str]]:
    """Who is told first of what arose on `day`, each with their level.

    `owner` is the role that owed it and who held it. Clinic, party service centre and group cadre stand at the
    carer's level (settled point 4); a role that nobody holds is passed over.
    """
    role, holder = owner
    rank = policy.levels.index(Owner(role)) if role in policy.levels else OWED_LEVEL
    people = [(rank, holder)] if OWED_LEVEL in rule.levels else []
    above = [level for level in rule.levels if level not in {OWED_LEVEL, rank}]
    people += [(level, who.holder(policy.levels[level], village, day)) for level in above]
    return [(level, person) for level, person in people if person is not None]


def told_overdue(
    owed_by: Iterable[str], village: str, day: date, policy: NotifyPolicy, who: Directory
) -> list[str]:
    """Who is told of a step of a problem overdue on `day`: level 0 of the row are the roles that owe it."""
    above = [policy.levels[level] for level in policy.overdue.levels if level != OWED_LEVEL]
    roles = [*(owed_by if OWED_LEVEL in policy.overdue.levels else ()), *above]
    people = (who.holder(role, village, day) for role in roles)
    return list(dict.fromkeys(person for person in people if person is not None))
