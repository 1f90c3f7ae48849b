"""The read models of problems: each with its steps in time, and what each unit was handed."""

from __future__ import annotations

from typing import Any

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Position, Projection, Table
from services.kernel import terms
from services.visits.care.events import SituationChanged
from services.visits.problems import domain as steps
from services.visits.problems.domain import Problem
from services.visits.terms import Stage

PROBLEMS = Table(
    "problems",
    {
        "problem": str,
        "elder": str,
        "village": str,
        "kind": str,
        "part": int,
        "stage": str,
        "due": str | None,
        "found_on": str,
        "found_by": str,
        "visit": str,
        "opened_at": str,
        "accepted_at": str | None,
        "first_handled_at": str | None,
        "closed_at": str | None,
        "verified_at": str | None,
        "reopened": int,
        "overdue": int,
        "wake": str | None,
    },
    indexes={
        "problems_by_elder": ("elder", "opened_at"),
        "problems_by_village": ("village", "stage"),
        "problems_by_wake": ("part", "wake"),
    },
)
UNITS = Table(
    "problem_units",
    {
        "seq": Position,
        "problem": str,
        "unit": str,
        "due": str,
        "handed_at": str,
        "handled_at": str | None,
        "is_overdue": int,
    },
    key=("seq", "unit"),
    indexes={"problem_units_by_problem": ("problem", "unit", "seq")},
)
INCIDENTS = Table(
    "incidents",
    {"incident": str, "elder": str, "kind": str, "reported_at": str},
    indexes={"incidents_by_elder": ("elder",)},
)

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
UNITS_OF = "SELECT unit, due, handed_at, handled_at, is_overdue FROM problem_units WHERE problem = ? ORDER BY seq, unit"

_OPEN = (
    "INSERT INTO problems (problem, elder, village, kind, part, stage, due, found_on, found_by, visit, opened_at,"
    " reopened, overdue) SELECT ?, subject, village, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0 FROM records WHERE subject = ?"
)
_INCIDENT = INCIDENTS.insert()
_MOVE = "UPDATE problems SET village = ? WHERE elder = ? AND stage <> 'verified'"
"""Who moves to another village takes along what is not verified yet."""
_WAKE = "UPDATE problems SET wake = ? WHERE problem = ?"
_STEP = "UPDATE problems SET stage = ?, due = ? WHERE problem = ?"
_FIRST = "UPDATE problems SET {0} = COALESCE({0}, ?) WHERE problem = ?"
_AGAIN = "UPDATE problems SET closed_at = NULL, verified_at = NULL, reopened = reopened + 1 WHERE problem = ?"
_OVERDUE = "UPDATE problems SET overdue = overdue + 1 WHERE problem = ?"
_HAND = UNITS.insert("seq", "problem", "unit", "due", "handed_at", "is_overdue")
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


def _open(sql: Sql, recorded: Recorded) -> None:
    event, elder, at = recorded.event, recorded.subject, recorded.event.timestamp.isoformat()
    part = partition_of(elder, PARTITIONS)
    finding = (event.found_on, event.by, event.visit, at)
    sql.run(_OPEN, event.problem, event.kind, part, Stage.OPENED.value, event.due, *finding, elder)
    if event.kind in terms.INCIDENTS:
        sql.run(_INCIDENT, event.problem, elder, event.kind, at)
    _wake(sql, recorded)


def _wake(sql: Sql, recorded: Recorded) -> None:
    if recorded.has_wake:
        sql.run(_WAKE, recorded.wake, recorded.event.problem)


def _moved(sql: Sql, recorded: Recorded) -> None:
    changes = recorded.event.changes
    if "village" in changes:
        sql.run(_MOVE, changes["village"], recorded.subject)


def _go_on(sql: Sql, recorded: Recorded) -> None:
    event, at = recorded.event, recorded.event.timestamp.isoformat()
    problem, kind = event.problem, type(event)
    if kind in _TIMES:
        sql.run(_FIRST.format(_TIMES[kind]), at, problem)
    match event:
        case steps.ProblemHanded():
            for unit in event.units:
                sql.run(_HAND, recorded.position, problem, unit, event.due, at, 0)
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
    _wake(sql, recorded)


def _stage(event: Any) -> Stage:
    """The stage that a step begins; the last unit's part ends the handling."""
    if isinstance(event, steps.ProblemHandled):
        return Stage.HANDLED if event.due else Stage.HANDED
    return _STAGES[type(event)]


PROJECTION = Projection(
    (PROBLEMS, UNITS, INCIDENTS),
    {Problem.Created: _open, steps.ProblemEvent: _go_on, SituationChanged: _moved},
)
