"""Notify's read models: tellings by what they are about and when they fall due, and the in-app inbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.notify.deliveries.domain import Delivery, Standing
from services.notify.elders.domain import Person
from services.notify.mailbox.domain import Mailbox
from services.notify.tellings.domain import Telling

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
    "cancelled": (
        "CREATE TABLE IF NOT EXISTS cancelled (telling TEXT NOT NULL, recipient TEXT NOT NULL, reason TEXT NOT NULL,"
        " was_told INTEGER NOT NULL, item TEXT NOT NULL, cancelled_at TEXT NOT NULL, PRIMARY KEY (telling, recipient))"
    ),
    "wards": (
        "CREATE TABLE IF NOT EXISTS wards (elder TEXT PRIMARY KEY, carer TEXT, is_certified INTEGER NOT NULL)"
    ),
    "mornings": ("CREATE TABLE IF NOT EXISTS mornings (recipient TEXT PRIMARY KEY, due TEXT NOT NULL)"),
    "outgoing": (
        "CREATE TABLE IF NOT EXISTS outgoing (delivery TEXT PRIMARY KEY, channel TEXT NOT NULL, kind TEXT NOT NULL,"
        " recipient TEXT NOT NULL, village TEXT NOT NULL, is_urgent INTEGER NOT NULL, status TEXT NOT NULL, word TEXT,"
        " due TEXT, attempts INTEGER NOT NULL, planned_at TEXT NOT NULL, changed_at TEXT NOT NULL)"
    ),
    "attempts": (
        "CREATE TABLE IF NOT EXISTS attempts (delivery TEXT NOT NULL, number INTEGER NOT NULL, channel TEXT NOT NULL,"
        " kind TEXT NOT NULL, begun_at TEXT NOT NULL, word TEXT, PRIMARY KEY (delivery, number))"
    ),
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS tellings_by_due ON tellings (due)",
    "CREATE INDEX IF NOT EXISTS tellings_by_subject ON tellings (subject, about)",
    "CREATE INDEX IF NOT EXISTS notices_by_recipient ON notices (recipient, sent_at)",
    "CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, posted_at)",
    "CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (channel, outcome)",
    "CREATE INDEX IF NOT EXISTS cancelled_by_recipient ON cancelled (recipient, cancelled_at)",
    "CREATE INDEX IF NOT EXISTS mornings_by_due ON mornings (due)",
    "CREATE INDEX IF NOT EXISTS wards_by_carer ON wards (carer)",
    "CREATE INDEX IF NOT EXISTS outgoing_by_due ON outgoing (due, channel)",
    "CREATE INDEX IF NOT EXISTS outgoing_by_status ON outgoing (status)",
    "CREATE INDEX IF NOT EXISTS attempts_by_channel ON attempts (channel, begun_at)",
)

NEXT_DUE = (
    "SELECT telling, NULL AS recipient FROM"
    " (SELECT telling, due FROM tellings WHERE due <= ? ORDER BY due, telling LIMIT ?) AS steps"
    " UNION ALL SELECT NULL, recipient FROM mornings WHERE due <= ?"
)
FIRST_DUE = (
    "SELECT MIN(due) AS due FROM"
    " (SELECT MIN(due) AS due FROM tellings UNION ALL SELECT MIN(due) AS due FROM mornings) AS each_first"
)
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
CANCELLED = (
    "SELECT telling, reason, was_told, item, cancelled_at FROM cancelled WHERE recipient = ?"
    " ORDER BY cancelled_at DESC, telling LIMIT ?"
)
BY_STATUS = (
    "SELECT about, status, COUNT(*) AS number FROM tellings GROUP BY about, status ORDER BY about, status"
)
SENT = "SELECT COUNT(*) AS number FROM notices"
OPEN_OF = (
    "SELECT subject, MAX(level) AS level FROM tellings WHERE status IN ('told', 'exhausted') GROUP BY subject"
)
WARDS = "SELECT elder FROM wards WHERE carer = ? AND is_certified = 1 ORDER BY elder"
DUE_CHANNELS = "SELECT DISTINCT channel FROM outgoing WHERE due <= ? ORDER BY channel"
NEXT_OUTGOING = (
    "SELECT delivery FROM outgoing WHERE channel = ? AND due <= ?"
    " ORDER BY is_urgent DESC, due, delivery LIMIT 1"
)
ATTEMPTS_SINCE = "SELECT COUNT(*) AS number FROM attempts WHERE channel = ? AND begun_at > ?"
HELD_UNTIL = (
    "SELECT MAX(due) AS until FROM outgoing"
    " WHERE channel = ? AND status = 'waiting' AND word = 'rate_limited' AND due IS NOT NULL"
)
FAILED = (
    "SELECT delivery, channel, kind, recipient, word, attempts, planned_at, changed_at FROM outgoing"
    " WHERE status = 'failed' ORDER BY changed_at, delivery LIMIT ?"
)
OUTGOING_BY_STATUS = (
    "SELECT kind, status, COUNT(*) AS number FROM outgoing GROUP BY kind, status ORDER BY kind, status"
)
ATTEMPTS_BY_WORD = (
    "SELECT kind, COALESCE(word, 'under_way') AS outcome, COUNT(*) AS number FROM attempts"
    " GROUP BY kind, outcome ORDER BY kind, outcome"
)

_PLAN = "INSERT INTO tellings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', -1)"
_STATUS = "UPDATE tellings SET status = ? WHERE telling = ?"
_TOLD = "UPDATE tellings SET status = 'told', level = ? WHERE telling = ?"
_DUE = "UPDATE tellings SET due = ? WHERE telling = ?"
_NOTICE = "INSERT INTO notices VALUES (?, ?, ?, ?, ?)"
_MESSAGE = "INSERT INTO messages VALUES (?, ?, ?, ?, ?)"
_DELIVERY = "INSERT INTO deliveries VALUES (?, ?, NULL, NULL)"
_DELIVERED = "UPDATE deliveries SET outcome = ?, delivered_at = ? WHERE message = ? AND channel = ?"
_CANCELLED = "INSERT INTO cancelled VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (telling, recipient) DO NOTHING"
_MORNING = (
    "INSERT INTO mornings VALUES (?, ?) ON CONFLICT (recipient) DO UPDATE SET"
    " due = CASE WHEN excluded.due < mornings.due THEN excluded.due ELSE mornings.due END"
)
_WARD = "INSERT INTO wards VALUES (?, ?, 0)"
_WARD_OF = "UPDATE wards SET carer = ? WHERE elder = ?"
_WARD_IS = "UPDATE wards SET is_certified = ? WHERE elder = ?"
_MORNING_OVER = "DELETE FROM mornings WHERE recipient = ?"
_OUTGOING = "INSERT INTO outgoing VALUES (?, ?, ?, ?, ?, ?, 'waiting', NULL, ?, 0, ?, ?)"
_OUTGOING_IS = "UPDATE outgoing SET status = ?, word = ?, due = ?, changed_at = ? WHERE delivery = ?"
_BEGUN = "UPDATE outgoing SET status = 'sending', attempts = ?, due = ?, changed_at = ? WHERE delivery = ?"
_ATTEMPT = "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, NULL)"
_ENDED = "UPDATE attempts SET word = ? WHERE delivery = ? AND number = ?"


def still_holds(number: int) -> str:
    """Finds one of so many tellings that was not cancelled."""
    return f"SELECT telling FROM tellings WHERE status <> 'stopped' AND telling IN ({', '.join('?' * number)}) LIMIT 1"


def reasons_of(number: int) -> str:
    """Finds of so many tellings those that were cancelled, and why."""
    return f"SELECT DISTINCT telling, reason FROM cancelled WHERE telling IN ({', '.join('?' * number)})"


def shown_of(matter: Mapping[str, Any]) -> dict[str, Any]:
    """What recipients read of a matter."""
    return {key: value for key, value in matter.items() if key != "village"}


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the read models up to one event."""
    event = recorded.event
    key = str(event.originator_id)
    match event:
        case Telling.Created() | Telling.Event():
            _telling(sql, key, recorded)
        case Mailbox.MessagePosted():
            _post(sql, recorded)
        case Mailbox.MessageDelivered():
            at = event.timestamp.isoformat()
            sql.run(_DELIVERED, event.outcome, at, event.message, event.channel)
        case Mailbox.ReminderPut():
            sql.run(_MORNING, recorded.subject, event.due)
        case Mailbox.RemindersSent() | Mailbox.RemindersHandedOn() | Mailbox.ReminderWithdrawn():
            sql.run(_MORNING_OVER, recorded.subject)
            if event.then is not None:
                sql.run(_MORNING, recorded.subject, event.then)
        case Person.Created() | Person.Event():
            _ward(sql, recorded.subject, event)
        case Delivery.Created() | Delivery.Event():
            _delivery(sql, key, event)
        case _:
            return


