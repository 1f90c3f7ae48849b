"""Read models: made from the log alone, brought up in the transaction of each event, and made again at will."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql, SQLiteRecorder

Progress = Callable[[int, int], None]
CHUNK = 1000


_MADE_BY = "SELECT version FROM made_by"
_FORGET_MAKER = "DELETE FROM made_by"
_KEEP_MAKER = "INSERT INTO made_by (version) VALUES (?)"


class ReadModelOutdated(RuntimeError):
    """读模型由另一版本建立 these read models were made by another version: run `shouwang migrate` first."""


@dataclass(frozen=True)
class ReadModel:
    """The tables of a service (name to DDL), their indexes, and what an event does to them.

    `rules` is raised whenever `apply` makes other rows of events that were recorded before.
    """

    tables: Mapping[str, str]
    indexes: Sequence[str]
    apply: Callable[[Sql, Recorded], None]
    rules: int = 1

    @property
    def ddl(self) -> tuple[str, ...]:
        """Every statement, each of which may be run again."""
        return (*self.tables.values(), *self.indexes)

    @property
    def version(self) -> str:
        """What tells whether a store's read models were made by this one."""
        shape = hashlib.sha256("\n".join(self.ddl).encode()).hexdigest()
        return f"{self.rules}-{shape[:16]}"

    def is_current(self, log: EventLog) -> bool:
        """Whether the live read models were made by this version."""
        return [row["version"] for row in log.query(_MADE_BY)] == [self.version]

    def bring_up_to_date(self, log: EventLog, *, anew: bool) -> bool:
        """Makes the read models again from the log where another version made them; returns whether it did.

        They are made beside the live ones and put in their place in one transaction: nobody reads a hole. `anew`:
        tables and indexes too, where no migration brings those up to date.
        """
        if self.is_current(log):
            return False
        made = Rebuilt(log, self)
        try:
            made.catch_up()
            made.swap(anew=anew)
        finally:
            made.close()
        return made.position > 0


def _no_progress(done: int, total: int) -> None:
    del done, total


class Rebuilt:
    """A read model made again from a log, beside the live one."""

    def __init__(self, log: EventLog, model: ReadModel) -> None:
        self._log = log
        self._model = model
        self._beside = SQLiteRecorder(":memory:", model.ddl)
        self.position = 0

    def catch_up(self, progress: Progress = _no_progress) -> None:
        """Applies what was recorded since."""
        total = self._log.size()
        while recorded := self._log.events(self.position, CHUNK):
            self._beside.transact(lambda sql, batch=recorded: self._apply(sql, batch), commit=True)
            self.position = recorded[-1].position
            progress(self.position, max(total, self.position))

    def _apply(self, sql: Sql, recorded: list[Recorded]) -> None:
        for one in recorded:
            self._model.apply(sql, one)

    def differing(self) -> list[str]:
        """The tables whose live contents are not what the log makes of them."""
        live = hashes(self._model, self._log.query)
        made = hashes(self._model, self._query)
        return [table for table in self._model.tables if live[table] != made[table]]

    def swap(self, *, anew: bool = False) -> None:
        """Puts the rebuilt contents in the place of the live ones, in one transaction, at one position.

        `anew`: the tables too, as the model declares them.
        """
        while not self._log.recorder.transact(lambda sql: self._replace(sql, anew=anew), commit=True):
            self.catch_up()

    def _replace(self, sql: Sql, *, anew: bool) -> bool:
        if sql.hold_log() > self.position:
            return False
        for table in self._model.tables:
            sql.run(f"DROP TABLE IF EXISTS {table}" if anew else f"DELETE FROM {table}")
        for statement in self._model.ddl if anew else ():
            sql.run(statement)
        for table in self._model.tables:
            for row in self._query(f"SELECT * FROM {table}"):
                columns, marks = ", ".join(row.keys()), ", ".join("?" * len(row))
                sql.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *tuple(row))
        sql.run(_FORGET_MAKER)
        sql.run(_KEEP_MAKER, self._model.version)
        return True

    def close(self) -> None:
        """Gives the memory free."""
        self._beside.close()

    def _query(self, text: str) -> list[Any]:
        return self._beside.transact(lambda sql: sql.rows(text), commit=False)


def hashes(model: ReadModel, query: Callable[[str], list[Any]]) -> dict[str, str]:
    """A hash of each table's rows, whatever their order on disk."""
    return {table: _hash(query(f"SELECT * FROM {table}")) for table in model.tables}


def _hash(rows: list[Any]) -> str:
    lines = sorted(json.dumps(_values(row), ensure_ascii=False) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _values(row: Any) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else list(row)
