"""How commands are used, and what is wrong with how they were: in Chinese first, by every command, at every width."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.main import get_command

from services.cli import main as cli
from services.cli.terminal.usage import help_of
from tests.acceptance.test_cli import Said, lived, shouwang

HAN = re.compile(r"^[\u4e00-\u9fff]")
WORD = re.compile(r"\d{4}-\d\d-\d\d|[A-Za-z_][A-Za-z0-9_.-]*[A-Za-z0-9]")
__all__ = ["lived"]


def _walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _walk(below, (*path, name))


TREE = list(_walk(get_command(cli.app)))
LEAVES = [(path, command) for path, command in TREE if not hasattr(command, "commands")]
PATHS = [path for path, _ in TREE]


def too_wide(said: Said, width: int) -> list[str]:
    """But what can be pasted, which is never folded, and the store's own path, which is one word."""
    folds = [line for line in said.text.splitlines() if not line.startswith("  ") or "shouwang " not in line]
    return [line for line in folds if cell_len(line) > width and not line.startswith("数据 data:")]


def error_of(said: Said) -> str:
    assert said.code == 2, said.text
    assert "Traceback" not in said.text
    found = re.search(r"^错误 error: (.*)", said.text, re.MULTILINE)
    assert found, said.text
    assert HAN.match(found[1].lstrip("“")), said.text
    return found[1]


def test_there_are_commands_to_go_through():
    assert len(LEAVES) > 35


@pytest.mark.parametrize(("path", "command"), TREE, ids=[" ".join(path) for path in PATHS])
def test_every_command_and_parameter_says_what_it_is_in_chinese_first(path: tuple[str, ...], command: Any):
    first, *others = (command.help or "").strip().split("\n\n")
    assert HAN.match(first), path
    assert re.search(r"[a-z]{3}", "".join(others) or first), "and in English beside it"
    for param in command.params:
        if param.name != "help":
            assert HAN.match(help_of(param)), (path, param.name)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_fits_and_breaks_no_word(tmp_path: Path, path: tuple[str, ...], width: int):
    wide = shouwang(*path, "--help", data=tmp_path)
    said = shouwang(*path, "--help", data=tmp_path, COLUMNS=str(width))
    assert (said.code, too_wide(said, width)) == (0, [])
    assert HAN.match(said.text)
    assert "Usage" not in said.text
    assert Counter(WORD.findall(said.text)) == Counter(WORD.findall(wide.text))


@pytest.mark.parametrize("path", [path for path, _ in LEAVES], ids=" ".join)
def test_a_wrong_option_or_too_much_is_said_in_chinese_with_the_english(
    tmp_path: Path, path: tuple[str, ...]
):
    assert "没有“--nonsense”这个选项 / No such option" in error_of(
        shouwang(*path, "--nonsense", data=tmp_path)
    )


NEEDING = [(path, command) for path, command in LEAVES if any(one.required for one in command.params)]


