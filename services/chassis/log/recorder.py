"""Where a log is kept: eventsourcing's recorder, with what a unit of work adds to its transaction.

In one transaction: events, positions reached in other logs, answers to commands, and the read models.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from eventsourcing.persistence import IntegrityError, InterfaceError, StoredEvent, Tracking
from eventsourcing.sqlite import (
    SQLITE3_DEFAULT_LOCK_TIMEOUT,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteProcessRecorder,
)

TABLES = (
    "CREATE TABLE IF NOT EXISTS answers (command TEXT PRIMARY KEY, content TEXT NOT NULL, answer TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS told (position BIGINT PRIMARY KEY, part INTEGER NOT NULL, previous BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS told_by_part ON told (part, position)",
    "CREATE TABLE IF NOT EXISTS snapshots (originator TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS parked (id TEXT PRIMARY KEY, upstream TEXT NOT NULL, part INTEGER NOT NULL,"
        " position BIGINT NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL, error TEXT NOT NULL, dropped TEXT)"
    ),
    "CREATE INDEX IF NOT EXISTS parked_in_order ON parked (upstream, part, position)",
    "CREATE TABLE IF NOT EXISTS made_by (version TEXT PRIMARY KEY)",
    (
        "CREATE TABLE IF NOT EXISTS commits (position BIGINT PRIMARY KEY,"
        " at BIGINT NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)))"
    ),
)


STATEMENTS = 256
"""More than a service has."""
_WRITE_AHEAD = "PRAGMA journal_mode=WAL"
SnapshotRow = tuple[str, int, str]
_SNAPSHOTS = "SELECT * FROM snapshots WHERE originator IN (SELECT value FROM json_each(?))"
_KEEP_SNAPSHOT = (
    "INSERT INTO snapshots (originator, version, state) VALUES (?, ?, ?) ON CONFLICT (originator) DO UPDATE"
    " SET version = excluded.version, state = excluded.state WHERE snapshots.version < excluded.version"
)
_HOLD = "DELETE FROM told WHERE position < 0"
_LAST = "SELECT MAX(rowid) AS last FROM stored_events"
_KEEP_COMMIT = "INSERT INTO commits (position) VALUES (?)"
_KEEP_ANSWER = "INSERT INTO answers (command, content, answer) VALUES (?, ?, ?)"
_MOVE = (
    "INSERT INTO tracking (application_name, notification_id) VALUES (?, ?) ON CONFLICT (application_name) DO UPDATE"
    " SET notification_id = excluded.notification_id WHERE tracking.notification_id < excluded.notification_id"
)
TRACKED = "SELECT notification_id AS position FROM tracking WHERE application_name = ?"
"""How far another log was followed, or what else is counted in the same way."""
_EVENTS = (
    "SELECT originator_id, originator_version, topic, state FROM json_each(?) AS given CROSS JOIN stored_events"
    " ON originator_id = given.key AND originator_version > given.value ORDER BY originator_id, originator_version"
)


@dataclass(frozen=True)
class Recorded:
    """A stored event and its place in the log (notification id, in commit order, not gap-free)."""

    position: int
    event: Any

    @property
    def subject(self) -> str:
        """Whom or what the event is about."""
        return vars(self.event)["subject"]

    @property
    def has_wake(self) -> bool:
        """Whether this is the last event of its aggregate in its unit, which says when time will next change it."""
        return "wake" in vars(self.event)

    @property
    def wake(self) -> str | None:
        """That moment (ISO); None where time alone changes nothing."""
        return vars(self.event)["wake"]


class Sql(Protocol):
    """A cursor of either database: `?` marks a parameter, `text_type` is text that is compared byte by byte."""

    text_type: str

    def run(self, text: str, *params: Any) -> None:
        """Runs a statement."""
        ...

    def rows(self, text: str, *params: Any) -> list[Any]:
        """The rows of a query, readable by column name."""
        ...

    def hold_log(self) -> int:
        """Keeps every writer out until the transaction ends; the position of the last event."""
        ...

    def last_position(self) -> int:
        """The position of the last event, 0 where there is none."""
        ...

    def snapshots_of(self, aggregate_ids: Sequence[UUID]) -> list[Any]:
        """Their snapshots (originator, version, state), of those that have one."""
        ...

    def keep_snapshots(self, rows: Sequence[SnapshotRow]) -> None:
        """Keeps each, unless a later one is there."""
        ...

    def events_after(self, versions: Mapping[UUID, int]) -> list[StoredEvent]:
        """Of each aggregate the events after a version, in order."""
        ...


@dataclass
class Extras:
    """What goes in with the events of a unit; `then` is given the cursor and the events' positions."""

    positions: list[Tracking] = field(default_factory=list[Tracking])
    answers: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    then: Callable[[Sql, Sequence[int]], None] | None = None


