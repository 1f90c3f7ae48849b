"""A telling: one cause about one subject, told level by level until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.notify import policies
from services.notify.policies import NotifyPolicy
from services.notify.terms import AtTheTop, Directory, Escalation, NotTold, TellingRule

NOBODY_YET = -1  # the highest level told, where none was


def telling_id(cause: str) -> UUID:
    """One cause, one telling, however often the event arrives."""
    return uuid5(NAMESPACE_URL, f"notify:telling:{cause}")


class Telling(Aggregate):
    """通知: what it is about, who was told, and when the next step falls due."""

    TOPIC = "notify.Telling"

    def __init__(
        self,
        matter: dict[str, Any],
        rule: dict[str, Any],
        first: list[list[Any]],
        due: str,
        *,
        is_urgent: bool,
        is_confidential: bool,
    ) -> None:
        self.matter = matter
        self.is_urgent = is_urgent
        self.is_confidential = is_confidential
        self.escalation = _escalation_of(rule)
        self.first = first
        self.due: datetime | None = datetime.fromisoformat(due)
        self.told: list[str] = []
        self.last_told: list[str] = []
        self.highest = NOBODY_YET
        self.steps = 0
        self.repeats = 0
        self.acknowledged_by: str | None = None
        self.stopped: str | None = None

    class Created(Aggregate.Created):
        """拟通知: who is told first, and how it escalates, is fixed when the cause arises (settled point 4)."""

        TOPIC = "notify.TellingPlanned"
        class_version = 2
        on: str
        matter: dict[str, Any]
        rule: dict[str, Any]
        first: list[list[Any]]
        due: str
        is_urgent: bool
        is_confidential: bool

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 did not say: no group is told of it."""
            state["is_confidential"] = True

    class Event(Aggregate.Event):
        """A fact of the telling about `matter`: `on` is the local date (ISO)."""

        on: str
        matter: dict[str, Any]

    class NoticesSent(Event):
        """通知发出: to these people, as step `level` (0 the first telling).

        `addressed` are those whom it was for, where others stood in for them, or they had left.
        """

        TOPIC = "notify.NoticesSent"
        class_version = 2
        to: list[str]
        addressed: list[str]
        level: int
        rank: int
        repeat: bool
        due: str | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 did not say: whoever was told is told again."""
            state["addressed"] = state["to"]

        def apply(self, aggregate: Telling) -> None:
            """Told."""
            aggregate.told.extend(person for person in self.to if person not in aggregate.told)
            aggregate.last_told = self.addressed
            aggregate.highest = max(aggregate.highest, self.rank)
            aggregate.steps = self.level + 1
            aggregate.repeats += self.repeat
            aggregate.due = datetime.fromisoformat(self.due) if self.due else None

    class NoticeAcknowledged(Event):
        """签收: one acknowledgement stops the telling."""

        TOPIC = "notify.NoticeAcknowledged"
        by: str

        def apply(self, aggregate: Telling) -> None:
            """Taken up."""
            aggregate.acknowledged_by = self.by
            aggregate.due = None

    class TellingStopped(Event):
        """撤销: what is still pending is cancelled, visibly to those who were told, or were to be told first."""

        TOPIC = "notify.TellingStopped"
        class_version = 2
        reason: str
        to: list[str]
        was_told: bool

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 named nobody: no inbox shows it."""
            state |= {"to": [], "was_told": True}

        def apply(self, aggregate: Telling) -> None:
            """Nothing follows."""
            aggregate.due = None
            aggregate.stopped = self.reason

    class EscalationExhausted(Event):
        """升级已尽: nobody is left to tell."""

        TOPIC = "notify.EscalationExhausted"

        def apply(self, aggregate: Telling) -> None:
            """Nothing follows."""
            aggregate.due = None

    @classmethod
    def plan(
        cls,
        cause: str,
        matter: dict[str, Any],
        rule: TellingRule,
        recipients: list[tuple[int, str]],
        at: datetime,
        policy: NotifyPolicy,
        *,
        is_confidential: bool = False,
    ) -> Telling:
        """`matter` says about, subject, village and grade, duty and period, or incident.

        No group hears of what is confidential.
        """
        return cls._create(
            cls.Created,
            id=telling_id(cause),
            timestamp=at,
            on=at.date().isoformat(),
            matter=matter,
            rule=_as_plain(rule.escalation),
            first=[list(pair) for pair in recipients],
            due=policies.first_told_at(at, rule, policy).isoformat(),
            is_urgent=rule.is_urgent,
            is_confidential=is_confidential,
        )

    @property
    def subject(self) -> str:
        """Whom or what it is about."""
        return self.matter["subject"]

    def step(self, at: datetime, policy: NotifyPolicy, who: Directory) -> list[str]:
        """What falls due at `at`: the first telling, a level up, a repeat at the top, or the end of it.

        Whoever is on leave on that day is not told, again neither: who stands in for them is; nor is whoever has left.
        Returns the people told.
        """
        if self.due is None or self.due > at:
            return []
        if self.steps == 0:
            return self._send([(level, person) for level, person in self.first], at, who)
        rule = self.escalation
        if rule is None:
            return []
        if (above := self._next_level(at, policy, who)) is not None:
            return self._send([above], at, who)
        again = [(self.highest, person) for person in self.last_told]
        can_repeat = rule.at_the_top is AtTheTop.REPEAT and self.repeats < rule.repeats
        if can_repeat and any(who.reached(person, at.date()) for _, person in again):
            return self._send(again, at, who, repeat=True)
        self._record(self.EscalationExhausted, at)
        return []

    def acknowledge(self, by: str, at: datetime) -> None:
        """By one who was told; again, it changes nothing."""
        if by not in self.told:
            raise NotTold
        if self.acknowledged_by is None:
            self._record(self.NoticeAcknowledged, at, by=by)

    def stop(self, reason: str, at: datetime) -> None:
        """Cancels what is still pending."""
        if self.due is not None:
            people = self.told or [person for _, person in self.first]
            self._record(
                self.TellingStopped,
                at,
                reason=reason,
                to=list(dict.fromkeys(people)),
                was_told=bool(self.told),
            )

    def _next_level(self, at: datetime, policy: NotifyPolicy, who: Directory) -> tuple[int, str] | None:
        for level in range(self.highest + 1, len(policy.levels)):
            holder = who.holder(policy.levels[level], self.matter["village"], at.date())
            if holder is not None:
                return level, holder
        return None

    def _send(
        self, to: Sequence[tuple[int, str]], at: datetime, who: Directory, *, repeat: bool = False
    ) -> list[str]:
        """To whoever is there for each; the highest level told is that of the people who are told."""
        reached = [(level, who.reached(person, at.date())) for level, person in to]
        people = list(dict.fromkeys(person for _, person in reached if person is not None))
        addressed = [person for _, person in to]
        rank = max((level for level, person in reached if person is not None), default=NOBODY_YET)
        rule, level = self.escalation, self.steps
        silent = rule is None or (rule.steps is not None and level >= rule.steps)
        due = None if rule is None or silent else (at + rule.after).isoformat()
        self._record(
            self.NoticesSent,
            at,
            to=people,
            addressed=addressed,
            level=level,
            rank=rank,
            repeat=repeat,
            due=due,
        )
        return people

    def _record(self, event_class: type[Event], at: datetime, **payload: object) -> None:
        on, matter = at.date().isoformat(), self.matter
        self.trigger_event(event_class, timestamp=at, on=on, matter=matter, **payload)


def _as_plain(rule: Escalation | None) -> dict[str, Any]:
    if rule is None:
        return {}
    return {
        "after": rule.after.total_seconds(),
        "steps": rule.steps,
        "at_the_top": rule.at_the_top.value,
        "repeats": rule.repeats,
    }


def _escalation_of(plain: dict[str, Any]) -> Escalation | None:
    if not plain:
        return None
    after = timedelta(seconds=plain["after"])
    return Escalation(after, AtTheTop(plain["at_the_top"]), plain["steps"], plain["repeats"])
