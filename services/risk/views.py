"""Risk's read models: the grade in force, and on what it rests."""

from __future__ import annotations

import json

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading import awaited, days
from services.chassis.reading.read_model import ReadModel
from services.chassis.reading.table import Projection, Table
from services.risk.domain import RiskFile

GRADES = Table(
    "grades",
    {
        "elder": str,
        "part": int,
        "grade": str | None,
        "since": str | None,
        "because": str,
        "due": str | None,
        "wake": str | None,
    },
    indexes={"grades_by_wake": ("part", "wake"), "grades_by_grade": ("grade",)},
)
SET_ASIDE = Table("set_aside", {"elder": str})

DUE = "SELECT elder FROM grades WHERE part = ? AND wake <= ? ORDER BY elder"
OF_PARTITION = "SELECT elder FROM grades WHERE part = ? ORDER BY elder"
GRADED = (
    "SELECT elder, grade, since, because, due FROM grades WHERE grade IS NOT NULL"
    " AND elder NOT IN (SELECT elder FROM set_aside) ORDER BY elder"
)
BY_GRADE = "SELECT grade, COUNT(*) AS number FROM grades WHERE grade IS NOT NULL GROUP BY grade"

_OPEN = GRADES.insert("elder", "part", "because", "wake")
_GRADE = "UPDATE grades SET grade = ?, since = ?, because = ?, due = ? WHERE elder = ?"
_CLOSE = "UPDATE grades SET grade = NULL, since = NULL, because = '[]', due = NULL WHERE elder = ?"
_DUE = "UPDATE grades SET due = ? WHERE elder = ?"
_ASIDE = SET_ASIDE.insert()
_AGAIN = "DELETE FROM set_aside WHERE elder = ?"
_WAKE = "UPDATE grades SET wake = ? WHERE elder = ?"


def part_of(elder: str) -> int:
    """The partition of an elder."""
    return partition_of(elder, PARTITIONS)


def _opened(sql: Sql, recorded: Recorded) -> None:
    wake = recorded.wake if recorded.has_wake else None
    sql.run(_OPEN, recorded.subject, part_of(recorded.subject), "[]", wake)


def _filed(sql: Sql, recorded: Recorded) -> None:
    event, elder = recorded.event, recorded.subject
    match event:
        case RiskFile.Graded():
            sql.run(_GRADE, event.grade, event.on, json.dumps(event.because), event.due, elder)
        case RiskFile.Reassessed():
            sql.run(_DUE, event.due, elder)
        case RiskFile.SetAside():
            sql.run(_ASIDE if event.is_merged else _AGAIN, elder)
        case RiskFile.SpellClosed():
            sql.run(_CLOSE, elder)
        case _:
            pass
    if recorded.has_wake:
        sql.run(_WAKE, recorded.wake, elder)


MODEL = ReadModel(
    days.PROJECTION,
    awaited.PROJECTION,
    Projection((GRADES, SET_ASIDE), {RiskFile.Created: _opened, RiskFile.Event: _filed}),
)