class Recorder(Protocol):
    """What a log needs of the place where it is kept."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """All of it or nothing; raises IntegrityError where a version or a position was taken."""
        ...

    def select_events(
        self, originator_id: Any, *, gt: int | None = None, lte: int | None = None
    ) -> Sequence[StoredEvent]:
        """The events of one aggregate."""
        ...

    def select_notifications(
        self, start: int | None, limit: int, *, inclusive_of_start: bool = True
    ) -> Sequence[Any]:
        """The events of the log, in commit order."""
        ...

    def max_notification_id(self) -> int | None:
        """The position of the last event."""
        ...

    def max_tracking_id(self, application_name: str) -> int | None:
        """The position reached in another log."""
        ...

    def insert_tracking(self, tracking: Tracking) -> None:
        """Moves a position by itself."""
        ...

    def transact(self, work: Callable[[Sql], Any], *, commit: bool) -> Any:
        """Runs `work` in one transaction."""
        ...

    def close(self) -> None:
        """Gives the place free."""
        ...


class SQLiteSql:
    """SQLite's cursor as Sql."""

    text_type = "TEXT"

    def __init__(self, cursor: SQLiteCursor) -> None:
        self._cursor = cursor

    def run(self, text: str, *params: Any) -> None:
        """Runs a statement."""
        self._cursor.execute(text, params)

    def rows(self, text: str, *params: Any) -> list[Any]:
        """The rows of a query."""
        self._cursor.execute(text, params)
        return self._cursor.fetchall()

    def hold_log(self) -> int:
        """Keeps every writer out: SQLite has one at a time, from its first write on."""
        self.run(_HOLD)
        return self.last_position()

    def last_position(self) -> int:
        """The position of the last event."""
        return self.rows(_LAST)[0]["last"] or 0

    def snapshots_of(self, aggregate_ids: Sequence[UUID]) -> list[Any]:
        """Their snapshots."""
        return (
            self.rows(_SNAPSHOTS, json.dumps([aggregate_id.hex for aggregate_id in aggregate_ids]))
            if aggregate_ids
            else []
        )

    def keep_snapshots(self, rows: Sequence[SnapshotRow]) -> None:
        """Keeps each, unless a later one is there."""
        self._cursor.executemany(_KEEP_SNAPSHOT, rows)

    def events_after(self, versions: Mapping[UUID, int]) -> list[StoredEvent]:
        """Of each aggregate the events after a version."""
        rows = self.rows(
            _EVENTS, json.dumps({aggregate_id.hex: version for aggregate_id, version in versions.items()})
        )
        return [StoredEvent(UUID(origin), version, topic, state) for origin, version, topic, state in rows]


class _Pool(SQLiteConnectionPool):
    """Connections that keep their statements prepared: the library's keep one, and prepare the rest again each time."""

    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = sqlite3.connect(
                self.db_name,
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                cached_statements=STATEMENTS,
                timeout=SQLITE3_DEFAULT_LOCK_TIMEOUT,
            )
            if not self.is_sqlite_memory_mode:
                connection.execute(_WRITE_AHEAD)
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(connection, self.max_age)


class _Datastore(SQLiteDatastore):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.pool = _Pool(db_name=path)


class SQLiteRecorder(SQLiteProcessRecorder):
    """Embedded: a file, or `:memory:` for a twin that lives as long as the object."""

    def __init__(self, path: str, tables: Iterable[str]) -> None:
        self._tables = (*TABLES, *tables)
        super().__init__(_Datastore(path))
        self.create_table()

    def construct_create_table_statements(self) -> list[str]:
        """Every table of the log and of its read models."""
        return [*super().construct_create_table_statements(), *self._tables]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        extras: Extras = kwargs.pop("extras", None) or Extras()
        ids = super()._insert_events(c, stored_events, **kwargs) or ()
        _move(c, extras.positions)
        if ids:
            c.execute(_KEEP_COMMIT, (ids[-1],))
        for answer in extras.answers:
            c.execute(_KEEP_ANSWER, answer)
        if extras.then:
            extras.then(SQLiteSql(c), ids)
        return ids

    def insert_tracking(self, tracking: Tracking) -> None:
        """Moves a position by itself."""
        with self.datastore.transaction(commit=True) as c:
            _move(c, [tracking])

    def transact(self, work: Callable[[Sql], Any], *, commit: bool) -> Any:
        """Runs `work` in one transaction."""
        with self.datastore.transaction(commit=commit) as c:
            return work(SQLiteSql(c))

    def close(self) -> None:
        """Gives the file free."""
        self.datastore.close()


def _move(c: SQLiteCursor, positions: Sequence[Tracking]) -> None:
    """Moves every position in one statement; raises IntegrityError where one would not move forward."""
    if positions:
        c.executemany(
            _MOVE, [(tracking.application_name, tracking.notification_id) for tracking in positions]
        )
        if c.sqlite_cursor.rowcount < len(positions):
            raise IntegrityError(f"a position was reached before: {positions}")
