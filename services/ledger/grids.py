"""What stands in a sheet, whatever the format: values by row and column, merged ranges, what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.ledger.cells import Cell, note
from services.ledger.file_errors import TooLarge
from services.ledger.limits import MAX_CELLS, MAX_COLUMNS, MAX_MERGED, MAX_TEXT
from services.ledger.troubles import Trouble, UnreadableCell

SHORT = 16
"""Letters of a text that may hold nothing that is seen."""
FORMULA_STARTS = ("=", "\uff1d")

ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "Err:5")


@dataclass(frozen=True, slots=True)
class Marked:
    """A value that is not to be taken: a formula, which is never evaluated, or an Excel error."""

    shown: str
    is_formula: bool


FORMULA = Marked("=", is_formula=True)


@dataclass(frozen=True)
class Merged:
    """A merged range: what its top left cell says, the others say too."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        """Cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


@dataclass
class Grid:
    """One sheet. `trouble` is why none of it can be read; `looks_for_hidden` tells that the format was asked."""

    title: str
    is_hidden: bool = False
    looks_for_hidden: bool = True
    is_filtered: bool = False
    counts_from_1904: bool = False
    """Numbers that stand for days, and are not shown as such, count them from 1904."""
    rows: dict[int, dict[int, object]] = field(default_factory=dict[int, dict[int, object]])
    merged: tuple[Merged, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    """First and last of each run."""
    comments: tuple[tuple[int, int], ...] = ()
    """Row and column of each cell with a comment."""
    trouble: UnreadableCell | None = None

    @property
    def width(self) -> int:
        """The last column that holds something."""
        return max((max(cells) for cells in self.rows.values()), default=0)

    @property
    def height(self) -> int:
        """The last row that holds something."""
        return max(self.rows, default=0)

    def hides(self, column: int) -> bool:
        """Whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)

    def cell(self, row: int, column: int) -> Cell:
        """What stands there, blank or not."""
        value = self.rows.get(row, {}).get(column)
        if isinstance(value, Marked):
            return Cell(row, column, value.shown, value.is_formula, not value.is_formula)
        return Cell(row, column, value)

    def cells(self, row: int) -> Iterator[Cell]:
        """Those of a row that hold something, from left to right."""
        return (self.cell(row, column) for column in sorted(self.rows.get(row, ())))


class Collector:
    """Fills the grids of one workbook, and stops a sheet, or the whole, where a limit is passed."""

    def __init__(self, most_rows: int, headroom: int = 0) -> None:
        self._most_rows, self._headroom = most_rows, headroom
        self._cells = 0

    def put(self, grid: Grid, row: int, column: int, value: object) -> None:
        """A value; what is blank is not kept. Raises TooLarge; Unreadable for the sheet alone."""
        if value is None or value == "":
            return
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise UnreadableCell(Trouble.TEXT_TOO_LONG, letters=MAX_TEXT, row=row)
            if value.lstrip().startswith(FORMULA_STARTS):
                value = Marked(value, is_formula=True)
            elif len(value) < SHORT and not note(value):
                return
        if column > MAX_COLUMNS:
            raise UnreadableCell(Trouble.TOO_MANY_COLUMNS, columns=MAX_COLUMNS)
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise TooLarge
        cells = grid.rows.get(row)
        if cells is None:
            if row > self._most_rows + self._headroom:
                raise UnreadableCell(Trouble.TOO_MANY_ROWS, rows=self._most_rows)
            cells = grid.rows[row] = {}
        cells[column] = value

    def finish(self, grid: Grid, merged: Iterable[Merged]) -> None:
        """The merged ranges, as far as something stands there. Raises Unreadable."""
        ranges = tuple(merged)
        if sum(area.size for area in ranges) > MAX_MERGED:
            raise UnreadableCell(Trouble.MERGED_TOO_FAR)
        grid.merged = ranges


def letters(column: int) -> str:
    """AK of 37."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def column_number(reference: str) -> int:
    """37 of AK, or of AK5; 0 where there are no letters."""
    number = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number


def spans(rows: Iterable[int]) -> str:
    """2、4-6 of 2 4 5 6."""
    parts: list[list[int]] = []
    for row in rows:
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return "、".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)
