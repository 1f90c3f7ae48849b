"""Read models: made from the log alone, brought up in the transaction of each event, and made again at will."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import Recorded, Sql, SQLiteRecorder, SQLiteSql
from services.chassis.reading.table import Effect, Projection, Table

Progress = Callable[[int, int], None]
CHUNK = 1000

_MADE_BY = "SELECT version FROM made_by"
_FORGET_MAKER = "DELETE FROM made_by"
_KEEP_MAKER = "INSERT INTO made_by (version) VALUES (?)"
_DROP = "DROP TABLE IF EXISTS {}"
_EMPTY = "DELETE FROM {}"


class ReadModelOutdated(RuntimeError):
    """读模型由另一版本建立 these read models were made by another version: run `shouwang migrate` first."""


class ReadModel:
    """What a service shows of its log: the tables of its projections, and what an event does to them.

    `rules` is raised whenever an effect makes other rows of events that were recorded before.
    """

    def __init__(self, *projections: Projection, rules: int = 1) -> None:
        self.tables: Mapping[str, Table] = {
            table.name: table for projection in projections for table in projection.tables
        }
        self._rules = rules
        self._effects = [effect for projection in projections for effect in projection.effects.items()]
        self._effects_of: dict[type, tuple[Effect, ...]] = {}

    def apply(self, sql: Sql, recorded: Recorded) -> None:
        """Brings the tables up to one event, each projection in its turn."""
        kind = type(recorded.event)
        effects = self._effects_of.get(kind)
        if effects is None:
            effects = tuple(effect for of, effect in self._effects if issubclass(kind, of))
            self._effects_of[kind] = effects
        for effect in effects:
            effect(sql, recorded)

    def ddl(self, text_type: str) -> list[str]:
        """Every statement that makes the tables, each of which may be run again."""
        return [statement for table in self.tables.values() for statement in table.ddl(text_type)]

    @property
    def version(self) -> str:
        """What tells whether a store's read models were made by this one."""
        shape = hashlib.sha256("\n".join(self.ddl(SQLiteSql.text_type)).encode()).hexdigest()
        return f"{self._rules}-{shape[:16]}"

    def is_current(self, log: EventLog) -> bool:
        """Whether the live read models were made by this version."""
        return [row["version"] for row in log.query(_MADE_BY)] == [self.version]

    def bring_up_to_date(self, log: EventLog) -> bool:
        """Makes tables and rows again from the log where another version made them; returns whether there were events.

        They are made beside the live ones and put in their place in one transaction: nobody reads a hole.
        """
        if self.is_current(log):
            return False
        made = Rebuilt(log, self)
        try:
            made.catch_up()
            made.swap(anew=True)
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
        self._beside = SQLiteRecorder(":memory:", model.ddl(SQLiteSql.text_type))
        self.position = 0

    def catch_up(self, progress: Progress = _no_progress) -> None:
        """Applies what was recorded since."""
        total = self._log.size()
        while recorded := self._log.events(self.position, CHUNK):
            self._beside.transact(lambda sql, batch=recorded: self._apply(sql, batch), commit=True)
            self.position = recorded[-1].position
            progress(self.position, max(total, self.position))

    def _apply(self, sql: Sql, recorded: list[Recorded]) -> None:
        for event in recorded:
            self._model.apply(sql, event)

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
        for name in self._model.tables:
            sql.run((_DROP if anew else _EMPTY).format(name))
        for statement in self._model.ddl(sql.text_type) if anew else ():
            sql.run(statement)
        for table in self._model.tables.values():
            insert = table.insert()
            for row in self._query(table.select):
                sql.run(insert, *row)
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
    return {name: _hash(query(table.select)) for name, table in model.tables.items()}


def _hash(rows: list[Any]) -> str:
    lines = sorted(json.dumps(_values(row), ensure_ascii=False) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _values(row: Any) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else list(row)
