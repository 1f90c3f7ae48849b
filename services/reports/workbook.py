"""A report as an Excel workbook: ready to print on A4, safe to open, byte for byte the same.

A sheet a table, then 出处 with the events of every figure. No cell is a formula; citizen numbers are text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.writer.excel import ExcelWriter

from services.ledger import own_pages
from services.reports import paper
from services.reports.figures import Column, Figure, Report, ReportTable, Value
from services.reports.provenance import COLUMNS, origins
from services.reports.scope import NotReportable
from services.reports.styles import Styles

SOURCES = "出处"
SIGNATURE = (
    "填报单位（盖章）：　　　　　　　填表人：　　　　　　　审核人：　　　　　　　日期：　　　　年　　月　　日"
)
FOOT_SIGNATURE = "填表人：　　　　　　　审核人：　　　　　　　日期：　　　年　　月　　日"
NOTHING = "（无记录）"
CUT = "有的文字过长，打印不全：全文在单元格中。"
HOW_TO_READ = (
    f"{own_pages.SOURCES}，格式为“服务:编号”，如 visits:4-6,9；用 shouwang event 编号 查看。\n"
    "本表供在电脑上查对，打印时只印本页；需要打印全部的，请先取消打印区域（页面布局—打印区域—取消）。"
)
FIXED = (1980, 1, 1, 0, 0, 0)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
HEADER_ROW = 3
MAX_ROWS = 1_048_576
TOO_LONG = (
    "超过 Excel 一张表能有的行数：请用 --village 按村导出，或用 --format json"
    " / more rows than a sheet of Excel holds: make it village by village, or as JSON"
)
TITLE_HEIGHT, HEADER_HEIGHT, SIGNED_HEIGHT = 28, 22, 24


def workbook(report: Report) -> bytes:
    """The workbook's bytes: the same for the same report, with the same openpyxl and zlib."""
    book = Workbook()
    scratch: Any = book.active
    styles = Styles(scratch)
    book.remove(scratch)
    for table in report.tables:
        _write_table(book.create_sheet(_sheet_name(table)), report, table, styles)
    if report.form is not None:
        _write_form(book.create_sheet(_sheet_name(report.form)), report, report.form, styles)
    _write_sources(book.create_sheet(SOURCES), report, styles)
    book.worksheets[0].sheet_view.tabSelected = True
    moment = datetime.combine(report.known_by, time())
    book.properties.creator = book.properties.lastModifiedBy = "守望 Shouwang"
    book.properties.title = report.heading
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


def _sheet_name(table: ReportTable) -> str:
    """Excel takes 31 letters, and none of these."""
    return "".join("_" if letter in "[]:*?/\\" else letter for letter in table.title)[:31]


