"""Where a log is kept in full mode: a PostgreSQL schema of its own, made by services.chassis.migrations.migrate.

Writers go one after the other, so positions are in commit order and a reader that follows the log misses none. An
error on commit is unknown, not failed: under the writers' lock the log is read back before anything is answered.
There is no NOTIFY: its commits wait for each other across the whole server, and the log is followed by asking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, LiteralString, cast
from uuid import UUID

from eventsourcing.persistence import IntegrityError, PersistenceError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresProcessRecorder
from psycopg import Connection, Cursor
from psycopg.rows import DictRow

from services.chassis.log.connections import Bounds, CommitUnknown, ConnectionLost, SchemaDatastore
from services.chassis.log.recorder import Extras, SnapshotRow, Sql

# Not LOCK TABLE, which waits for every VACUUM and ANALYZE of the table to end.
_LOCK = "SELECT pg_advisory_xact_lock('pg_class'::regclass::int, 'stored_events'::regclass::int)"
_READ_ONLY = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_LAST = "SELECT MAX(notification_id) AS last FROM stored_events"
_INSERT = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
    " SELECT originator, version, topic, state FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[])"
    " WITH ORDINALITY AS given (originator, version, topic, state, place) ORDER BY place RETURNING notification_id"
)
_COMMIT = "INSERT INTO commits (position) VALUES (lastval())"
_FIND = (
    "SELECT kept.notification_id FROM stored_events kept JOIN unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[])"
    " AS given (originator, version, topic, state)"
    " ON (kept.originator_id, kept.originator_version) = (given.originator, given.version)"
    " AND (kept.topic, kept.state) = (given.topic, given.state) ORDER BY kept.notification_id"
)
_MOVE = (
    "INSERT INTO tracking (application_name, notification_id) SELECT * FROM unnest(%s::text[], %s::bigint[])"
    " ON CONFLICT (application_name) DO UPDATE"
    " SET notification_id = excluded.notification_id WHERE tracking.notification_id < excluded.notification_id"
    " RETURNING notification_id"
)
_FIND_MOVED = (
    "SELECT 1 FROM tracking JOIN unnest(%s::text[], %s::bigint[]) AS given (name, position)"
    " ON (application_name, notification_id) = (given.name, given.position)"
)
_ANSWER = (
    "INSERT INTO answers (command, content, answer) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])"
)
_FIND_ANSWERED = (
    "SELECT 1 FROM answers kept JOIN unnest(%s::text[], %s::text[], %s::text[]) AS given (command, content, answer)"
    " ON (kept.command, kept.content, kept.answer) = (given.command, given.content, given.answer)"
)
_SNAPSHOTS = "SELECT * FROM snapshots WHERE originator = ANY(%s::text[])"
_KEEP_SNAPSHOTS = (
    "INSERT INTO snapshots (originator, version, state) SELECT * FROM unnest(%s::text[], %s::int[], %s::text[])"
    " ON CONFLICT (originator) DO UPDATE"
    " SET version = excluded.version, state = excluded.state WHERE snapshots.version < excluded.version"
)
# By its index, one after the other: a plan for many at once may read the whole log.
_EVENTS = (
    "SELECT found.* FROM unnest(%s::uuid[], %s::bigint[]) AS given (originator, version) CROSS JOIN LATERAL"
    " (SELECT originator_id, originator_version, topic, state FROM stored_events WHERE originator_id = given.originator"
    " AND originator_version > given.version ORDER BY originator_version) AS found"
)
_PLACEHOLDER = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|\?|%""")
ATTEMPTS = 3


class Row(tuple[Any, ...]):  # noqa: SLOT001 - a tuple bears none
    """A row as sqlite3 gives it: a tuple of values, readable by column name too."""

    places: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The column names."""
        return list(self.places)

    def values(self) -> tuple[Any, ...]:
        """The values, in the order of the columns."""
        return tuple(self)


def _rows_by_name(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    places = {column.name: place for place, column in enumerate(cursor.description or ())}

    def make(values: Sequence[Any]) -> Row:
        row = Row(values)
        row.places = places
        return row

    return make


class PostgresSql:
    """PostgreSQL's cursor as Sql: `?` outside quotes is a parameter, so its operators with `?` cannot be used."""

    text_type = 'TEXT COLLATE "C"'

    def __init__(self, connection: Connection[Any]) -> None:
        self._cursor = connection.cursor(row_factory=_rows_by_name)

    def run(self, text: str, *params: Any) -> None:
        """Runs a statement."""
        self._cursor.execute(_translated(text), params)

    def rows(self, text: str, *params: Any) -> list[Any]:
        """The rows of a query."""
        return self._cursor.execute(_translated(text), params).fetchall()

    def hold_log(self) -> int:
        """Keeps every writer out to the end of the transaction; returns the log's last position."""
        self.run(_LOCK)
        return self.last_position()

    def last_position(self) -> int:
        """The position of the last event."""
        return self.rows(_LAST)[0]["last"] or 0

    def snapshots_of(self, aggregate_ids: Sequence[UUID]) -> list[Any]:
        """Their snapshots."""
        hex_ids = [aggregate_id.hex for aggregate_id in aggregate_ids]
        return self._cursor.execute(_SNAPSHOTS, [hex_ids]).fetchall() if hex_ids else []

    def keep_snapshots(self, rows: Sequence[SnapshotRow]) -> None:
        """Keeps each, unless a later one is there."""
        self._cursor.execute(_KEEP_SNAPSHOTS, _transposed(rows, 3))

    def events_after(self, versions: Mapping[UUID, int]) -> list[StoredEvent]:
        """Of each aggregate the events after a version."""
        rows = self._cursor.execute(_EVENTS, [list(versions), list(versions.values())]).fetchall()
        return [StoredEvent(*row) for row in rows]


