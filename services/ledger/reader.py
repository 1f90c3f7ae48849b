"""Reading a ledger: one sheet per village, row by row, each with its outcome.

Hidden sheets (lists for drop-downs) and empty ones yield nothing, and are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from services.ledger.cells import word
from services.ledger.checks import Places, Villages, check
from services.ledger.facts import Accepted, Rejected, Row
from services.ledger.sheets import Page, pages_of


class Ledger:
    """A workbook that could be opened. Raises NotAWorkbook or TooLarge where it cannot."""

    def __init__(self, path: Path) -> None:
        pages = pages_of(path)
        self._pages = [page for page in pages if not page.is_hidden]
        self.hidden_sheets = tuple(page.title for page in pages if page.is_hidden)
        self.empty_sheets = tuple(page.title for page in self._pages if page.is_empty)

    def rows(self, villages: Mapping[str, str]) -> Iterator[Row]:
        """Every row's outcome, in the order of the sheets; `villages` is name to code."""
        known = Villages(villages)
        places: Places = {}
        for page in self._pages:
            if page.rejected:
                yield page.rejected
            for entry in page.entries:
                found = check(entry, known, places)
                if isinstance(found, tuple):
                    yield Rejected(entry.sheet, entry.row, found)
                else:
                    yield Accepted(entry.sheet, entry.row, found)

    def villages(self) -> list[str]:
        """The villages that have a sheet of their own."""
        return [page.title for page in self._pages if _is_of_a_village(page)]


def read_ledger(path: Path, villages: Mapping[str, str]) -> Iterator[Row]:
    """Every row of the workbook; `villages` is name to code. Raises NotAWorkbook or TooLarge."""
    return Ledger(path).rows(villages)


def villages_of(path: Path) -> list[str]:
    """The villages that have a sheet of their own in the workbook. Raises NotAWorkbook or TooLarge."""
    return Ledger(path).villages()


def _is_of_a_village(page: Page) -> bool:
    """A row on it says in 村委会 what the sheet is called; a sheet of late entries is no village."""
    own = Villages({page.title: ""})
    said = (entry.cells["village"].value for entry in page.entries if "village" in entry.cells)
    return any(own.find(word(name)) for name in said)
