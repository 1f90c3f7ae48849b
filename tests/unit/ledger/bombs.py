"""Files that would be large, deep or endless if they were unpacked, and the largest that are taken."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from openpyxl import Workbook

from services.ledger.columns import COLUMNS

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
ROOT = (
    f'<Relationships><Relationship Id="r1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
PARTS = (
    f'<Relationships><Relationship Id="r1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets><sheet name="高良村" sheetId="1" r:id="r1"/></sheets>'
    "</workbook>"
)
ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def xlsx(path: Path, sheet: str, strings: str = "<sst/>", sheets: str = BOOK) -> Path:
    """A workbook of one sheet, written by hand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", ROOT)
        packed.writestr("xl/workbook.xml", sheets)
        packed.writestr("xl/_rels/workbook.xml.rels", PARTS)
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        packed.writestr("xl/sharedStrings.xml", strings)
    return path


def worksheet(rows: str = "", more: str = "", before: str = "") -> str:
    return f'{HEAD}{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}</worksheet>'


def zip_bomb(path: Path) -> Path:
    return xlsx(path, worksheet(f"<!--{' ' * 60_000_000}-->"))


def unpacks_too_large(path: Path) -> Path:
    noise = Random(1).randbytes(30_000).hex()
    return xlsx(path, worksheet(f"<!--{noise * 1200}-->"))


def huge_merge(path: Path) -> Path:
    return xlsx(
        path,
        worksheet(
            ONE_CELL,
            '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        ),
    )


def many_merges(path: Path) -> Path:
    merges = "".join(f'<mergeCell ref="A{row}:CV{row + 4000}"/>' for row in range(1, 5000))
    return xlsx(path, worksheet(ONE_CELL, f"<mergeCells>{merges}</mergeCells>"))


def many_shared_strings(path: Path) -> Path:
    return xlsx(path, worksheet(), f"<sst>{'<si><t>老</t></si>' * 1_500_000}</sst>")


def billion_laughs(path: Path) -> Path:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10)
    )
    return xlsx(path, worksheet("<row><c><v>&k;</v></c></row>", before=f"<!DOCTYPE worksheet [{entities}]>"))


def furthest_cell(path: Path) -> Path:
    row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return xlsx(path, worksheet(row))


def deep(path: Path) -> Path:
    return xlsx(path, worksheet("<a>" * 1_000_000 + "</a>" * 1_000_000))


def many_cells(path: Path) -> Path:
    row = "".join('<c t="b"><v>1</v></c>' for _ in range(150))
    return xlsx(path, worksheet(f"<row>{row}</row>" * 4_900))


def many_sheets(path: Path) -> Path:
    names = "".join(f'<sheet name="{number}" sheetId="{number}" r:id="r1"/>' for number in range(1, 5_000))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>{names}</sheets></workbook>'
    return xlsx(path, worksheet(), sheets=book)


def ods(path: Path, table: str) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", kind)
        packed.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:o" xmlns:table="urn:t" xmlns:text="urn:x"><office:body>'
            f'<office:spreadsheet><table:table table:name="高良村">{table}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
    return path


def repeated_ods(path: Path) -> Path:
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>1</text:p></table:table-cell>'
    return ods(path, f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')


BOMBS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "zip-bomb": (zip_bomb, ".xlsx"),
    "unpacks-too-large": (unpacks_too_large, ".xlsx"),
    "huge-merge": (huge_merge, ".xlsx"),
    "many-merges": (many_merges, ".xlsx"),
    "many-shared-strings": (many_shared_strings, ".xlsx"),
    "billion-laughs": (billion_laughs, ".xlsx"),
    "furthest-cell": (furthest_cell, ".xlsx"),
    "deep": (deep, ".xlsx"),
    "many-cells": (many_cells, ".xlsx"),
    "many-sheets": (many_sheets, ".xlsx"),
    "repeated-ods": (repeated_ods, ".ods"),
}


def large(path: Path, *, rows: int = 5_000, columns: int = 40) -> Path:
    """As much as is taken: every cell its own text."""
    book = Workbook(write_only=True)
    page = book.create_sheet("高良村")
    titles = [column.title for column in COLUMNS]
    page.append([*titles, *(f"另{number}" for number in range(columns - len(titles)))])
    for row in range(rows):
        page.append([f"第{row}行的第{column}格,写得不短" for column in range(columns)])
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(made.getvalue())
    return path
