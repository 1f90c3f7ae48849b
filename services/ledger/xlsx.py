"""Excel workbooks (.xlsx): transitional, Strict and as WPS writes them, by one pass over each sheet.

openpyxl holds an object a cell, knows no Strict, and in its frugal mode neither merged ranges nor hidden rows.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZipFile

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from services.ledger.containers import archive, stream_of
from services.ledger.file_errors import Damaged, TooLarge
from services.ledger.grids import FORMULA, Collector, Grid, Marked, Merged, column_number
from services.ledger.limits import MAX_CELLS, MAX_MERGED, MAX_SHEETS
from services.ledger.troubles import Trouble, UnreadableCell
from services.ledger.xlsx_parts import RANGE, Comments, Formats, Texts
from services.ledger.xml_parts import Attributes, XmlReader

NAMED_IN = 2
"""Rows that say what a sheet is, kept also where no more of it can be read."""
TRUE = frozenset(("1", "true", "on"))


@dataclass(frozen=True)
class Sheet:
    """Where a sheet lies in the archive."""

    title: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Book:
    """What every sheet of a workbook needs to be read."""

    sheets: tuple[Sheet, ...]
    styles_part: str
    counts_from_1904: bool
    texts: list[str]
    date_styles: frozenset[int]


def grids_of_xlsx(path: Path, collector: Collector) -> list[Grid]:
    """Every worksheet, hidden ones too. Raises a NotAWorkbook, TooLarge, Unsafe."""
    with archive(path) as packed:
        book = book_of(packed)
        return [_grid(packed, book, sheet, collector) for sheet in book.sheets]


def book_of(packed: ZipFile) -> Book:
    """The workbook part and what it refers to."""
    main = next((to for kind, to in _relations(packed, "").values() if kind == "officeDocument"), None)
    if main is None:
        raise Damaged
    relations = _relations(packed, main)
    reader = _Workbook()
    _read(packed, main, reader)
    if len(reader.sheets) > MAX_SHEETS:
        raise TooLarge
    sheets = tuple(
        Sheet(title, relations[key][1], state != "visible")
        for title, key, state in reader.sheets
        if key in relations and relations[key][0] == "worksheet"
    )
    by_kind = dict(relations.values())
    texts = Texts()
    if "sharedStrings" in by_kind:
        _read(packed, by_kind["sharedStrings"], texts)
    styles = Formats()
    if "styles" in by_kind:
        _read(packed, by_kind["styles"], styles)
    return Book(sheets, by_kind.get("styles", ""), reader.from_1904, texts.found, styles.dates())


def _read(packed: ZipFile, name: str, reader: XmlReader) -> None:
    with stream_of(packed, name) as stream:
        reader.read(stream)


class _Relations(XmlReader):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Attributes] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            self.found.append(attributes)


def _relations(packed: ZipFile, of: str) -> dict[str, tuple[str, str]]:
    """Id to (last word of the type, part)."""
    folder, name = posixpath.split(of)
    reader = _Relations()
    _read(packed, posixpath.join(folder, "_rels", f"{name}.rels"), reader)
    return {
        part.get("Id", ""): (
            part.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join(folder, part.get("Target", ""))).lstrip("/"),
        )
        for part in reader.found
    }


class _Workbook(XmlReader):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            key = next((value for at, value in attributes.items() if at.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible")))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "") in TRUE


def _grid(packed: ZipFile, book: Book, sheet: Sheet, collector: Collector) -> Grid:
    grid = Grid(sheet.title, is_hidden=sheet.is_hidden, counts_from_1904=book.counts_from_1904)
    reader = _Cells(book, grid, collector)
    try:
        _read(packed, sheet.part, reader)
        collector.finish(grid, reader.merged)
    except UnreadableCell as why:
        grid.trouble = why
        grid.rows = {row: cells for row, cells in grid.rows.items() if row <= NAMED_IN}
    grid.hidden_rows = tuple(row for row in reader.hidden if row in grid.rows)
    grid.hidden_columns = tuple(reader.hidden_columns)
    grid.comments = _comments(packed, sheet.part)
    return grid


def _comments(packed: ZipFile, sheet: str) -> tuple[tuple[int, int], ...]:
    """The cells with a comment; what it says is not read."""
    folder, name = posixpath.split(sheet)
    if posixpath.join(folder, "_rels", f"{name}.rels") not in packed.NameToInfo:
        return ()
    reader = Comments()
    for kind, part in _relations(packed, sheet).values():
        if kind == "comments":
            _read(packed, part, reader)
    return tuple(reader.found)


def _whole(attributes: Attributes, name: str) -> int:
    given = attributes.get(name, "")
    return int(given) if given.isdecimal() and len(given) < len(str(MAX_CELLS)) else 0


class _Cells(XmlReader):
    """One worksheet into its grid."""

    def __init__(self, book: Book, grid: Grid, collector: Collector) -> None:
        super().__init__()
        self.merged: list[Merged] = []
        self.hidden: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self._merged_cells = 0
        self._book, self._texts, self._grid, self._collector = book, book.texts, grid, collector
        self._row = self._column = 0
        self._type = self._style = ""
        self._parts: list[str] = []
        self._in_cell = self._in_ruby = self._has_formula = False
        self._columns: dict[str, int] = {}
        self._epoch = MAC_EPOCH if book.counts_from_1904 else WINDOWS_EPOCH

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif self._in_cell:
            if name in {"v", "t"} and not self._in_ruby:
                self.listen(self._parts.append)
            elif name == "f":
                self._has_formula = True
            elif name == "rPh":
                self._in_ruby = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "col" and attributes.get("hidden") in TRUE:
            self.hidden_columns.append((_whole(attributes, "min"), _whole(attributes, "max")))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "filterColumn":
            self._grid.is_filtered = True

    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() else self._row + 1
        self._column = 0
        if attributes.get("hidden") in TRUE:
            self.hidden.append(self._row)

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            name = reference.rstrip("0123456789")
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = column_number(name)
            self._column = column
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._in_cell, self._has_formula, self._parts = True, False, []

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.listen(None)
        elif name == "rPh":
            self._in_ruby = False
        elif name == "c":
            self._in_cell = False
            if self._has_formula or self._parts:
                value = FORMULA if self._has_formula else self._value("".join(self._parts))
                self._collector.put(self._grid, self._row, self._column, value)

    def _value(self, text: str) -> object:
        try:
            match self._type:
                case "s":
                    return self._texts[int(text)]
                case "str" | "inlineStr":
                    return text
                case "b":
                    return text.strip() in TRUE
                case "e":
                    return Marked(text, is_formula=False)
                case "d":
                    return _iso(text)
                case _:
                    return self._number(text)
        except (ValueError, IndexError, OverflowError) as error:
            raise Damaged from error

    def _number(self, text: str) -> object:
        number = float(text)
        if int(self._style or 0) in self._book.date_styles:
            return _day(number, self._epoch)
        if number.is_integer() and "." not in text and "E" not in text.upper():
            return int(text)
        return number

    def _merge(self, reference: str) -> None:
        found = RANGE.fullmatch(reference)
        if found is None:
            raise Damaged
        left, top, right, bottom = found.groups()
        area = Merged(int(top), column_number(left), int(bottom or top), column_number(right or left))
        self._merged_cells += area.size
        if self._merged_cells > MAX_MERGED:
            raise UnreadableCell(Trouble.MERGED_TOO_FAR)
        self.merged.append(area)


def _iso(text: str) -> date:
    """As Strict workbooks write it."""
    return datetime.fromisoformat(text.strip())


def _day(number: float, epoch: datetime) -> object:
    """The day of a serial number that is shown as one; what is none stays a number."""
    try:
        found = from_excel(number, epoch)
    except (ValueError, OverflowError, TypeError):
        return number
    return number if isinstance(found, time) or found is None else found