def _telling(sql: Sql, key: str, recorded: Recorded) -> None:
    event: Telling.Created | Telling.Event = recorded.event
    match event:
        case Telling.Created(matter=m):
            names = ("about", "subject", "duty", "period", "incident", "grade")
            sql.run(_PLAN, key, *(m.get(name) for name in names), event.timestamp.isoformat(), event.due)
        case Telling.NoticesSent():
            sql.run(_TOLD, event.level, key)
            for person in event.to:
                sql.run(_NOTICE, recorded.position, person, key, event.level, event.timestamp.isoformat())
        case Telling.NoticeAcknowledged():
            sql.run(_STATUS, "acknowledged", key)
        case Telling.TellingStopped():
            sql.run(_STATUS, "stopped", key)
            item = json.dumps(shown_of(event.matter), ensure_ascii=False)
            for person in event.to:
                row = person, event.reason, int(event.was_told), item, event.timestamp.isoformat()
                sql.run(_CANCELLED, key, *row)
        case Telling.EscalationExhausted():
            sql.run(_STATUS, "exhausted", key)
        case _:
            return
    if recorded.has_wake:
        sql.run(_DUE, recorded.wake, key)


def _ward(sql: Sql, elder: str, event: Person.Created | Person.Event) -> None:
    match event:
        case Person.Created():
            sql.run(_WARD, elder, event.carer)
        case Person.CarerNoted() | Person.Moved():
            sql.run(_WARD_OF, event.carer, elder)
        case Person.CarerGone():
            sql.run(_WARD_OF, None, elder)
        case Person.Certified() | Person.Silenced():
            sql.run(_WARD_IS, int(isinstance(event, Person.Certified)), elder)
        case Person.SetAside():
            sql.run(_WARD_IS, int(event.is_certified), elder)
        case _:
            return


