"""`shouwang record`: a clerk's day without HTTP, every command from its declaration, and nothing twice."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.chassis.commands.command import Command
from services.chassis.commands.declared import fields_of
from services.cli import record
from services.cli.record import GROUPS, RecordGroup, fields_of_command, name_of_command
from services.house.house import blueprints
from services.house.settings import Settings
from services.kernel.labels import chinese
from tests.acceptance.test_cli import Said, shouwang
from tests.unit.http.village import peopled

KINDS = [kind for kinds in GROUPS.values() for kind in kinds]
EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
IN_PATHS = {"begins": "2024-03-01", "difference": "1", "evidence": "disability"}
IN_A_YEAR = ("--begins", "2999-01-01", "--ends", "2999-01-03")
NAMES = re.compile(r"--key (\w+)")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    peopled(tmp_path, 5)
    recorded(tmp_path, "appoint", "--staff", "cadre", "--role", "村组干部")
    return tmp_path


def recorded(data: Path, *words: str) -> Said:
    said = shouwang("record", *words, data=data)
    assert said.code == 0, said.text
    return said


def refused(data: Path, *words: str) -> str:
    said = shouwang("record", *words, data=data)
    assert (said.code, "不予受理 refused: " in said.text) == (1, True), said.text
    return said.text


def test_every_command_that_a_service_declares_can_be_recorded():
    declared = [kind for plan in blueprints(Settings()) for kind in plan.face.commands]
    assert sorted(kind.NAME for kind in KINDS) == sorted(kind.NAME for kind in declared)


def example_of(kind: type[Command]) -> dict[str, Any]:
    in_path = {name: IN_PATHS.get(name, "X1") for name in fields_of(kind.DECLARED.path)}
    return in_path | dict(kind.DECLARED.example)


def as_options(kind: type[Command], example: dict[str, Any]) -> list[str]:
    words = list[str]()
    for field in fields_of_command(kind):
        given = example.get(field.name)
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, bool):
                words += [field.option, "是" if one else "否"]
            elif isinstance(one, dict):
                words += [field.option, json.dumps(one)]
            elif one in field.choices:
                words += [field.option, chinese(str(one))]
            elif one is not None:
                words += [field.option, str(one)]
    return words


@EVERY
def test_its_example_can_be_given_by_options_with_choices_in_chinese(
    kind: type[Command], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    commands = list[Command]()

    def take(self: Any, _: object) -> None:
        commands.append(self._command({}, "k"))

    monkeypatch.setattr(record.Recording, "run", take)
    example = example_of(kind)
    assert shouwang("record", name_of_command(kind), *as_options(kind, example), data=tmp_path).code == 0
    assert commands == [kind.model_validate_json(json.dumps(example))]


@EVERY
def test_its_choices_in_chinese_are_words_of_their_own(kind: type[Command]):
    for field in fields_of_command(kind):
        said = [chinese(word) for word in field.choices]
        assert len(set(said)) == len(said), field.name
        assert not set(said) & set(field.choices), field.name


def test_it_is_built_only_when_it_is_asked_for():
    group = RecordGroup(name="record")
    assert len(group.commands) == len(KINDS)
    assert list(group.parts())
    assert not vars(group.commands)["_built"]


def test_a_clerks_day(data: Path):
    text = recorded(
        data,
        *("visit", "--elder", "E000", "--by", "grid", "--mode", "入户", "--check-up", "否"),
        *("--confirms-facts", "yes", "--done", "谈心", "--done", "tidied", "--evidence", "残疾"),
    ).text
    assert re.search(r"已登记 recorded: 走访登记 V-\w+", text)
    assert re.search(r"^ +走访", text, re.MULTILINE), text
    assert re.search(r"由此 and so:\n.*定级", text, re.DOTALL), text
    recorded(
        data,
        *("enrol", "--elder", "E100", "--born", "1950-04-12", "--sex", "女", "--village", "530323990299"),
        *("--group", "一组", "--living", "独居", "--declined-institution", "否", "--carer", "grid"),
        *("--supporters", '{"id": "S1", "left_county_on": "2023-02-01"}'),
        *("--supporters", '[{"id": "S2", "left_county_on": null}]'),
    )
    recorded(data, "correct-facts", "--elder", "E001", "--by", "lead", "--reason", "户口簿", "--sex", "男")
    recorded(data, "absent", "--elder", "E002", "--begins", "2024-03-01", "--ends", "2024-03-09")
    recorded(data, "incident", "--elder", "E003", "--kind", "跌倒")
    recorded(
        data,
        *("need", "--elder", "E003", "--kind", "助餐", "--text", "中午无人做饭", "--by", "grid"),
    )
    leak = ("problem", "--elder", "E003", "--kind", "住房", "--text", "屋顶漏雨", "--by", "grid")
    recorded(data, *leak, "--problem", "P1")
    recorded(data, "accept-problem", "--problem", "P1", "--by", "centre")
    recorded(data, "hand-problem", "--problem", "P1", "--by", "centre", "--units", "clinic")
    done = ("--problem", "P1", "--unit", "clinic", "--by", "clinic", "--text", "已修缮")
    recorded(data, "handle-problem", *done)
    recorded(data, "close-problem", "--problem", "P1", "--by", "centre", "--text", "屋顶已翻修")
    recorded(data, "verify-problem", "--problem", "P1", "--by", "lead")
    recorded(data, "go-on-leave", "--staff", "grid", "--stand-in", "cadre", *IN_A_YEAR)
    text = recorded(data, "died", "--elder", "E004").text
    assert re.search(r"^ +注销：", text, re.MULTILINE), text
    said = shouwang("problems", "show", "P1", "--as", "lead", data=data).text
    assert "已核实 verified" in said


def test_what_is_refused_is_said_with_what_to_do(data: Path):
    assert "没有此编号的老人" in refused(data, "died", "--elder", "nobody")
    recorded(data, "died", "--elder", "E001")
    assert "该老人已注销" in refused(data, "died", "--elder", "E001")


def test_the_same_again_under_its_key_is_recorded_once(data: Path):
    need = ("need", "--elder", "E003", "--kind", "meals", "--text", "无人做饭", "--by", "grid")
    first = recorded(data, *need)
    key = NAMES.search(first.text)
    assert key, first.text
    again = recorded(data, *need, "--key", key[1])
    assert "此前已登记 recorded before" in again.text
    assert "其他内容" in refused(data, *need[:-1], "lead", "--key", key[1])


def test_what_was_typed_wrong_is_said_by_the_options_with_the_choices(data: Path):
    said = shouwang("record", "visit", "--elder", "E000", "--mode", "walk", data=data)
    assert said.code == 2
    assert "走访方式 --mode: 应为其中之一：入户 in_person、电话 phone、视频 video" in said.text
    assert "经办人 --by: 缺少这一项" in said.text
    said = shouwang("record", "visit", "--check-up", "maybe", data=data)
    assert (said.code, "是否体检 --check-up: 请填 是 或 否 / yes or no" in said.text) == (2, True)
    said = shouwang("record", "enrol", "--supporters", "{", data=data)
    assert (said.code, "赡养义务人 --supporters: 应为 JSON" in said.text) == (2, True)


def test_a_whole_body_from_a_file_and_what_it_lacks_from_options(data: Path):
    body = data / "visit.json"
    visit = {"visit": "V1", "elder": "E000", "mode": "in_person", "check_up": False, "confirms_facts": True}
    body.write_text(json.dumps(visit), encoding="utf-8")
    assert "走访登记 V1" in recorded(data, "visit", "--json", str(body), "--by", "grid").text
    assert "此前已登记" in recorded(data, "visit", "--json", str(body), "--by", "grid").text


def test_many_from_a_file_are_answered_one_by_one(data: Path):
    lines = data / "incidents.jsonl"
    bodies = ['{"elder": "E001", "kind": "fall"}', "nonsense", '{"elder": "nobody", "kind": "fall"}', "{}"]
    lines.write_text("\n".join(bodies), encoding="utf-8")
    said = shouwang("record", "incident", "--json", str(lines), "--key", "k", data=data)
    assert said.code == 1
    assert re.search(r"第 1 条: 已登记 recorded: 上报突发事件 I-\w+", said.text)
    assert "第 2 条: 不予受理 refused: 应为 JSON 对象" in said.text
    assert "第 3 条: 不予受理 refused: 没有此编号的老人" in said.text
    assert "第 4 条: 不予受理 refused: 老人编号 --elder: 缺少这一项" in said.text
    again = shouwang("record", "incident", "--json", str(lines), "--key", "k", data=data)
    assert "第 1 条: 此前已登记 recorded before" in again.text
