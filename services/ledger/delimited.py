"""Text with separators (.csv): UTF-8 with or without its mark, UTF-16 with it, GB 18030; comma, tab or semicolon."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from services.ledger.file_errors import Damaged, UnknownLetters
from services.ledger.grids import ERRORS, Collector, Grid, Marked
from services.ledger.limits import MAX_TEXT
from services.ledger.troubles import UnreadableCell

SEPARATORS = ",\t;"
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
HEAD_LINES = 12


def grids_of_csv(path: Path, collector: Collector) -> list[Grid]:
    """The one sheet, named like the file. Raises UnknownLetters, Damaged, TooLarge."""
    text = _text(path.read_bytes())
    grid = Grid(path.stem)
    csv.field_size_limit(MAX_TEXT * 4)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for row, line in enumerate(lines, 1):
            for column, value in enumerate(line, 1):
                is_error = value.startswith(ERRORS)
                collector.put(grid, row, column, Marked(value, is_formula=False) if is_error else value)
    except UnreadableCell as why:
        grid.rows, grid.trouble = {}, why
    except csv.Error as error:
        raise Damaged from error
    return [grid]


def _text(content: bytes) -> str:
    marked = [letters for mark, letters in MARKS if content.startswith(mark)]
    for letters in marked or ("utf-8", "gb18030"):
        try:
            return content.decode(letters).rstrip("\x1a\0")
        except UnicodeDecodeError:
            continue
    raise UnknownLetters


def _separator(text: str) -> str:
    """What stands most often in the first lines; a comma where nothing does."""
    head = "\n".join(text.split("\n", HEAD_LINES)[:HEAD_LINES])
    return max(SEPARATORS, key=head.count)
