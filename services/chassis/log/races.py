"""Whether a violated constraint says that somebody else was first, or that a read model does not bear what came."""

from __future__ import annotations

import re
import sqlite3

import psycopg
from eventsourcing.persistence import IntegrityError

_RACED_FOR = frozenset({"stored_events", "tracking", "answers"})
_SQLITE_TABLE = re.compile(r"UNIQUE constraint failed: (\w+)\.")


def is_race(error: IntegrityError) -> bool:
    """Versions, positions and answers are raced for: who reads again finds the winner. Nothing else gets better so."""
    cause = error.__cause__
    if isinstance(cause, psycopg.Error):
        return cause.diag.table_name in _RACED_FOR
    if isinstance(cause, sqlite3.Error):
        found = _SQLITE_TABLE.match(str(cause))
        return found is not None and found[1] in _RACED_FOR
    return True
