"""Whose villages an import opens: never the sample's by itself, never another township's beside one's own."""

from datetime import datetime
from pathlib import Path

import pytest

from services.house.house import opened
from services.house.settings import Settings
from services.importing.register_township import named_in
from services.importing.template import township_template
from services.kernel.calendar import SHANGHAI
from services.registry.elders.commands import OpenVillage
from services.registry.villages import views as village_views
from tests.acceptance.test_cli import Said, shouwang
from tests.acceptance.test_import import AT, TOWNSHIP, log_sizes, totals
from tests.acceptance.test_templates import EXAMPLE, empty_ledger, fill

OURS = township_template()
MADE_UP = OURS.replace('"某某乡"', '"某某乡"\ndemonstration = true')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A township's own files: nobody has imported them yet."""
    (tmp_path / "township.toml").write_text(OURS, encoding="utf-8")
    fill(empty_ledger(tmp_path / "township.toml"), EXAMPLE | {"village": ""})
    return tmp_path


def brought_in(folder: Path, text: str | None = OURS, *, data: str = "data") -> Said:
    """The ledger, with a township file of this text, or without one."""
    words: tuple[object, ...] = ()
    if text is not None:
        (folder / "given.toml").write_text(text, encoding="utf-8")
        words = ("--township", folder / "given.toml")
    return shouwang("import", folder / "空白.xlsx", *words, "--at", AT, data=folder / data)


def villages(folder: Path) -> list[str]:
    with opened(Settings(data=folder / "data")) as house:
        return [row["name"] for row in house.views("registry", village_views.EVERY)]


def test_an_empty_register_asks_for_the_township_file_and_says_how_to_make_one(folder: Path):
    said = brought_in(folder, None)
    assert said.code == 2
    for told in ("登记册还是空的", "--township", "shouwang township template --out"):
        assert told in said.text
    assert villages(folder) == []


def test_what_is_opened_is_told_and_later_the_register_is_enough(folder: Path):
    first = brought_in(folder)
    assert first.code == 0, first.text
    assert "乡镇 township: 某某乡" in first.text
    assert "新设 2 个村 opens villages: 甲村、乙村" in first.text
    sizes = log_sizes(folder / "data")
    again = brought_in(folder, None)
    assert (again.code, totals(again)["already"]) == (0, 1), again.text
    assert "新设" not in again.text
    assert log_sizes(folder / "data") == sizes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OURS.replace('name = "乙村"', 'name = "丙村"'), "530323999202 登记册上是乙村,文件里是丙村"),
        (OURS.replace("530323999202", "530323999203"), "乙村登记册上的代码是 530323999202"),
        (OURS.replace("5303239992", "5303239993").replace("甲", "丙").replace("乙", "丁"), "另一个乡镇的村"),
        (MADE_UP, "登记册是真实的"),
        (TOWNSHIP.read_text(encoding="utf-8"), "登记册是真实的"),
    ],
)
def test_another_township_is_refused_before_anything_is_written(folder: Path, text: str, told: str):
    brought_in(folder)
    sizes = log_sizes(folder / "data")
    said = brought_in(folder, text)
    assert said.code == 2, said.text
    assert told in said.text
    assert "什么都没有写入" in said.text
    assert log_sizes(folder / "data") == sizes


def test_nothing_real_goes_into_a_demonstration(folder: Path):
    brought_in(folder, MADE_UP)
    said = brought_in(folder)
    assert said.code == 2
    assert "登记册是示范用的" in said.text


def test_a_village_that_is_new_is_opened_and_one_that_the_file_lacks_stays(folder: Path):
    brought_in(folder)
    begins, ends = OURS.index('[[village]]\nname = "乙村"'), len(OURS)
    third = OURS[begins:ends].replace("乙村", "丙村").replace("999202", "999203").replace('"B-', '"C-')
    said = brought_in(folder, OURS[:begins] + third)
    assert said.code == 0, said.text
    assert "新设 1 个村 opens villages: 丙村" in said.text
    assert "文件里没有、登记册上照旧 not in the file, left as they are: 乙村" in said.text
    assert villages(folder) == ["甲村", "乙村", "丙村"]


def test_a_post_or_a_group_that_the_register_has_otherwise_stays_and_is_told(folder: Path):
    brought_in(folder)
    changed = OURS.replace('"A-grid-1", role = "grid_worker"', '"A-grid-1", role = "group_cadre"')
    said = brought_in(folder, changed.replace('["一组", "二组"]', '["一组", "新组"]'))
    assert said.code == 0, said.text
    assert "编号 A-grid-1 登记册上是甲村网格员,没有改动" in said.text
    assert "甲村的村小组以登记册为准" in said.text


def test_a_township_that_is_called_otherwise_by_now_is_renamed(folder: Path):
    brought_in(folder)
    assert brought_in(folder, OURS.replace("某某乡", "某某镇")).code == 0
    with opened(Settings(data=folder / "data")) as house:
        named = named_in(house)
    assert named is not None
    assert (named.name, named.is_demonstration) == ("某某镇", False)


def test_reports_are_headed_by_ones_own_township(folder: Path):
    brought_in(folder)
    said = shouwang("report", "village-ledger", "--as-of", "2024-01-01", data=folder / "data")
    assert "某某乡农村留守老年人信息台账" in said.text
    assert "高良" not in said.text


@pytest.mark.parametrize("is_imported", [True, False])
def test_days_are_made_up_on_a_demonstration_alone(folder: Path, *, is_imported: bool):
    if is_imported:
        brought_in(folder)
    said = shouwang("run", "--days", "1", data=folder / "data")
    assert said.code == 2
    assert "samples/gaoliang.toml" in said.text
    assert "SHOUWANG_DATA=" in said.text


@pytest.mark.parametrize(("villages", "is_taken"), [(1, True), (2, True), (3, False)])
def test_a_demonstration_of_before_it_was_recorded_as_one_goes_on_unless_it_has_other_villages(
    folder: Path, villages: int, *, is_taken: bool
):
    names = [("530323999201", "甲村"), ("530323999202", "乙村"), ("530323999203", "丙村")][:villages]
    at = datetime.fromisoformat(AT).replace(tzinfo=SHANGHAI)
    with opened(Settings(data=folder / "data")) as house:
        for code, name in names:
            assert house.take(OpenVillage(village=code, name=name, groups=["一组", "二组"]), at).is_taken
        house.settle()
    said = brought_in(folder, MADE_UP)
    assert said.code == (0 if is_taken else 2), said.text
    with opened(Settings(data=folder / "data")) as house:
        named = named_in(house)
    assert (named is not None and named.is_demonstration) == is_taken
