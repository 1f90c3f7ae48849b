"""From a file to pages of entries: which rows name somebody, and what else stands in the sheet and is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.ledger.advice import Advice
from services.ledger.cells import INVISIBLE, LAST_SERIAL, Cell, word
from services.ledger.checks import LedgerRow
from services.ledger.columns import BY_FIELD, DATES, PLACES, RESULT, header_key
from services.ledger.containers import FileFormat, kind_of
from services.ledger.delimited import grids_of_csv
from services.ledger.facts import Noted, Rejected
from services.ledger.grids import Collector, Grid, letters, spans
from services.ledger.headers import Header, field_of, find_header
from services.ledger.limits import HEADROOM, MAX_LISTED, MAX_ROWS
from services.ledger.observations import Observation
from services.ledger.ods import grids_of_ods
from services.ledger.own_pages import GUIDE, is_own_page, read_as_text
from services.ledger.troubles import UnreadableCell
from services.ledger.xls import grids_of_xls
from services.ledger.xlsx import grids_of_xlsx

READERS = {
    FileFormat.XLSX: grids_of_xlsx,
    FileFormat.XLS: grids_of_xls,
    FileFormat.ODS: grids_of_ods,
    FileFormat.CSV: grids_of_csv,
}
FOOTERS = ("填表", "填报", "制表", "审核", "注:", "备注:", "说明:", "单位负责人", "联系人:", "日期:")
TOTALS = frozenset(("合计", "总计", "小计", "共计", "本页合计", "本页小计", "累计"))
DAYS_FROM_1900_TO_1904 = 1462
ENOUGH_TO_BE_A_HEADER = 3


@dataclass(frozen=True)
class Page:
    """One sheet: its entries, or why it was rejected as a whole; `noted` is what was left out, or taken in unseen."""

    title: str
    entries: tuple[LedgerRow, ...] = ()
    rejected: Rejected | None = None
    noted: tuple[Noted, ...] = ()
    is_hidden: bool = False
    is_own: bool = False
    """A page of a report of the platform."""
    header: Header | None = None
    width: int = 0

    @property
    def result_column(self) -> int:
        """Where 结果 stands, or will."""
        return (self.header and self.header.result) or self.width + 1

    @property
    def is_empty(self) -> bool:
        """No row names anyone, and nothing is the matter."""
        return not self.entries and self.rejected is None and not self.is_hidden and not self.is_own


def grids_in(path: Path) -> list[Grid]:
    """Every sheet of a file of the form, whatever the format. Raises a LedgerError."""
    return READERS[kind_of(path)](path, Collector(MAX_ROWS, HEADROOM))


def pages_of(path: Path) -> tuple[Page, ...]:
    """Every sheet of the form. Raises a LedgerError."""
    return tuple(_page(grid) for grid in grids_in(path))


def grids_of(path: Path) -> Iterator[Grid | Rejected]:
    """Every visible sheet that holds something, of a file that is not the form. Raises a LedgerError."""
    for grid in READERS[kind_of(path)](path, Collector(MAX_LISTED)):
        if grid.trouble is not None and not grid.is_hidden:
            yield Rejected(grid.title, 0, (grid.trouble.problem(),))
        elif grid.rows and not grid.is_hidden:
            yield grid


def _page(grid: Grid) -> Page:
    if grid.is_hidden:
        return _hidden(grid)
    try:
        if grid.trouble is not None:
            raise grid.trouble
        if not grid.rows:
            return Page(grid.title)
        if is_own_page(grid):
            read_as_text(grid)
        header = find_header(grid)
    except UnreadableCell as why:
        if grid.title == GUIDE:
            return Page(grid.title, is_own=True)
        if is_own_page(grid):
            noted = Noted(grid.title, "", Observation.OWN_PAGE.problem())
            return Page(grid.title, noted=(noted,), is_own=True)
        return Page(grid.title, rejected=Rejected(grid.title, 0, (why.problem(),)))
    rows = _Rows(grid, header)
    return Page(grid.title, tuple(rows.entries()), None, tuple(rows.notes()), header=header, width=grid.width)


def _hidden(grid: Grid) -> Page:
    """Not read; told whether it looks like the form, or is a list for drop-downs."""
    trouble = Observation.HIDDEN_SHEET
    try:
        rows = sum(1 for _ in _Rows(grid, find_header(grid)).entries())
    except UnreadableCell:
        rows = 0
    if rows:
        trouble = Observation.HIDDEN_FORM
    return Page(
        grid.title, noted=(Noted(grid.title, "", trouble.problem(rows=rows), rows > 0),), is_hidden=True
    )


class _Rows:
    """The rows of one sheet beneath its header."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self._grid, self._header = grid, header
        self._above = _shared(grid, header)
        self._left_out: dict[Advice, list[int]] = {}
        self._taken: set[int] = set()
        self._unseen: list[int] = []

    def entries(self) -> Iterator[LedgerRow]:
        """Those that name somebody; the others are kept for `notes`."""
        columns = self._header.columns
        for row in sorted(row for row in self._grid.rows if row >= self._header.first_row):
            stands = self._grid.rows[row]
            own = {field: self._grid.cell(row, at) for field, at in columns.items() if at in stands}
            reason = self._no_entry(row, own)
            if reason is not None:
                self._left_out.setdefault(reason, []).append(row)
                continue
            self._taken.add(row)
            if any(INVISIBLE.search(str(own[at].value)) for at in ("name", "citizen_number") if at in own):
                self._unseen.append(row)
            empty = {field: Cell(row, at) for field, at in columns.items()}
            cells = {**empty, **self._above.get(row, {}), **own}
            entry = LedgerRow(self._grid.title, row, cells, columns)
            yield _from_1904(entry) if self._grid.counts_from_1904 else entry

    def _no_entry(self, row: int, own: Mapping[str, Cell]) -> Advice | None:
        """Why a row names nobody; None where it does."""
        cells = [cell for cell in self._grid.cells(row) if cell.column != self._header.result]
        if any("姓名" in str(cell.value) for cell in cells) and _is_header(cells):
            return Observation.SECOND_HEADER
        name = word(own["name"].value) if "name" in own else ""
        first = word(cells[0].value) if cells else ""
        if name in TOTALS or (not name and any(word(cell.value) in TOTALS for cell in cells[:3])):
            return Observation.SUBTOTAL
        if not name and first.startswith((*FOOTERS, *TOTALS)):
            return Observation.FOOTER
        if any(field not in PLACES for field in own):
            return None
        serial = own.get("serial")
        is_numbered = serial is None or serial.is_formula or word(serial.value).isdecimal()
        is_blank = is_numbered and "remark" not in own and len(own) == len(cells)
        return Observation.NAMES_NOBODY if is_blank else Observation.NOT_A_ROW

    def notes(self) -> Iterator[Noted]:
        """What was left out, or taken in unseen; to be asked for after `entries`."""
        title = self._grid.title
        for trouble, rows in self._left_out.items():
            yield Noted(title, spans(rows), trouble.problem())
        if self._unseen:
            yield Noted(title, spans(self._unseen), Observation.INVISIBLE.problem())
        unknown = self._unknown_columns()
        if unknown:
            yield Noted(title, "", Observation.UNKNOWN_COLUMNS.problem(headers="、".join(unknown)))
        hidden = [row for row in self._grid.hidden_rows if row in self._taken]
        if hidden:
            trouble = Observation.FILTERED_ROWS if self._grid.is_filtered else Observation.HIDDEN_ROWS
            yield Noted(title, spans(hidden), trouble.problem())
        columns = [at for at in self._header.columns.values() if self._grid.hides(at) and self._stands_in(at)]
        if columns:
            headers = "、".join(f"{letters(at)} {self._header.title(at)}" for at in sorted(columns))
            yield Noted(title, "", Observation.HIDDEN_COLUMNS.problem(headers=headers))
        commented = sorted({row for row, _ in self._grid.comments} & self._taken)
        if commented:
            yield Noted(title, spans(commented), Observation.COMMENTS.problem())
        if not self._grid.looks_for_hidden:
            yield Noted(title, "", Observation.NOT_LOOKED_FOR.problem())

    def _stands_in(self, column: int) -> bool:
        return any(column in self._grid.rows[row] for row in self._taken)

    def _unknown_columns(self) -> list[str]:
        """Headers, with their letter, that the form has not and beneath which something stands."""
        known = set(self._header.columns.values())
        stands = {column for row in self._taken for column in self._grid.rows[row]}
        return [
            f"{letters(column)} {header}".strip()
            for column, header in sorted(self._header.labels.items())
            if column in stands - known and header_key(header) != RESULT
        ] + [f"{letters(column)} (无表头)" for column in sorted(stands - known - set(self._header.labels))]


