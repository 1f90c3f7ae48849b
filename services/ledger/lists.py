"""Lists of other departments (部门名单): citizen number and category, row by row, or what is the matter with a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.ledger.cells import Cell, citizen_number, shown, word
from services.ledger.facts import Flaw, Rejected
from services.ledger.file_errors import LedgerError
from services.ledger.form_choices import BY_BIRTHDAY, EVIDENCE, STATED
from services.ledger.grids import Grid
from services.ledger.headers import SEARCHED_ROWS
from services.ledger.sheets import grids_of
from services.ledger.troubles import Trouble, UnreadableCell

NUMBER, CATEGORY = "身份证号", "类别"
HEADERS = {
    **dict.fromkeys((NUMBER, "身份证号码", "公民身份号码", "证件号码", "citizennumber", "idnumber"), NUMBER),
    **dict.fromkeys((CATEGORY, "人员类别", "对象类别", "重点对象类别", "category"), CATEGORY),
}
CATEGORIES = {
    **{name: name for name in (*EVIDENCE, "advanced_age")},
    **STATED,
    BY_BIRTHDAY: "advanced_age",
    "残疾": "disability",
    "监护缺失": "guardianship_failure",
    "照护不到位": "insufficient_daily_care",
}
CHOICES = "监护缺失、高龄、失能、经济困难、重大疾病、残疾、智力障碍、照护不到位"
"""重点对象: the eight kinds that are compared, 三(一)2, by what a list may call them."""


class NotAList(LedgerError):
    """Nothing can be compared; the message names the file, its sheets, and what to do."""

    def __init__(self, path: Path, *told: str) -> None:
        super().__init__(f"{path}: {' '.join(told)}")

    @classmethod
    def of(cls, path: Path, trouble: Trouble) -> NotAList:
        """What is the matter with the file as a whole."""
        return cls(path, trouble.what(), trouble.what_to_do())

    @classmethod
    def sheets(cls, path: Path, rejected: Iterable[Rejected]) -> NotAList:
        """What is the matter with each sheet."""
        told = ((one.sheet, problem) for one in rejected for problem in one.problems)
        return cls(
            path,
            *(f"工作表 sheet {sheet}: {problem.what} {problem.what_to_do}" for sheet, problem in told),
        )


@dataclass(frozen=True)
class Listed:
    """One person of a list, for one category; where it stands."""

    sheet: str
    row: int
    number: str
    category: str


@dataclass(frozen=True)
class DepartmentList:
    """What could be read, and what could not."""

    listed: tuple[Listed, ...]
    rejected: tuple[Rejected, ...]


def read_list(path: Path) -> DepartmentList:
    """Every visible sheet. Raises NotAList: no workbook, too large, empty, or no sheet that is a list.

    One sheet that is too long is all of it: where many rows are missing the register would seem to have too much.
    """
    try:
        found = list(grids_of(path))
    except LedgerError as why:
        raise NotAList(path, str(why)) from why
    if not found:
        raise NotAList.of(path, Trouble.EMPTY_WORKBOOK)
    if unread := [one for one in found if isinstance(one, Rejected)]:
        raise NotAList.sheets(path, unread)
    reading = _Reading()
    for sheet in found:
        if isinstance(sheet, Grid):
            reading.take(sheet)
    if not reading.sheets:
        raise NotAList.sheets(path, reading.rejected)
    return DepartmentList(tuple(reading.first.values()), tuple(reading.rejected))


class _Reading:
    """As far as it has come; `sheets` counts those that are lists."""

    def __init__(self) -> None:
        self.sheets = 0
        self.first: dict[tuple[str, str], Listed] = {}
        self.rejected: list[Rejected] = []

    def take(self, found: Grid) -> None:
        """One sheet; one without the columns is no list."""
        header = _header(found)
        if header is None:
            problem = Trouble.NO_LIST_COLUMNS.problem(rows=SEARCHED_ROWS)
            self.rejected.append(Rejected(found.title, 0, (problem,)))
            return
        self.sheets += 1
        below, columns = header
        for row in sorted(row for row in found.rows if row > below):
            cells = {name: found.cell(row, at) for name, at in columns.items()}
            if not all(cell.is_blank for cell in cells.values()):
                self._row(found.title, row, cells)

    def _row(self, sheet: str, row: int, cells: dict[str, Cell]) -> None:
        problems: list[Flaw] = []
        number, category = (_read(name, cells[name], problems) for name in (NUMBER, CATEGORY))
        if number and category:
            held = self.first.setdefault((number, category), Listed(sheet, row, number, category))
            if (held.sheet, held.row) == (sheet, row):
                return
            problems.append(
                Trouble.LISTED_TWICE.problem(NUMBER, cells[NUMBER].at, sheet=held.sheet, row=held.row)
            )
        self.rejected.append(Rejected(sheet, row, tuple(problems)))


def _header(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """The first row that names both columns, and where they stand."""
    for row in sorted(row for row in grid.rows if row <= SEARCHED_ROWS):
        found = {
            HEADERS[name]: cell.column
            for cell in reversed(list(grid.cells(row)))
            if (name := word(cell.value).lower()) in HEADERS
        }
        if len(found) == len((NUMBER, CATEGORY)):
            return row, found
    return None


def _read(name: str, cell: Cell, problems: list[Flaw]) -> str | None:
    try:
        return _value(name, cell)
    except UnreadableCell as why:
        problems.append(why.trouble.problem(name, cell.at, shown(cell.value), **why.words))
        return None


def _value(name: str, cell: Cell) -> str:
    if cell.is_formula or cell.is_error:
        raise UnreadableCell(Trouble.FORMULA if cell.is_formula else Trouble.ERROR_VALUE)
    if name == CATEGORY:
        said = word(cell.value).lower()
        if said and said not in CATEGORIES:
            raise UnreadableCell(Trouble.UNKNOWN_WORD, choices=CHOICES)
        value = CATEGORIES.get(said)
    else:
        value = citizen_number(cell.value)
    if value is None:
        raise UnreadableCell(Trouble.MISSING)
    return value
