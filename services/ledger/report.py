"""The import's account: rows by outcome, sheet by sheet, totals that add up, and the rejections to hand back."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font

from services.ledger.facts import Rejected, Row

REPORT_HEADERS = ("工作表", "行", "列", "单元格", "原值", "问题", "怎么办")
REPORT_WIDTHS = (12, 6, 16, 8, 22, 48, 60)
FORMULA_STARTS = ("=", "+", "-", "@")


class Outcome(StrEnum):
    """What became of a row."""

    ENROLLED = "enrolled"
    ALREADY = "already"
    REFUSED = "refused"
    REJECTED = "rejected"


class DoesNotAddUp(ValueError):
    """Rows read and outcomes noted differ: a row was lost or counted twice; do not trust this import."""


class Tally:
    """Counts each row as it is read and as it is decided; a rejection is decided by reading it."""

    def __init__(self, empty_sheets: tuple[str, ...] = ()) -> None:
        self.empty_sheets = empty_sheets
        self.rejections: list[Rejected] = []
        self._read: Counter[str] = Counter()
        self._outcomes: dict[str, Counter[Outcome]] = {}

    def read(self, row: Row) -> None:
        """One more row; a sheet rejected as a whole is reported, and has no rows to count."""
        if isinstance(row, Rejected):
            self.rejections.append(row)
            if row.is_whole_sheet:
                return
        self._read[row.sheet] += 1
        if isinstance(row, Rejected):
            self.note(row.sheet, Outcome.REJECTED)

    def note(self, sheet: str, outcome: Outcome) -> None:
        """What became of an accepted row of `sheet`."""
        self._outcomes.setdefault(sheet, Counter())[outcome] += 1

    @property
    def rejected_sheets(self) -> tuple[str, ...]:
        """Sheets of which no row was read."""
        return tuple(row.sheet for row in self.rejections if row.is_whole_sheet)

    def of_sheet(self, sheet: str) -> dict[str, int]:
        """Rows of one sheet, and each outcome's share of them."""
        outcomes = self._outcomes.get(sheet, Counter())
        return {"rows": self._read[sheet], **{each.value: outcomes[each] for each in Outcome}}

    def totals(self) -> dict[str, int]:
        """Rows of the workbook, and each outcome's share of them."""
        sums: Counter[str] = Counter({"rows": 0, **{each.value: 0 for each in Outcome}})
        for sheet in self._sheets():
            sums.update(self.of_sheet(sheet))
        return dict(sums)

    def _sheets(self) -> list[str]:
        return list(dict.fromkeys((*self._read, *self._outcomes)))

    def check(self) -> None:
        """Rows are the sum of their outcomes, on every sheet; raises DoesNotAddUp."""
        for sheet in self._sheets():
            counts = self.of_sheet(sheet)
            if counts["rows"] != sum(counts[each] for each in Outcome):
                raise DoesNotAddUp(f"{sheet}: {counts}")

    def as_dict(self) -> dict[str, Any]:
        """The whole account, JSON-plain."""
        return {
            "totals": self.totals(),
            "sheets": {sheet: self.of_sheet(sheet) for sheet in self._sheets()},
            "empty_sheets": list(self.empty_sheets),
            "rejected_sheets": list(self.rejected_sheets),
            "rejections": self.rejections_as_dicts(),
        }

    def rejections_as_dicts(self) -> list[dict[str, Any]]:
        """One dict for each problem, with its sheet and row (0: the sheet as a whole)."""
        return [
            {
                "sheet": row.sheet,
                "row": row.row,
                "column": problem.column,
                "cell": problem.cell,
                "value": problem.value,
                "what": problem.what,
                "what_to_do": problem.what_to_do,
            }
            for row in self.rejections
            for problem in row.problems
        ]

    def write_rejections(self, path: Path) -> None:
        """The rejections as a workbook for the village to work through; every cell is text."""
        book = Workbook()
        sheet: Any = book.active
        sheet.title = "退回清单"
        sheet.freeze_panes = "A2"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"
        lines = [tuple(str(said) for said in one.values()) for one in self.rejections_as_dicts()]
        for number, line in enumerate((REPORT_HEADERS, *lines), start=1):
            for column, said in enumerate(line, start=1):
                write_text(sheet.cell(number, column), said, bold=number == 1)
        for column, width in zip("ABCDEFG", REPORT_WIDTHS, strict=True):
            sheet.column_dimensions[column].width = width
        book.save(path)


def write_text(cell: Cell, said: str, *, bold: bool = False) -> None:
    """Text that stays text: what starts with = + - @ is no formula, now or when the cell is edited."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", said)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    if said.startswith(FORMULA_STARTS):
        setattr(cell, "quotePrefix", True)  # noqa: B010  # a descriptor without a type
