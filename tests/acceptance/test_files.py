"""Files as people really send them: nothing that a file holds is left out, or taken in, without a word."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.house.house import opened
from services.house.settings import Settings
from tests.acceptance.clerk import FIRST_ROW, column_of, right_line, write
from tests.acceptance.test_import import imported, outcomes, problems_of, totals

CASES = Path(__file__).parent / "cases"


def notes_of(data: Path) -> list[tuple[str, ...]]:
    """What else was told, without the header."""
    book = load_workbook(data / "rejected.xlsx")
    page = book["说明"] if "说明" in book.sheetnames else book.create_sheet()
    return [tuple(str(cell or "") for cell in row) for row in page.iter_rows(min_row=2, values_only=True)]


def register(data: Path) -> list[dict[str, Any]]:
    with opened(Settings(data=data)) as house:
        return [dict(row) for row in house.views("registry", "SELECT * FROM elders ORDER BY elder")]


def test_a_strict_workbook_is_read_like_any_other(tmp_path: Path):
    assert outcomes(tmp_path / "data", CASES / "strict-workbook.xlsx") == {"enrolled": 2}


def test_a_hidden_sheet_of_the_form_is_named_and_is_no_success(tmp_path: Path):
    said = imported(tmp_path / "data", CASES / "hidden-sheet.xlsx")
    assert (said.code, totals(said)["enrolled"]) == (1, 1)
    (note,) = notes_of(tmp_path / "data")
    assert note[:2] == ("落水洞村", "整张表")
    assert "隐藏的,里面有 1 行登记" in note[5]
    assert "没有读" in note[6]
    assert "落水洞村" in said.text


def test_what_of_a_row_was_not_taken_is_named_with_its_place_and_what_to_do(tmp_path: Path):
    said = imported(tmp_path / "data", CASES / "dropped-in-silence.xlsx")
    assert (said.code, totals(said)["in_part"], totals(said)["rejected"]) == (1, 3, 1)
    lines = problems_of(tmp_path / "data")
    assert [line[:5] for line in lines] == [
        ("高良村", "3", "备注", "AJ3", "2023年12月病故"),
        ("高良村", "4", "村小组", "C4", "没有这个组"),
        ("高良村", "5", "结对帮扶人", "AI5", "查无此人"),
        ("高良村", "6", "备注", "AJ6", "已迁出"),
    ]
    assert all(line[5] and line[6] for line in lines)
    assert "上寨组、下寨组" in lines[1][6]
    assert [row["carer"] for row in register(tmp_path / "data")].count(None) == 1


def test_a_row_that_a_rule_refuses_stands_in_the_list_of_what_is_to_be_mended(tmp_path: Path):
    book = load_workbook(CASES / "dropped-in-silence.xlsx")
    page = book.worksheets[0]
    page.delete_rows(4, 3)
    for column in ("AC", "AD", "AG", "AH", "AJ"):
        page[f"{column}3"].value = None
    book.save(tmp_path / "ledger.xlsx")
    assert outcomes(tmp_path / "data", tmp_path / "ledger.xlsx") == {"refused": 1}
    (line,) = problems_of(tmp_path / "data")
    assert (line[:2], "特困" in line[6]) == (("高良村", "3"), True)


@pytest.mark.parametrize(
    ("column", "value"),
    [("经济来源", "长" * 201), ("赡养人一外出日期", date(9999, 12, 31)), ("赡养人一去向", "长" * 201)],
)
def test_a_cell_beyond_a_limit_of_the_register_is_named(tmp_path: Path, column: str, value: object):
    ledger = write(tmp_path / "ledger.xlsx", [right_line(1) | {column: value}])
    assert imported(tmp_path / "data", ledger).code == 2
    (problem,) = problems_of(tmp_path / "data")
    assert problem[2:4] == (column, f"{column_of(column)}{FIRST_ROW}")


def test_namesakes_are_both_enrolled_and_suspected_of_each_other(tmp_path: Path):
    data, path = tmp_path / "data", CASES / "namesakes.xlsx"
    assert outcomes(data, path) == {"enrolled": 2}
    first, second = register(data)
    assert (first["name"], first["village_group"] == second["village_group"]) == (second["name"], False)
    with opened(Settings(data=data)) as house:
        pairs = house.views("registry", "SELECT elder, other, status FROM duplicates")
    assert [tuple(pair) for pair in pairs] == [(first["elder"], second["elder"], "open")]
    assert {note[1]: "疑似重复" in note[5] for note in notes_of(data)} == {"3": True, "4": True}


def test_namesakes_sent_again_in_another_order_are_who_they_were(tmp_path: Path):
    data = tmp_path / "data"
    assert outcomes(data, CASES / "namesakes.xlsx") == {"enrolled": 2}
    before, book = register(data), load_workbook(CASES / "namesakes.xlsx")
    page = book.worksheets[0]
    page.move_range("A3:AJ3", rows=2)
    page.delete_rows(3)
    book.save(tmp_path / "ledger.xlsx")
    assert outcomes(data, tmp_path / "ledger.xlsx") == {"already": 2}
    assert register(data) == before


@pytest.mark.parametrize("case", ["strict-workbook", "dropped-in-silence", "namesakes", "hidden-sheet"])
def test_the_same_file_again_changes_nothing(tmp_path: Path, case: str):
    data = tmp_path / "data"
    imported(data, CASES / f"{case}.xlsx")
    before = register(data)
    again = imported(data, CASES / f"{case}.xlsx")
    assert (totals(again)["enrolled"], totals(again)["in_part"]) == (0, 0)
    assert register(data) == before


def test_a_carer_named_rightly_in_a_file_that_is_sent_again_is_paired(tmp_path: Path):
    data = tmp_path / "data"
    imported(data, CASES / "dropped-in-silence.xlsx")
    book = load_workbook(CASES / "dropped-in-silence.xlsx")
    book.worksheets[0]["AI5"].value = "V01-grid-2"
    book.save(tmp_path / "mended.xlsx")
    imported(data, tmp_path / "mended.xlsx")
    assert sorted(str(row["carer"]) for row in register(data)) == ["V01-grid-1", "V01-grid-1", "V01-grid-2"]
