"""How a table lies on A4: upright or across, as wide as the paper, printed so that an office can read it.

Widths are Excel's: one is a Latin letter, a Chinese one takes two.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from services.reports.figures import Column, ReportTable

ACROSS, UPRIGHT = 149.0, 102.0
"""Widths that the paper takes between its margins, printed as large as they are."""
SMALLEST = 0.8
"""No table is printed smaller than this: text of 10 points is never less than 8."""
UPRIGHT_FROM = 0.9
LINE_HEIGHT, ROW_SPACE, MAX_HEIGHT = 14, 4, 400


def wide(column: Column) -> float:
    """The width that a column asks for: its Chinese letters, and room at the edges."""
    return 2 * column.width + 1


def is_upright(tables: Sequence[ReportTable]) -> bool:
    """Whether every table may be printed upright, nearly as large as it is."""
    return all(_asked(table.columns) * UPRIGHT_FROM <= UPRIGHT for table in tables)


def widths(columns: Sequence[Column], paper: float) -> list[float]:
    """The width of each: what it asks for, and where the paper is wider, its share of that."""
    share = max(1.0, paper / _asked(columns))
    return [round(wide(column) * share, 1) for column in columns]


def scale(columns: Sequence[Column], paper: float) -> float:
    """How large a table is printed, 1.0 being its own size: it is never widened beyond the paper."""
    return min(1.0, paper / _asked(columns))


def _asked(columns: Sequence[Column]) -> float:
    return sum(wide(column) for column in columns)


def is_cut(lines: int) -> bool:
    """Whether so many lines are more than the highest row of Excel shows."""
    return LINE_HEIGHT * lines + ROW_SPACE > MAX_HEIGHT


def height(lines: int) -> float:
    """Of a row of so many lines, in points."""
    return min(LINE_HEIGHT * lines + ROW_SPACE, MAX_HEIGHT)


@lru_cache(maxsize=65536)
def lines(said: str, letters: float) -> int:
    """How many lines a text takes in a width of so many Latin letters, one of which is its edge."""
    room = max(2, int(letters) - 1)
    return sum(_folded(part, room) for part in said.split("\n"))


def _folded(said: str, room: int) -> int:
    """A Chinese letter at the edge goes to the next line whole."""
    return max(1, math.ceil(_room(said) / (room - room % 2 if _room(said) > len(said) else room)))


def _room(said: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in said)
