"""The mailbox of one recipient: what was sent to them, as messages, and how each was delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate


def mailbox_id(recipient: str) -> UUID:
    """The aggregate's id, from the recipient's."""
    return uuid5(NAMESPACE_URL, f"notify:mailbox:{recipient}")


class Mailbox(Aggregate):
    """收件箱: `pending` holds, by channel, the messages that are not delivered yet."""

    TOPIC = "notify.Mailbox"

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.messages = 0
        self.pending: dict[str, list[str]] = {}

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

    @classmethod
    def open(cls, recipient: str, *, at: datetime) -> Mailbox:
        """Opens an empty mailbox at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=mailbox_id(recipient), subject=recipient, on=on, timestamp=at)

    def post(
        self, items: list[dict[str, Any]], channels: list[str], at: datetime, *, is_digest: bool
    ) -> None:
        """One message of one or more notices."""
        self.trigger_event(
            self.MessagePosted,
            timestamp=at,
            on=at.date().isoformat(),
            message=f"{self.subject}-{self.messages + 1}",
            is_digest=is_digest,
            items=items,
            channels=channels,
        )

    def deliver(self, message: str, channel: str, outcome: str, at: datetime) -> None:
        """A channel took a message; repeated, it changes nothing."""
        if message in self.pending.get(channel, ()):
            self.trigger_event(
                self.MessageDelivered,
                timestamp=at,
                on=at.date().isoformat(),
                message=message,
                channel=channel,
                outcome=outcome,
            )
