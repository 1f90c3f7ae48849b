"""Notify's decisions: what falls due is told, level by level, until somebody acknowledges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Told
from services.chassis.application import EventHandler
from services.chassis.commands.command import Command, Decide
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.calendar import SHANGHAI
from services.kernel.roster import AppointmentOver, roster_id
from services.notify import commands as do
from services.notify import views
from services.notify.channels import Channel
from services.notify.deliveries.domain import Delivery
from services.notify.deliveries.routing import Dispatch, Routes
from services.notify.elders.domain import person_id
from services.notify.handlers import NotifyHandlers
from services.notify.mailbox import views as mailbox_views
from services.notify.mailbox.domain import Mailbox, mailbox_id
from services.notify.policies import NotifyPolicy
from services.notify.reminders.decisions import Reminders
from services.notify.tellings import views as telling_views
from services.notify.tellings.domain import Telling
from services.notify.tellings.planning import NAME, Tellings
from services.notify.terms import NoDelivery, NotTold

BATCH = 2000  # what is due at one moment is one digest for each: only beyond so many tellings it is two
Item = dict[str, Any]


@dataclass(frozen=True)
class Outgoing:
    """What goes out at one moment: each by itself, or in the morning's digests."""

    single: list[tuple[Dispatch, Item]] = field(default_factory=list[tuple[Dispatch, Item]])
    morning: list[tuple[Dispatch, Item]] = field(default_factory=list[tuple[Dispatch, Item]])


