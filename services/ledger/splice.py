"""结果 written into an .xlsx in place: every other byte of its sheets stays what the clerk sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from services.ledger.columns import RESULT
from services.ledger.containers import archive, part_of
from services.ledger.grids import column_number, letters
from services.ledger.results import LINE_HEIGHT, WIDTH, Result, SheetResults, Tone
from services.ledger.xlsx import book_of
from services.ledger.xml_parts import Attributes, XmlReader

SPANS = re.compile(rb'\s(?:spans|ht|customHeight)="[^"]*"')
HEADER_TONE = "D9E1F2"
STYLES = (HEADER_TONE, *(tone.value for tone in Tone))
SIDES = ("left", "right", "top", "bottom")
HEADER_PLACE = 'horizontal="center" '
GREY = "FFBFBFBF"
Edit = tuple[int, int, bytes]


def write_into(source: Path, out: Path, results: dict[str, SheetResults]) -> None:
    """A copy of `source` with the column in every sheet that has results."""
    with archive(source) as packed, ZipFile(out, "w", ZIP_DEFLATED) as into:
        book = book_of(packed)
        by_part = {sheet.part: results[sheet.title] for sheet in book.sheets if sheet.title in results}
        styles = _Styles(part_of(packed, book.styles_part)) if book.styles_part else None
        for info in packed.infolist():
            if info.filename in by_part:
                found = _Sheet(part_of(packed, info.filename), by_part[info.filename], styles)
                into.writestr(info.filename, found.edited())
            elif styles is not None and info.filename == book.styles_part:
                into.writestr(info.filename, styles.edited())
            else:
                into.writestr(info, part_of(packed, info.filename))


class _Editor(XmlReader):
    """Reads bytes at hand, and notes where they are to be others."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content
        self.prefix = ""
        self._edits: list[Edit] = []

    @property
    def at(self) -> int:
        """Where the present tag begins."""
        return self.parser.CurrentByteIndex

    def prefix_here(self, name: str) -> str:
        """`x:` of <x:row>."""
        tag = self.content[self.at + 1 : self.after(self.at)].decode()
        return tag[: tag.index(name)]

    def after(self, start: int) -> int:
        """Where the tag that begins there has ended; `>` within quotes is none."""
        quote, place = 0, start
        while True:
            byte = self.content[place]
            if quote:
                quote = 0 if byte == quote else quote
            elif byte in b"\"'":
                quote = byte
            elif byte == ord(">"):
                return place + 1
            place += 1

    def replace(self, start: int, end: int, by: str) -> None:
        """From one place to another; an insertion where they are the same."""
        self._edits.append((start, end, by.encode()))

    def run(self) -> None:
        """Reads it all."""
        self.parser.Parse(self.content, True)  # noqa: FBT003 - expat takes it by place

    def edited(self) -> bytes:
        """With all that was noted."""
        parts: list[bytes] = []
        done = 0
        for start, end, by in sorted(self._edits):
            parts += (self.content[done:start], by)
            done = end
        return b"".join((*parts, self.content[done:]))