class _Page:
    """One sheet being written: how wide its columns are, and the row that was written last."""

    def __init__(self, sheet: Any, columns: Sequence[Column], styles: Styles, *, is_upright: bool) -> None:
        self.sheet, self.columns, self.styles = sheet, columns, styles
        self.is_upright = is_upright
        self.widths = paper.widths(columns, paper.UPRIGHT if is_upright else paper.ACROSS)
        self.at = 0
        self.is_cut = False
        for place, width in enumerate(self.widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width

    def line(self, said: str, style: Any, least: float = 0) -> None:
        """A line of text over the whole width, as high as it needs."""
        self._next()
        cell = self.sheet.cell(self.at, 1)
        cell.value, cell.data_type = _clean(said), "s"
        for place in range(1, len(self.columns) + 1):
            self.sheet.cell(self.at, place)._style = style  # noqa: SLF001
        last = len(self.columns)
        self.sheet.merge_cells(start_row=self.at, start_column=1, end_row=self.at, end_column=last)
        self._set_height([(said, sum(self.widths))], least)

    def header(self) -> None:
        """The columns' headers."""
        self.at += 1
        for place, column in enumerate(self.columns, 1):
            cell = self.sheet.cell(self.at, place)
            cell.value, cell.data_type = column.header, "s"
            cell._style = self.styles.header  # noqa: SLF001
        texts = [(one.header, width) for one, width in zip(self.columns, self.widths, strict=True)]
        self._set_height(texts, HEADER_HEIGHT)

    def row(self, figures: Iterable[Figure], *, is_total: bool = False, least: float = 0) -> None:
        """A row of figures, at least so high."""
        self._next()
        texts: list[tuple[str, float]] = []
        for place, (one, column) in enumerate(zip(figures, self.columns, strict=True), 1):
            _put(self.sheet.cell(self.at, place), one.value, self.styles, column, is_total=is_total)
            if isinstance(one.value, str):
                texts.append((one.value, self.widths[place - 1]))
        self._set_height(texts, least)

    def _next(self) -> None:
        self.at += 1
        if self.at > MAX_ROWS:
            raise NotReportable(TOO_LONG)

    def _set_height(self, texts: Sequence[tuple[str, float]], least: float) -> None:
        lines = max((paper.lines(said, width) for said, width in texts), default=1)
        self.is_cut = self.is_cut or paper.is_cut(lines)
        self.sheet.row_dimensions[self.at].height = max(paper.height(lines), least)


def _write_table(sheet: Any, report: Report, table: ReportTable, styles: Styles) -> None:
    page = _Page(sheet, table.columns, styles, is_upright=paper.is_upright(report.tables))
    page.line(report.heading, styles.title, TITLE_HEIGHT)
    page.line(_subtitle(report, table), styles.line)
    page.header()
    for number, row in enumerate(table.rows):
        if number and number in table.starts_page:
            sheet.row_breaks.append(Break(id=page.at))
        page.row(row, least=SIGNED_HEIGHT if table.is_signed_by_row else 0)
    if not table.rows:
        page.line(NOTHING, styles.nothing)
    else:
        last = get_column_letter(len(table.columns))
        sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{page.at}"
    if table.totals:
        page.row(table.totals, is_total=True)
    for note in (*table.notes, *report.notes, *([CUT] if page.is_cut else [])):
        page.line(note, styles.line)
    if table.starts_page:
        _for_print(page, FOOT_SIGNATURE, table)
        return
    page.line("", styles.line)
    page.line(SIGNATURE, styles.line, SIGNED_HEIGHT)
    _for_print(page, f"{report.heading}　{table.title}", table)


def _write_form(sheet: Any, report: Report, form: ReportTable, styles: Styles) -> None:
    """To be mended and imported: nothing but rows beneath the headers; printed over several pages across."""
    page = _Page(sheet, form.columns, styles, is_upright=False)
    page.line(f"{report.heading}　{form.title}", styles.title, TITLE_HEIGHT)
    page.line(_subtitle(report, form), styles.line)
    page.header()
    for row in form.rows:
        page.row(row)
    for note in form.notes:
        page.line(note, styles.line)
    _for_print(page, f"{report.heading}　{form.title}", form)
    sheet.sheet_properties.pageSetUpPr.fitToPage = False
    sheet.print_title_cols = f"A:{get_column_letter(form.held)}"


def _subtitle(report: Report, table: ReportTable) -> str:
    days = f"截至 {report.as_of}（按 {report.known_by} 所知）"
    said = f"{table.title}　{report.about}　{days}　条款 {report.clause}　政策 {report.policy}　供阅 {report.reader}"
    return said if report.is_final else f"{said}　【暂定】"


def _put(cell: Any, value: Value, styles: Styles, column: Column, *, is_total: bool) -> None:
    if isinstance(value, str):
        cell.value = _clean(value)
        cell.data_type = "s"
        own = styles.quoted if value.startswith(FORMULA_STARTS) else styles.text
        if is_total and own is styles.text:
            own = styles.total_text
    elif isinstance(value, date):
        cell.value, own = value, styles.date
    else:
        cell.value, own = value, styles.number(column.form, is_total=is_total)
    cell._style = own  # noqa: SLF001


def _clean(said: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", said)


def _for_print(page: _Page, footer: str, table: ReportTable | None) -> None:
    """A4, as wide as the paper, the header on every page, page numbers beneath."""
    sheet = page.sheet
    sheet.page_setup.orientation = "portrait" if page.is_upright else "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    until = HEADER_ROW if table is None else page.at
    sheet.print_area = f"A1:{get_column_letter(len(page.columns))}{until}"
    sheet.print_options.horizontalCentered = True
    held = 1 if table is None else table.held
    sheet.freeze_panes = f"{get_column_letter(min(held + 1, len(page.columns)))}{HEADER_ROW + 1}"
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页 共 &N 页"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4


def _write_sources(sheet: Any, report: Report, styles: Styles) -> None:
    page = _Page(sheet, COLUMNS, styles, is_upright=False)
    page.line(f"{report.heading}　{SOURCES}", styles.title, TITLE_HEIGHT)
    page.line(HOW_TO_READ, styles.line)
    page.header()
    for table in (*report.tables, *([report.form] if report.form else [])):
        for row in origins(table, _sheet_name(table), HEADER_ROW + 1):
            page.row([Figure(value) for value in row])
    _for_print(page, f"{report.heading}　{SOURCES}", None)
