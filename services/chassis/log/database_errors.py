"""What a database's error means: that it is away, that it cannot bear what it was given, or that another was first.

Its own code tells, not the error's class: psycopg calls a row that is too long for an index an OperationalError, as it
calls a server that is gone; trying again helps the one and never the other.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import psycopg
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    NotSupportedError,
    PersistenceError,
    ProgrammingError,
)

_AWAY = frozenset({"08", "25", "40", "53", "55", "57", "58", "F0", "XX"})
"""SQLSTATE classes: connection, transaction, rollback, resources, locks, operator, system, configuration, internal."""
_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_PRIMARY_CODE = 0xFF
_RACED_FOR = frozenset({"stored_events", "tracking", "answers"})
_SQLITE_TABLE = re.compile(r"UNIQUE constraint failed: (\w+)\.")
_OF_WHAT_WAS_GIVEN = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def is_outage(error: BaseException) -> bool:
    """Whether it is the moment's fault, so that the same may succeed later; where no code is given, by the class."""
    if not isinstance(error, PersistenceError):
        return False
    return next(_said_by_database(error), not isinstance(error, _OF_WHAT_WAS_GIVEN))


def _said_by_database(error: BaseException | None) -> Iterator[bool]:
    """What the codes along the causes say, the nearest first."""
    while error is not None:
        if isinstance(error, psycopg.Error) and error.sqlstate is not None:
            yield error.sqlstate[:2] in _AWAY
        code: int | None = getattr(error, "sqlite_errorcode", None)
        if code is not None:
            yield code & _PRIMARY_CODE in _SQLITE_AWAY
        error = error.__cause__ or error.__context__


def is_race(error: IntegrityError) -> bool:
    """Versions, positions and answers are raced for: who reads again finds the winner. Nothing else gets better so."""
    cause = error.__cause__
    if isinstance(cause, psycopg.Error):
        return cause.diag.table_name in _RACED_FOR
    if isinstance(cause, sqlite3.Error):
        violated = _SQLITE_TABLE.match(str(cause))
        return violated is not None and violated[1] in _RACED_FOR
    return True
