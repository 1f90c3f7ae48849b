"""The read model of comparisons: every difference, and what was decided about it."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.registry.comparisons.domain import Comparison

DIFFERENCES = Table(
    "differences",
    {
        "comparison": str,
        "number": int,
        "department": str,
        "compared_on": str,
        "kind": str,
        "category": str,
        "elder": str | None,
        "place": str,
        "tail": str,
        "decision": str | None,
        "by_staff": str | None,
        "reason": str | None,
    },
    key=("comparison", "number"),
)

OF_COMPARISON = (
    f"{DIFFERENCES.select} WHERE comparison = ? OR ? = '' ORDER BY compared_on, comparison, number LIMIT ?"
)
"""Of all of them where none is named."""
UNDECIDED = (
    f"{DIFFERENCES.select} WHERE (comparison = ? OR ? = '') AND (decision IS NULL OR decision = 'to_be_visited')"
    " ORDER BY compared_on, comparison, number LIMIT ?"
)
AFTER = f"{DIFFERENCES.select} WHERE comparison = ? AND number > ? ORDER BY number LIMIT ?"
NUMBER_OF = "SELECT COUNT(*) AS number FROM differences WHERE comparison = ?"
DIFFERENCE = f"{DIFFERENCES.select} WHERE comparison = ? AND number = ?"

_ADD = DIFFERENCES.insert(
    "comparison", "number", "department", "compared_on", "kind", "category", "elder", "place", "tail"
)
_DECIDE = "UPDATE differences SET decision = ?, by_staff = ?, reason = ? WHERE comparison = ? AND number = ?"


def _compared(sql: Sql, recorded: Recorded) -> None:
    event: Comparison.Created = recorded.event
    for number, difference in enumerate(event.differences, 1):
        of = (recorded.subject, number, event.department, event.compared_on)
        sql.run(_ADD, *of, *(difference[name] for name in ("kind", "category", "elder", "place", "tail")))


def _decided(sql: Sql, recorded: Recorded) -> None:
    event: Comparison.Decided = recorded.event
    decision = (event.decision, event.by, event.reason)
    sql.run(_DECIDE, *decision, recorded.subject, int(event.difference))


PROJECTION = Projection((DIFFERENCES,), {Comparison.Created: _compared, Comparison.Decided: _decided})
