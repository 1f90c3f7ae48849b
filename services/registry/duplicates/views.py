"""The read model of duplicates: who may be the same person as whom, and what became of that."""

from __future__ import annotations

from typing import Any

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.registry.duplicates.domain import Suspicion
from services.registry.elders import events

DUPLICATES = Table(
    "duplicates",
    {
        "elder": str,
        "other": str,
        "is_certain": int,
        "percent": int,
        "suspected_on": str,
        "status": str,
        "by_staff": str | None,
        "reason": str | None,
    },
    key=("elder", "other"),
)

LIKE = (
    "SELECT elder FROM elders WHERE born = ? UNION SELECT elder FROM numbers WHERE digest = ? ORDER BY elder"
)
NAMES = "SELECT elder, name FROM elders WHERE village = ? AND name <> '' ORDER BY elder"
ALIKE = (
    "SELECT a.elder AS elder, b.elder AS other FROM elders a JOIN elders b ON a.born = b.born AND a.elder < b.elder"
    " UNION SELECT a.elder AS elder, b.elder AS other FROM numbers a JOIN numbers b ON a.digest = b.digest"
    " AND a.elder < b.elder"
    " UNION SELECT a.elder AS elder, b.elder AS other FROM elders a JOIN elders b ON a.village = b.village"
    " AND a.name = b.name AND a.name <> '' AND a.elder < b.elder ORDER BY elder, other"
)
SUSPECTED = (
    "SELECT d.elder, d.other, d.is_certain, d.percent, d.suspected_on, d.status, d.by_staff, d.reason,"
    " a.village AS village, b.village AS other_village FROM duplicates d JOIN elders a ON a.elder = d.elder"
    " JOIN elders b ON b.elder = d.other WHERE d.status = ?"
    " ORDER BY d.is_certain DESC, d.percent DESC, d.elder, d.other LIMIT ?"
)

_SUSPECT = DUPLICATES.insert("elder", "other", "is_certain", "percent", "suspected_on", "status")
_DECIDE = (
    "UPDATE duplicates SET status = ?, by_staff = ?, reason = ? WHERE (elder = ? AND other = ?)"
    " OR (elder = ? AND other = ?)"
)


def _suspected(sql: Sql, recorded: Recorded) -> None:
    event: Suspicion.Created = recorded.event
    row = (event.other, int(event.is_certain), event.percent, event.on, "open")
    sql.run(_SUSPECT, recorded.subject, *row)


def _kept_apart(sql: Sql, recorded: Recorded) -> None:
    _decide(sql, "kept", recorded, recorded.event.other)


def _merged(sql: Sql, recorded: Recorded) -> None:
    _decide(sql, "merged", recorded, recorded.event.into)


def _merge_undone(sql: Sql, recorded: Recorded) -> None:
    _decide(sql, "open", recorded, recorded.event.into)


def _decide(sql: Sql, status: str, recorded: Recorded, other: str) -> None:
    """What became of a suspicion, whichever of the two comes first in it; nothing where nobody suspected."""
    event: Any = recorded.event
    elder = recorded.subject
    sql.run(_DECIDE, status, event.by, event.reason, elder, other, other, elder)


PROJECTION = Projection(
    (DUPLICATES,),
    {
        Suspicion.Created: _suspected,
        Suspicion.KeptApart: _kept_apart,
        events.ElderMerged: _merged,
        events.MergeUndone: _merge_undone,
    },
)
