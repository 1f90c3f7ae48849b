"""A table of a read model, declared once: both databases' DDL and every insert come from the declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NewType

from services.chassis.log.recorder import Recorded, Sql

Position = NewType("Position", int)
"""A place in the log, which outgrows 32 bits."""
_TYPES: Mapping[Any, str] = {
    str: "{text} NOT NULL",
    str | None: "{text}",
    int: "INTEGER NOT NULL",
    int | None: "INTEGER",
    Position: "BIGINT NOT NULL",
}


@dataclass(frozen=True)
class Table:
    """`columns` are named with their Python types; the first of them is the key where no other is given."""

    name: str
    columns: Mapping[str, Any]
    key: tuple[str, ...] = ()
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or (next(iter(self.columns)),))

    def ddl(self, text_type: str) -> list[str]:
        """The table and its indexes, where they are not there yet, in the database that so declares text."""
        columns = [f"{name} {_TYPES[kind].format(text=text_type)}" for name, kind in self.columns.items()]
        columns.append(f"PRIMARY KEY ({', '.join(self.key)})")
        return [
            f"CREATE TABLE IF NOT EXISTS {self.name} ({', '.join(columns)})",
            *(
                f"CREATE INDEX IF NOT EXISTS {index} ON {self.name} ({', '.join(on)})"
                for index, on in self.indexes.items()
            ),
        ]

    @property
    def select(self) -> str:
        """Every row, with the columns in their order."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name}"

    def insert(self, *columns: str) -> str:
        """A row with these columns; with all of them where none is named."""
        named = columns or tuple(self.columns)
        if unknown := set(named) - set(self.columns):
            raise ValueError(f"{self.name} has no {', '.join(sorted(unknown))}")
        return f"INSERT INTO {self.name} ({', '.join(named)}) VALUES ({', '.join('?' * len(named))})"

    def insert_new(self, *columns: str) -> str:
        """As `insert`, unless a row with this key is there."""
        return f"{self.insert(*columns)} ON CONFLICT ({', '.join(self.key)}) DO NOTHING"

    def put(self, *columns: str) -> str:
        """As `insert`, or these columns of the row with this key, where it is there."""
        changed = [name for name in columns or self.columns if name not in self.key]
        changes = ", ".join(f"{name} = excluded.{name}" for name in changed)
        return f"{self.insert(*columns)} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}"


Effect = Callable[[Sql, Recorded], None]


@dataclass(frozen=True)
class Projection:
    """Tables, and what events do to them: an effect is that of every event of its kind, derived ones too."""

    tables: tuple[Table, ...]
    effects: Mapping[type, Effect]
