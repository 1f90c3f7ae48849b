"""Visits' read models: what is owed and how it ended, the visits, and when time will next change a record."""

from __future__ import annotations

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.commands import awaiting
from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.chassis.reading import days
from services.visits.agreements import views as paper_views
from services.visits.care import events
from services.visits.care.domain import CareRecord
from services.visits.places.domain import Territory
from services.visits.problems import views as problem_views
from services.visits.problems.domain import Problem
from services.visits.problems.events import ProblemEvent

TABLES = {
    "records": (
        "CREATE TABLE IF NOT EXISTS records (subject TEXT PRIMARY KEY, kind TEXT NOT NULL, part INTEGER NOT NULL,"
        " village TEXT NOT NULL, wake TEXT)"
    ),
    "duties": (
        "CREATE TABLE IF NOT EXISTS duties (seq BIGINT PRIMARY KEY, subject TEXT NOT NULL, village TEXT NOT NULL,"
        " duty TEXT NOT NULL, period TEXT NOT NULL, opens_on TEXT NOT NULL, closes_on TEXT NOT NULL,"
        " count INTEGER NOT NULL, status TEXT NOT NULL, ended_on TEXT, shortfall INTEGER, responsible TEXT,"
        " grade TEXT, reconciled_on TEXT, days_late INTEGER)"
    ),
    "visits": (
        "CREATE TABLE IF NOT EXISTS visits (seq BIGINT PRIMARY KEY, visit TEXT NOT NULL, elder TEXT NOT NULL,"
        " by_staff TEXT NOT NULL, occurred_on TEXT NOT NULL, mode TEXT NOT NULL, recorded_on TEXT NOT NULL)"
    ),
    "incidents": (
        "CREATE TABLE IF NOT EXISTS incidents (incident TEXT PRIMARY KEY, elder TEXT NOT NULL, kind TEXT NOT NULL,"
        " reported_at TEXT NOT NULL)"
    ),
    **problem_views.TABLES,
    **paper_views.TABLES,
    "days": days.TABLE,
    "awaited": awaiting.TABLE,
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS records_by_wake ON records (part, wake)",
    "CREATE INDEX IF NOT EXISTS duties_by_subject ON duties (subject, duty, period, seq)",
    "CREATE INDEX IF NOT EXISTS duties_by_status ON duties (status, closes_on)",
    "CREATE INDEX IF NOT EXISTS visits_by_elder ON visits (elder, occurred_on)",
    "CREATE INDEX IF NOT EXISTS incidents_by_elder ON incidents (elder)",
    *problem_views.INDEXES,
    *paper_views.INDEXES,
)

DUE = (
    "SELECT subject, kind FROM records WHERE part = ? AND wake <= ?"
    " UNION ALL SELECT problem, 'problem' FROM problems WHERE part = ? AND wake <= ? ORDER BY 1"
)
OF_PARTITION = (
    "SELECT subject, kind FROM records WHERE part = ?"
    " UNION ALL SELECT problem, 'problem' FROM problems WHERE part = ? AND wake IS NOT NULL ORDER BY 1"
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

_OPEN = (
    "INSERT INTO duties (seq, subject, village, duty, period, opens_on, closes_on, count, status)"
    " SELECT ?, subject, village, ?, ?, ?, ?, ?, 'open' FROM records WHERE subject = ?"
)
_LAST = "seq = (SELECT MAX(seq) FROM duties WHERE subject = ? AND duty = ? AND period = ?)"
_END = f"UPDATE duties SET status = ?, ended_on = ? WHERE {_LAST}"
_MISS = f"UPDATE duties SET status = 'missed', ended_on = ?, shortfall = ?, responsible = ?, grade = ? WHERE {_LAST}"
_RECONCILE = f"UPDATE duties SET reconciled_on = ?, days_late = ? WHERE {_LAST}"
_MOVE = "UPDATE records SET village = ? WHERE subject = ?"
_MOVE_OPEN = "UPDATE duties SET village = ? WHERE subject = ? AND status = 'open'"
_RECORD = "INSERT INTO records VALUES (?, ?, ?, ?, NULL)"
_WAKE = "UPDATE records SET wake = ? WHERE subject = ?"
_VISIT = "INSERT INTO visits VALUES (?, ?, ?, ?, ?, ?, ?)"

_ENDINGS = {
    events.DutyMet: "met",
    events.DutySuperseded: "superseded",
    events.DutyWaived: "waived",
    events.DutyEnded: "ended",
}


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the read models up to one event."""
    event = recorded.event
    days.apply(sql, recorded)
    awaiting.apply(sql, recorded)
    paper_views.apply(sql, recorded)
    if isinstance(event, CareRecord.Created):
        key, part = recorded.subject, partition_of(recorded.subject, PARTITIONS)
        sql.run(_RECORD, key, "elder", part, event.village)
    elif isinstance(event, Territory.Created):
        part = partition_of(event.village or recorded.subject, PARTITIONS)
        sql.run(_RECORD, recorded.subject, event.kind, part, event.village)
    elif isinstance(event, events.VisitRecorded):
        seen, subject = event.content, recorded.subject
        row = (event.visit, subject, seen["by"], seen["on"], seen["mode"], event.on)
        sql.run(_VISIT, recorded.position, *row)
    elif isinstance(event, (Problem.Created, ProblemEvent)):
        problem_views.apply(sql, recorded)
    elif isinstance(event, events.SituationChanged) and "village" in event.changes:
        for move in (_MOVE, _MOVE_OPEN, problem_views.MOVE):
            sql.run(move, event.changes["village"], recorded.subject)
    elif isinstance(event, events.DutyEvent):
        _apply_duty(sql, recorded)
    if recorded.has_wake and isinstance(event, (events.CareEvent, CareRecord.Created, Territory.Created)):
        sql.run(_WAKE, recorded.wake, recorded.subject)


def _apply_duty(sql: Sql, recorded: Recorded) -> None:
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
