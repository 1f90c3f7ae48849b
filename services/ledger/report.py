"""The import's account: what became of every row, sheet by sheet, totals that add up, and a list of what to mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from services.ledger.facts import Accepted, Flaw, Noted, Rejected, Row

REPORT_HEADERS = ("工作表", "行", "列", "单元格", "原值", "问题", "怎么办")
REPORT_WIDTHS = (12, 8, 16, 8, 24, 48, 60)
ALL, SOME, NOTHING = 0, 1, 2
"""Exit codes: what of a file went in."""
WHOLE_SHEET = "整张表"
FORMULA_STARTS = ("=", "+", "-", "@")
HEADER_FILL = PatternFill("solid", fgColor="D9E1F2")
THIN = Side(style="thin", color="BFBFBF")


class RowOutcome(StrEnum):
    """What became of a row."""

    ENROLLED = "enrolled"
    IN_PART = "in_part"
    ALREADY = "already"
    REFUSED = "refused"
    REJECTED = "rejected"


OUTCOMES = {
    RowOutcome.ENROLLED: "建档 enrolled",
    RowOutcome.IN_PART: "部分录入 in part",
    RowOutcome.ALREADY: "已在册 already",
    RowOutcome.REFUSED: "不予建档 refused",
    RowOutcome.REJECTED: "退回 rejected",
}


class DoesNotAddUp(ValueError):
    """Rows read and outcomes noted differ: a row was lost or counted twice; do not trust this import."""


@dataclass
class Fate:
    """What became of one row: `problems` are to be mended, `also` is to be known."""

    sheet: str
    row: int
    outcome: RowOutcome
    problems: list[Flaw]
    also: list[Flaw] = field(default_factory=list[Flaw])

    @property
    def is_in(self) -> bool:
        """The person stands on the register, perhaps without all that the row says."""
        return self.outcome not in {RowOutcome.REFUSED, RowOutcome.REJECTED}

    @property
    def is_whole(self) -> bool:
        """All of the row stands on the register."""
        return self.is_in and not self.problems


class Tally:
    """Counts each row as it is read and as it is decided; a rejection is decided by reading it."""

    def __init__(self, noted: tuple[Noted, ...] = (), empty_sheets: tuple[str, ...] = ()) -> None:
        self.noted = noted
        self.empty_sheets = empty_sheets
        self.rejected_sheets: list[Rejected] = []
        self.fates: list[Fate] = []
        self._read: Counter[str] = Counter()

    def read(self, row: Row) -> None:
        """One more row; a sheet rejected as a whole is reported, and has no rows to count."""
        if isinstance(row, Rejected) and row.is_whole_sheet:
            self.rejected_sheets.append(row)
            return
        self._read[row.sheet] += 1
        if isinstance(row, Rejected):
            self.note(row, RowOutcome.REJECTED, *row.problems)

    def note(self, row: Accepted | Rejected, outcome: RowOutcome, *problems: Flaw) -> Fate:
        """What became of a row."""
        fate = Fate(row.sheet, row.row, outcome, list(problems))
        self.fates.append(fate)
        return fate

    def of_sheet(self, sheet: str) -> dict[str, int]:
        """Rows of one sheet, and each outcome's share of them."""
        outcomes = Counter(fate.outcome for fate in self.fates if fate.sheet == sheet)
        return {"rows": self._read[sheet], **{each.value: outcomes[each] for each in RowOutcome}}

    def totals(self) -> dict[str, int]:
        """Rows of the workbook, and each outcome's share of them."""
        sums: Counter[str] = Counter({"rows": 0, **{each.value: 0 for each in RowOutcome}})
        for sheet in self._sheets():
            sums.update(self.of_sheet(sheet))
        return dict(sums)

    def _sheets(self) -> list[str]:
        return list(dict.fromkeys((*self._read, *(fate.sheet for fate in self.fates))))

    def check(self) -> None:
        """Rows are the sum of their outcomes, on every sheet; raises DoesNotAddUp."""
        for sheet in self._sheets():
            counts = self.of_sheet(sheet)
            if counts["rows"] != sum(counts[each] for each in RowOutcome):
                raise DoesNotAddUp(f"{sheet}: {counts}")

    @property
    def exit_code(self) -> int:
        """0: all went in; 1: some did not; 2: nothing did, nor stood on the register already."""
        if not any(fate.is_in for fate in self.fates):
            return NOTHING
        is_all = all(fate.is_whole for fate in self.fates)
        return (
            ALL
            if is_all and not self.rejected_sheets and not any(one.is_loss for one in self.noted)
            else SOME
        )

    @property
    def names_nobody(self) -> bool:
        """Not one row of the file is of anybody, and no sheet was left unread."""
        return not self.fates and not self.rejected_sheets and not any(one.is_loss for one in self.noted)

    def sheets(self) -> dict[str, dict[str, int]]:
        """Of every sheet that has rows: how many, and each outcome's share of them."""
        return {sheet: self.of_sheet(sheet) for sheet in self._sheets()}

    def problems(self) -> list[dict[str, str]]:
        """What is to be mended, one dict a problem: of whole sheets, then of rows as they stand in the file."""
        return self._of_whole_sheets() + self._of_rows(self.fates)

    def left_out(self) -> list[dict[str, str]]:
        """Those of what did not go in."""
        return self._of_whole_sheets() + self._of_rows(fate for fate in self.fates if not fate.is_in)

    def to_mend(self) -> list[dict[str, str]]:
        """Those of rows that are in."""
        return self._of_rows(fate for fate in self.fates if fate.is_in)

    def _of_whole_sheets(self) -> list[dict[str, str]]:
        sheets = self.rejected_sheets
        return [_line(row.sheet, WHOLE_SHEET, problem) for row in sheets for problem in row.problems]

    def _of_rows(self, fates: Iterable[Fate]) -> list[dict[str, str]]:
        order = {sheet: place for place, sheet in enumerate(self._sheets())}
        in_order = sorted(fates, key=lambda fate: (order[fate.sheet], fate.row))
        return [_line(fate.sheet, str(fate.row), problem) for fate in in_order for problem in fate.problems]

    def notes(self) -> list[dict[str, str]]:
        """What else is to be known."""
        empty = [Flaw("", "", "", "空表 empty", "")] if self.empty_sheets else []
        return [
            *(_line("、".join(self.empty_sheets), WHOLE_SHEET, flaw) for flaw in empty),
            *(
                _line(one.sheet, one.rows or (WHOLE_SHEET if one.sheet else ""), one.problem)
                for one in self.noted
            ),
            *(_line(fate.sheet, str(fate.row), problem) for fate in self.fates for problem in fate.also),
        ]

    def write_problems(self, path: Path) -> None:
        """What is to be mended, then what is to be known, as a workbook; every cell is text."""
        book = Workbook()
        _write(book.active, "退回清单", self.problems())
        if notes := self.notes():
            _write(book.create_sheet(), "说明", notes)
        path.touch(mode=0o600)
        book.save(path)


def _line(sheet: str, row: str, problem: Flaw) -> dict[str, str]:
    return {
        "sheet": sheet,
        "row": row,
        "column": problem.column,
        "cell": problem.cell,
        "value": problem.value,
        "what": problem.what,
        "what_to_do": problem.what_to_do,
    }


def _write(sheet: Any, title: str, lines: list[dict[str, str]]) -> None:
    sheet.title = title
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    texts = [tuple(line.values()) for line in lines]
    for number, line in enumerate((REPORT_HEADERS, *texts), start=1):
        for column, said in enumerate(line, start=1):
            cell = sheet.cell(number, column)
            write_text(cell, said, bold=number == 1)
            cell.border = Border(THIN, THIN, THIN, THIN)
            if number == 1:
                cell.fill = HEADER_FILL
    for column, width in zip("ABCDEFG", REPORT_WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.auto_filter.ref = f"A1:G{len(texts) + 1}"


def write_text(cell: Cell, said: str, *, bold: bool = False) -> None:
    """Text that stays text: what starts with = + - @ is no formula, now or when the cell is edited."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", said)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    if said.startswith(FORMULA_STARTS):
        setattr(cell, "quotePrefix", True)  # noqa: B010  # a descriptor without a type
