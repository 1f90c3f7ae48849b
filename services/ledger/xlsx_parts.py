"""The smaller parts of an .xlsx: its shared strings, its number formats, the comments of a sheet."""

from __future__ import annotations

import re

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from services.ledger.file_errors import TooLarge
from services.ledger.grids import column_number
from services.ledger.limits import MAX_CELLS
from services.ledger.xml_parts import Attributes, XmlReader

RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


class Texts(XmlReader):
    """Shared strings; what is said in ruby (rPh) is not part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_ruby = False

    def start(self, name: str, attributes: Attributes) -> None:  # noqa: ARG002
        """A string, its parts or its ruby begins."""
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_ruby = True
        elif name == "t" and not self._in_ruby:
            self.listen(self._parts.append)

    def end(self, name: str) -> None:
        """A string is whole. Raises TooLarge where there are too many."""
        if name == "t":
            self.listen(None)
        elif name == "rPh":
            self._in_ruby = False
        elif name == "si":
            self.found.append("".join(self._parts))
            if len(self.found) > MAX_CELLS:
                raise TooLarge


class Formats(XmlReader):
    """Which cell styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._styles: list[str] = []
        self._in_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        """A format's code, or a cell style that uses one."""
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._styles.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        """What follows are styles of no cells."""
        if name == "cellXfs":
            self._in_cells = False

    def dates(self) -> frozenset[int]:
        """By their place."""
        return frozenset(place for place, name in enumerate(self._styles) if self._is_date(name))

    def _is_date(self, name: str) -> bool:
        number = int(name) if name.isdecimal() else 0
        is_chinese = 27 <= number <= 36 or 50 <= number <= 58  # noqa: PLR2004  # built in where Excel is Chinese
        return is_chinese or bool(is_date_format(self._codes.get(name) or BUILTIN_FORMATS.get(number)))


class Comments(XmlReader):
    """The row and column of each cell that has one; what it says is not read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, int]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """A comment stands at a cell."""
        if name == "comment" and (place := RANGE.fullmatch(attributes.get("ref", ""))):
            self.found.append((int(place[2]), column_number(place[1])))
