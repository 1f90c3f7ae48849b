"""The workbook that comes back: what was sent, with 结果 in it, mended in place and sent again."""

import csv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.house.house import opened
from services.house.settings import Settings
from tests.acceptance import clerk
from tests.acceptance.test_cli import Said, shouwang
from tests.acceptance.test_files import CASES, register
from tests.acceptance.test_import import AT, TOWNSHIP, imported, keyed, log_sizes, outcomes, totals


def sent(data: Path, ledger: Path, out: Path) -> Said:
    return shouwang("import", ledger, "--township", TOWNSHIP, "--at", AT, "--out", out, data=data)


def results_in(path: Path, header_row: int = 2) -> dict[int, str]:
    """What stands in 结果, by row."""
    page = load_workbook(path).worksheets[0]
    (column,) = [cell.column for cell in page[header_row] if cell.value == "结果"]
    rows = range(header_row + 1, page.max_row + 1)
    return {row: str(page.cell(row, column).value) for row in rows if page.cell(row, column).value}


def agreements(data: Path) -> list[Any]:
    with opened(Settings(data=data)) as house:
        return [
            tuple(row) for row in house.views("visits", "SELECT elder, signed_on FROM agreements ORDER BY 1")
        ]


def test_one_mistake_of_each_kind_mended_in_place_and_sent_again_ends_as_the_register_that_was_meant(
    tmp_path: Path,
):
    meant, data = keyed(tmp_path / "meant"), keyed(tmp_path / "data")
    assert outcomes(meant, clerk.write(tmp_path / "meant.xlsx", clerk.lines(meant=True))) == {
        "enrolled": len(clerk.MISTAKES) + 1
    }
    first = clerk.write(tmp_path / "登记表.xlsx", clerk.lines(meant=False), with_what_is_no_row=True)
    said = sent(data, first, tmp_path / "back.xlsx")
    assert said.code == 1, said.text
    expected = [one.outcome for one in clerk.MISTAKES] + ["refused"]
    assert {name: number for name, number in totals(said).items() if number and name != "rows"} == {
        name: expected.count(name) for name in dict.fromkeys(expected)
    }
    results = results_in(tmp_path / "back.xlsx")
    assert list(results) == list(range(clerk.FIRST_ROW, clerk.FIRST_ROW + len(expected)))
    for turn, one in enumerate(clerk.MISTAKES):
        place = f"{one.column}({clerk.column_of(one.column)}{clerk.FIRST_ROW + turn})"
        assert one.outcome == "enrolled" or place in results[clerk.FIRST_ROW + turn]
    again = sent(data, clerk.mend(tmp_path / "back.xlsx", tmp_path / "mended.xlsx"), tmp_path / "back2.xlsx")
    assert again.code == 0, again.text
    assert register(data) == register(meant)
    assert agreements(data) == agreements(meant)
    sizes = log_sizes(data)
    third = sent(data, tmp_path / "back2.xlsx", tmp_path / "back3.xlsx")
    assert (third.code, totals(third)["already"]) == (0, len(expected)), third.text
    assert log_sizes(data) == sizes


def test_what_is_no_row_is_named_and_left_out(tmp_path: Path):
    path = clerk.write(tmp_path / "ledger.xlsx", [clerk.right_line(1)], with_what_is_no_row=True)
    said = imported(tmp_path / "data", path)
    assert (said.code, totals(said)["rows"]) == (0, 1)
    for told in ("重复的表头", "合计或小计行", "只有序号、村组,没有人", "落款行", "这些行是隐藏的"):
        assert told in said.text


def test_an_xlsx_comes_back_as_it_was_sent_but_for_the_column(tmp_path: Path):
    path = clerk.write(tmp_path / "ledger.xlsx", clerk.lines(meant=False))
    sent(tmp_path / "data", path, tmp_path / "back.xlsx")
    before, after = load_workbook(path).worksheets[0], load_workbook(tmp_path / "back.xlsx").worksheets[0]
    for row in before.iter_rows():
        for cell in row:
            other = after[cell.coordinate]
            looks = [repr((one.number_format, one.font, one.fill, one.border)) for one in (cell, other)]
            assert (other.value, looks[1]) == (cell.value, looks[0])
    assert before.merged_cells.ranges == after.merged_cells.ranges
    assert after.freeze_panes == "E3"
    with zipfile.ZipFile(path) as sent_file, zipfile.ZipFile(tmp_path / "back.xlsx") as back:
        assert sent_file.namelist() == back.namelist()


def test_a_strict_workbook_comes_back_strict_and_can_be_sent_again(tmp_path: Path):
    data, back = tmp_path / "data", tmp_path / "back.xlsx"
    assert sent(data, CASES / "strict-workbook.xlsx", back).code == 0
    with zipfile.ZipFile(back) as packed:
        assert b'conformance="strict"' in packed.read("xl/workbook.xml")
        assert "结果" in packed.read("xl/worksheets/sheet1.xml").decode()
    assert outcomes(data, back) == {"already": 2}


@pytest.mark.parametrize("name", ["gb18030.csv", "utf8.csv", "utf8-bom.csv"])
def test_text_comes_back_as_a_workbook_that_can_be_sent_again(tmp_path: Path, name: str):
    path, data, back = tmp_path / name, tmp_path / "data", tmp_path / "back.xlsx"
    letters = {"gb18030.csv": "gb18030", "utf8.csv": "utf-8", "utf8-bom.csv": "utf-8-sig"}[name]
    rows = [
        clerk.right_line(1),
        clerk.right_line(2) | {"家庭住址": "-1号"},
        clerk.right_line(3) | {"性别": "男"},
    ]
    with path.open("w", encoding=letters, newline="") as file:
        csv.writer(file).writerows(
            [clerk.TITLES, *([row.get(title) for title in clerk.TITLES] for row in rows)]
        )
    said = sent(data, path, back)
    assert (said.code, totals(said)["enrolled"], totals(said)["rejected"]) == (1, 2, 1)
    page = load_workbook(back).worksheets[0]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert page["J3"].value == "-1号"
    assert page["J3"].quotePrefix
    page["E4"].value = "女"
    page.parent.save(back)
    assert outcomes(data, back) == {"enrolled": 1, "already": 2}
