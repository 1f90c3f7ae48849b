"""What notify shows over HTTP: the in-app inbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.chassis.face import Reading
from services.chassis.log.event_log import EventLog
from services.notify.mailbox import views as mailbox_views
from services.notify.tellings import views as telling_views

_ITEM = {"about": "incident", "subject": "E0001", "incident": "I-2024-0001", "level": 0}
_LOT = 500
_CANCELLED = {
    "item": {"about": "missed", "subject": "E0001", "duty": "home_visit", "period": "2024-02"},
    "reason": "reconciled",
    "was_told": False,
    "cancelled_at": "2024-03-01T07:00:00+08:00",
}
_MESSAGE = {
    "message": "w-011-1",
    "is_digest": False,
    "posted_at": "2024-03-01T08:00:00+08:00",
    "items": [_ITEM],
}

_INBOX = {"messages": [_MESSAGE], "cancelled": [_CANCELLED]}


class Message(BaseModel):
    """一条消息: one or more notices, as they were sent; an item that does not hold any more has `cancelled`, why."""

    message: str
    is_digest: bool
    posted_at: datetime
    items: list[dict[str, Any]]


class Cancelled(BaseModel):
    """撤销: a matter that does not hold any more, to be shown struck out; told to this person before, or not."""

    item: dict[str, Any]
    reason: str
    was_told: bool
    cancelled_at: datetime


class Inbox(BaseModel):
    """收件箱: the latest messages first, and the latest of what was cancelled."""

    messages: list[Message]
    cancelled: list[Cancelled]


def _inbox(log: EventLog, fields: Mapping[str, str], limit: int) -> Inbox:
    rows = log.query(mailbox_views.INBOX, fields["staff"], limit)
    items: list[list[dict[str, Any]]] = [json.loads(row["items"]) for row in rows]
    _strike_out(log, [item for held in items for item in held])
    messages = [
        Message(
            message=row["message"],
            is_digest=bool(row["is_digest"]),
            posted_at=row["posted_at"],
            items=held,
        )
        for row, held in zip(rows, items, strict=True)
    ]
    cancelled = [
        Cancelled(
            item=json.loads(row["item"]),
            reason=row["reason"],
            was_told=bool(row["was_told"]),
            cancelled_at=row["cancelled_at"],
        )
        for row in log.query(telling_views.CANCELLED_FOR, fields["staff"], limit)
    ]
    return Inbox(messages=messages, cancelled=cancelled)


def _strike_out(log: EventLog, items: list[dict[str, Any]]) -> None:
    """Says of each item of a cancelled telling why; what was sent stays as it was."""
    wanted = list(dict.fromkeys(item["telling"] for item in items if "telling" in item))
    reasons: dict[str, str] = {}
    for begin in range(0, len(wanted), _LOT):
        lot = wanted[begin : begin + _LOT]
        rows = log.query(telling_views.reasons_of(len(lot)), *lot)
        reasons |= {row["telling"]: row["reason"] for row in rows}
    for item in items:
        if item.get("telling") in reasons:
            item["cancelled"] = reasons[item["telling"]]


READINGS = (
    Reading(
        "/inbox/{staff}",
        "收件箱 / the inbox",
        _inbox,
        Inbox,
        {"messages": [_MESSAGE], "cancelled": [_CANCELLED]},
    ),
)