class _Styles(_Editor):
    """The styles part with those of the results; `first` is the number of the header's, the tones' follow."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._numbers: dict[str, int] = {}
        self._path: list[str] = []
        self._ends: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self.run()
        self.first: int | None = self._numbers.get("cellXfs")
        if self.first is not None and all(name in self._ends for name in ("fonts", "fills", "borders")):
            self._add()
        else:
            self.first = None

    def start(self, name: str, attributes: Attributes) -> None:  # noqa: ARG002
        if len(self._path) == 2:  # noqa: PLR2004 - styleSheet, then the list
            self._numbers[self._path[1]] = self._numbers.get(self._path[1], 0) + 1
        elif len(self._path) == 1:
            self._starts[name] = self.at
        elif not self._path:
            self.prefix = self.prefix_here(name)
        self._path.append(name)

    def end(self, name: str) -> None:
        self._path.pop()
        if len(self._path) == 1 and self.content[self.at : self.at + 2] == b"</":
            self._ends[name] = self.at

    def _add(self) -> None:
        p = self.prefix
        font, border = self._numbers["fonts"], self._numbers["borders"]
        fill = self._numbers["fills"]
        self._append("fonts", f'<{p}font><{p}b/><{p}sz val="11"/><{p}name val="宋体"/></{p}font>', 1)
        fills = "".join(
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{tone}"/>'
            f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
            for tone in STYLES
        )
        self._append("fills", fills, len(STYLES))
        lines = "".join(f'<{p}{side} style="thin"><{p}color rgb="{GREY}"/></{p}{side}>' for side in SIDES)
        self._append("borders", f"<{p}border>{lines}<{p}diagonal/></{p}border>", 1)
        xfs = "".join(
            f'<{p}xf numFmtId="49" fontId="{font if number == 0 else 0}" fillId="{fill + number}" borderId="{border}"'
            ' xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<{p}alignment {HEADER_PLACE if number == 0 else ""}vertical="center" wrapText="1"/></{p}xf>'
            for number in range(len(STYLES))
        )
        self._append("cellXfs", xfs, len(STYLES))

    def _append(self, name: str, elements: str, number: int) -> None:
        self.replace(self._ends[name], self._ends[name], elements)
        start = self._starts[name]
        end = self.after(start)
        count = f' count="{self._numbers[name] + number}"'
        tag = re.sub(rb'\scount="[^"]*"', b"", self.content[start:end]).decode()
        self.replace(start, end, tag[:-1] + count + ">")


class _Sheet(_Editor):
    """A sheet with its results."""

    def __init__(self, content: bytes, results: SheetResults, styles: _Styles | None) -> None:
        super().__init__(content)
        self._results = results
        self._first_style = styles.first if styles is not None else None
        self._row = self._column = 0
        self._place: int | None = None
        self._cell: int | None = None
        self._row_tag = (0, 0)
        self._cols: list[tuple[int, int, Attributes]] | None = None
        self._view: int | None = None
        self._has_pane = False
        self.run()

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "c":
                self._begin_cell(attributes.get("r", ""))
            case "row":
                number = attributes.get("r", "")
                self._row = int(number) if number.isdecimal() else self._row + 1
                self._column, self._place = 0, None
                self._row_tag = (self.at, self.after(self.at))
                self._fit(attributes)
            case "worksheet":
                self.prefix = self.prefix_here(name)
            case "dimension":
                self.replace(self.at, self.after(self.at), "")
            case "sheetView":
                self._view = self.at
            case "pane":
                self._has_pane = True
            case "cols":
                self._cols = []
            case "col" if self._cols is not None:
                self._cols.append((self.at, self.after(self.at), attributes))
            case "sheetData":
                self._widen()
            case _:
                pass

    def end(self, name: str) -> None:
        if name == "c" and self._cell is not None:
            self._place = None
            self.replace(self._cell, self.after(self.at), self._result_cell())
            self._cell, self._place = None, -1
        elif name == "row" and self._place != -1 and self._has_result():
            end = self._row_tag[1]
            if self.content[end - 2 : end] != b"/>":
                place = self.at if self._place is None else self._place
                self.replace(place, place, self._result_cell())
        elif name == "sheetView" and self._view is not None and not self._has_pane:
            self._freeze(self._view)
            self._view = None

    def _has_result(self) -> bool:
        return self._row in self._results.header_rows or self._row in self._results.by_row

    def _begin_cell(self, reference: str) -> None:
        self._column = column_number(reference) if reference else self._column + 1
        if self._column == self._results.column and self._row >= self._results.header_row:
            self._cell = self.at
        elif self._column > self._results.column and self._place is None:
            self._place = self.at

    def _result_cell(self) -> str:
        """The cell of the present row: the header, a result, or nothing where one of before stood."""
        p, at = self.prefix, f'r="{letters(self._results.column)}{self._row}"'
        if self._row in self._results.header_rows:
            text, number = RESULT if self._row == self._results.header_row else "", 0
        else:
            result = self._results.by_row.get(self._row)
            if result is None:
                return f"<{p}c {at}/>"
            text, number = result.text, 1 + list(Tone).index(result.tone)
        style = "" if self._first_style is None else f' s="{self._first_style + number}"'
        said = escape(ILLEGAL_CHARACTERS_RE.sub("", text))
        return (
            f'<{p}c {at}{style} t="inlineStr"><{p}is><{p}t xml:space="preserve">{said}</{p}t></{p}is></{p}c>'
        )

    def _fit(self, attributes: Attributes) -> None:
        """As high as the result needs; the row's spans may not hold any more."""
        if not self._has_result():
            return
        start, end = self._row_tag
        result: Result | None = self._results.by_row.get(self._row)
        own, needed = float(attributes.get("ht", "0") or 0), result.height if result else 0
        tag = SPANS.sub(b"", self.content[start:end]).decode()
        is_fitted = own or needed > LINE_HEIGHT
        fitted = f' ht="{max(own, needed):g}" customHeight="1"' if is_fitted else ""
        close = "/>" if tag.endswith("/>") else ">"
        self.replace(start, end, tag.removesuffix(close) + fitted + close)

    def _widen(self) -> None:
        """The column's width; one that is laid over several columns is parted."""
        p, column = self.prefix, self._results.column
        own = f'<{p}col min="{column}" max="{column}" width="{WIDTH}" customWidth="1"/>'
        if not self._cols:
            if self._cols is None:
                self.replace(self.at, self.at, f"<{p}cols>{own}</{p}cols>")
            return
        for start, end, attributes in self._cols:
            first, last = int(attributes["min"]), int(attributes["max"])
            if last < column:
                continue
            if first > column:
                self.replace(start, start, own)
                return
            self.replace(
                start,
                end,
                _parted(p, attributes, first, column - 1) + own + _parted(p, attributes, column + 1, last),
            )
            return
        end = self._cols[-1][1]
        self.replace(end, end, own)

    def _freeze(self, view: int) -> None:
        """Header and name stay in sight where the clerk has frozen nothing."""
        p, results = self.prefix, self._results
        corner = f"{letters(results.name_column + 1)}{results.first_row}"
        pane = (
            f'<{p}pane xSplit="{results.name_column}" ySplit="{results.first_row - 1}" topLeftCell="{corner}"'
            ' activePane="bottomRight" state="frozen"/>'
        )
        end = self.after(view)
        if self.content[end - 2 : end] == b"/>":
            self.replace(end - 2, end, f">{pane}</{p}sheetView>")
        else:
            self.replace(end, end, pane)


def _parted(prefix: str, attributes: Attributes, first: int, last: int) -> str:
    if first > last:
        return ""
    others: dict[str, Any] = {name: value for name, value in attributes.items() if name not in {"min", "max"}}
    said = "".join(f' {name}="{escape(value)}"' for name, value in others.items())
    return f'<{prefix}col min="{first}" max="{last}"{said}/>'
