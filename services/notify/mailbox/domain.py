"""The mailbox of one recipient: what was sent to them, as messages, and how each was delivered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

Item = dict[str, Any]


def mailbox_id(recipient: str) -> UUID:
    """The aggregate's id, from the recipient's."""
    return uuid5(NAMESPACE_URL, f"notify:mailbox:{recipient}")


def _order(item: Item) -> tuple[str, str, str]:
    day = item.get("closes_on") or item.get("due") or item.get("begins") or ""
    return item["about"], day, json.dumps(item, sort_keys=True)


class Mailbox(Aggregate):
    """收件箱: `pending` holds, by channel, messages not delivered; `waiting` holds reminders and when each is due."""

    TOPIC = "notify.Mailbox"

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.messages = 0
        self.pending: dict[str, list[str]] = {}
        self.waiting: list[tuple[str, Item]] = []

    class Created(Aggregate.Created):
        """The mailbox is opened; `subject` is the recipient."""

        TOPIC = "notify.MailboxOpened"
        on: str
        subject: str

    class Event(Aggregate.Event):
        """A fact of the mailbox: `on` is the local date (ISO)."""

        on: str

    class MessagePosted(Event):
        """投递: notices in one message; a digest (汇总) where it holds what waited for the morning."""

        TOPIC = "notify.MessagePosted"
        message: str
        is_digest: bool
        items: list[dict[str, Any]]
        channels: list[str]

        def apply(self, aggregate: Mailbox) -> None:
            """In the inbox; on its way by the other channels."""
            aggregate.messages += 1
            for channel in self.channels:
                aggregate.pending.setdefault(channel, []).append(self.message)

    class MessageDelivered(Event):
        """送达: by `channel`, with what the channel said."""

        TOPIC = "notify.MessageDelivered"
        message: str
        channel: str
        outcome: str

        def apply(self, aggregate: Mailbox) -> None:
            """No longer on its way."""
            aggregate.pending[self.channel].remove(self.message)

    class ReminderPut(Event):
        """提醒: waits for the digest of `due`."""

        TOPIC = "notify.ReminderPut"
        item: dict[str, Any]
        due: str

        def apply(self, aggregate: Mailbox) -> None:
            """With the others of that morning."""
            aggregate.waiting.append((self.due, self.item))

    class RemindersSent(Event):
        """提醒发出: in a digest; what did not hold any more was `dropped`; the next is due `then`, if any waits."""

        TOPIC = "notify.RemindersSent"
        class_version = 2
        items: list[dict[str, Any]]
        dropped: list[dict[str, Any]]
        then: str | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """In version 1 everything waited for the same morning."""
            state["then"] = None

        def apply(self, aggregate: Mailbox) -> None:
            """What is due later waits on."""
            aggregate.keep_from(self.then)

    class RemindersHandedOn(Event):
        """提醒转交: whoever is there that morning (`reader`) reads of it; nobody where the recipient has left."""

        TOPIC = "notify.RemindersHandedOn"
        items: list[dict[str, Any]]
        reader: str | None
        then: str | None

        def apply(self, aggregate: Mailbox) -> None:
            """What is due later waits on."""
            aggregate.keep_from(self.then)

    class ReminderWithdrawn(Event):
        """提醒撤回: what it reminds of was done before it was read; the next is due `then`, if any waits."""

        TOPIC = "notify.ReminderWithdrawn"
        item: dict[str, Any]
        then: str | None

        def apply(self, aggregate: Mailbox) -> None:
            """The others wait on."""
            aggregate.waiting = [item for item in aggregate.waiting if item[1] != self.item]

    @classmethod
    def open(cls, recipient: str, *, at: datetime) -> Mailbox:
        """Opens an empty mailbox at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=mailbox_id(recipient), subject=recipient, on=on, timestamp=at)

    def remind(self, item: dict[str, Any], due: datetime, at: datetime) -> None:
        """Puts a reminder into the digest of `due`; one that waits already changes nothing."""
        if item not in (held for _, held in self.waiting):
            self._record(self.ReminderPut, at, item=item, due=due.isoformat())

    def withdraw(self, at: datetime, **named: str) -> None:
        """What waits and is of this; nothing where it was read already."""
        of_this = [item for _, item in self.waiting if named.items() <= item.items()]
        for item in of_this:
            then = min((due for due, held in self.waiting if held != item), default=None)
            self._record(self.ReminderWithdrawn, at, item=item, then=then)

    def send_reminders(self, said_of: Callable[[Item], Item | None], at: datetime) -> list[Item]:
        """Those that are due, as they are told now; what `said_of` is None does not hold any more. None waits on.

        By what they are about, then by their day, whatever order they were heard in.
        """
        due = [(item, said_of(item)) for item in sorted(self._due(at), key=_order)]
        if not due:
            return []
        items = [said for _, said in due if said is not None]
        dropped = [item for item, said in due if said is None]
        self._record(self.RemindersSent, at, items=items, dropped=dropped, then=self._next_due(at))
        return items

    def hand_on(self, reader: str | None, at: datetime) -> list[Item]:
        """Gives up what is due, for `reader` or nobody."""
        if items := self._due(at):
            self._record(self.RemindersHandedOn, at, items=items, reader=reader, then=self._next_due(at))
        return items

    def keep_from(self, then: str | None) -> None:
        """Forgets what was due before `then`; everything where that is None."""
        self.waiting = [waits for waits in self.waiting if then is not None and waits[0] >= then]

    def _due(self, at: datetime) -> list[Item]:
        return [item for due, item in self.waiting if due <= at.isoformat()]

    def _next_due(self, at: datetime) -> str | None:
        return min((due for due, _ in self.waiting if due > at.isoformat()), default=None)

    def post(
        self, items: list[dict[str, Any]], channels: list[str], at: datetime, *, is_digest: bool
    ) -> None:
        """One message of one or more notices."""
        self._record(
            self.MessagePosted,
            at,
            message=f"{self.subject}-{self.messages + 1}",
            is_digest=is_digest,
            items=items,
            channels=channels,
        )

    def deliver(self, message: str, channel: str, outcome: str, at: datetime) -> None:
        """A channel took a message; repeated, it changes nothing."""
        if message in self.pending.get(channel, ()):
            self._record(self.MessageDelivered, at, message=message, channel=channel, outcome=outcome)

    def _record(self, event_class: type[Event], at: datetime, **payload: object) -> None:
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **payload)
