"""The read models of deliveries to channels outside: how each stands, and every attempt."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.notify.deliveries.domain import Delivery, Standing

OUTGOING = Table(
    "outgoing",
    {
        "delivery": str,
        "channel": str,
        "kind": str,
        "recipient": str,
        "village": str,
        "is_urgent": int,
        "status": str,
        "word": str | None,
        "due": str | None,
        "attempts": int,
        "planned_at": str,
        "changed_at": str,
    },
    indexes={"outgoing_by_due": ("due", "channel"), "outgoing_by_status": ("status",)},
)
ATTEMPTS = Table(
    "attempts",
    {"delivery": str, "number": int, "channel": str, "kind": str, "begun_at": str, "word": str | None},
    key=("delivery", "number"),
    indexes={"attempts_by_channel": ("channel", "begun_at")},
)

DUE_CHANNELS = "SELECT DISTINCT channel FROM outgoing WHERE due <= ? ORDER BY channel"
NEXT = (
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
BY_STATUS = (
    "SELECT kind, status, COUNT(*) AS number FROM outgoing GROUP BY kind, status ORDER BY kind, status"
)
ATTEMPTS_BY_WORD = (
    "SELECT kind, COALESCE(word, 'under_way') AS outcome, COUNT(*) AS number FROM attempts"
    " GROUP BY kind, outcome ORDER BY kind, outcome"
)

_PLAN = OUTGOING.insert(
    "delivery",
    "channel",
    "kind",
    "recipient",
    "village",
    "is_urgent",
    "due",
    "planned_at",
    "changed_at",
    "status",
    "attempts",
)
_STANDS = "UPDATE outgoing SET status = ?, word = ?, due = ?, changed_at = ? WHERE delivery = ?"
_BEGUN = "UPDATE outgoing SET status = 'sending', attempts = ?, due = ?, changed_at = ? WHERE delivery = ?"
_ATTEMPT = ATTEMPTS.insert("delivery", "number", "channel", "kind", "begun_at")
_ENDED = "UPDATE attempts SET word = ? WHERE delivery = ? AND number = ?"


def _planned(sql: Sql, recorded: Recorded) -> None:
    event: Delivery.Created = recorded.event
    delivery, at = str(event.originator_id), event.timestamp.isoformat()
    row = (event.channel, event.kind, event.recipient, event.village, int(event.is_urgent))
    sql.run(_PLAN, delivery, *row, at, at, at, Standing.WAITING, 0)


def _went_on(sql: Sql, recorded: Recorded) -> None:
    event: Delivery.Event = recorded.event
    delivery, at = str(event.originator_id), event.timestamp.isoformat()
    match event:
        case Delivery.AttemptBegun(number=number):
            sql.run(_BEGUN, number, event.lost_at, at, delivery)
            sql.run(_ATTEMPT, delivery, number, event.channel, event.kind, at)
        case Delivery.AttemptFailed(number=number, word=word, due=due):
            sql.run(_STANDS, Standing.WAITING if due else Standing.FAILED, word, due, at, delivery)
            sql.run(_ENDED, word, delivery, number)
        case Delivery.DeliverySent(number=number):
            sql.run(_STANDS, Standing.SENT, None, None, at, delivery)
            sql.run(_ENDED, "sent", delivery, number)
        case Delivery.DeliveryCancelled():
            sql.run(_STANDS, Standing.CANCELLED, None, None, at, delivery)
        case Delivery.DeliveryResent():
            sql.run(_STANDS, Standing.WAITING, None, at, at, delivery)
        case _:
            pass


PROJECTION = Projection((OUTGOING, ATTEMPTS), {Delivery.Created: _planned, Delivery.Event: _went_on})
