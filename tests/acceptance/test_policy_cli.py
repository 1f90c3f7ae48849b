"""`shouwang policy`: what a person reads who checks, compares and publishes a version."""

import json
from pathlib import Path

import pytest

from services.chassis.policy.published import Published
from services.house.settings import DEFAULT_POLICY
from tests.acceptance.revised import RED_THRICE, RED_TWICE, revised
from tests.acceptance.test_cli import shouwang


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "township"


def test_the_townships_own_file_is_in_order(data: Path):
    said = shouwang("policy", "check", DEFAULT_POLICY, data=data)
    assert (said.code, said.text.strip()) == (0, "gaoliang-2024.toml: 可用 in order")


def test_every_fault_is_told_with_its_line_in_both_languages(tmp_path: Path, data: Path):
    wrong = [("age = 60", 'age = "sixty"'), ("agreement_days = 30", "agreement_dais = 30")]
    file = revised(
        tmp_path,
        "wrong",
        "2025-01-01",
        *wrong,
        ("[registry]", "[regstry]"),
        ("[registry.duplicates]", "[regstry.duplicates]"),
        ("[risk]", "[risk ]"),
    )
    lines = file.read_text(encoding="utf-8").splitlines()
    said = shouwang("policy", "check", file, data=data)
    assert said.code == 1
    told = said.text.splitlines()

    def at(text: str) -> str:
        number = next(number for number, line in enumerate(lines, 1) if text in line)
        return f"wrong.toml: 第{number}行 / line {number}: "

    assert told == [
        (
            "wrong.toml: 缺少 [registry]：请照 policies/gaoliang-2024.toml 补上"
            " / the section [registry] is missing: add it as policies/gaoliang-2024.toml has it"
        ),
        at("[regstry]") + "regstry: 没有这一项 / is no setting: remove it, or check its spelling",
        at("[visits]") + "visits.agreement_days: 缺少 / is missing: add it",
        at("agreement_dais")
        + "visits.agreement_dais: 没有这一项 / is no setting: remove it, or check its spelling",
    ]


def test_two_files_are_compared_row_by_row_with_the_clause(tmp_path: Path, data: Path):
    new = revised(
        tmp_path, "new", "2025-01-01", (RED_TWICE, RED_THRICE), ('["alone", "couple"]', '["alone"]')
    )
    said = shouwang("policy", "diff", DEFAULT_POLICY, new, "--json", data=data)
    rows = {one["row"]: (one["old"], one["new"], one["clause"]) for one in json.loads(said.text)}
    assert rows.pop("version")[:2] == ("gaoliang-2024", "new")
    assert rows.pop("effective_on")[:2] == ("2024-01-26", "2025-01-01")
    assert rows == {
        "visits.follow_up.red.times": (2, 3, "二(四); 每个月至少随访2次"),
        "visits.looked_in_living": (["alone", "couple"], ["alone"], "section 4: duties; 三(三)5 独居、空巢"),
    }
    shown = shouwang("policy", "diff", DEFAULT_POLICY, new, data=data, COLUMNS="80").text.splitlines()
    assert shown[0] == "gaoliang-2024.toml → new.toml: 4 处 changes"
    assert shown[-6:] == [
        "visits.looked_in_living",
        "  去掉 taken off: couple",
        "  条款 clause: section 4: duties; 三(三)5 独居、空巢",
        "visits.follow_up.red.times",
        "  由 2 改为 3 / from 2 to 3",
        "  条款 clause: 二(四); 每个月至少随访2次",
    ]
    assert "no difference" in shouwang("policy", "diff", DEFAULT_POLICY, DEFAULT_POLICY, data=data).text


def test_a_version_is_published_once_and_listed_with_who_and_when(tmp_path: Path, data: Path):
    new = revised(tmp_path, "new", "2025-01-01", (RED_TWICE, RED_THRICE))
    words = ("policy", "publish", new, "--effective-on", "2099-03-01", "--by", "office")
    first, again = shouwang(*words, data=data), shouwang(*words, data=data)
    assert (first.code, again.code) == (0, 2)
    assert "give this one a name of its own" in again.text
    [one] = Published(data).all()
    assert (one.version, one.effective_on, one.by) == ("new", "2099-03-01", "office")
    assert one.sha256 in first.text
    assert "effective_on = 2099-03-01" in (data / "policies" / f"{one.sha256}.toml").read_text(
        encoding="utf-8"
    )
    listed = shouwang("policy", "list", data=data).text
    assert all(
        part in listed for part in ("gaoliang-2024", "2024-01-26 ← 现行", "2099-03-01", "office", one.sha256)
    )


@pytest.mark.parametrize(
    ("day", "told"), [("2020-01-01", "has begun"), ("2024-01-26", "has begun"), ("2099-03-01", "later day")]
)
def test_a_day_that_has_begun_or_before_the_newest_version_is_refused(
    tmp_path: Path, data: Path, day: str, told: str
):
    newest = revised(tmp_path, "newest", "2025-01-01")
    assert shouwang("policy", "publish", newest, "--effective-on", "2099-03-01", data=data).code == 0
    new = revised(tmp_path, "new", "2025-01-01")
    said = shouwang("policy", "publish", new, "--effective-on", day, data=data)
    assert said.code == 2
    assert told in said.text


def test_a_wrong_file_is_not_published(tmp_path: Path, data: Path):
    wrong = revised(tmp_path, "wrong", "2025-01-01", ("age = 60", 'age = "sixty"'))
    said = shouwang("policy", "publish", wrong, "--effective-on", "2099-03-01", data=data)
    assert (said.code, "registry.age" in said.text) == (2, True)
    assert Published(data).all() == []


def test_a_published_file_that_was_changed_by_hand_stops_the_township(tmp_path: Path, data: Path):
    new = revised(tmp_path, "new", "2025-01-01")
    shouwang("policy", "publish", new, "--effective-on", "2099-03-01", data=data)
    [kept] = (data / "policies").glob("*.toml")
    kept.write_text(kept.read_text(encoding="utf-8").replace("age = 60", "age = 50"), encoding="utf-8")
    said = shouwang("summary", data=data)
    assert (said.code, "is not what was published" in said.text) == (2, True)
