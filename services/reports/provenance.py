"""出处: which events every figure of a report rests on, in as few lines as tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from openpyxl.utils import get_column_letter

from services.reports.figures import Column, Figure, ReportTable, Value

MAX_TEXT = 1_500
COLUMNS = (
    Column("sheet", "工作表", 7),
    Column("cells", "单元格", 5),
    Column("column", "项目", 9),
    Column("value", "数值", 6),
    Column("row", "行首", 7),
    Column("events", "事件数", 4),
    Column("ids", "事件编号", 48),
)


def origins(table: ReportTable, sheet: str, first_row: int) -> Iterator[tuple[Value, ...]]:
    """A line for figures beside each other that rest on the same events; a sum rests on its rows.

    `first_row` is the number of the sheet's row that holds the table's first. One figure that rests on very many events
    takes several lines.
    """
    for number, row in enumerate(table.rows, first_row):
        placed = zip(row, table.columns, range(1, len(row) + 1), strict=True)
        for ids, group in groupby(placed, key=lambda one: one[0].ids):
            held = list(group)
            for part in _parts(ids):
                yield sheet, *_where(held, number), row[0].value, len(ids), part


def _where(held: Sequence[tuple[Figure, Column, int]], row: int) -> tuple[Value, ...]:
    """The cells, their headers, and the value where it is one."""
    (first, begins, at), (_, ends, until) = held[0], held[-1]
    if len(held) == 1:
        value = first.value.isoformat() if isinstance(first.value, date) else first.value
        return f"{get_column_letter(at)}{row}", begins.header, value
    cells = f"{get_column_letter(at)}{row}:{get_column_letter(until)}{row}"
    return cells, f"{begins.header}—{ends.header}", None


def _parts(ids: tuple[str, ...]) -> list[str]:
    """visits:4 visits:5 visits:6 visits:9 as visits:4-6,9; in several texts where a cell could not hold one."""
    parts: list[str] = []
    for service, run in _runs(ids):
        if not parts or len(parts[-1]) + len(service) + len(run) > MAX_TEXT:
            parts.append(f"{service}:{run}")
        elif parts[-1].rpartition(" ")[2].startswith(f"{service}:"):
            parts[-1] += f",{run}"
        else:
            parts[-1] += f" {service}:{run}"
    return parts


def _runs(ids: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Service, and a position or a run of positions that follow each other."""
    places = [
        (service, int(position)) for service, _, position in (event_id.partition(":") for event_id in ids)
    ]
    for (service, _), run in groupby(enumerate(places), key=lambda one: (one[1][0], one[1][1] - one[0])):
        held = [position for _, (_, position) in run]
        yield service, f"{held[0]}" if len(held) == 1 else f"{held[0]}-{held[-1]}"