class Notify:
    """谁该知道，有没有人接手: who must know, on which channel, and whether they took it up."""

    def __init__(
        self,
        log: EventLog,
        policies: PolicyTable[NotifyPolicy],
        channels: Sequence[Channel] = (),
        routes: Routes | None = None,
    ) -> None:
        self.log = log
        self._policies = policies
        self._channels = {channel.name: channel for channel in channels}
        self._routes = routes
        self._tellings = Tellings(log, policies)
        self._found_due: tuple[int, datetime | None] | None = None
        self._reminders = Reminders(self._tellings)
        self.handlers: Mapping[type[Told], EventHandler] = NotifyHandlers(
            self._tellings, self._reminders
        ).handlers
        self.decisions: Mapping[type[Command], Decide] = {
            do.Acknowledge: self.acknowledge,
            do.Resend: self.resend,
        }

    def needs(self, asked: Command | Told) -> list[UUID]:
        """The roster, and what is known of the elder; the tellings are found in a read model."""
        if isinstance(asked, do.Resend):
            return [asked.delivery]
        subject = vars(asked).get("elder") or vars(asked).get("subject")
        return [roster_id(NAME), *([person_id(subject)] if subject else [])]

    def acknowledge(self, unit: Unit, command: do.Acknowledge, at: datetime) -> None:
        """By one who was told, to the end of their last day; for every telling of the matter that they received."""
        matter = command.model_dump(exclude={"by"}, exclude_none=True)
        found = self._tellings.about(unit, matter, lambda one: command.by in one.told)
        if not found:
            raise NotTold
        if self._tellings.roster(unit, at).has_left(command.by, at.date()):
            raise AppointmentOver
        for telling in found:
            telling.acknowledge(command.by, at)

    def resend(self, unit: Unit, command: do.Resend, at: datetime) -> None:
        """A failed delivery waits for its channel again."""
        delivery = unit.get(Delivery, command.delivery)
        if delivery is None:
            raise NoDelivery
        delivery.resend(at)

    def advance(self, now: datetime) -> int:
        """Tells what is due at `now`, and hands messages to the channels.

        A step counts from when it was really taken: after an outage nobody is passed over in a burst.
        """
        done = 0
        while due := self._due(now):
            done += self._step(*due, now)
        return done + self._deliver(now)

    def next_due(self) -> datetime | None:
        """When the next telling falls due; at once where a message waits for its channel."""
        if self._found_due is None or self.log.has_after(self._found_due[0]):
            self._found_due = self.log.last, self._find_due()
        return self._found_due[1]

    def _find_due(self) -> datetime | None:
        if any(self.log.query(mailbox_views.UNDELIVERED, name, 1) for name in self._channels):
            return datetime.min.replace(tzinfo=SHANGHAI)
        due = self.log.query(views.FIRST_DUE)[0]["due"]
        return datetime.fromisoformat(due) if due is not None else None

    def _due(self, now: datetime) -> tuple[list[UUID], list[str]] | None:
        """Tellings whose step is due, and whose morning has come; None where there are neither."""
        rows = self.log.query(views.NEXT_DUE, now.isoformat(), BATCH, now.isoformat())
        tellings = [UUID(row["telling"]) for row in rows if row["telling"] is not None]
        reminded = sorted(row["recipient"] for row in rows if row["telling"] is None)
        return (tellings, reminded) if rows else None

    def _step(self, tellings: list[UUID], reminded: list[str], now: datetime) -> int:
        policy = self._policies.on(now.date())
        with self.log.unit(f"clock:{now.isoformat()}") as unit:
            who = self._tellings.roster(unit, now)
            outgoing = Outgoing()
            for telling in unit.all(Telling, tellings, lambda _: True):
                waited = telling.due is not None and telling.due.time() == policy.quiet_until
                people = telling.step(now, policy, who)
                told = Dispatch.of(telling, people), _item(telling)
                (outgoing.morning if waited and not telling.is_urgent else outgoing.single).append(told)
            unit.read_ahead(map(mailbox_id, reminded))
            for person in self._reminders.hand_on(unit, reminded, now):
                outgoing.morning.extend(self._reminders.due(unit, person, now))
            self._send(unit, outgoing, now)
        return len(tellings) + len(reminded)

    def _send(self, unit: Unit, outgoing: Outgoing, at: datetime) -> None:
        """A message for each notice, and one for all that waited for the morning; first to the inbox, then outside."""
        digests: dict[str, list[Item]] = defaultdict(list)
        for step, item in outgoing.morning:
            for person in step.people:
                digests[person].append(item)
        single = [(person, item) for step, item in outgoing.single for person in step.people]
        unit.read_ahead(mailbox_id(person) for person in {*digests, *(person for person, _ in single)})
        for person, item in single:
            self._post(unit, person, [item], at, is_digest=False)
        for person, items in digests.items():
            self._post(unit, person, items, at, is_digest=True)
        if self._routes is not None:
            for step, _ in outgoing.single:
                self._routes.plan(unit, [step], at)
            self._routes.plan(unit, [step for step, _ in outgoing.morning], at)

    def _post(self, unit: Unit, person: str, items: list[Item], at: datetime, *, is_digest: bool) -> None:
        box = self._tellings.mailbox(unit, person, at)
        box.post(items, sorted(self._channels), at, is_digest=is_digest)

    def _deliver(self, now: datetime) -> int:
        """Sends what was posted: recorded first, sent after, its delivery recorded then."""
        done = 0
        for name, channel in self._channels.items():
            while rows := self.log.query(mailbox_views.UNDELIVERED, name, BATCH):
                outcomes = [(row["recipient"], row["message"], channel.send(row)) for row in rows]
                with self.log.unit(f"channel:{name}") as unit:
                    unit.read_ahead(mailbox_id(recipient) for recipient, *_ in outcomes)
                    for recipient, message, outcome in outcomes:
                        box = unit.get(Mailbox, mailbox_id(recipient))
                        if box is not None:
                            box.deliver(message, name, outcome, now)
                done += len(rows)
        return done

    def files_of(self, subject: str) -> list[UUID]:
        """What is known of the elder, and every telling about the subject."""
        rows = self.log.query(telling_views.OF_SUBJECT, subject)
        return [person_id(subject), *(UUID(row["telling"]) for row in rows)]


def wake_of(aggregate: Any) -> datetime | None:
    """When a telling's next step falls due."""
    return aggregate.due if isinstance(aggregate, Telling) else None


def _item(telling: Telling) -> Item:
    return telling_views.shown_of(telling.matter) | {"telling": str(telling.id), "level": telling.steps - 1}
