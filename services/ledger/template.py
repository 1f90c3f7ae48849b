"""An empty workbook to fill in: a sheet a village in the form's own columns, and a sheet that explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.ledger.columns import DATES, FILE
from services.ledger.guide import ColumnGuide, column_guides
from services.ledger.own_pages import GUIDE
from services.ledger.report import write_text

TITLE = "农村留守老年人基本情况登记表"
UNNAMED = "请改成村名"
"""The one sheet where no village is known."""
HEADER_ROW = 2
LAST_ROW = 1_000
"""As far as cells offer their choices."""
MOST_LETTERS = 255
"""Of a list within a workbook's validation, quotation marks not counted."""
WIDTHS = {"serial": 6, "sex": 6, "citizen_number": 22, "address": 24, "name": 10}
USUAL_WIDTH, DATE_WIDTH = 13, 14
HEADER_HEIGHT = 48
FILLED_ALWAYS, OTHERS = PatternFill("solid", fgColor="FCE4D6"), PatternFill("solid", fgColor="D9E1F2")
THIN = Side(style="thin", color="BFBFBF")
AROUND = Border(THIN, THIN, THIN, THIN)
GUIDE_HEADERS = (
    "列 column",
    "要不要填 needed",
    "填什么 what to enter",
    "只能填 one of",
    "例 example",
    "别的写法 also",
)
GUIDE_WIDTHS = (18, 18, 62, 24, 24, 30)
RULES = (
    "怎么填:每村一张工作表,工作表名就是村名;从表头下一行起,一人一行;橙色的列必填。列可以换位置,必需的列不能删。",
    "How: a sheet a village, named for it; a row a person beneath the header; orange columns must be filled in.",
    "填好后 then: shouwang import 本文件.xlsx --township 乡镇文件.toml",
    "没有录入的行会逐行说明原因,并写在返回的表的“结果”列里:改好后原样再导入,已录入的不会重复。",
    "Rows that did not go in are told in the workbook that comes back: mend them there and import it again.",
)


@dataclass(frozen=True)
class TemplateSheet:
    """One village: its groups and who may be paired, offered as choices."""

    village: str
    groups: Sequence[str] = ()
    carers: Sequence[str] = ()


def write_template(out: Path, township: str, sheets: Sequence[TemplateSheet]) -> None:
    """The workbook; with no village known, one sheet that is to be named."""
    book = Workbook()
    _explain(book.active)
    for sheet in sheets or (TemplateSheet(UNNAMED),):
        _write_form(book.create_sheet(sheet.village), f"{township}{TITLE}", sheet)
    book.active = 1
    book.save(out)


def _form() -> Iterator[tuple[str, ColumnGuide]]:
    """The form's columns with their letters; 档案编号 is of exports alone."""
    guides = [guide for guide in column_guides() if guide.field != FILE.field]
    return ((get_column_letter(at), guide) for at, guide in enumerate(guides, 1))


def _write_form(page: Any, title: str, sheet: TemplateSheet) -> None:
    page["A1"] = title
    page["A1"].font = Font(bold=True, size=16)
    page.row_dimensions[HEADER_ROW].height = HEADER_HEIGHT
    offered = {"village": (sheet.village,), "group": sheet.groups, "carer": sheet.carers}
    for letter, guide in _form():
        cell = page[f"{letter}{HEADER_ROW}"]
        cell.value = f"{guide.title}*" if guide.is_filled_always else guide.title
        cell.font, cell.border = Font(bold=True), AROUND
        cell.fill = FILLED_ALWAYS if guide.is_filled_always else OTHERS
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
        is_date = guide.field in DATES
        page.column_dimensions[letter].width = WIDTHS.get(guide.field, DATE_WIDTH if is_date else USUAL_WIDTH)
        page.column_dimensions[letter].number_format = "yyyy-mm-dd" if is_date else "@"
        _offer(page, letter, guide, guide.choices or offered.get(guide.field, ()))
    page.freeze_panes = f"E{HEADER_ROW + 1}"
    page.print_title_rows = f"1:{HEADER_ROW}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A3
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _offer(page: Any, letter: str, guide: ColumnGuide, choices: Sequence[str]) -> None:
    """The choices of a column; of the form's own nothing else is taken, of others anything may be typed."""
    listed = ",".join(choices)
    if not choices or len(listed) > MOST_LETTERS or any("," in choice or '"' in choice for choice in choices):
        return
    offer = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
    offer.showErrorMessage = bool(guide.choices)
    offer.errorTitle, offer.error = guide.title, f"只能填:{'、'.join(choices)}"
    offer.add(f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}")
    page.add_data_validation(offer)


def _explain(page: Any) -> None:
    page.title = GUIDE
    page.freeze_panes = f"B{len(RULES) + 2}"
    for number, rule in enumerate(RULES, 1):
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(GUIDE_HEADERS))
        write_text(page.cell(number, 1), rule)
    for column, (header, width) in enumerate(zip(GUIDE_HEADERS, GUIDE_WIDTHS, strict=True), 1):
        cell = page.cell(len(RULES) + 1, column)
        write_text(cell, header, bold=True)
        cell.fill, cell.border = OTHERS, AROUND
        page.column_dimensions[get_column_letter(column)].width = width
    for number, guide in enumerate(column_guides(), len(RULES) + 2):
        texts = (
            guide.title,
            guide.need,
            f"{guide.fill} {guide.english}",
            "、".join(guide.choices),
            guide.example,
            "、".join(guide.other_headers),
        )
        for column, text in enumerate(texts, 1):
            write_text(page.cell(number, column), text)
            page.cell(number, column).border = AROUND
        if guide.is_filled_always:
            page.cell(number, 1).fill = FILLED_ALWAYS
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
