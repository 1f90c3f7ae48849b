"""The empty workbook and the township file to begin with: what is filled in goes in; no file is written over."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.importing.template import township_template
from services.importing.township import read_township
from services.kernel.terms import Role
from services.ledger.checks import ALWAYS_FILLED
from services.ledger.columns import BY_FIELD, FILE
from services.ledger.facts import Accepted, Rejected
from services.ledger.guide import column_guides
from services.ledger.reader import Ledger
from services.ledger.template import HEADER_ROW, UNNAMED
from tests.acceptance.test_cli import lived, shouwang
from tests.acceptance.test_import import imported, totals

__all__ = ["lived"]
EXAMPLE = {guide.field: guide.example for guide in column_guides()}


@pytest.fixture
def township(tmp_path: Path) -> Path:
    said = shouwang("township", "template", "--out", tmp_path / "乡镇.toml", data=tmp_path / "data")
    assert said.code == 0, said.text
    return tmp_path / "乡镇.toml"


def empty_ledger(township: Path) -> Path:
    out = township.with_name("空白.xlsx")
    said = shouwang(
        "ledger", "template", "--township", township, "--out", out, data=township.with_name("data")
    )
    assert said.code == 0, said.text
    return out


def fill(path: Path, *lines: dict[str, Any], sheet: str = "甲村") -> Path:
    """Lines by field, beneath the header of one sheet."""
    book = load_workbook(path)
    page = book[sheet]
    fields = [guide.field for guide in column_guides() if guide.field != FILE.field]
    for number, line in enumerate(lines, HEADER_ROW + 1):
        for column, field in enumerate(fields, 1):
            page.cell(number, column).value = line.get(field) or None
    book.save(path)
    return path


def test_the_township_file_to_begin_with_can_be_read_and_names_every_role(township: Path):
    assert [village.name for village in read_township(township).villages] == ["甲村", "乙村"]
    assert shouwang("township", "template", data=township.parent).text == township_template()
    assert all(f'"{role.value}"' in township_template() for role in Role)
    edited = township_template().replace("甲村", "平川村").replace("某某乡", "平川乡")
    assert tomllib.loads(edited)["township"] == "平川乡"


def test_the_example_of_the_empty_workbook_goes_in_whole(township: Path):
    village = {"village": "", "carer": "赵敏"}
    said = imported(township.with_name("data"), fill(empty_ledger(township), EXAMPLE | village), township)
    assert (said.code, totals(said)["enrolled"]) == (0, 1), said.text
    assert "填表说明" not in said.text


def test_every_column_is_explained_and_the_examples_are_right(township: Path):
    assert [guide.field for guide in column_guides()] == list(BY_FIELD)
    path = fill(empty_ledger(township), EXAMPLE | {"village": "甲村"})
    (row,) = Ledger(path).rows({"甲村": "530323999201"}, {"甲村": ["一组", "二组"]})
    assert isinstance(row, Accepted), row


@pytest.mark.parametrize("field", ALWAYS_FILLED)
def test_what_is_said_to_be_required_is_required(township: Path, field: str):
    guide = next(guide for guide in column_guides() if guide.field == field)
    assert guide.is_filled_always
    path = fill(empty_ledger(township), EXAMPLE | {"village": "", field: ""})
    (row,) = Ledger(path).rows({"甲村": "530323999201"})
    assert isinstance(row, Rejected)
    assert [flaw.column for flaw in row.problems] == [guide.title]


def test_what_a_column_offers_is_taken(township: Path):
    for guide in column_guides():
        for choice in guide.choices:
            path = fill(empty_ledger(township), EXAMPLE | {"village": "", guide.field: choice})
            (row,) = Ledger(path).rows({"甲村": "530323999201"})
            problems = () if isinstance(row, Accepted) else row.problems
            assert guide.title not in {flaw.column for flaw in problems if flaw.column != "性别"}, row
            path.unlink()


def test_where_no_village_is_known_one_sheet_is_to_be_named(tmp_path: Path):
    out = tmp_path / "x.xlsx"
    said = shouwang("ledger", "template", "--out", out, data=tmp_path / "data")
    assert said.code == 0
    assert "请把工作表改成村名" in said.text
    assert load_workbook(out).sheetnames == ["填表说明", UNNAMED]
    assert not (tmp_path / "data").exists()


def test_the_villages_of_the_register_are_used_where_no_file_is_given(lived: Path, tmp_path: Path):
    out = tmp_path / "x.xlsx"
    assert shouwang("ledger", "template", "--out", out, data=lived).code == 0
    assert UNNAMED not in load_workbook(out).sheetnames


@pytest.mark.parametrize("group", ["ledger", "township"])
def test_no_file_is_written_over(group: str, tmp_path: Path):
    (tmp_path / "x").write_text("mine")
    said = shouwang(group, "template", "--out", tmp_path / "x", data=tmp_path / "data")
    assert said.code == 2
    assert "已有此文件" in said.text
    assert (tmp_path / "x").read_text() == "mine"
