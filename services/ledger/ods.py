"""OpenDocument spreadsheets (.ods): rows and cells that stand for many are counted before they are laid out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from services.ledger.containers import archive, stream_of
from services.ledger.file_errors import Damaged, TooLarge
from services.ledger.grids import ERRORS, Collector, Grid, Marked, Merged
from services.ledger.limits import MAX_SHEETS
from services.ledger.troubles import UnreadableCell
from services.ledger.xml_parts import Attributes, XmlReader

CELLS = frozenset(("table-cell", "covered-table-cell"))
LINES = "p"
NUMBERS = frozenset(("float", "currency", "percentage"))
COMMENT = "annotation"
LEFT_OUT = frozenset((COMMENT, "tracked-changes", "dde-links"))


def grids_of_ods(path: Path, collector: Collector) -> list[Grid]:
    """Every sheet, hidden ones too. Raises Damaged, TooLarge, Unsafe."""
    with archive(path) as packed, stream_of(packed, "content.xml") as stream:
        reader = _Content(collector)
        reader.read(stream)
    return reader.grids


class _Content(XmlReader):
    """content.xml into grids; a sheet that passes a limit is left at that, and the next is read."""

    def __init__(self, collector: Collector) -> None:
        super().__init__()
        self.grids: list[Grid] = []
        self._collector = collector
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._grid: Grid | None = None
        self._merged: list[Merged] = []
        self._hidden: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._comments: list[tuple[int, int]] = []
        self._columns_before = 0
        self._row = self._rows = self._column = self._columns = 0
        self._values: list[tuple[int, int, object]] = []
        self._cell: Attributes | None = None
        self._parts: list[str] = []
        self._inside = 0
        """How deep within what is no content: comments, the record of changes."""

    def start(self, name: str, attributes: Attributes) -> None:
        if name in LEFT_OUT:
            self._leave_out(name)
        if self._inside:
            return
        if name in CELLS:
            self._begin_cell(attributes)
        elif self._cell is not None:
            self._begin_text(name, attributes)
        elif name == "table-row":
            self._begin_row(attributes)
        elif name == "table-column":
            self._lay_column(attributes)
        elif name == "table":
            self._begin_table(attributes)
        elif name in {"style", "table-properties"}:
            self._begin_style(name, attributes)
        elif name == "filter" and self.grids:
            self.grids[-1].is_filtered = True

    def _leave_out(self, name: str) -> None:
        if name == COMMENT and not self._inside and self._cell is not None:
            self._comments.append((self._row + 1, self._column + 1))
        self._inside += 1

    def _begin_style(self, name: str, attributes: Attributes) -> None:
        if name == "style":
            self._style = attributes.get("style:name", "")
        elif attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _begin_table(self, attributes: Attributes) -> None:
        if len(self.grids) == MAX_SHEETS:
            raise TooLarge
        is_hidden = attributes.get("table:style-name", "") in self._hidden_styles
        self._grid = Grid(attributes.get("table:name", ""), is_hidden=is_hidden)
        self.grids.append(self._grid)
        self._row, self._merged, self._hidden = 0, [], []
        self._hidden_columns, self._comments, self._columns_before = [], [], 0

    def _lay_column(self, attributes: Attributes) -> None:
        first = self._columns_before + 1
        self._columns_before += _times(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility", "visible") != "visible":
            self._hidden_columns.append((first, self._columns_before))

    def _begin_row(self, attributes: Attributes) -> None:
        self._rows = _times(attributes, "table:number-rows-repeated")
        self._column, self._values = 0, []
        if attributes.get("table:visibility", "visible") != "visible":
            self._hidden.append(self._row + 1)

    def _begin_cell(self, attributes: Attributes) -> None:
        self._cell, self._parts = attributes, []
        self._columns = _times(attributes, "table:number-columns-repeated")
        height, width = (_times(attributes, f"table:number-{one}-spanned") for one in ("rows", "columns"))
        if height > 1 or width > 1:
            top, left = self._row + 1, self._column + 1
            self._merged.append(Merged(top, left, top + height - 1, left + width - 1))

    def _begin_text(self, name: str, attributes: Attributes) -> None:
        if name == LINES:
            if self._parts:
                self._parts.append("\n")
            self.listen(self._parts.append)
        elif name == "s":
            self._parts.append(" " * min(_times(attributes, "text:c"), 100))
        elif name in {"tab", "line-break"}:
            self._parts.append(" ")

    def end(self, name: str) -> None:
        if name in LEFT_OUT:
            self._inside -= 1
        if self._inside or name in LEFT_OUT:
            return
        if name == LINES:
            self.listen(None)
        elif name in CELLS and self._cell is not None:
            value = self._value(self._cell)
            if value not in (None, ""):
                self._values.append((self._column + 1, self._columns, value))
            self._column += self._columns
            self._cell = None
        elif name == "table-row":
            self._lay_out()
            self._row += self._rows
        elif name == "table" and self._grid is not None:
            self._finish(self._grid)

    def _lay_out(self) -> None:
        grid = self._grid
        if grid is None or grid.trouble is not None or not self._values:
            return
        try:
            for row in range(self._row + 1, self._row + self._rows + 1):
                for column, times, value in self._values:
                    for place in range(column, column + times):
                        self._collector.put(grid, row, place, value)
        except UnreadableCell as why:
            grid.rows, grid.trouble = {}, why

    def _finish(self, grid: Grid) -> None:
        self._grid = None
        try:
            self._collector.finish(grid, self._merged)
        except UnreadableCell as why:
            grid.rows, grid.trouble = {}, why
        grid.hidden_rows = tuple(row for row in self._hidden if row in grid.rows)
        grid.hidden_columns, grid.comments = tuple(self._hidden_columns), tuple(self._comments)

    def _value(self, cell: Attributes) -> object:
        text, kind = "".join(self._parts), cell.get("office:value-type", "")
        if "table:formula" in cell:
            return Marked(text or "=", is_formula=True)
        if text.startswith(ERRORS):
            return Marked(text, is_formula=False)
        try:
            if kind in NUMBERS:
                number = float(cell.get("office:value", ""))
                return int(number) if number.is_integer() and abs(number) < 10**15 else number
            if kind == "date":
                return datetime.fromisoformat(cell.get("office:date-value", ""))
        except ValueError as error:
            raise Damaged from error
        if kind == "boolean":
            return cell.get("office:boolean-value") == "true"
        return text


def _times(attributes: Attributes, name: str) -> int:
    found = attributes.get(name, "1")
    if not found.isdecimal():
        raise Damaged
    return max(1, int(found))
