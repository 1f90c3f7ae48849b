"""The read models of problems: each with its steps in time, and what each unit was handed."""

from __future__ import annotations

from typing import Any

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.kernel.words import INCIDENTS
from services.visits.problems import events as steps
from services.visits.problems.domain import Problem
from services.visits.terms import Stage

TABLES = {
    "problems": (
        "CREATE TABLE IF NOT EXISTS problems (problem TEXT PRIMARY KEY, elder TEXT NOT NULL, village TEXT NOT NULL,"
        " kind TEXT NOT NULL, part INTEGER NOT NULL, stage TEXT NOT NULL, due TEXT, found_on TEXT NOT NULL,"
        " found_by TEXT NOT NULL, visit TEXT NOT NULL, opened_at TEXT NOT NULL, accepted_at TEXT,"
        " first_handled_at TEXT, closed_at TEXT, verified_at TEXT, reopened INTEGER NOT NULL,"
        " overdue INTEGER NOT NULL, wake TEXT)"
    ),
    "problem_units": (
        "CREATE TABLE IF NOT EXISTS problem_units (seq BIGINT, problem TEXT NOT NULL, unit TEXT NOT NULL,"
        " due TEXT NOT NULL, handed_at TEXT NOT NULL, handled_at TEXT, is_overdue INTEGER NOT NULL,"
        " PRIMARY KEY (seq, unit))"
    ),
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS problems_by_elder ON problems (elder, opened_at)",
    "CREATE INDEX IF NOT EXISTS problems_by_village ON problems (village, stage)",
    "CREATE INDEX IF NOT EXISTS problems_by_wake ON problems (part, wake)",
    "CREATE INDEX IF NOT EXISTS problem_units_by_problem ON problem_units (problem, unit, seq)",
)
MOVE = "UPDATE problems SET village = ? WHERE elder = ? AND stage <> 'verified'"
"""Who moves to another village takes along what is not verified yet."""
OF_ELDER = "SELECT problem FROM problems WHERE elder = ? ORDER BY opened_at, problem"
_SHOWN = (
    "problem, elder, village, kind, stage, due, found_on, found_by, visit, opened_at, accepted_at,"
    " first_handled_at, closed_at, verified_at, reopened, overdue"
)
ONE = f"SELECT {_SHOWN} FROM problems WHERE problem = ?"
LATEST = (
    f"SELECT {_SHOWN} FROM problems"
    " ORDER BY CASE WHEN stage = 'verified' THEN 1 ELSE 0 END, opened_at DESC, problem LIMIT ? OFFSET ?"
)
UNITS = "SELECT unit, due, handed_at, handled_at, is_overdue FROM problem_units WHERE problem = ? ORDER BY seq, unit"

_OPEN = (
    "INSERT INTO problems (problem, elder, village, kind, part, stage, due, found_on, found_by, visit, opened_at,"
    " reopened, overdue) SELECT ?, subject, village, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0 FROM records WHERE subject = ?"
)
_INCIDENT = "INSERT INTO incidents VALUES (?, ?, ?, ?)"
_WAKE = "UPDATE problems SET wake = ? WHERE problem = ?"
_STEP = "UPDATE problems SET stage = ?, due = ? WHERE problem = ?"
_FIRST = "UPDATE problems SET {0} = COALESCE({0}, ?) WHERE problem = ?"
_AGAIN = "UPDATE problems SET closed_at = NULL, verified_at = NULL, reopened = reopened + 1 WHERE problem = ?"
_OVERDUE = "UPDATE problems SET overdue = overdue + 1 WHERE problem = ?"
_HAND = "INSERT INTO problem_units VALUES (?, ?, ?, ?, ?, NULL, 0)"
_LAST = "seq = (SELECT MAX(seq) FROM problem_units WHERE problem = ? AND unit = ?) AND unit = ?"
_HANDLED = f"UPDATE problem_units SET handled_at = ? WHERE {_LAST}"
_UNIT_OVERDUE = f"UPDATE problem_units SET is_overdue = 1 WHERE {_LAST}"

_STAGES = {
    steps.ProblemAccepted: Stage.ACCEPTED,
    steps.ProblemHanded: Stage.HANDED,
    steps.ProblemClosed: Stage.CLOSED,
    steps.ProblemVerified: Stage.VERIFIED,
    steps.ProblemReopened: Stage.OPENED,
}
_TIMES = {
    steps.ProblemAccepted: "accepted_at",
    steps.ProblemHandled: "first_handled_at",
    steps.ProblemClosed: "closed_at",
    steps.ProblemVerified: "verified_at",
}


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings both tables, and that of incidents, up to one event of a problem."""
    event = recorded.event
    if isinstance(event, Problem.Created):
        _open(sql, recorded)
    else:
        _go_on(sql, recorded)
    if recorded.has_wake:
        sql.run(_WAKE, recorded.wake, event.problem)


def _open(sql: Sql, recorded: Recorded) -> None:
    event, elder, at = recorded.event, recorded.subject, recorded.event.timestamp.isoformat()
    part = partition_of(elder, PARTITIONS)
    found = (event.found_on, event.by, event.visit, at)
    sql.run(_OPEN, event.problem, event.kind, part, Stage.OPENED.value, event.due, *found, elder)
    if event.kind in INCIDENTS:
        sql.run(_INCIDENT, event.problem, elder, event.kind, at)


def _go_on(sql: Sql, recorded: Recorded) -> None:
    event, at = recorded.event, recorded.event.timestamp.isoformat()
    problem, kind = event.problem, type(event)
    if kind in _TIMES:
        sql.run(_FIRST.format(_TIMES[kind]), at, problem)
    match event:
        case steps.ProblemHanded():
            for unit in event.units:
                sql.run(_HAND, recorded.position, problem, unit, event.due, at)
        case steps.ProblemHandled():
            sql.run(_HANDLED, at, problem, event.unit, event.unit)
        case steps.ProblemReopened():
            sql.run(_AGAIN, problem)
        case steps.ProblemOverdue():
            sql.run(_OVERDUE, problem)
            if event.unit is not None:
                sql.run(_UNIT_OVERDUE, problem, event.unit, event.unit)
        case _:
            pass
    if isinstance(event, steps.ProblemStep):
        sql.run(_STEP, _stage(event).value, event.due, problem)


def _stage(event: Any) -> Stage:
    """The stage that a step begins; the last unit's part ends the handling."""
    if isinstance(event, steps.ProblemHandled):
        return Stage.HANDLED if event.due else Stage.HANDED
    return _STAGES[type(event)]
