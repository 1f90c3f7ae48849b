"""A report as an Excel workbook: ready to print on A4 across, safe to open, byte for byte the same.

A sheet a table, then 出处 with the events of every figure. No cell is a formula; citizen numbers are text.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.writer.excel import ExcelWriter

from services.reports.figures import Column, Figure, Report, Table, Value

SOURCES = "出处"
SIGNATURE = "填表人：　　　　　　　　　　审核人：　　　　　　　　　　日期：　　　　年　　月　　日"
FIXED = (1980, 1, 1, 0, 0, 0)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
HEADER_ROW = 3
FONT, TITLE_SIZE, TEXT_SIZE = "宋体", 16, 10
LINE_HEIGHT = 14
MAX_TEXT = 1_500
MAX_HEIGHT = 400
_SOURCE_COLUMNS = (
    Column("sheet", "工作表", 7),
    Column("cells", "单元格", 5),
    Column("column", "项目", 9),
    Column("value", "数值", 7),
    Column("row", "行首", 7),
    Column("events", "事件数", 4),
    Column("ids", "事件编号", 28),
)
_EDGE = Side(style="thin", color="000000")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


class Styles:
    """How cells look: each look is made once on a cell that is thrown away, and shared from there."""

    def __init__(self, sheet: Any) -> None:
        self._cell = sheet.cell(1, 1)
        wrapped = Alignment(wrap_text=True, vertical="center", horizontal="center")
        left = Alignment(wrap_text=True, vertical="center", horizontal="left")
        plain, bold = Font(name=FONT, size=TEXT_SIZE), Font(name=FONT, size=TEXT_SIZE, bold=True)
        self.title = self._made(Font(name=FONT, size=TITLE_SIZE, bold=True), Alignment(horizontal="center"))
        self.line = self._made(plain, Alignment(horizontal="left", vertical="center", wrap_text=False))
        self.header = self._made(bold, wrapped, is_boxed=True)
        self.number = self._made(plain, wrapped, is_boxed=True, form="General")
        self.date = self._made(plain, wrapped, is_boxed=True, form="yyyy-mm-dd")
        self.text = self._made(plain, left, is_boxed=True)
        self.quoted = self._made(plain, left, is_boxed=True, is_quoted=True)
        self.total = self._made(bold, wrapped, is_boxed=True, form="General")

    def _made(
        self,
        font: Font,
        alignment: Alignment,
        *,
        is_boxed: bool = False,
        form: str = "@",
        is_quoted: bool = False,
    ) -> Any:
        cell = self._cell
        cell.font, cell.alignment, cell.number_format = font, alignment, form
        cell.border = _BORDER if is_boxed else Border()
        cell.quotePrefix = is_quoted
        style = cell._style.__copy__()  # noqa: SLF001  # looking each style up for each cell takes most of the time
        cell.quotePrefix = False
        return style


def workbook(report: Report) -> bytes:
    """The workbook's bytes: the same for the same report, with the same openpyxl and zlib."""
    book = Workbook()
    scratch: Any = book.active
    styles = Styles(scratch)
    book.remove(scratch)
    for table in report.tables:
        _write_table(book.create_sheet(_sheet_name(table)), report, table, styles)
    _write_sources(book.create_sheet(SOURCES), report, styles)
    moment = datetime.combine(report.known_by, time())
    book.properties.creator = book.properties.lastModifiedBy = "守望 Shouwang"
    book.properties.title = report.title
    book.properties.created = book.properties.modified = moment
    into = io.BytesIO()
    with _FixedZip(into, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        ExcelWriter(book, archive).write_data()
    return into.getvalue()


class _FixedZip(ZipFile):
    """An archive in which every part bears the same date."""

    def writestr(self, name: Any, data: Any, *_: Any, **__: Any) -> None:
        """A part from memory."""
        info = ZipInfo(str(name), FIXED)
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """A part from a file."""
        self.writestr(arcname, Path(filename).read_bytes())


def _sheet_name(table: Table) -> str:
    """Excel takes 31 letters, and none of these."""
    return "".join("_" if one in "[]:*?/\\" else one for one in table.title)[:31]


def _write_table(sheet: Any, report: Report, table: Table, styles: Styles) -> None:
    width = len(table.columns)
    _line(sheet, 1, f"{report.title}", width, styles.title)
    _line(sheet, 2, _subtitle(report, table), width, styles.line)
    _header(sheet, table.columns, styles)
    at = HEADER_ROW
    for number, row in enumerate(table.rows):
        if number and number in table.starts_page:
            sheet.row_breaks.append(Break(id=at))
        at += 1
        _row(sheet, at, row, table.columns, styles)
    if table.totals:
        at += 1
        for place, one in enumerate(table.totals, 1):
            _put(sheet.cell(at, place), one.value, styles, styles.total)
    for note in report.notes:
        at += 1
        _line(sheet, at, note, width, styles.line)
    _line(sheet, at + 2, SIGNATURE, width, styles.line)
    _for_print(sheet, width, f"{report.title}　{table.title}")


def _subtitle(report: Report, table: Table) -> str:
    said = f"{table.title}　{report.about}　截至 {report.as_of}（按 {report.known_by} 所知）　条款 {report.clause}"
    return said if report.is_final else f"{said}　【暂定】"


def _line(sheet: Any, at: int, said: str, width: int, style: Any) -> None:
    """A line of text over the whole width."""
    cell = sheet.cell(at, 1)
    cell.value, cell.data_type = _clean(said), "s"
    cell._style = style  # noqa: SLF001
    sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=width)


