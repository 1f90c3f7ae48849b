"""Whatever stands in a cell of the ledger, its row ends as one of the outcomes, and the next row is read."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from stdnum.cn import ric

from services.kernel.calendar import ONE_DAY
from services.ledger.columns import COLUMNS
from tests.acceptance.test_import import TOWNSHIP, imported, totals
from tests.fuzz.hostile import VALUES, drawn
from tests.unit.ledger.conftest import LI, WANG, Form

LONGEST_CELL = 32_767
MORE = ("_x0000_", "_xD800_", "_x001B_[2J", "_xFFFF_", 1e300, -1e300, 1e15 + 0.5)


def cells() -> list[tuple[str, Any]]:
    """Every column × every value that a cell can hold."""
    values = [one for one in (*VALUES, *MORE) if _fits(one)]
    return [(column.title, value) for column in COLUMNS for value in values]


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        is_text = value.isprintable() or all(one.isprintable() or one in "\n\t" for one in value)
        return is_text and len(value) <= LONGEST_CELL and not ILLEGAL_CHARACTERS_RE.search(value)
    return isinstance(value, bool | int | float) and abs(value) < 1e308 and value == value  # noqa: PLR0124


def someone(place: int) -> dict[str, Any]:
    """Somebody else in every row."""
    born = date(1931, 1, 1) + place * ONE_DAY
    digits = f"530399{born:%Y%m%d}122"
    return WANG | {"身份证号码": digits + ric.calc_check_digit(digits + "0"), "出生日期": born.isoformat()}


def test_every_column_with_every_kind_of_value(tmp_path: Path):
    wanted = drawn(cells(), 400)
    form = Form(tmp_path / "hostile.xlsx")
    page = form.sheet(
        "高良村", *(someone(place) | {title: value} for place, (title, value) in enumerate(wanted)), LI
    )
    assert page.max_row == len(wanted) + 2
    done = imported(tmp_path / "data", form.save(), TOWNSHIP)
    assert done.code in {0, 1}, done.text[-2000:]
    total = totals(done)
    print(f"import: {len(wanted)} of {len(cells())} cells, {total}")  # noqa: T201
    assert total["rows"] == sum(number for name, number in total.items() if name != "rows")
    assert total["enrolled"] > len(wanted) / 4
