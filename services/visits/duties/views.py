"""The read models of duty books: whose each is, when time will next change it, what is owed and how that ended."""

from __future__ import annotations

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Position, Projection, Table
from services.visits.duties import events

RECORDS = Table(
    "records",
    {"subject": str, "kind": str, "part": int, "village": str, "wake": str | None},
    indexes={"records_by_wake": ("part", "wake")},
)
DUTIES = Table(
    "duties",
    {
        "seq": Position,
        "subject": str,
        "village": str,
        "duty": str,
        "period": str,
        "opens_on": str,
        "closes_on": str,
        "count": int,
        "status": str,
        "ended_on": str | None,
        "shortfall": int | None,
        "responsible": str | None,
        "grade": str | None,
        "reconciled_on": str | None,
        "days_late": int | None,
    },
    indexes={
        "duties_by_subject": ("subject", "duty", "period", "seq"),
        "duties_by_status": ("status", "closes_on"),
    },
)

BY_VILLAGE = (
    "SELECT village, status, COUNT(*) AS number, COUNT(reconciled_on) AS reconciled FROM duties"
    " GROUP BY village, status ORDER BY village, status"
)
OPEN_OF = "SELECT duty, period, count, opens_on, closes_on FROM duties WHERE subject = ? AND status = 'open'"
MISSED_OPEN = (
    "SELECT subject, COUNT(*) AS number, MIN(closes_on) AS since FROM duties"
    " WHERE status = 'missed' AND reconciled_on IS NULL GROUP BY subject"
)
TO_DO = (
    "SELECT d.subject, r.kind, d.village, d.duty, d.opens_on, d.closes_on FROM duties d"
    " JOIN records r ON r.subject = d.subject WHERE d.status = 'open' AND d.closes_on >= ?"
    " ORDER BY d.subject, d.duty"
)

_RECORD = RECORDS.insert()
_WAKE = "UPDATE records SET wake = ? WHERE subject = ?"
_MOVE = "UPDATE records SET village = ? WHERE subject = ?"
_MOVE_OPEN = "UPDATE duties SET village = ? WHERE subject = ? AND status = 'open'"
_OPEN = (
    "INSERT INTO duties (seq, subject, village, duty, period, opens_on, closes_on, count, status)"
    " SELECT ?, subject, village, ?, ?, ?, ?, ?, 'open' FROM records WHERE subject = ?"
)
_LAST = "seq = (SELECT MAX(seq) FROM duties WHERE subject = ? AND duty = ? AND period = ?)"
_END = f"UPDATE duties SET status = ?, ended_on = ? WHERE {_LAST}"
_MISS = f"UPDATE duties SET status = 'missed', ended_on = ?, shortfall = ?, responsible = ?, grade = ? WHERE {_LAST}"
_RECONCILE = f"UPDATE duties SET reconciled_on = ?, days_late = ? WHERE {_LAST}"

_ENDINGS = {
    events.DutyMet: "met",
    events.DutySuperseded: "superseded",
    events.DutyWaived: "waived",
    events.DutyEnded: "ended",
}


def add_record(sql: Sql, recorded: Recorded, kind: str, partition_key: str) -> None:
    """Whoever, or whatever place, has a duty book from now."""
    part = partition_of(partition_key, PARTITIONS)
    wake = recorded.wake if recorded.has_wake else None
    sql.run(_RECORD, recorded.subject, kind, part, recorded.event.village, wake)


def move(sql: Sql, subject: str, village: str) -> None:
    """What is owed moves along; what has ended stays where it was."""
    sql.run(_MOVE, village, subject)
    sql.run(_MOVE_OPEN, village, subject)


def _owed(sql: Sql, recorded: Recorded) -> None:
    event = recorded.event
    key = (recorded.subject, event.duty, event.period)
    match event:
        case events.DutyOpened():
            if event.count:
                row = (event.duty, event.period, event.opens_on, event.closes_on, event.count)
                sql.run(_OPEN, recorded.position, *row, recorded.subject)
        case events.VisitMissed():
            sql.run(_MISS, event.on, event.shortfall, event.responsible, event.grade, *key)
        case events.MissReconciled():
            sql.run(_RECONCILE, event.on, event.days_late, *key)
        case _:
            if type(event) in _ENDINGS:
                sql.run(_END, _ENDINGS[type(event)], event.on, *key)


def _woken(sql: Sql, recorded: Recorded) -> None:
    if recorded.has_wake:
        sql.run(_WAKE, recorded.wake, recorded.subject)


PROJECTION = Projection((RECORDS, DUTIES), {events.DutyEvent: _owed, events.CareEvent: _woken})
