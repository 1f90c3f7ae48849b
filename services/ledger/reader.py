"""Reading a ledger: one sheet per village, row by row, each with its outcome, and what else stands in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from services.ledger.cells import word
from services.ledger.checks import Places, Villages, check
from services.ledger.containers import FileFormat, kind_of
from services.ledger.facts import Noted, Row
from services.ledger.observations import Observation
from services.ledger.sheets import Page, pages_of


class Ledger:
    """A file that could be opened. Raises a LedgerError where it cannot."""

    def __init__(self, path: Path) -> None:
        self.path, self.kind = path, kind_of(path)
        pages = pages_of(path)
        self._pages = [page for page in pages if not page.is_hidden]
        self.hidden_sheets = tuple(page.title for page in pages if page.is_hidden)
        self.empty_sheets = tuple(page.title for page in self._pages if page.is_empty)
        self.pages = {page.title: page for page in self._pages if page.header is not None}
        self.noted = tuple(noted for page in pages for noted in page.noted)
        suffix = path.suffix.lower()
        if suffix != self.kind and not (self.kind is FileFormat.CSV and suffix in {".txt", ".tsv"}):
            named = Observation.ANOTHER_FORMAT.problem(name=suffix or "—", kind=self.kind.value)
            self.noted = (Noted("", "", named), *self.noted)

    @property
    def size(self) -> int:
        """How many outcomes `rows` yields."""
        return sum(len(page.entries) + (page.rejected is not None) for page in self._pages)

    def rows(
        self, villages: Mapping[str, str], groups: Mapping[str, Sequence[str]] | None = None
    ) -> Iterator[Row]:
        """Every row's outcome, in the order of the sheets; `villages` is name to code, `groups` name to its groups."""
        known = Villages(villages, groups)
        places: Places = {}
        for page in self._pages:
            if page.rejected:
                yield page.rejected
            for entry in page.entries:
                yield check(entry, known, places)

    def villages(self) -> list[str]:
        """The villages that have a sheet of their own."""
        return [page.title for page in self._pages if _is_of_a_village(page)]


def read_ledger(path: Path, villages: Mapping[str, str]) -> Iterator[Row]:
    """Every row of the file; `villages` is name to code. Raises a LedgerError."""
    return Ledger(path).rows(villages)


def villages_of(path: Path) -> list[str]:
    """The villages that have a sheet of their own in the file. Raises a LedgerError."""
    return Ledger(path).villages()


def _is_of_a_village(page: Page) -> bool:
    """A row on it says in 村委会 what the sheet is called; a sheet of late entries is no village."""
    own = Villages({page.title: ""})
    said = (entry.cells["village"].value for entry in page.entries if "village" in entry.cells)
    return any(own.find(word(name)) for name in said)
