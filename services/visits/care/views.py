"""The read models of care: visits, agreements and how far they cover those for whom they are owed, needs."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Position, Projection, Table
from services.visits.care import events
from services.visits.care.domain import CareRecord
from services.visits.duties import views as duty_views

VISITS = Table(
    "visits",
    {
        "seq": Position,
        "visit": str,
        "elder": str,
        "by_staff": str,
        "occurred_on": str,
        "mode": str,
        "recorded_on": str,
    },
    indexes={"visits_by_elder": ("elder", "occurred_on")},
)
AGREEMENTS = Table(
    "agreements",
    {
        "seq": Position,
        "elder": str,
        "village": str,
        "signed_on": str,
        "by_staff": str,
        "begins": str,
        "ends": str | None,
        "supporter": str,
        "caretaker": str,
        "relation": str,
        "filed_on": str | None,
        "ended_on": str | None,
    },
    indexes={"agreements_by_elder": ("elder", "seq")},
)
COVERED = Table("covered", {"elder": str, "village": str, "is_certified": int, "is_signed": int})
NEEDS = Table(
    "needs",
    {
        "elder": str,
        "need": str,
        "village": str,
        "kind": str,
        "found_on": str,
        "found_by": str,
        "met_on": str | None,
        "met_by": str | None,
    },
    key=("elder", "need"),
    indexes={"needs_by_village": ("village", "found_on")},
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

_VISIT = VISITS.insert()
_COVER = COVERED.insert()
_CERTIFIED = "UPDATE covered SET is_certified = ? WHERE elder = ?"
_MOVES = (
    "UPDATE covered SET village = ? WHERE elder = ?",
    "UPDATE agreements SET village = ? WHERE elder = ? AND ended_on IS NULL",
    "UPDATE needs SET village = ? WHERE elder = ? AND met_on IS NULL",
)
_SIGNED = "UPDATE covered SET is_signed = ? WHERE elder = ?"
_SIGN = (
    "INSERT INTO agreements (seq, elder, village, signed_on, by_staff, begins, ends, supporter, caretaker, relation)"
    " SELECT ?, elder, village, ?, ?, ?, ?, ?, ?, ? FROM covered WHERE elder = ?"
)
_LAST = "seq = (SELECT MAX(seq) FROM agreements WHERE elder = ?)"
_FILE = f"UPDATE agreements SET filed_on = ? WHERE {_LAST}"
_END = "UPDATE agreements SET ended_on = ? WHERE elder = ? AND ends = ? AND ended_on IS NULL"
_NEED = (
    "INSERT INTO needs (elder, need, village, kind, found_on, found_by)"
    " SELECT elder, ?, village, ?, ?, ? FROM covered WHERE elder = ?"
)
_MEET = "UPDATE needs SET met_on = ?, met_by = ? WHERE elder = ? AND need = ?"


def _opened(sql: Sql, recorded: Recorded) -> None:
    duty_views.add_record(sql, recorded, "elder", recorded.subject)
    sql.run(_COVER, recorded.subject, recorded.event.village, 0, 0)


def _changed(sql: Sql, recorded: Recorded) -> None:
    changes, elder = recorded.event.changes, recorded.subject
    if "is_certified" in changes:
        sql.run(_CERTIFIED, int(changes["is_certified"]), elder)
    if "village" in changes:
        duty_views.move(sql, elder, changes["village"])
        for move in _MOVES:
            sql.run(move, changes["village"], elder)


def _visited(sql: Sql, recorded: Recorded) -> None:
    event: events.VisitRecorded = recorded.event
    visit = event.content
    row = (recorded.subject, visit["by"], visit["on"], visit["mode"], event.on)
    sql.run(_VISIT, recorded.position, event.visit, *row)


def _signed(sql: Sql, recorded: Recorded) -> None:
    event: events.AgreementSigned = recorded.event
    parties = (event.supporter, event.caretaker, event.relation)
    term = (event.signed_on, event.by, event.begins, event.ends)
    sql.run(_SIGN, recorded.position, *term, *parties, recorded.subject)
    if event.begins <= event.on:
        sql.run(_SIGNED, 1, recorded.subject)


def _began(sql: Sql, recorded: Recorded) -> None:
    sql.run(_SIGNED, 1, recorded.subject)


def _filed(sql: Sql, recorded: Recorded) -> None:
    sql.run(_FILE, recorded.event.filed_on, recorded.subject)


def _ended(sql: Sql, recorded: Recorded) -> None:
    ends, elder = recorded.event.ends, recorded.subject
    sql.run(_END, ends, elder, ends)
    sql.run(_SIGNED, 0, elder)


def _found(sql: Sql, recorded: Recorded) -> None:
    event: events.NeedFound = recorded.event
    sql.run(_NEED, event.need, event.kind, event.found_on, event.by, recorded.subject)


def _met(sql: Sql, recorded: Recorded) -> None:
    event: events.NeedMet = recorded.event
    sql.run(_MEET, event.met_on, event.by, recorded.subject, event.need)


PROJECTION = Projection(
    (VISITS, AGREEMENTS, COVERED, NEEDS),
    {
        CareRecord.Created: _opened,
        events.VisitRecorded: _visited,
        events.SituationChanged: _changed,
        events.AgreementSigned: _signed,
        events.AgreementFiled: _filed,
        events.AgreementEnded: _ended,
        events.AgreementBegan: _began,
        events.NeedFound: _found,
        events.NeedMet: _met,
    },
)
