"""The read models of agreements, of needs, and of how far agreements cover those for whom they are owed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.visits.agreements import events as papers
from services.visits.care import events
from services.visits.care.domain import CareRecord

TABLES = {
    "agreements": (
        "CREATE TABLE IF NOT EXISTS agreements (seq BIGINT PRIMARY KEY, elder TEXT NOT NULL, village TEXT NOT NULL,"
        " signed_on TEXT NOT NULL, by_staff TEXT NOT NULL, begins TEXT NOT NULL, ends TEXT, supporter TEXT NOT NULL,"
        " caretaker TEXT NOT NULL, relation TEXT NOT NULL, filed_on TEXT, ended_on TEXT)"
    ),
    "covered": (
        "CREATE TABLE IF NOT EXISTS covered (elder TEXT PRIMARY KEY, village TEXT NOT NULL,"
        " is_certified INTEGER NOT NULL, is_signed INTEGER NOT NULL)"
    ),
    "needs": (
        "CREATE TABLE IF NOT EXISTS needs (elder TEXT, need TEXT, village TEXT NOT NULL, kind TEXT NOT NULL,"
        " found_on TEXT NOT NULL, found_by TEXT NOT NULL, met_on TEXT, met_by TEXT, PRIMARY KEY (elder, need))"
    ),
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS agreements_by_elder ON agreements (elder, seq)",
    "CREATE INDEX IF NOT EXISTS needs_by_village ON needs (village, found_on)",
)
COVERAGE = (
    "SELECT village, COUNT(*) AS certified, SUM(is_signed) AS signed FROM covered WHERE is_certified = 1"
    " GROUP BY village ORDER BY village"
)
"""Against the target of 100 %: those certified, and those of them for whom an agreement stands."""
AGREEMENTS_OF = "SELECT * FROM agreements WHERE elder = ? ORDER BY seq"
NEEDS_OF_VILLAGE = (
    "SELECT elder, need, kind, found_on, found_by, met_on, met_by FROM needs WHERE village = ?"
    " ORDER BY CASE WHEN met_on IS NULL THEN 0 ELSE 1 END, found_on DESC, elder, need LIMIT ?"
)

_COVER = "INSERT INTO covered VALUES (?, ?, 0, 0)"
_CERTIFIED = "UPDATE covered SET is_certified = ? WHERE elder = ?"
_MOVES = (
    "UPDATE covered SET village = ? WHERE elder = ?",
    "UPDATE agreements SET village = ? WHERE elder = ? AND ended_on IS NULL",
    "UPDATE needs SET village = ? WHERE elder = ? AND met_on IS NULL",
)
_SIGNED = "UPDATE covered SET is_signed = ? WHERE elder = ?"
_SIGN = "INSERT INTO agreements SELECT ?, elder, village, ?, ?, ?, ?, ?, ?, ?, NULL, NULL FROM covered WHERE elder = ?"
_LAST = "seq = (SELECT MAX(seq) FROM agreements WHERE elder = ?)"
_FILE = f"UPDATE agreements SET filed_on = ? WHERE {_LAST}"
_END = "UPDATE agreements SET ended_on = ? WHERE elder = ? AND ends = ? AND ended_on IS NULL"
_NEED = "INSERT INTO needs SELECT elder, ?, village, ?, ?, ?, NULL, NULL FROM covered WHERE elder = ?"
_MEET = "UPDATE needs SET met_on = ?, met_by = ? WHERE elder = ? AND need = ?"


def _opened(sql: Sql, elder: str, _: int, event: Any) -> None:
    sql.run(_COVER, elder, event.village)


def _changed(sql: Sql, elder: str, _: int, event: Any) -> None:
    if "is_certified" in event.changes:
        sql.run(_CERTIFIED, int(event.changes["is_certified"]), elder)
    if "village" in event.changes:
        for move in _MOVES:
            sql.run(move, event.changes["village"], elder)


def _signed(sql: Sql, elder: str, seq: int, event: Any) -> None:
    parties = (event.supporter, event.caretaker, event.relation)
    sql.run(_SIGN, seq, event.signed_on, event.by, event.begins, event.ends, *parties, elder)
    if event.begins <= event.on:
        sql.run(_SIGNED, 1, elder)


def _began(sql: Sql, elder: str, _: int, event: Any) -> None:
    del event
    sql.run(_SIGNED, 1, elder)


def _filed(sql: Sql, elder: str, _: int, event: Any) -> None:
    sql.run(_FILE, event.filed_on, elder)


def _ended(sql: Sql, elder: str, _: int, event: Any) -> None:
    sql.run(_END, event.ends, elder, event.ends)
    sql.run(_SIGNED, 0, elder)


def _found(sql: Sql, elder: str, _: int, event: Any) -> None:
    sql.run(_NEED, event.need, event.kind, event.found_on, event.by, elder)


def _met(sql: Sql, elder: str, _: int, event: Any) -> None:
    sql.run(_MEET, event.met_on, event.by, elder, event.need)


_APPLY: Mapping[type, Callable[[Sql, str, int, Any], None]] = {
    CareRecord.Created: _opened,
    events.SituationChanged: _changed,
    papers.AgreementSigned: _signed,
    papers.AgreementFiled: _filed,
    papers.AgreementEnded: _ended,
    papers.AgreementBegan: _began,
    papers.NeedFound: _found,
    papers.NeedMet: _met,
}


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the tables up to one event, where it concerns them."""
    act = _APPLY.get(type(recorded.event))
    if act is not None:
        act(sql, recorded.subject, recorded.position, recorded.event)
