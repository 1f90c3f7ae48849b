"""The rules of section 6: who is told what, when, and what follows where nobody acknowledges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, ClassVar

from services.kernel.confidentiality import Confidentiality
from services.kernel.policy_limits import Contradiction, EffectiveOn, VersionName, clock, refuse
from services.kernel.terms import CONFIDENTIAL, Duty, Owner, ProblemKind
from services.notify.terms import AtTheTop, Directory, TellingRule

CARER_ROLE = "carer"
OWED_LEVEL = 0  # in a rule, level 0 is the carer, or whoever owed the duty
ORDINARY = "green"
SEVERITY = ("green", "yellow", "red")
DIGESTED = ("reminded", "overdue", "taken_over")


@dataclass(frozen=True)
class NotifyPolicy:
    """Rows and hours of section 6 in one dated version; `levels` are roles from the lowest up."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: VersionName
    effective_on: EffectiveOn
    levels: tuple[Owner, ...]
    quiet_from: Annotated[time, clock(time(16), time(23, 59))]
    quiet_until: Annotated[time, clock(time(4), time(12))]
    incident: TellingRule
    confidential_incidents: frozenset[ProblemKind]
    raised: Mapping[str, TellingRule]
    lowered: TellingRule
    missed: Mapping[str, TellingRule]
    missed_again: Mapping[str, TellingRule]
    reminded: TellingRule
    overdue: TellingRule
    taken_over: TellingRule
    stays_with_first_told: frozenset[Duty]

    @property
    def confidentiality(self) -> Confidentiality:
        """Of which incidents and problems no carer and no group is told."""
        return Confidentiality(self.confidential_incidents)

    def __post_init__(self) -> None:
        """Every grade has its row, levels are a chain from the carer up, and no row names one that there is not."""
        refuse([*self._rows(), *self._chain(), *self._escalations()])

    def _rows(self) -> Iterator[Contradiction]:
        grades = ", ".join(SEVERITY)
        if set(self.missed) != set(SEVERITY):
            english = f"missed must have these rows and no other: {grades}"
            yield Contradiction("missed", f"必须恰好有这些行 {grades}", english)
        for name in ("raised", "missed_again"):
            if unknown := ", ".join(sorted(getattr(self, name).keys() - set(SEVERITY))):
                told = f"{unknown}; use {grades}"
                yield Contradiction(name, f"没有这种等级 {unknown}, 只有 {grades}", f"no such grade: {told}")
        if missing := ", ".join(sorted(CONFIDENTIAL - self.confidential_incidents)):
            yield Contradiction(
                "confidential_incidents", f"不得缺少 {missing}", f"must have these too: {missing}"
            )

    def _chain(self) -> Iterator[Contradiction]:
        if self.levels[:1] != (Owner.CARER,):
            told = f"从 {Owner.CARER} 起, 逐级向上", f"must begin with {Owner.CARER} and go up from there"
            yield Contradiction("levels", *told)
        top = len(self.levels) - 1
        for setting, rule in self._rules():
            if not rule.levels:
                yield Contradiction(f"{setting}.levels", "至少写一级", "name at least one level")
            for level in rule.levels:
                if level not in range(top + 1):
                    chinese, english = (
                        f"层级从 0 到 {top}, 现为 {level}",
                        f"levels count from 0 to {top}, is {level}",
                    )
                    yield Contradiction(f"{setting}.levels", chinese, english)

    def _rules(self) -> Iterator[tuple[str, TellingRule]]:
        yield from ((name, rule) for name, rule in vars(self).items() if isinstance(rule, TellingRule))
        for name in ("raised", "missed", "missed_again"):
            yield from ((f"{name}.{grade}", rule) for grade, rule in getattr(self, name).items())

    def _escalations(self) -> Iterator[Contradiction]:
        """What waits for the digest goes no further; only what repeats at the top has repeats."""
        for name in DIGESTED:
            rule: TellingRule = getattr(self, name)
            told = "it waits for the digest and nothing follows: neither urgent nor escalated"
            if rule.is_urgent:
                yield Contradiction(f"{name}.is_urgent", "随晨报发出, 不加急", told)
            if rule.escalation is not None:
                yield Contradiction(f"{name}.escalation", "随晨报发出, 不升级", told)
        for setting, rule in self._rules():
            escalation = rule.escalation
            if escalation is None:
                continue
            if (escalation.at_the_top is AtTheTop.REPEAT) != (escalation.repeats > 0):
                chinese = f"at_the_top 为 repeat 时应为 1 或更多, 否则为 0, 现为 {escalation.repeats}"
                english = f"must be 1 or more where at_the_top is repeat, else 0, is {escalation.repeats}"
                yield Contradiction(f"{setting}.escalation.repeats", chinese, english)


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
