"""Makes samples/gaoliang.xlsx and samples/gaoliang.toml: a township's ledger of about 1,200 invented people.

`python -m samples.make_gaoliang`. The same contents every time. Numbers begin with 530399, which is no county.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from samples.people import Person, Population
from samples.township import Village, as_toml, villages
from samples.troubles import UNDER_AGE, Line, Sheet, late_entries, line_of, plant
from services.ledger.columns import COLUMNS, FormColumn

HERE = Path(__file__).parent
SEED = 20240126
SIZES = (168, 96, 112, 88, 124, 74, 118, 92, 131, 69, 110)
TITLE = "高良乡农村留守老年人基本情况登记表"
EMPTY = "备用"
TWO_ROW_HEADERS = frozenset((0, 1, 3, 4, 6, 7, 9, 10))
MERGED_GROUPS = frozenset((0, 3, 6, 9))
HEADERS_IN_OTHER_WORDS = frozenset((2, 8))
CARERS_BY_NAME = frozenset((5, 8))
WIDTHS = {
    "serial": 6,
    "sex": 5,
    "citizen_number": 22,
    "address": 26,
    "family_structure": 14,
    "income_sources": 20,
}
DATE_WIDTH, USUAL_WIDTH = 13, 12
THIN = Side(style="thin", color="999999")


def township() -> tuple[list[Village], list[Sheet]]:
    """The villages with their staff, and the sheets with their lines."""
    people = Population(Random(SEED))  # noqa: S311  # invented data, the same every time
    made = villages(people)
    sheets: list[Sheet] = []
    somewhere: list[tuple[str, str, str]] = []
    for place, (village, size) in enumerate(zip(made, SIZES, strict=True)):
        persons = [_person(people, village, place) for _ in range(size)]
        for number in range(UNDER_AGE if place == 1 else 0):
            persons[number] = people.under_age(persons[number])
        persons.sort(key=lambda person: village.groups.index(person.group))
        sheets.append(Sheet(village.name, [line_of(person) for person in persons]))
        somewhere.append((village.name, village.groups[0], village.carers[0].id))
    plant(sheets, people.random)
    return made, [*sheets, late_entries(people, somewhere), Sheet(EMPTY)]


def _person(people: Population, village: Village, place: int) -> Person:
    person = people.elder(village.name, people.random.choice(village.groups))
    carer = people.random.choice(village.carers)
    person.carer = carer.name if place in CARERS_BY_NAME else carer.id
    return person


def workbook(sheets: list[Sheet]) -> Workbook:
    """The ledger as villages hand it in: each sheet laid out a little differently."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = datetime(2024, 1, 26)  # noqa: DTZ001  # a file property
    for place, sheet in enumerate(sheets):
        page = book.create_sheet(sheet.title)
        if sheet.lines:
            _write(page, place, sheet.lines)
    return book


def _write(page: Any, place: int, lines: list[Line]) -> None:
    first = _write_header(page, place)
    for number, line in enumerate(lines, start=1):
        row = first + number - 1
        for at, column in enumerate(COLUMNS, start=1):
            _write_cell(
                page.cell(row, at), column, number if column.field == "serial" else line.get(column.field)
            )
    if place in MERGED_GROUPS:
        _merge_groups(page, first, lines)
    for at, column in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(at)].width = _width(column)
    page.freeze_panes = page.cell(first, 5)
    page.print_title_rows = f"1:{first - 1}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A3
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _width(column: FormColumn) -> int:
    is_date = column.field == "born" or column.field.endswith(("left", "signed_on"))
    return WIDTHS.get(column.field, DATE_WIDTH if is_date else USUAL_WIDTH)


def _write_header(page: Any, place: int) -> int:
    """A title over everything, then one header row or two; returns the first row of lines."""
    page.cell(1, 1, TITLE).font = Font(bold=True, size=16)
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    two_rows = place in TWO_ROW_HEADERS
    for at, column in enumerate(COLUMNS, start=1):
        said = column.variants[0] if place in HEADERS_IN_OTHER_WORDS and column.variants else column.header
        if two_rows and column.over:
            page.cell(2, at, column.over)
            page.cell(3, at, said)
        else:
            page.cell(2, at, said if not column.over.startswith("赡养人") else column.over + said)
    if two_rows:
        _merge_header(page)
    for row in page.iter_rows(min_row=1, max_row=3 if two_rows else 2):
        for cell in row:
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return 4 if two_rows else 3


def _merge_header(page: Any) -> None:
    """The upper row over the columns it belongs to, and the others downwards."""
    start = 1
    while start <= len(COLUMNS):
        over = COLUMNS[start - 1].over
        end = start
        while over and end < len(COLUMNS) and COLUMNS[end].over == over:
            end += 1
        page.merge_cells(start_row=2, start_column=start, end_row=2 if over else 3, end_column=end)
        start = end + 1


def _write_cell(cell: Any, column: FormColumn, value: object) -> None:
    cell.border = Border(THIN, THIN, THIN, THIN)
    if value in (None, ""):
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif column.field == "citizen_number":
        cell.number_format = "@" if isinstance(value, str) else "0"
    elif isinstance(value, str) and cell.data_type != "f":
        cell.number_format = "@"


def _merge_groups(page: Any, first: int, lines: list[Line]) -> None:
    """村小组 written once, over all its rows."""
    at = 1 + [column.field for column in COLUMNS].index("group")
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or lines[number]["group"] != lines[start]["group"]:
            page.merge_cells(
                start_row=first + start, start_column=at, end_row=first + number - 1, end_column=at
            )
            start = number


def main() -> None:
    """Writes both files beside this one."""
    made, sheets = township()
    workbook(sheets).save(HERE / "gaoliang.xlsx")
    (HERE / "gaoliang.toml").write_text(as_toml(made), encoding="utf-8")


if __name__ == "__main__":
    main()
