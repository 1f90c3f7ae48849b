"""The stored events of what is owed, to an elder or for a place."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from services.visits.duties.state import DutyBook
from services.visits.terms import OpenDuty, Owed, PeriodKind


class KeepsDuties(Protocol):
    """The aggregate for whose subject the duties are."""

    book: DutyBook


class CareEvent(Aggregate.Event):
    """A fact of the subject: `on` is the local date (ISO) from which it takes effect."""

    TOPIC = "visits.CareEvent"
    on: str


class DutyEvent(CareEvent):
    """Something happened to one duty in one period."""

    TOPIC = "visits.DutyEvent"
    duty: str
    period: str


class DutyOpened(DutyEvent):
    """应办: owed `count` times from `opens_on` to `closes_on`; a count of 0 owes nothing until the next."""

    TOPIC = "visits.DutyOpened"
    opens_on: str
    closes_on: str
    count: int
    owed: dict[str, Any] | None

    def apply(self, aggregate: KeepsDuties) -> None:
        """Takes the duty's place."""
        owed = (
            None
            if self.owed is None
            else Owed(PeriodKind(self.owed["kind"]), self.owed["times"], rounds_up=self.owed["rounds_up"])
        )
        aggregate.book.duties[self.duty] = OpenDuty(
            self.duty,
            self.period,
            date.fromisoformat(self.opens_on),
            date.fromisoformat(self.closes_on),
            self.count,
            owed,
        )


class DutyNearlyDue(DutyEvent):
    """临期提醒: `remaining` times are still owed, and the last day is near."""

    TOPIC = "visits.DutyNearlyDue"
    village: str
    opens_on: str
    closes_on: str
    remaining: int
    owed_by: str
    responsible: str | None

    def apply(self, aggregate: KeepsDuties) -> None:
        """Once a period."""
        aggregate.book.duties[self.duty].reminded = (
            date.fromisoformat(self.on),
            self.owed_by,
            self.responsible,
        )


class ReminderSettled(DutyEvent):
    """提醒了结: done on the very day on which whoever owes it is reminded, perhaps before they read of it."""

    TOPIC = "visits.ReminderSettled"
    village: str
    owed_by: str
    responsible: str | None


class DutyMet(DutyEvent):
    """办结: done as often as owed."""

    TOPIC = "visits.DutyMet"

    def apply(self, aggregate: KeepsDuties) -> None:
        """Keeps its place until the period closes; a once-duty gives it up."""
        duty = aggregate.book.duties[self.duty]
        duty.is_met = True
        if duty.owed is None:
            del aggregate.book.duties[self.duty]


class DutyClosed(DutyEvent):
    """期满: the period is over for this duty, with nothing to be made up."""

    TOPIC = "visits.DutyClosed"

    def apply(self, aggregate: KeepsDuties) -> None:
        """Gives up its place."""
        del aggregate.book.duties[self.duty]


class DutySuperseded(DutyClosed):
    """改期: its cause changed inside the period."""

    TOPIC = "visits.DutySuperseded"


class DutyWaived(DutyClosed):
    """免办: absence alone made it enough."""

    TOPIC = "visits.DutyWaived"


class DutyEnded(DutyClosed):
    """终止: its cause ended."""

    TOPIC = "visits.DutyEnded"


class VisitMissed(DutyEvent):
    """漏访: the last day passed with the count not met. Never erased."""

    TOPIC = "visits.VisitMissed"
    class_version = 2
    village: str
    shortfall: int
    responsible: str | None
    owed_by: str
    grade: str | None
    missed_before: bool

    def apply(self, aggregate: KeepsDuties) -> None:
        """Kept to be reconciled: what is still lacking becomes the count."""
        duty = aggregate.book.duties.pop(self.duty)
        duty.count = aggregate.book.done(duty) + self.shortfall
        aggregate.book.missed[self.duty, self.period] = duty

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 did not name the village: who reads it looks it up by the elder."""
        state["village"] = ""


class MissReconciled(DutyEvent):
    """补录: the record of what was done arrived `days_late` days after the last day."""

    TOPIC = "visits.MissReconciled"
    days_late: int

    def apply(self, aggregate: KeepsDuties) -> None:
        """Nothing is lacking any more."""
        del aggregate.book.missed[self.duty, self.period]


class DutyDone(CareEvent):
    """办结登记: a duty of a place, done on `done_on`."""

    TOPIC = "visits.DutyDone"
    duty: str
    by: str
    done_on: str

    def apply(self, aggregate: KeepsDuties) -> None:
        """One more day."""
        aggregate.book.count_day([self.duty], date.fromisoformat(self.done_on))


class PolicyTookEffect(CareEvent):
    """新政策生效: from this day judged by `version`, under which time will change something on another day."""

    TOPIC = "visits.PolicyTookEffect"
    version: str


def register(event_class: type[CareEvent]) -> None:
    """Makes a class findable by its topic, and all below it: the library does so only for nested ones."""
    register_topic(event_class.TOPIC, event_class)
    for below in event_class.__subclasses__():
        register(below)


register(CareEvent)
