"""Risk's read models: the grade in force, and on what it rests."""

from __future__ import annotations

import json

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.commands import awaiting
from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.chassis.reading import days
from services.risk.domain import RiskFile

TABLES = {
    "grades": (
        "CREATE TABLE IF NOT EXISTS grades (elder TEXT PRIMARY KEY, part INTEGER NOT NULL, grade TEXT, since TEXT,"
        " because TEXT NOT NULL, due TEXT, wake TEXT)"
    ),
    "set_aside": "CREATE TABLE IF NOT EXISTS set_aside (elder TEXT PRIMARY KEY)",
    "days": days.TABLE,
    "awaited": awaiting.TABLE,
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS grades_by_wake ON grades (part, wake)",
    "CREATE INDEX IF NOT EXISTS grades_by_grade ON grades (grade)",
)

DUE = "SELECT elder FROM grades WHERE part = ? AND wake <= ? ORDER BY elder"
OF_PARTITION = "SELECT elder FROM grades WHERE part = ? ORDER BY elder"
GRADED = (
    "SELECT elder, grade, since, because, due FROM grades WHERE grade IS NOT NULL"
    " AND elder NOT IN (SELECT elder FROM set_aside) ORDER BY elder"
)

_OPEN = "INSERT INTO grades VALUES (?, ?, NULL, NULL, '[]', NULL, NULL)"
_GRADE = "UPDATE grades SET grade = ?, since = ?, because = ?, due = ? WHERE elder = ?"
_CLOSE = "UPDATE grades SET grade = NULL, since = NULL, because = '[]', due = NULL WHERE elder = ?"
_DUE = "UPDATE grades SET due = ? WHERE elder = ?"
_ASIDE = "INSERT INTO set_aside VALUES (?)"
_AGAIN = "DELETE FROM set_aside WHERE elder = ?"
_WAKE = "UPDATE grades SET wake = ? WHERE elder = ?"


def part_of(elder: str) -> int:
    """The partition of an elder."""
    return partition_of(elder, PARTITIONS)


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the read models up to one event."""
    event = recorded.event
    days.apply(sql, recorded)
    awaiting.apply(sql, recorded)
    match event:
        case RiskFile.Created():
            sql.run(_OPEN, recorded.subject, part_of(recorded.subject))
        case RiskFile.Graded():
            row = (event.grade, event.on, json.dumps(event.because), event.due)
            sql.run(_GRADE, *row, recorded.subject)
        case RiskFile.Reassessed():
            sql.run(_DUE, event.due, recorded.subject)
        case RiskFile.SetAside():
            sql.run(_ASIDE if event.is_merged else _AGAIN, recorded.subject)
        case RiskFile.SpellClosed():
            sql.run(_CLOSE, recorded.subject)
        case _:
            pass
    if isinstance(event, (RiskFile.Created, RiskFile.Event)) and recorded.has_wake:
        sql.run(_WAKE, recorded.wake, recorded.subject)