@lru_cache(maxsize=512)
def _translated(text: str) -> LiteralString:
    def placeholder(match: re.Match[str]) -> str:
        return "%s" if match[0] == "?" else match[0].replace("%", "%%")

    return cast("LiteralString", _PLACEHOLDER.sub(placeholder, text))


class PostgresRecorder(PostgresProcessRecorder):
    """Events, positions, answers and read models of a service, in one transaction."""

    datastore: SchemaDatastore

    def __init__(self, url: str, schema: str, bounds: Bounds | None = None) -> None:
        super().__init__(SchemaDatastore(url, schema, bounds or Bounds()), tracking_table_name="tracking")

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """All of it or nothing, once, whatever became of the connection; returns the positions.

        Raises IntegrityError where a version, a position or a command was taken, StoreAway where nothing was recorded,
        CommitUnknown where that cannot be found out now. The read models' part may be run again.
        """
        extras: Extras = kwargs.pop("extras", None) or Extras()
        for _ in range(ATTEMPTS):
            ready: list[Sequence[int]] = []
            try:
                return self._record(stored_events, extras, ready)
            except ConnectionLost:
                if ready and self._was_recorded(stored_events, extras, ready[0]):
                    return ready[0]
        raise ConnectionLost(ConnectionLost.__doc__)

    def _record(
        self, stored: Sequence[StoredEvent], extras: Extras, ready: list[Sequence[int]]
    ) -> Sequence[int]:
        """`ready` gets the positions when all is done but the commit, which is not asked for before."""
        with self.datastore.get_connection() as connection, connection.transaction():
            with connection.pipeline():
                ids = _put(connection, stored, extras)
                if extras.then:
                    extras.then(cast("Sql", PostgresSql(connection)), ids)
            ready.append(ids)
        return ids

    def _was_recorded(self, stored: Sequence[StoredEvent], extras: Extras, ids: Sequence[int]) -> bool:
        """Whether exactly this is in the log.

        What reached its commit held the lock: who has the lock now knows that it is over, one way or the other.
        """
        try:
            with self.datastore.get_connection() as connection, connection.transaction():
                connection.execute(_LOCK)
                if stored:
                    kept = connection.execute(_FIND, _columns(stored)).fetchall()
                    return [row["notification_id"] for row in kept] == list(ids)
                moved = connection.execute(_FIND_MOVED, _places(extras.positions)).fetchall()
                answered = connection.execute(_FIND_ANSWERED, _transposed(extras.answers, 3)).fetchall()
                return (len(moved), len(answered)) == (len(extras.positions), len(extras.answers))
        except PersistenceError as error:
            raise CommitUnknown(CommitUnknown.__doc__) from error

    def insert_tracking(self, tracking: Tracking) -> None:
        """Moves a position by itself; to where it is already is no error, since an answer may have been lost."""
        try:
            self.insert_events([], extras=Extras([tracking]))
        except IntegrityError:
            if self.max_tracking_id(tracking.application_name) != tracking.notification_id:
                raise

    def transact(self, work: Callable[[Sql], Any], *, commit: bool) -> Any:
        """Runs `work` in one transaction, and where the connection broke once again: it must bear that.

        What is not to be committed reads, all of it at one moment, and cannot write.
        """
        try:
            return self._transact(work, commit=commit)
        except ConnectionLost:
            return self._transact(work, commit=commit)

    def _transact(self, work: Callable[[Sql], Any], *, commit: bool) -> Any:
        with self.datastore.get_connection() as connection:
            if commit:
                with connection.transaction(), connection.pipeline():
                    return work(cast("Sql", PostgresSql(connection)))
            with connection.pipeline(), connection.transaction():
                connection.execute(_READ_ONLY)
                return work(cast("Sql", PostgresSql(connection)))

    def close(self) -> None:
        """Gives the connections back."""
        self.datastore.close()


def _put(connection: Connection[DictRow], stored: Sequence[StoredEvent], extras: Extras) -> Sequence[int]:
    """Sends all of it in one go, and looks at the answers then."""
    connection.execute(_LOCK)
    moved = connection.execute(_MOVE, _places(extras.positions)) if extras.positions else None
    if extras.answers:
        connection.execute(_ANSWER, _transposed(extras.answers, 3))
    inserted = connection.execute(_INSERT, _columns(stored)) if stored else None
    if inserted is not None:
        connection.execute(_COMMIT)
    if moved is not None and len(moved.fetchall()) < len(extras.positions):
        raise IntegrityError(f"one of these positions was reached before: {extras.positions}")
    return [row["notification_id"] for row in inserted.fetchall()] if inserted is not None else []


def _columns(stored: Iterable[StoredEvent]) -> list[list[Any]]:
    rows = [(event.originator_id, event.originator_version, event.topic, event.state) for event in stored]
    return _transposed(rows, 4)


def _places(positions: Iterable[Tracking]) -> list[list[Any]]:
    return _transposed([(tracking.application_name, tracking.notification_id) for tracking in positions], 2)


def _transposed(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]
