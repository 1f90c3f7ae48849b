"""The recorded past under another policy: what was asked, played into a township in memory, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.chassis.commands.command import Asked
from services.chassis.policy.files import PolicyFile
from services.house import facts
from services.house.conductor import Conductor
from services.house.facts import Fact
from services.house.house import House, opened
from services.house.settings import Settings
from services.policy_lab.versions import Version
from services.registry.elders import views as elder_views
from services.risk import views as graded

CARER = "carer"
STATUS = ("certified", "lapsed", "ended", "refused", "graded")
Figures = dict[tuple[str, str], Any]


class NothingRecorded(ValueError):
    """没有记录 nothing is recorded in these days: choose others, or run the township first."""


@dataclass
class Played:
    """What the past came to under one policy, from the first to the last day asked for.

    `carers` and `grades` are those of the last day, by elder.
    `refused` counts the commands, by reason, that were taken in fact and would not be under this policy.
    """

    facts: list[Fact]
    carers: dict[str, str | None]
    grades: dict[str, str]
    refused: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True)
class Span:
    """The days that are compared, both counted."""

    first: date
    last: date

    def holds(self, fact: Fact) -> bool:
        """Whether a fact is of these days."""
        return self.first.isoformat() <= (fact.get("at") or fact["on"])[:10] <= self.last.isoformat()


def span_of(asked: Sequence[Asked], house: House, first: date | None, last: date | None) -> Span:
    """The days asked for, by default all that were recorded; raises NothingRecorded."""
    turned = house.last_turned()
    if not asked or turned is None:
        raise NothingRecorded
    span = Span(first or asked[0].at.date(), min(last or turned, turned))
    if span.last < span.first:
        raise NothingRecorded
    return span


def in_force(
    held: Sequence[tuple[PolicyFile, Version]], new: PolicyFile, begun: date, first: date
) -> list[PolicyFile]:
    """The versions of the past, and from the first day compared `new` alone, as if it had been published so."""
    before = [file for file, version in held if version.effective_on < first]
    if first > begun:
        before = before or [held[0][0].dated(begun)]
        return [*before, new.dated(first)]
    return [new]


def play(
    asked: Iterable[Asked],
    policies: Sequence[PolicyFile],
    span: Span,
    on_day: Callable[[date], None] | None = None,
) -> Played:
    """Plays the past from its beginning through the last day, in memory; nobody is really told."""
    with TemporaryDirectory(prefix="shouwang-policy-") as folder:
        paths = [Path(folder) / f"{number}.toml" for number in range(len(policies))]
        for path, policy in zip(paths, policies, strict=True):
            path.write_text(policy.text, encoding="utf-8")
        settings = Settings(data=None, policy=tuple(paths))
        with opened(settings, is_alone=True) as house:
            return _played(house, list(asked), span, on_day)


def _played(house: House, asked: list[Asked], span: Span, on_day: Callable[[date], None] | None) -> Played:
    conductor = Conductor(house, asked[0].at.date(), on_day=on_day)
    refused = Counter[str]()
    for one in asked:
        if one.at.date() > span.last:
            break
        answer = conductor.take(one.command, one.at)
        if not answer.is_taken:
            refused[answer.reason] += 1
    conductor.through(span.last)
    carers = {row["elder"]: row["carer"] for row in house.views("registry", elder_views.CERTIFIED)}
    grades = {row["elder"]: row["grade"] for row in house.views("risk", graded.GRADED)}
    return Played(recorded(house, span), carers, grades, refused)


def recorded(house: House, span: Span) -> list[Fact]:
    """What a house concluded in these days."""
    return [fact for service in house.services.values() for fact in facts.of(service) if span.holds(fact)]


def figures(played: Played) -> Figures:
    """Every figure that two policies may differ in, by subject and name."""
    counted: Counter[tuple[str, str]] = Counter()
    found: Figures = {(elder, "grade"): grade for elder, grade in played.grades.items()}
    for fact in played.facts:
        kind = fact["fact"]
        subject = fact.get("subject") or fact["elder"]
        if kind in STATUS:
            counted[subject, kind] += 1
        elif "about" in fact:
            counted[subject, f"{fact['about']} {kind}"] += 1
        else:
            counted[subject, f"{fact['duty']} {kind}"] += 1
            if kind == "opened":
                counted[subject, f"{fact['duty']} owed"] += fact["count"]
    return found | counted


def load(played: Played, owed_by: dict[str, str]) -> dict[str, Counter[str]]:
    """Visits that each carer owes by month: for each elder the fewest that satisfy all that opened in it (一访多用)."""
    last: dict[tuple[str, str, str], tuple[str, int]] = {}
    for fact in played.facts:
        if fact["fact"] == "opened" and owed_by.get(fact["duty"]) == CARER:
            last[fact["subject"], fact["duty"], fact["period"]] = fact["on"][:7], fact["count"]
    by_duty: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (elder, duty, _), (month, count) in last.items():
        by_duty[elder, month][duty] += count
    carried: dict[str, Counter[str]] = defaultdict(Counter)
    for (elder, month), counts in by_duty.items():
        carried[played.carers.get(elder) or ""][month] += max(counts.values())
    return carried
