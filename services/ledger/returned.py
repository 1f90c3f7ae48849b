"""The workbook that comes back: what the clerk sent, with a column 结果, ready to be mended and sent again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from services.ledger.cells import note
from services.ledger.columns import RESULT
from services.ledger.containers import FileFormat
from services.ledger.grids import Grid, Marked
from services.ledger.reader import Ledger
from services.ledger.report import FORMULA_STARTS, Fate
from services.ledger.results import WIDTH, SheetResults, results_of
from services.ledger.sheets import Page, grids_in
from services.ledger.splice import HEADER_TONE, write_into

RETURNED = "-结果"
"""What the name of a workbook that comes back ends with."""
NARROW, WIDE = 6, 24
THIN = Side(style="thin", color="BFBFBF")
AROUND = Border(THIN, THIN, THIN, THIN)


def write_returned(ledger: Ledger, fates: Iterable[Fate], out: Path) -> None:
    """An .xlsx is written in place, whatever else comes back as an .xlsx; for its owner's eyes alone."""
    results = results_of(fates, {title: _of(page) for title, page in ledger.pages.items()})
    out.touch(mode=0o600)
    if ledger.kind is FileFormat.XLSX:
        write_into(ledger.path, out, results)
    else:
        _write_anew(ledger, results, out)


def _of(page: Page) -> SheetResults:
    header = page.header
    assert header is not None  # noqa: S101 - a page without one has no rows
    return SheetResults(header.top, header.first_row, page.result_column, header.columns["name"])


def _write_anew(ledger: Ledger, results: dict[str, SheetResults], out: Path) -> None:
    book = Workbook(write_only=True)
    for grid in grids_in(ledger.path):
        sheet: Any = book.create_sheet(grid.title)
        sheet.sheet_state = "hidden" if grid.is_hidden else "visible"
        _write_sheet(sheet, grid, results.get(grid.title))
    book.save(out)


def _write_sheet(sheet: Any, grid: Grid, results: SheetResults | None) -> None:
    width = grid.width
    for column in range(1, width + 1):
        letters = [len(note(_shown(cells.get(column)))) for cells in grid.rows.values()]
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDE, max(NARROW, 2 * max(letters)))
    if results is not None:
        width = max(width, results.column)
        sheet.column_dimensions[get_column_letter(results.column)].width = WIDTH
        sheet.freeze_panes = f"{get_column_letter(results.name_column + 1)}{results.first_row}"
    for area in grid.merged:
        sheet.merged_cells.ranges.add(
            CellRange(min_col=area.left, min_row=area.top, max_col=area.right, max_row=area.bottom)
        )
    for row in range(1, grid.height + 1):
        cells = grid.rows.get(row, {})
        line = [_cell(sheet, _shown(cells.get(column))) for column in range(1, width + 1)]
        if results is not None:
            line[results.column - 1] = _result(sheet, results, row)
            if results.header_row <= row < results.first_row:
                for cell in line:
                    _dress(cell, HEADER_TONE, is_header=True)
        sheet.append(line)


def _shown(value: object) -> object:
    return value.shown if isinstance(value, Marked) else value


def _cell(sheet: Any, value: object) -> Any:
    """Text that stays text, dates that are shown as dates; no number is a number."""
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
    else:
        cell = WriteOnlyCell(sheet)
        if value is not None:
            said = ILLEGAL_CHARACTERS_RE.sub("", value if isinstance(value, str) else note(value))
            cell.value = said
            cell.data_type = "s"
            cell.number_format = "@"
            if said.startswith(FORMULA_STARTS):
                setattr(cell, "quotePrefix", True)  # noqa: B010  # a descriptor without a type
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = AROUND
    return cell


def _result(sheet: Any, results: SheetResults, row: int) -> Any:
    if row == results.header_row:
        return _cell(sheet, RESULT)
    result = results.by_row.get(row)
    cell = _cell(sheet, result.text if result else None)
    if result:
        _dress(cell, result.tone.value)
        sheet.row_dimensions[row].height = result.height
    return cell


def _dress(cell: Any, tone: str, *, is_header: bool = False) -> None:
    cell.fill = PatternFill("solid", fgColor=tone)
    if is_header:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