@pytest.mark.parametrize(("path", "command"), NEEDING, ids=[" ".join(path) for path, _ in NEEDING])
def test_what_is_missing_is_named_as_the_help_names_it(tmp_path: Path, path: tuple[str, ...], command: Any):
    error = error_of(shouwang(*path, data=tmp_path))
    assert error.startswith("缺少 ")
    assert any(help_of(one).split()[0] in error for one in command.params if one.required)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("histroy",), "没有“histroy”这个命令"),
        (("problems", "lits"), "没有“lits”这个命令"),
        (("status", "extra"), "多出的内容：extra"),
        (("history", "E1", "--as-of"), "选项 --as-of 后面缺少内容"),
        (("status", "--json=yes"), "选项 --json 后面不要内容"),
        (("history", "E1", "--as-of", "soon"), "截至日期 --as-of: 应为日期，如 2024-03-01"),
        (("history", "E1", "--as-of", "2024-02-30"), "截至日期 --as-of: 应为日期，如 2024-03-01"),
        (("report", "targets", "--month", "2024"), "月份 --month: 应为年月，如 2024-03"),
        (("report", "targets", "--format", "pdf"), "格式 --format: 应为其中之一：table、xlsx、json"),
        (
            ("report", "targets", "--reader", "boss"),
            "阅读者的角色 --reader: 应为其中之一：网格员 grid_worker",
        ),
        (("run", "--days", "many"), "示范天数 --days: 应为整数"),
        (("run", "--days", "-1"), "示范天数 --days: 应不小于 0"),
        (("import", "nowhere.xlsx"), "登记表 LEDGER: 没有这个文件或文件夹"),
        (("import", "."), "登记表 LEDGER: 这是文件夹，应为文件"),
        (("import", __file__, "--at", "soon"), "时刻 --at: 应为时刻，如 2024-01-01T07:00:00"),
        (("rebuild", "weather"), "没有这个服务 / no such service"),
        (
            ("record", "enter-figure", "--kind", "专项经费支出", "--value", "x", "--by", "a"),
            "数值 --value: 应为数字",
        ),
        (
            ("differences", "decide", "C1", "1", "--decision", "x", "--reason", "r", "--by", "a"),
            "结论 --decision: 请选",
        ),
        (("duplicates", "search", "--by", ""), "请更正后再提交"),
        (("parked", "show", "weather", "1"), "没有这个服务"),
        (
            ("run", "--days", "3", "--begin", "9999-12-31"),
            "第一天 --begin: 应在 1800-01-01 至 2999-12-31 之间",
        ),
        (("run", "--days", "9999999"), "示范天数 --days: 应不大于 36525"),
        (
            ("simulate", __file__, "--until", "9999-12-31", "--out", "x"),
            "最后一天 --until: 应在 1800-01-01 至 2999-12-31 之间",
        ),
        (("import", __file__, "--out", "nowhere/x.xlsx"), "带结果的表存到哪里 --out: 没有这个文件夹"),
        (("report", "targets", "--out", "nowhere/x.json"), "存为文件 --out: 没有这个文件夹"),
        (("history", "\udcff"), "编号或姓名 SUBJECT: 不是 UTF-8 文字"),
        (("report", "targets", "--village", "\udcb5"), "村名或代码 --village: 不是 UTF-8 文字"),
        (("event", "visits:" + "9" * 23), "没有此事件"),
        (("event", "visits:²"), "没有此事件"),
        (("event", "visits:0"), "没有此事件"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_said_in_chinese_with_what_would_do(
    tmp_path: Path, words: tuple[str, ...], error: str
):
    assert error in error_of(shouwang(*words, data=tmp_path / "data"))


def test_a_summary_before_the_first_day_is_over_says_so(tmp_path: Path):
    said = shouwang("summary", data=tmp_path / "data")
    assert "还没有换日" in said.text
    assert "None" not in said.text


def test_a_group_without_a_command_shows_its_help(tmp_path: Path):
    said = shouwang("problems", data=tmp_path)
    assert (said.code, "problems COMMAND" in said.text) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ("history", "red"),
        ("history", "red", "--chinese"),
        ("state", "red", "--as-of", "2024-01-02"),
        ("summary",),
        ("status",),
        ("verify",),
        ("problems", "list", "--as", "lead"),
        ("policy", "list"),
        ("duplicates", "list"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_is_shown_fits_and_breaks_no_word(lived: Path, words: tuple[str, ...], width: int):
    wide = shouwang(*words, data=lived, COLUMNS="1000")
    said = shouwang(*words, data=lived, COLUMNS=str(width))
    assert too_wide(said, width) == []
    shown, words_of_it = set(WORD.findall(said.text)), set(WORD.findall(wide.text))
    assert shown == words_of_it


def test_a_history_reads_as_sentences_with_what_brought_them(lived: Path):
    said = shouwang("history", "red", data=lived, COLUMNS="80").text
    assert "认定为留守老人（第 1 次认定）" in said
    assert "certified as left behind (certification 1)" in said
    assert "risk.GradeSet ← 认定 LeftBehindCertified" in said
    alone = shouwang("history", "red", "--chinese", data=lived, COLUMNS="80").text
    assert "认定为留守老人（第 1 次认定）" in alone
    assert "certified as left behind" not in alone
