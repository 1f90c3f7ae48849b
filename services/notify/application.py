"""Notify's decisions: what falls due is told, level by level, until somebody acknowledges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Told
from services.chassis.application import Hear
from services.chassis.commands import Command, Decide
from services.chassis.log import EventLog
from services.chassis.policy import PolicyTable
from services.chassis.unit import Unit
from services.kernel.calendar import SHANGHAI
from services.kernel.roster import roster_id
from services.notify import commands as do
from services.notify import views
from services.notify.channels import Channel
from services.notify.deliveries import Delivery
from services.notify.domain import Telling
from services.notify.hearing import Hearing
from services.notify.mailbox import Mailbox, mailbox_id
from services.notify.matters import NAME, Tellings
from services.notify.people import person_id
from services.notify.policies import NotifyPolicy
from services.notify.routing import Routes, Step
from services.notify.terms import NoDelivery, NotTold

BATCH = 200
Item = dict[str, Any]


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
        self.hears: Mapping[type[Told], Hear] = Hearing(self._tellings).hears
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
        """By one who was told; it counts for every telling of the matter that they received."""
        matter = command.model_dump(exclude={"by"}, exclude_none=True)
        found = self._tellings.about(unit, matter, lambda one: command.by in one.told)
        if not found:
            raise NotTold
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
        while rows := self.log.query(views.NEXT_DUE, now.isoformat(), BATCH):
            done += self._step([UUID(row["telling"]) for row in rows], now)
        return done + self._deliver(now)

    def next_due(self) -> datetime | None:
        """When the next telling falls due; at once where a message waits for its channel."""
        if any(self.log.query(views.UNDELIVERED, name, 1) for name in self._channels):
            return datetime.min.replace(tzinfo=SHANGHAI)
        rows = self.log.query(views.FIRST_DUE)
        return datetime.fromisoformat(rows[0]["due"]) if rows else None

    def _step(self, tellings: list[UUID], now: datetime) -> int:
        policy = self._policies.on(now.date())
        with self.log.unit(f"clock:{now.isoformat()}") as unit:
            who = self._tellings.roster(unit, now)
            single: list[Step] = []
            morning: list[Step] = []
            for telling in unit.all(Telling, tellings, lambda _: True):
                waited = telling.due is not None and telling.due.time() == policy.quiet_until
                people = telling.step(now, policy, who)
                (morning if waited and not telling.is_urgent else single).append(Step(telling, people))
            self._send(unit, single, morning, now)
        return len(tellings)

    def _send(self, unit: Unit, single: list[Step], morning: list[Step], at: datetime) -> None:
        """A message for each notice, and one for all that waited for the morning; first to the inbox, then outside."""
        digests: dict[str, list[Item]] = defaultdict(list)
        for step in morning:
            for person in step.people:
                digests[person].append(_item(step.telling))
        unit.read_ahead(
            mailbox_id(person) for person in {*digests, *(one for step in single for one in step.people)}
        )
        for step in single:
            for person in step.people:
                self._post(unit, person, [_item(step.telling)], at, is_digest=False)
        for person, items in digests.items():
            self._post(unit, person, items, at, is_digest=True)
        if self._routes is not None:
            for together in (*([step] for step in single), morning):
                self._routes.plan(unit, together, at)

    def _post(self, unit: Unit, person: str, items: list[Item], at: datetime, *, is_digest: bool) -> None:
        box = unit.get(Mailbox, mailbox_id(person)) or unit.add(Mailbox.open(person, at=at))
        box.post(items, sorted(self._channels), at, is_digest=is_digest)

    def _deliver(self, now: datetime) -> int:
        """Sends what was posted: recorded first, sent after, its delivery recorded then."""
        done = 0
        for name, channel in self._channels.items():
            while rows := self.log.query(views.UNDELIVERED, name, BATCH):
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
        rows = self.log.query(views.OF_SUBJECT, subject)
        return [person_id(subject), *(UUID(row["telling"]) for row in rows)]

    def wake_of(self, aggregate: Any) -> datetime | None:
        """When a telling's next step falls due."""
        return aggregate.due if isinstance(aggregate, Telling) else None


def _item(telling: Telling) -> Item:
    shown = {key: value for key, value in telling.matter.items() if key != "village"}
    return shown | {"telling": str(telling.id), "level": telling.steps - 1}
