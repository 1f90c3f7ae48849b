"""The read model of turned days, the same in every service that keeps a day book."""

from __future__ import annotations

from datetime import date

from contracts.catalogue import PARTITIONS
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.kernel.days import DayBook

DAYS = Table("days", {"service": str, "part": int, "day": str}, key=("service", "part"))
_TURN = DAYS.put()
_LAST = "SELECT MIN(day) AS day, COUNT(*) AS parts FROM days WHERE service = ?"


def _turned(sql: Sql, recorded: Recorded) -> None:
    event: DayBook.DayTurned = recorded.event
    sql.run(_TURN, event.service, event.partition, event.on)


PROJECTION = Projection((DAYS,), {DayBook.DayTurned: _turned})


def last_turned(log: EventLog, service: str) -> date | None:
    """The day up to which `service` has turned every partition; None before the first."""
    row = log.query(_LAST, service)[0]
    return date.fromisoformat(row["day"]) if row["parts"] == PARTITIONS else None
