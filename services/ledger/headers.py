"""Finding the header: one row or two, beneath a title, with merged cells or with blanks where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.ledger.cells import word
from services.ledger.columns import BY_FIELD, BY_HEADER, COLUMNS, RESULT, header_key
from services.ledger.grids import Grid, letters
from services.ledger.troubles import Trouble, UnreadableCell

SEARCHED_ROWS = 10
ENOUGH_TO_BE_ONE = 3


@dataclass(frozen=True)
class Header:
    """Where the header stands and the rows begin, and which column each field stands in.

    `labels` are the headers that the form has not; `result` is the column 结果 of a workbook that came back.
    """

    top: int
    first_row: int
    columns: Mapping[str, int]
    labels: Mapping[int, str]
    result: int | None

    def title(self, column: int) -> str:
        """The form's own header of a column that it has."""
        return next(BY_FIELD[field].title for field, at in self.columns.items() if at == column)


def find_header(grid: Grid) -> Header:
    """The reading of the first rows that knows most columns; raises Unreadable where it is not enough."""
    labels = _labels(grid)
    width = max((column for row in labels.values() for column in row), default=0)
    readings: list[tuple[int, int, dict[int, str]]] = []
    for row in range(1, SEARCHED_ROWS + 1):
        for depth in (1, 2):
            known = _known(labels.get(row, {}), labels.get(row + 1, {}) if depth == 2 else {}, width, depth)  # noqa: PLR2004
            readings.append((row + depth, -depth, known))
    first_row, depth, known = max(readings, key=lambda reading: (len(reading[2]), reading[1], -reading[0]))
    if len(known) < ENOUGH_TO_BE_ONE:
        raise UnreadableCell(Trouble.NO_HEADERS, rows=SEARCHED_ROWS)
    top = first_row + depth
    others: dict[int, str] = {}
    for row in range(top, first_row):
        others |= {at: said for at, said in labels.get(row, {}).items() if said and at not in known}
    result = next((at for at, said in others.items() if header_key(said) == RESULT), None)
    return Header(top, first_row, _columns(known, first_row - 1), others, result)


def _labels(grid: Grid) -> dict[int, dict[int, str]]:
    """The first rows as text, merged cells filled in."""
    labels: dict[int, dict[int, str]] = {
        row: {cell.column: word(cell.value) for cell in grid.cells(row)}
        for row in grid.rows
        if row <= SEARCHED_ROWS + 1
    }
    width = grid.width
    for area in grid.merged:
        said = labels.get(area.top, {}).get(area.left, "")
        for row in range(area.top, min(area.bottom, SEARCHED_ROWS + 1) + 1):
            for column in range(area.left, min(area.right, width) + 1):
                labels.setdefault(row, {})[column] = said
    return labels


def _known(top: Mapping[int, str], below: Mapping[int, str], width: int, depth: int) -> dict[int, str]:
    """Column number to field; a supporter's heading unmerged by hand reaches right to the next one."""
    known: dict[int, str] = {}
    supporter = ""
    for column in range(1, width + 1):
        over, under = top.get(column, ""), below.get(column, "")
        if over or not under:
            supporter = over if header_key(over).startswith("赡养人") and depth > 1 else ""
        field = _field(over or supporter, under)
        if field:
            known[column] = field
    return known


def field_of(header: str) -> str | None:
    """The field that a header of one row stands for."""
    return BY_HEADER.get(header_key(header))


def _field(over: str, under: str) -> str | None:
    if not under or under == over:
        return field_of(over)
    whole = BY_HEADER.get(header_key(over + under))
    if whole or header_key(over).startswith("赡养人"):
        return whole
    return field_of(under)


def _columns(known: Mapping[int, str], row: int) -> dict[str, int]:
    columns: dict[str, int] = {}
    for number, field in known.items():
        if field in columns:
            cells = f"{letters(columns[field])}{row}、{letters(number)}{row}"
            raise UnreadableCell(Trouble.REPEATED_HEADER, header=BY_FIELD[field].title, cells=cells)
        columns[field] = number
    missing = [column.title for column in COLUMNS if column.needed and column.field not in columns]
    if missing:
        raise UnreadableCell(Trouble.MISSING_HEADERS, headers="、".join(missing))
    return columns