def _header(sheet: Any, columns: tuple[Column, ...], styles: Styles) -> None:
    for place, column in enumerate(columns, 1):
        cell = sheet.cell(HEADER_ROW, place)
        cell.value, cell.data_type = column.header, "s"
        cell._style = styles.header  # noqa: SLF001
        sheet.column_dimensions[get_column_letter(place)].width = 2 * column.width + 1


def _row(sheet: Any, at: int, row: tuple[Figure, ...], columns: tuple[Column, ...], styles: Styles) -> None:
    lines = 1
    for place, (one, column) in enumerate(zip(row, columns, strict=True), 1):
        _put(sheet.cell(at, place), one.value, styles)
        if isinstance(one.value, str):
            lines = max(lines, _lines(one.value, 2 * column.width + 1))
    sheet.row_dimensions[at].height = min(LINE_HEIGHT * lines + 4, MAX_HEIGHT)


@lru_cache(maxsize=65536)
def _lines(said: str, letters: int) -> int:
    """How many lines a text takes in a column of so many Latin letters; a Chinese one takes the room of two."""
    return sum(max(1, math.ceil(_room(part) / letters)) for part in said.split("\n"))


def _room(said: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in said)


def _put(cell: Any, value: Value, styles: Styles, style: Any = None) -> None:
    if isinstance(value, str):
        cell.value = _clean(value)
        cell.data_type = "s"
        own = styles.quoted if value.startswith(FORMULA_STARTS) else styles.text
    elif isinstance(value, date):
        cell.value, own = value, styles.date
    else:
        cell.value, own = value, styles.number
    cell._style = own if style is None else style  # noqa: SLF001


def _clean(said: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", said)


def _for_print(sheet: Any, width: int, footer: str) -> None:
    """A4 across, as wide as the paper, the header on every page, page numbers beneath."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
    sheet.freeze_panes = f"{get_column_letter(min(2, width))}{HEADER_ROW + 1}"
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页 共 &N 页"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 18
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE_HEIGHT + 6


def _write_sources(sheet: Any, report: Report, styles: Styles) -> None:
    width = len(_SOURCE_COLUMNS)
    _line(sheet, 1, f"{report.title}　{SOURCES}", width, styles.title)
    said = "每个数字所依据的事件：服务:编号，用 shouwang event 编号 查看；如 visits:4-6,9"
    _line(sheet, 2, said, width, styles.line)
    _header(sheet, _SOURCE_COLUMNS, styles)
    at = HEADER_ROW
    for row in _sources(report):
        at += 1
        _row(sheet, at, tuple(Figure(value) for value in row), _SOURCE_COLUMNS, styles)
    _for_print(sheet, width, f"{report.title}　{SOURCES}")


def _sources(report: Report) -> Iterator[tuple[Value, ...]]:
    """A line for figures beside each other that rest on the same events; a sum rests on its rows.

    One that rests on very many events takes several lines.
    """
    for table in report.tables:
        for number, row in enumerate(table.rows, HEADER_ROW + 1):
            placed = zip(row, table.columns, range(1, len(row) + 1), strict=True)
            for ids, group in groupby(placed, key=lambda one: one[0].ids):
                held = list(group)
                for part in _parts(ids):
                    yield _sheet_name(table), *_where(held, number), row[0].value, len(ids), part


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
    places = [(service, int(position)) for service, _, position in (one.partition(":") for one in ids)]
    for (service, _), run in groupby(enumerate(places), key=lambda one: (one[1][0], one[1][1] - one[0])):
        held = [position for _, (_, position) in run]
        yield service, f"{held[0]}" if len(held) == 1 else f"{held[0]}-{held[-1]}"
