"""An outage is told from a row that cannot be borne by the database's own code."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import DataError, InterfaceError, OperationalError, PersistenceError

from services.chassis.log.connections import CommitUnknown, ConnectionLost, StoreAway
from services.chassis.log.database_errors import is_outage


def caused(error: PersistenceError, cause: BaseException) -> PersistenceError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.errors.ProgramLimitExceeded(),
        psycopg.errors.StatementTooComplex(),
        psycopg.errors.StringDataRightTruncation(),
        psycopg.errors.CheckViolation(),
        psycopg.errors.UndefinedTable(),
    ],
)
def test_what_was_given_is_at_fault_whatever_the_class_says(cause: psycopg.Error):
    assert not is_outage(caused(OperationalError(), cause))


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.errors.AdminShutdown(),
        psycopg.errors.TooManyConnections(),
        psycopg.errors.DiskFull(),
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.QueryCanceled(),
        psycopg.errors.IoError(),
        psycopg.errors.ReadOnlySqlTransaction(),
    ],
)
def test_the_server_is_at_fault(cause: psycopg.Error):
    assert is_outage(caused(OperationalError(), cause))


def test_without_a_code_the_class_decides():
    for error in (OperationalError(), InterfaceError(), StoreAway(), ConnectionLost(), CommitUnknown()):
        assert is_outage(error)
    assert is_outage(caused(OperationalError(), psycopg.OperationalError("connection refused")))
    assert not is_outage(DataError())
    assert not is_outage(ValueError())


def test_sqlite_says_it_by_its_own_codes(tmp_path: Path):
    first, second = (sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None) for _ in range(2))
    first.execute("CREATE TABLE t (a INTEGER) STRICT")
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        second.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as missing:
        second.execute("SELECT * FROM nowhere")
    first.close()
    second.close()
    assert is_outage(caused(OperationalError(), locked.value))
    assert not is_outage(caused(OperationalError(), missing.value))
