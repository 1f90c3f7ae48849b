"""The rules of section 6: who is told what, when, and what follows where nobody acknowledges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.notify.terms import AtTheTop, Escalation, TellingRule

CARER, VILLAGE_LEAD, TOWNSHIP_LEADER = 0, 1, 2


@dataclass(frozen=True)
class NotifyPolicy:
    """Rows and hours of section 6 in one dated version; `levels` are roles from the lowest up."""

    version: str
    effective_on: date
    levels: tuple[str, ...]
    quiet_from: time
    quiet_until: time
    incident: TellingRule
    confidential_incidents: frozenset[str]
    raised: Mapping[str, TellingRule]
    lowered: TellingRule
    missed: Mapping[str, TellingRule]
    missed_again: Mapping[str, TellingRule]
    stays_with_first_told: frozenset[str]

    @classmethod
    def gaoliang_2024(cls) -> NotifyPolicy:
        """Decisions of section 6 for Gaoliang Township, 2024-2026."""
        to_the_top = Escalation(timedelta(hours=24), None, AtTheTop.RECORD)
        slowly = Escalation(timedelta(hours=72), None, AtTheTop.RECORD)
        once = Escalation(timedelta(hours=72), 1, AtTheTop.SILENCE)
        half_hourly = Escalation(timedelta(minutes=30), None, AtTheTop.REPEAT, repeats=12)
        all_three = (CARER, VILLAGE_LEAD, TOWNSHIP_LEADER)
        both = (CARER, VILLAGE_LEAD)
        return cls(
            version="gaoliang-2024",
            effective_on=date(2024, 1, 26),
            levels=("carer", "village_lead", "township_leader", "leading_group_office"),
            quiet_from=time(21),
            quiet_until=time(8),
            incident=TellingRule(all_three, is_urgent=True, escalation=half_hourly),
            confidential_incidents=frozenset({"abuse", "abandonment", "violence", "unlawful_harm"}),
            raised={
                "red": TellingRule(all_three, is_urgent=True, escalation=to_the_top),
                "yellow": TellingRule(both, is_urgent=False, escalation=slowly),
            },
            lowered=TellingRule(both, is_urgent=False, escalation=None),
            missed={
                "red": TellingRule(all_three, is_urgent=False, escalation=to_the_top),
                "yellow": TellingRule(both, is_urgent=False, escalation=once),
                "green": TellingRule((CARER,), is_urgent=False, escalation=once),
            },
            missed_again={"green": TellingRule(both, is_urgent=False, escalation=once)},
            stays_with_first_told=frozenset({"look_in"}),
        )


def rule_for_grade(previous: str | None, grade: str, policy: NotifyPolicy) -> TellingRule | None:
    """A first red or yellow grade is a rise (settled point 3); a first green one is told to nobody."""
    severity = ("green", "yellow", "red")
    if previous is not None and severity.index(grade) < severity.index(previous):
        return policy.lowered
    return policy.raised.get(grade)


def rule_for_miss(grade: str, duty: str, *, missed_before: bool, policy: NotifyPolicy) -> TellingRule:
    """A missed duty, by the elder's grade; a look-in of a red elder goes no further (section 6)."""
    rule = policy.missed[grade]
    if missed_before:
        rule = policy.missed_again.get(grade, rule)
    if grade == "red" and duty in policy.stays_with_first_told:
        return TellingRule(rule.levels, is_urgent=rule.is_urgent, escalation=None)
    return rule


def first_told_at(at: datetime, rule: TellingRule, policy: NotifyPolicy) -> datetime:
    """Urgent goes out at any hour; what arises from 21:00 to before 08:00 otherwise at 08:00."""
    if rule.is_urgent or policy.quiet_until <= at.time() < policy.quiet_from:
        return at
    day = at.date() + timedelta(days=1) if at.time() >= policy.quiet_from else at.date()
    return datetime.combine(day, policy.quiet_until, at.tzinfo)
