"""Notify's read models: tellings by what they are about and when they fall due, and the in-app inbox."""

from __future__ import annotations

import json

from services.chassis.log import Recorded
from services.chassis.recorder import Sql
from services.notify.domain import Telling
from services.notify.mailbox import Mailbox

TABLES = {
    "tellings": (
        "CREATE TABLE IF NOT EXISTS tellings (telling TEXT PRIMARY KEY, about TEXT NOT NULL, subject TEXT NOT NULL,"
        " duty TEXT, period TEXT, incident TEXT, grade TEXT, arose_at TEXT NOT NULL, due TEXT,"
        " status TEXT NOT NULL, level INTEGER NOT NULL)"
    ),
    "notices": (
        "CREATE TABLE IF NOT EXISTS notices (seq BIGINT NOT NULL, recipient TEXT NOT NULL, telling TEXT NOT NULL,"
        " level INTEGER NOT NULL, sent_at TEXT NOT NULL, PRIMARY KEY (seq, recipient))"
    ),
    "messages": (
        "CREATE TABLE IF NOT EXISTS messages (message TEXT PRIMARY KEY, recipient TEXT NOT NULL,"
        " is_digest INTEGER NOT NULL, items TEXT NOT NULL, posted_at TEXT NOT NULL)"
    ),
    "deliveries": (
        "CREATE TABLE IF NOT EXISTS deliveries (message TEXT NOT NULL, channel TEXT NOT NULL,"
        " outcome TEXT, delivered_at TEXT, PRIMARY KEY (message, channel))"
    ),
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS tellings_by_due ON tellings (due)",
    "CREATE INDEX IF NOT EXISTS tellings_by_subject ON tellings (subject, about)",
    "CREATE INDEX IF NOT EXISTS notices_by_recipient ON notices (recipient, sent_at)",
    "CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, posted_at)",
    "CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (channel, outcome)",
)

NEXT_DUE = "SELECT telling, due FROM tellings WHERE due <= ? ORDER BY due, telling LIMIT ?"
FIRST_DUE = "SELECT due FROM tellings WHERE due IS NOT NULL ORDER BY due LIMIT 1"
ABOUT = (
    "SELECT telling, duty, period, incident FROM tellings WHERE subject = ? AND about = ? ORDER BY telling"
)
OF_SUBJECT = "SELECT telling FROM tellings WHERE subject = ? ORDER BY arose_at, telling"
UNDELIVERED = (
    "SELECT m.message, m.recipient, m.items, m.posted_at FROM deliveries d JOIN messages m ON m.message = d.message"
    " WHERE d.channel = ? AND d.outcome IS NULL ORDER BY m.posted_at, m.message LIMIT ?"
)
WAITING = (
    "SELECT DISTINCT n.recipient, t.about, t.subject, t.duty, t.period, t.incident FROM notices n"
    " JOIN tellings t ON t.telling = n.telling WHERE t.status = 'told' ORDER BY t.subject, n.recipient"
)
INBOX = "SELECT message, is_digest, items, posted_at FROM messages WHERE recipient = ? ORDER BY posted_at DESC LIMIT ?"
BY_STATUS = (
    "SELECT about, status, COUNT(*) AS number FROM tellings GROUP BY about, status ORDER BY about, status"
)
SENT = "SELECT COUNT(*) AS number FROM notices"
OPEN_OF = (
    "SELECT subject, MAX(level) AS level FROM tellings WHERE status IN ('told', 'exhausted') GROUP BY subject"
)

_PLAN = "INSERT INTO tellings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', -1)"
_STATUS = "UPDATE tellings SET status = ? WHERE telling = ?"
_TOLD = "UPDATE tellings SET status = 'told', level = ? WHERE telling = ?"
_DUE = "UPDATE tellings SET due = ? WHERE telling = ?"
_NOTICE = "INSERT INTO notices VALUES (?, ?, ?, ?, ?)"
_MESSAGE = "INSERT INTO messages VALUES (?, ?, ?, ?, ?)"
_DELIVERY = "INSERT INTO deliveries VALUES (?, ?, NULL, NULL)"
_DELIVERED = "UPDATE deliveries SET outcome = ?, delivered_at = ? WHERE message = ? AND channel = ?"


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the read models up to one event."""
    event = recorded.event
    key = str(event.originator_id)
    match event:
        case Telling.Created(matter=m):
            row = (
                m["about"],
                m["subject"],
                m.get("duty"),
                m.get("period"),
                m.get("incident"),
                m.get("grade"),
            )
            sql.run(_PLAN, key, *row, event.timestamp.isoformat(), event.due)
        case Telling.NoticesSent():
            sql.run(_TOLD, event.level, key)
            for person in event.to:
                sql.run(_NOTICE, recorded.position, person, key, event.level, event.timestamp.isoformat())
        case Telling.NoticeAcknowledged():
            sql.run(_STATUS, "acknowledged", key)
        case Telling.TellingStopped():
            sql.run(_STATUS, "stopped", key)
        case Telling.EscalationExhausted():
            sql.run(_STATUS, "exhausted", key)
        case Mailbox.MessagePosted():
            _post(sql, recorded)
        case Mailbox.MessageDelivered():
            at = event.timestamp.isoformat()
            sql.run(_DELIVERED, event.outcome, at, event.message, event.channel)
        case _:
            return
    if isinstance(event, (Telling.Created, Telling.Event)) and recorded.has_wake:
        sql.run(_DUE, recorded.wake, key)


def _post(sql: Sql, recorded: Recorded) -> None:
    event: Mailbox.MessagePosted = recorded.event
    items = json.dumps(event.items, ensure_ascii=False)
    recipient = recorded.subject
    sql.run(_MESSAGE, event.message, recipient, int(event.is_digest), items, event.timestamp.isoformat())
    for channel in event.channels:
        sql.run(_DELIVERY, event.message, channel)
