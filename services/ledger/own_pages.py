"""The platform's own pages: reports, told by the second line, which all have; and what explains an empty workbook."""

from __future__ import annotations

import re

from services.ledger.grids import FORMULA, Grid, Marked

GUIDE = "填表说明"
"""The sheet of an empty workbook that explains the columns."""
FORM = "登记表"
"""The sheet of a report that is the registration form itself."""
SOURCES = "每个数字所依据的事件"
"""What the second line of 出处 begins with."""
_SECOND_LINE = re.compile(r"截至 \d{4}-\d\d-\d\d（按 \d{4}-\d\d-\d\d 所知）\s条款 ")


def is_own_page(grid: Grid) -> bool:
    """Whether a report of the platform has this page."""
    said = grid.rows.get(2, {}).get(1)
    return isinstance(said, str) and (said.startswith(SOURCES) or _SECOND_LINE.search(said) is not None)


def read_as_text(grid: Grid) -> None:
    """What the platform wrote as text, and begins like a formula, is text; a formula put in since stays one."""
    for cells in grid.rows.values():
        for column, value in cells.items():
            if isinstance(value, Marked) and value.is_formula and value is not FORMULA:
                cells[column] = value.shown
