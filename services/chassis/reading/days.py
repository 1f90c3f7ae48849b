"""The read model of turned days, the same in every service that keeps a day book."""

from __future__ import annotations

from datetime import date

from contracts.catalogue import PARTITIONS
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.kernel.days import DayBook

TABLE = "CREATE TABLE IF NOT EXISTS days (service TEXT, part INTEGER, day TEXT NOT NULL, PRIMARY KEY (service, part))"
_TURN = "INSERT INTO days VALUES (?, ?, ?) ON CONFLICT (service, part) DO UPDATE SET day = excluded.day"
_LAST = "SELECT MIN(day) AS day, COUNT(*) AS parts FROM days WHERE service = ?"


def apply(sql: Sql, recorded: Recorded) -> None:
    """Keeps the last day turned by service and partition."""
    event = recorded.event
    if isinstance(event, DayBook.DayTurned):
        sql.run(_TURN, event.service, event.partition, event.on)


def last_turned(log: EventLog, service: str) -> date | None:
    """The day up to which `service` has turned every partition; None before the first."""
    row = log.query(_LAST, service)[0]
    return date.fromisoformat(row["day"]) if row["parts"] == PARTITIONS else None