def _is_header(cells: Sequence[Cell]) -> bool:
    headers = {field_of(word(cell.value)) for cell in cells} - {None}
    return "name" in headers and len(headers) >= ENOUGH_TO_BE_A_HEADER


def _shared(grid: Grid, header: Header) -> dict[int, dict[str, Cell]]:
    """What a cell merged downwards says to the rows beneath it, by row and field."""
    fields = {at: field for field, at in header.columns.items() if BY_FIELD[field].shared}
    above: dict[int, dict[str, Cell]] = {}
    for area in grid.merged:
        if (
            area.left not in fields
            or area.top < header.first_row
            or area.left not in grid.rows.get(area.top, {})
        ):
            continue
        cell = grid.cell(area.top, area.left)
        for row in range(area.top + 1, min(area.bottom, grid.height) + 1):
            above.setdefault(row, {})[fields[area.left]] = cell
    return above


def _from_1904(entry: LedgerRow) -> LedgerRow:
    """Serial numbers of a workbook that counts its days from 1904, as of one that counts from 1900."""
    shifted = {
        field: replace(cell, value=cell.value + DAYS_FROM_1900_TO_1904)
        for field, cell in entry.cells.items()
        if field in DATES and isinstance(cell.value, int | float) and cell.value <= LAST_SERIAL
    }
    return replace(entry, cells={**entry.cells, **shifted})
