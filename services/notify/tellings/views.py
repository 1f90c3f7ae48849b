"""The read models of tellings: what they are about, when they fall due, the notices sent, and what was cancelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Position, Projection, Table
from services.notify.tellings.domain import Telling

TELLINGS = Table(
    "tellings",
    {
        "telling": str,
        "about": str,
        "subject": str,
        "duty": str | None,
        "period": str | None,
        "incident": str | None,
        "grade": str | None,
        "arose_at": str,
        "due": str | None,
        "status": str,
        "level": int,
    },
    indexes={"tellings_by_due": ("due",), "tellings_by_subject": ("subject", "about")},
)
NOTICES = Table(
    "notices",
    {"seq": Position, "recipient": str, "telling": str, "level": int, "sent_at": str},
    key=("seq", "recipient"),
    indexes={"notices_by_recipient": ("recipient", "sent_at")},
)
CANCELLED = Table(
    "cancelled",
    {"telling": str, "recipient": str, "reason": str, "was_told": int, "item": str, "cancelled_at": str},
    key=("telling", "recipient"),
    indexes={"cancelled_by_recipient": ("recipient", "cancelled_at")},
)

ABOUT = (
    "SELECT telling, duty, period, incident FROM tellings WHERE subject = ? AND about = ? ORDER BY telling"
)
OF_SUBJECT = "SELECT telling FROM tellings WHERE subject = ? ORDER BY arose_at, telling"
WAITING = (
    "SELECT DISTINCT n.recipient, t.about, t.subject, t.duty, t.period, t.incident FROM notices n"
    " JOIN tellings t ON t.telling = n.telling WHERE t.status = 'told' ORDER BY t.subject, n.recipient"
)
CANCELLED_FOR = (
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

_STILL_HOLDS = "SELECT telling FROM tellings WHERE status <> 'stopped' AND telling IN ({}) LIMIT 1"
_REASONS = "SELECT DISTINCT telling, reason FROM cancelled WHERE telling IN ({})"
_PLAN = TELLINGS.insert()
_STATUS = "UPDATE tellings SET status = ? WHERE telling = ?"
_TOLD = "UPDATE tellings SET status = 'told', level = ? WHERE telling = ?"
_DUE = "UPDATE tellings SET due = ? WHERE telling = ?"
_NOTICE = NOTICES.insert()
_CANCEL = CANCELLED.insert_new()

_MATTER = ("about", "subject", "duty", "period", "incident", "grade")


def still_holds(number: int) -> str:
    """Finds one of so many tellings that was not cancelled."""
    return _STILL_HOLDS.format(", ".join("?" * number))


def reasons_of(number: int) -> str:
    """Finds of so many tellings those that were cancelled, and why."""
    return _REASONS.format(", ".join("?" * number))


def shown_of(matter: Mapping[str, Any]) -> dict[str, Any]:
    """What recipients read of a matter."""
    return {key: value for key, value in matter.items() if key != "village"}


def _planned(sql: Sql, recorded: Recorded) -> None:
    event: Telling.Created = recorded.event
    due = recorded.wake if recorded.has_wake else event.due
    matter = (event.matter.get(name) for name in _MATTER)
    sql.run(_PLAN, str(event.originator_id), *matter, event.timestamp.isoformat(), due, "planned", -1)


def _went_on(sql: Sql, recorded: Recorded) -> None:
    event: Telling.Event = recorded.event
    telling, at = str(event.originator_id), event.timestamp.isoformat()
    match event:
        case Telling.NoticesSent():
            sql.run(_TOLD, event.level, telling)
            for person in event.to:
                sql.run(_NOTICE, recorded.position, person, telling, event.level, at)
        case Telling.NoticeAcknowledged():
            sql.run(_STATUS, "acknowledged", telling)
        case Telling.TellingStopped():
            sql.run(_STATUS, "stopped", telling)
            item = json.dumps(shown_of(event.matter), ensure_ascii=False)
            for person in event.to:
                sql.run(_CANCEL, telling, person, event.reason, int(event.was_told), item, at)
        case Telling.EscalationExhausted():
            sql.run(_STATUS, "exhausted", telling)
        case _:
            pass
    if recorded.has_wake:
        sql.run(_DUE, recorded.wake, telling)


PROJECTION = Projection((TELLINGS, NOTICES, CANCELLED), {Telling.Created: _planned, Telling.Event: _went_on})