def _post(sql: Sql, recorded: Recorded) -> None:
    event: Mailbox.MessagePosted = recorded.event
    items = json.dumps(event.items, ensure_ascii=False)
    recipient = recorded.subject
    sql.run(_MESSAGE, event.message, recipient, int(event.is_digest), items, event.timestamp.isoformat())
    for channel in event.channels:
        sql.run(_DELIVERY, event.message, channel)


def _delivery(sql: Sql, key: str, event: Delivery.Created | Delivery.Event) -> None:
    at = event.timestamp.isoformat()
    match event:
        case Delivery.Created():
            row = event.channel, event.kind, event.recipient, event.village, int(event.is_urgent)
            sql.run(_OUTGOING, key, *row, at, at, at)
        case Delivery.AttemptBegun(number=number):
            sql.run(_BEGUN, number, event.lost_at, at, key)
            sql.run(_ATTEMPT, key, number, event.channel, event.kind, at)
        case Delivery.AttemptFailed(number=number, word=word, due=due):
            sql.run(_OUTGOING_IS, Standing.WAITING if due else Standing.FAILED, word, due, at, key)
            sql.run(_ENDED, word, key, number)
        case Delivery.DeliverySent(number=number):
            sql.run(_OUTGOING_IS, Standing.SENT, None, None, at, key)
            sql.run(_ENDED, "sent", key, number)
        case Delivery.DeliveryCancelled():
            sql.run(_OUTGOING_IS, Standing.CANCELLED, None, None, at, key)
        case Delivery.DeliveryResent():
            sql.run(_OUTGOING_IS, Standing.WAITING, None, at, at, key)
        case _:
            return
