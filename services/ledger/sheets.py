"""From a workbook to pages of entries: the only place that knows openpyxl's sheets.

The workbook is loaded whole, because openpyxl's read-only mode does not see merged cells; a township's
1,200 rows take about a second.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.exceptions import InvalidFileException

from services.ledger.cells import LAST_SERIAL, Cell, word
from services.ledger.checks import Entry
from services.ledger.columns import BY_FIELD, DATES, PLACES
from services.ledger.facts import NotAWorkbook, Rejected, TooLarge
from services.ledger.headers import Grid, Header, Merged, find_header
from services.ledger.troubles import Trouble, Unreadable

MAX_ROWS = 5_000
MAX_LISTED = 100_000
MAX_COLUMNS = 200
MAX_UNPACKED = 128 * 1024 * 1024
FOOTERS = ("填表", "制表", "审核", "合计", "总计", "注:", "备注:", "说明:")
DAYS_FROM_1900_TO_1904 = 1462
NOT_XLSX = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
)
"""What zipfile and openpyxl were seen to raise at files that are not workbooks, encrypted or damaged."""


@dataclass(frozen=True)
class Page:
    """One sheet: its entries, or why it was rejected as a whole."""

    title: str
    entries: tuple[Entry, ...] = ()
    rejected: Rejected | None = None
    is_hidden: bool = False

    @property
    def is_empty(self) -> bool:
        """No row names anyone, and nothing is the matter."""
        return not self.entries and self.rejected is None


def pages_of(path: Path) -> tuple[Page, ...]:
    """Every sheet of the workbook. Raises NotAWorkbook or TooLarge."""
    book = _load(path)
    return tuple(_page(sheet, counts_from_1904=book.epoch == MAC_EPOCH) for sheet in book.worksheets)


def grids_of(path: Path) -> Iterator[Grid | Rejected]:
    """Every visible sheet that holds something, of a workbook that is not the form. Raises NotAWorkbook or TooLarge."""
    for sheet in _load(path).worksheets:
        if sheet.sheet_state == "visible":
            try:
                grid = _grid(sheet, MAX_LISTED)
            except Unreadable as why:
                yield Rejected(str(sheet.title), 0, (why.trouble.problem(**why.words),))
            else:
                if grid.rows:
                    yield grid


def _load(path: Path) -> Any:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except NOT_XLSX as why:
        raise NotAWorkbook from why
    if unpacked > MAX_UNPACKED:
        raise TooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl, of styles and drop-downs it leaves out
            return load_workbook(path, keep_links=False)
    except NOT_XLSX as why:
        raise NotAWorkbook from why


def _page(sheet: Any, *, counts_from_1904: bool) -> Page:
    title = str(sheet.title)
    if sheet.sheet_state != "visible":
        return Page(title, is_hidden=True)
    try:
        grid = _grid(sheet, MAX_ROWS)
        entries = tuple(_entries(grid, find_header(grid))) if grid.rows else ()
    except Unreadable as why:
        return Page(title, rejected=Rejected(title, 0, (why.trouble.problem(**why.words),)))
    return Page(title, tuple(_from_1904(entry) for entry in entries) if counts_from_1904 else entries)


def _grid(sheet: Any, most: int) -> Grid:
    """The cells that hold something; a sheet formatted down to its last row is not walked through."""
    if sheet.max_row > most:
        raise Unreadable(Trouble.TOO_MANY_ROWS, rows=most)
    rows: dict[int, dict[int, Cell]] = {}
    for row in sheet.iter_rows(max_col=min(sheet.max_column, MAX_COLUMNS)):
        for one in row:
            if one.value is not None:
                cell = _cell(one)
                if not cell.is_blank:
                    rows.setdefault(cell.row, {})[cell.column] = cell
    merged = tuple(
        Merged(area.min_row, area.min_col, area.max_row, area.max_col) for area in sheet.merged_cells.ranges
    )
    return Grid(str(sheet.title), rows, merged)


def _cell(one: Any) -> Cell:
    """A formula, also one typed as text; an array formula is an object, of which only = is shown."""
    is_text = isinstance(one.value, str)
    is_formula = one.data_type == "f" or (is_text and one.value.lstrip().startswith(("=", "\uff1d")))
    value = one.value if is_text or not is_formula else "="
    return Cell(one.row, one.column, value, is_formula, one.data_type == "e")


def _entries(grid: Grid, header: Header) -> Iterator[Entry]:
    above = _shared(grid, header)
    for row in sorted(grid.rows):
        own = {field: grid.rows[row][at] for field, at in header.columns.items() if at in grid.rows[row]}
        names_someone = any(field not in PLACES for field in own)
        if row >= header.first_row and names_someone and not _is_footer(grid.rows[row], own):
            blank = {field: Cell(row, at) for field, at in header.columns.items()}
            yield Entry(grid.title, row, {**blank, **above.get(row, {}), **own})


def _shared(grid: Grid, header: Header) -> dict[int, dict[str, Cell]]:
    """What a cell merged downwards says to the rows beneath it, by row and field."""
    fields = {at: field for field, at in header.columns.items() if BY_FIELD[field].shared}
    above: dict[int, dict[str, Cell]] = {}
    for area in grid.merged:
        cell = grid.rows.get(area.top, {}).get(area.left)
        if cell is not None and area.left in fields and area.top >= header.first_row:
            for row in range(area.top + 1, area.bottom + 1):
                above.setdefault(row, {})[fields[area.left]] = cell
    return above


def _is_footer(cells: Mapping[int, Cell], own: Mapping[str, Cell]) -> bool:
    """填表人, 审核人, 合计 beneath the rows."""
    return "name" not in own and word(cells[min(cells)].value).startswith(FOOTERS)


def _from_1904(entry: Entry) -> Entry:
    """Serial numbers of a workbook that counts its days from 1904, as of one that counts from 1900."""
    shifted = {
        field: replace(cell, value=cell.value + DAYS_FROM_1900_TO_1904)
        for field, cell in entry.cells.items()
        if field in DATES and isinstance(cell.value, int | float) and cell.value <= LAST_SERIAL
    }
    return replace(entry, cells={**entry.cells, **shifted})
