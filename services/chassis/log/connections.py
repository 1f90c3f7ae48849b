"""Connections to the schema of one service: how many, how long anything may wait, and what it means when they break."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

import psycopg
from eventsourcing.persistence import DataError, InterfaceError, OperationalError, PersistenceError
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg_pool import PoolTimeout

from services.chassis.log.database_errors import is_outage

_CUT_OFF = (
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
    psycopg.errors.IdleInTransactionSessionTimeout,
)
ASK_AGAIN_SECONDS = 0.5


# eventsourcing tries an OperationalError again by itself, ten times, which would turn "recorded, then the connection
# was lost" into a conflict; so these are none.
class StoreAway(PersistenceError):
    """PostgreSQL did not do it in the time given; nothing of it was recorded: ask again."""


class ConnectionLost(StoreAway):
    """The connection broke on the way."""


class CommitUnknown(PersistenceError):
    """The connection broke at the commit and PostgreSQL is away: it may be recorded. Ask again with the same id."""


class Unbearable(DataError):
    """PostgreSQL cannot bear a row of this, such as one too long for its index: trying again would not help."""


@dataclass(frozen=True)
class Bounds:
    """How many connections a process may hold, and how long it may wait for anything: nothing waits for ever."""

    pool_size: int = 1
    max_overflow: int = 7
    connection_seconds: float = 5
    lock_seconds: float = 10
    statement_seconds: float = 30
    idle_in_transaction_seconds: float = 15

    def options(self, schema: str) -> str:
        """What every session is told at its start; a server's own default must not make commits forgetful."""
        waits = {
            "lock_timeout": self.lock_seconds,
            "statement_timeout": self.statement_seconds,
            "idle_in_transaction_session_timeout": self.idle_in_transaction_seconds,
        }
        settings = [f"-c {name}={int(seconds * 1000)}" for name, seconds in waits.items()]
        return " ".join([f"-c search_path={schema}", "-c synchronous_commit=on", *settings])


class Pool(ConnectionPool[Connection[DictRow]]):
    """Gives only connections that answer: where one is dead, those that lie idle are too, and all are made again."""

    def getconn(self, timeout: float | None = None) -> Connection[DictRow]:
        """A connection that answered just now."""
        patience = self.timeout if timeout is None else timeout
        end = monotonic() + patience
        while (left := end - monotonic()) > 0:
            with suppress(PoolTimeout):
                connection = super().getconn(min(left, ASK_AGAIN_SECONDS))
                if _answers(connection):
                    return connection
                self.putconn(connection)
                self.drain()
        raise PoolTimeout(f"couldn't get a connection after {patience:.2f} sec")


def _answers(connection: Connection[DictRow]) -> bool:
    try:
        connection.execute("")
    except psycopg.Error:
        connection.close()
        return False
    return True


class SchemaDatastore(PostgresDatastore):
    """Connections to one schema; the first is made when it is needed."""

    def __init__(self, url: str, schema: str, bounds: Bounds) -> None:
        super().__init__("", "", "", "", "", schema=schema)
        patience = int(bounds.connection_seconds * 1000)
        given = conninfo_to_dict(url)
        kept = {
            "application_name": f"shouwang-{schema}",
            "client_encoding": "UTF8",
            "connect_timeout": max(2, int(bounds.connection_seconds)),
            "tcp_user_timeout": int(bounds.statement_seconds * 1000) + patience,
            **given,
            "options": f"{given.get('options') or ''} {bounds.options(schema)}",
        }
        self.pool = Pool(
            "",
            connection_class=Connection[DictRow],
            kwargs={**kept, "autocommit": True, "row_factory": dict_row},
            min_size=bounds.pool_size,
            max_size=bounds.pool_size + bounds.max_overflow,
            open=False,
            timeout=bounds.connection_seconds,
            reconnect_timeout=0,  # its pauses double; without them, whoever asks has it try again at once
        )

    def register_type_adapters(self) -> None:
        """No composite type is used: nothing to ask the server for, which may be down at this moment."""

    @contextmanager
    def get_connection(self) -> Generator[Connection[DictRow]]:
        """A connection; what breaks meanwhile is raised as one of the errors above."""
        connection: Connection[DictRow] | None = None
        try:
            with super().get_connection() as connection:
                yield connection
        except PersistenceError as error:
            if connection is not None and (connection.closed or isinstance(error.__cause__, _CUT_OFF)):
                raise ConnectionLost(str(error)) from error
            if isinstance(error, (OperationalError, InterfaceError)):
                raise (StoreAway if is_outage(error) else Unbearable)(str(error)) from error
            raise
