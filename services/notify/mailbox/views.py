"""The read models of mailboxes: the in-app inbox, what waits for a channel in the house, and for a morning's digest."""

from __future__ import annotations

import json

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.notify.mailbox.domain import Mailbox

MESSAGES = Table(
    "messages",
    {"message": str, "recipient": str, "is_digest": int, "items": str, "posted_at": str},
    indexes={"messages_by_recipient": ("recipient", "posted_at")},
)
DELIVERIES = Table(
    "deliveries",
    {"message": str, "channel": str, "outcome": str | None, "delivered_at": str | None},
    key=("message", "channel"),
    indexes={"deliveries_waiting": ("channel", "outcome")},
)
MORNINGS = Table("mornings", {"recipient": str, "due": str}, indexes={"mornings_by_due": ("due",)})

INBOX = "SELECT message, is_digest, items, posted_at FROM messages WHERE recipient = ? ORDER BY posted_at DESC LIMIT ?"
UNDELIVERED = (
    "SELECT m.message, m.recipient, m.items, m.posted_at FROM deliveries d JOIN messages m ON m.message = d.message"
    " WHERE d.channel = ? AND d.outcome IS NULL ORDER BY m.posted_at, m.message LIMIT ?"
)

_MESSAGE = MESSAGES.insert()
_DELIVERY = DELIVERIES.insert("message", "channel")
_DELIVERED = "UPDATE deliveries SET outcome = ?, delivered_at = ? WHERE message = ? AND channel = ?"
_MORNING = (
    f"{MORNINGS.insert()} ON CONFLICT (recipient) DO UPDATE SET"
    " due = CASE WHEN excluded.due < mornings.due THEN excluded.due ELSE mornings.due END"
)
_MORNING_OVER = "DELETE FROM mornings WHERE recipient = ?"


def _posted(sql: Sql, recorded: Recorded) -> None:
    event: Mailbox.MessagePosted = recorded.event
    items = json.dumps(event.items, ensure_ascii=False)
    posted_at = event.timestamp.isoformat()
    sql.run(_MESSAGE, event.message, recorded.subject, int(event.is_digest), items, posted_at)
    for channel in event.channels:
        sql.run(_DELIVERY, event.message, channel)


def _delivered(sql: Sql, recorded: Recorded) -> None:
    event: Mailbox.MessageDelivered = recorded.event
    sql.run(_DELIVERED, event.outcome, event.timestamp.isoformat(), event.message, event.channel)


def _reminded(sql: Sql, recorded: Recorded) -> None:
    sql.run(_MORNING, recorded.subject, recorded.event.due)


def _morning_over(sql: Sql, recorded: Recorded) -> None:
    sql.run(_MORNING_OVER, recorded.subject)
    if recorded.event.then is not None:
        sql.run(_MORNING, recorded.subject, recorded.event.then)


PROJECTION = Projection(
    (MESSAGES, DELIVERIES, MORNINGS),
    {
        Mailbox.MessagePosted: _posted,
        Mailbox.MessageDelivered: _delivered,
        Mailbox.ReminderPut: _reminded,
        Mailbox.RemindersSent: _morning_over,
        Mailbox.RemindersHandedOn: _morning_over,
        Mailbox.ReminderWithdrawn: _morning_over,
    },
)
