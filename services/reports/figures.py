"""What a report is made of: figures with the events that they rest on, in tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, and the ids of the events that it rests on (service:position), in the order of the logs."""

    value: Value = None
    ids: tuple[str, ...] = ()


def figure(value: Value, ids: Iterable[str] = ()) -> Figure:
    """A value with its events: each once, in order."""
    return Figure(value, tuple(sorted(set(ids), key=_place)))


def counted(ids: Sequence[str]) -> Figure:
    """How many there are, one event each."""
    return figure(len(ids), ids)


def _place(identity: str) -> tuple[str, int]:
    service, _, position = identity.partition(":")
    return service, int(position)


@dataclass(frozen=True)
class Column:
    """A column: its name for programs, its header for people, its width in Chinese characters.

    `form` is how Excel writes its numbers.
    """

    name: str
    header: str
    width: float = 8
    form: str = "General"


@dataclass(frozen=True)
class ReportTable:
    """Rows of figures under columns; `totals` is a last row that sums up."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Figure, ...], ...]
    totals: tuple[Figure, ...] = ()
    starts_page: frozenset[int] = frozenset()
    """Numbers of rows (from 0) that begin a new printed page; each page is then signed by itself."""
    held: int = 1
    """How many columns stay in sight when one goes across."""
    notes: tuple[str, ...] = ()
    """What is to be known of these figures."""
    is_signed_by_row: bool = False
    """Whether people write into the rows, which then leave room for it."""


@dataclass(frozen=True)
class Report:
    """A report: what was the case on `as_of`, by what was known on `known_by`.

    `about` is its place in words, `period` its month or half-year where it is of one.
    """

    name: str
    title: str
    clause: str
    about: str
    as_of: date
    known_by: date
    is_final: bool
    policy: str
    tables: tuple[ReportTable, ...]
    notes: tuple[str, ...] = field(default=())
    period: str = ""
    reader: str = ""
    """For whose eyes it was made."""
    form: ReportTable | None = None
    """The registration form, a sheet of the workbook alone: what is imported again."""

    @property
    def heading(self) -> str:
        """The title with its period."""
        return f"{self.title}（{self.period}）" if self.period else self.title


def summed(rows: Sequence[tuple[Figure, ...]], columns: Sequence[int], label: str) -> tuple[Figure, ...]:
    """A row of sums over some columns, resting on everything that they rest on."""
    if not rows:
        return ()
    found = [Figure(label), *[Figure() for _ in rows[0][1:]]]
    for column in columns:
        held = [row[column] for row in rows if isinstance(row[column].value, int)]
        ids = [event_id for cell in held for event_id in cell.ids]
        found[column] = figure(sum(int(str(cell.value)) for cell in held), ids)
    return tuple(found)


def as_plain(report: Report) -> dict[str, Any]:
    """The report JSON-plain: each figure as its value and its ids."""
    return {
        "report": report.name,
        "title": report.title,
        "clause": report.clause,
        "about": report.about,
        "period": report.period,
        "reader": report.reader,
        "as_of": report.as_of.isoformat(),
        "known_by": report.known_by.isoformat(),
        "final": report.is_final,
        "policy": report.policy,
        "notes": list(report.notes),
        "tables": [_plain_table(table) for table in report.tables],
    }


def as_json(report: Report) -> bytes:
    """The same report, byte for byte the same."""
    text = json.dumps(as_plain(report), ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def _plain_table(table: ReportTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "notes": list(table.notes),
        "columns": [{"name": column.name, "header": column.header} for column in table.columns],
        "rows": [_plain_row(table, row) for row in table.rows],
        "totals": _plain_row(table, table.totals) if table.totals else None,
    }


def _plain_row(table: ReportTable, row: tuple[Figure, ...]) -> Mapping[str, Any]:
    return {
        column.name: {"value": _plain(cell.value), "ids": list(cell.ids)}
        for column, cell in zip(table.columns, row, strict=True)
    }


def _plain(value: Value) -> str | int | float | None:
    return value.isoformat() if isinstance(value, date) else value
