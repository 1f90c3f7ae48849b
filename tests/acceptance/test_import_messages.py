"""What an import tells: which rows did not go in, in which column, and what to do; and with what code it ends."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.house.house import opened
from services.house.settings import Settings
from services.importing.template import township_template
from services.kernel.calendar import SHANGHAI
from services.ledger.columns import COLUMNS
from services.registry.elders import views as elder_views
from services.registry.elders.commands import CorrectFacts, NoteDeath
from tests.acceptance.test_cli import Said, shouwang
from tests.acceptance.test_import import AT
from tests.acceptance.test_templates import EXAMPLE

ROW = EXAMPLE | {"village": "", "carer": ""}
NOBODY = {f"supporter1.{part}": "" for part in ("name", "relation", "phone", "whereabouts", "left", "back")}
YOUNG = {"citizen_number": "", "born": "1990-01-01"}
FIELDS = [column.field for column in COLUMNS]


def sheet(path: Path, *lines: dict[str, Any], headers: tuple[str, ...] = (), title: str = "甲村") -> Path:
    book = Workbook()
    page: Any = book.active
    page.title = title
    page.append([*(column.title for column in COLUMNS), *headers])
    for line in lines:
        page.append([line.get(field) or None for field in FIELDS])
    book.save(path)
    return path


def sent(path: Path) -> Said:
    township = path.with_name("township.toml")
    township.write_text(township_template(), encoding="utf-8")
    return shouwang("import", path, "--township", township, "--at", AT, data=path.with_name("data"))


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ({"citizen_number": "", "born": "2030-01-01"}, "甲村 第2行 出生日期 G2 [2030-01-01]", "日期在将来"),
        (
            {"supporter1.left": "2031-01-01"},
            "甲村 第2行 赡养人一外出日期 AG2 [2031-01-01]",
            "日期在将来",
        ),
        (
            {"supporter1.left": "1901-01-01"},
            "甲村 第2行 赡养人一外出日期 AG2 [1901-01-01]",
            "日期早于老人的出生日期",
        ),
        (YOUNG, "甲村 第2行 出生日期 G2 [1990-01-01]", "未满规定年龄"),
        (NOBODY, "甲村 第2行 赡养人一姓名 AC2", "没有赡养义务人"),
        ({"village": "丁村"}, "甲村 第2行 村委会 B2 [丁村]", "本乡的村委会名称:甲村、乙村"),
        ({"group": "九组"}, "甲村 第2行 村小组 C2 [九组]", "一组、二组"),
        ({"address": "长" * 400}, "甲村 第2行 家庭住址 J2", "最多 200 个字符"),
    ],
)
def test_a_row_that_did_not_go_in_is_named_with_its_column_and_what_to_do(
    tmp_path: Path, changes: dict[str, str], place: str, told: str
):
    said = sent(sheet(tmp_path / "x.xlsx", ROW | changes))
    assert said.code == 2
    assert "没有录入 not taken: 1" in said.text
    line = next(line for line in said.text.splitlines() if line.startswith(place))
    assert told in line


def test_two_columns_of_one_header_are_named_by_their_cells(tmp_path: Path):
    said = sent(sheet(tmp_path / "x.xlsx", ROW, headers=("老人姓名",)))
    assert said.code == 2
    assert "甲村 整张表 表头有两列都是“姓名”(D1、AW1)" in said.text
    assert "第0行" not in said.text


def test_many_rows_are_named_in_a_file_whose_path_is_said(tmp_path: Path):
    said = sent(sheet(tmp_path / "x.xlsx", *(ROW | {"name": ""} for _ in range(30))))
    assert said.code == 2
    assert "没有录入 not taken: 30" in said.text
    assert "还有 10 处,见下列文件" in said.text
    listed = tmp_path / "data" / "rejected.xlsx"
    assert str(listed) in said.text
    assert load_workbook(listed)["退回清单"].max_row == 31


@pytest.mark.parametrize(
    ("lines", "code", "again"),
    [
        ((ROW,), 0, 0),
        ((ROW, ROW | NOBODY | {"citizen_number": "530399194811120015", "sex": "男", "born": ""}), 1, 1),
        ((ROW | YOUNG,), 2, 2),
        ((), 2, 2),
    ],
)
def test_the_code_says_whether_all_went_in_some_did_not_or_none(
    tmp_path: Path, lines: tuple[dict[str, str], ...], code: int, again: int
):
    path = sheet(tmp_path / "x.xlsx", *lines)
    first = sent(path)
    assert first.code == code, first.text
    assert sent(path).code == again


def test_a_workbook_that_names_nobody_says_so_and_none_comes_back(tmp_path: Path):
    said = sent(sheet(tmp_path / "x.xlsx"))
    assert said.code == 2
    assert "表里没有登记任何人" in said.text
    assert not list((tmp_path / "data").glob("*结果*"))


def test_who_has_died_is_not_called_registered_and_nothing_more(tmp_path: Path):
    path = sheet(tmp_path / "x.xlsx", ROW)
    assert sent(path).code == 0
    at = datetime.fromisoformat(AT).replace(tzinfo=SHANGHAI)
    with opened(Settings(data=tmp_path / "data")) as house:
        (row,) = house.views("registry", elder_views.EVERY, "", 9)
        assert house.take(NoteDeath(elder=row["elder"], on=date(2024, 1, 1)), at).is_taken
        house.settle()
    said = sent(path)
    assert said.code == 1
    assert "登记册上已注销(去世,2024-01-01)" in said.text


def test_no_bar_is_drawn_where_nobody_watches(tmp_path: Path):
    assert "importing" not in sent(sheet(tmp_path / "x.xlsx", ROW)).text


RIGHT = ROW | {"citizen_number": "530399195103021221", "born": "1951-03-02"}


def corrected(folder: Path) -> tuple[Said, str, str]:
    """One who was imported, and again after number and birth date were mended in the file: who they were, and are."""
    assert sent(sheet(folder / "x.xlsx", ROW)).code == 0
    (before,) = registered(folder)
    said = sent(sheet(folder / "x.xlsx", RIGHT))
    (after,) = registered(folder) - {before}
    return said, before, after


def registered(folder: Path) -> set[str]:
    with opened(Settings(data=folder / "data")) as house:
        return {row["elder"] for row in house.views("registry", elder_views.EVERY, "", 9)}


def told_to_do(said: Said, begins: str) -> list[str]:
    """The words of a command that was printed, as they stand."""
    found = re.search(rf"shouwang ({begins}.*?--reason \S+)", said.text)
    assert found is not None, said.text
    return found[1].split()


def test_a_corrected_number_and_birth_date_are_not_quietly_a_second_person(tmp_path: Path):
    said, before, _ = corrected(tmp_path)
    assert said.code == 1
    line = next(line for line in said.text.splitlines() if "像是登记册上的" in line)
    assert before in line
    assert "不同的列:身份证号码、出生日期" in line or "不同的列:出生日期、身份证号码" in line
    assert sent(tmp_path / "x.xlsx").code == 1, "it is told until it is decided"


def test_what_is_told_to_do_where_they_are_one_person_ends_it(tmp_path: Path):
    said, before, after = corrected(tmp_path)
    done = shouwang(*told_to_do(said, f"record merge --kept {after}"), data=tmp_path / "data")
    assert done.code == 0, done.text
    assert sent(tmp_path / "x.xlsx").code == 0
    assert before not in sent(tmp_path / "x.xlsx").text


def test_what_is_told_to_do_where_they_are_two_people_ends_it(tmp_path: Path):
    said, _, _ = corrected(tmp_path)
    done = shouwang(*told_to_do(said, "record keep-apart"), data=tmp_path / "data")
    assert done.code == 0, done.text
    assert sent(tmp_path / "x.xlsx").code == 0


def test_who_was_corrected_on_the_register_is_found_by_the_right_number(tmp_path: Path):
    assert sent(sheet(tmp_path / "x.xlsx", ROW)).code == 0
    (elder,) = registered(tmp_path)
    at = datetime.fromisoformat(AT).replace(tzinfo=SHANGHAI)
    right: dict[str, Any] = {"citizen_number": RIGHT["citizen_number"], "born": date(1951, 3, 2)}
    with opened(Settings(data=tmp_path / "data")) as house:
        assert house.take(CorrectFacts(elder=elder, by="A-lead", reason="证件", **right), at).is_taken
        house.settle()
    said = sent(sheet(tmp_path / "x.xlsx", RIGHT))
    assert said.code == 0, said.text
    assert registered(tmp_path) == {elder}


def test_a_first_import_is_not_told_to_import_first(tmp_path: Path):
    said = sent(sheet(tmp_path / "x.xlsx", ROW))
    assert "空的 empty" in said.text
    assert "先导入" not in said.text
