"""Read models: made from the log alone, brought up in the transaction of each event, and made again at will."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.log import EventLog
from services.chassis.recorded import Recorded
from services.chassis.recorder import Sql, SQLiteRecorder

Progress = Callable[[int, int], None]
CHUNK = 1000


@dataclass(frozen=True)
class ReadModel:
    """The tables of a service (name to DDL), their indexes, and what an event does to them."""

    tables: Mapping[str, str]
    indexes: Sequence[str]
    apply: Callable[[Sql, Recorded], None]

    @property
    def ddl(self) -> tuple[str, ...]:
        """Every statement, each of which may be run again."""
        return (*self.tables.values(), *self.indexes)


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

    def swap(self) -> None:
        """Puts the rebuilt contents in the place of the live ones, in one transaction, at one position."""
        while not self._log.recorder.transact(self._replace, commit=True):
            self.catch_up()

    def _replace(self, sql: Sql) -> bool:
        if sql.hold_log() > self.position:
            return False
        for table in self._model.tables:
            sql.run(f"DELETE FROM {table}")
            for row in self._query(f"SELECT * FROM {table}"):
                sql.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *tuple(row))
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
