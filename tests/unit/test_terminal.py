"""The terminal: text of people commands nothing, lines are folded between words, tables fit or become lists."""

import json
import unicodedata
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from services.cli.terminal.console import Line, Terminal
from services.cli.terminal.plain import as_json, as_one_line, folded, narrowest, plain
from services.cli.terminal.tables import Entry, Table

HOSTILE = (
    "[/x][red]\x1b]8;;http://evil\x1b\\\x1b]0;owned\x07\x1b[31m\x9b31m\u202e\u2066\u200b\ufeff\x00\u2028\r"
)
TEXTS = st.text(max_size=200) | st.text("老人走访、。，「」abc 12-:./_\n", max_size=200)


def shown(thing: object, width: int = 80, *, colour: bool = False) -> str:
    terminal = Terminal(width=width)
    terminal.file = StringIO()
    if colour:
        terminal._force_terminal, terminal._color_system = True, None
    terminal.print(thing)
    return terminal.file.getvalue()


def commands_in(text: str) -> list[str]:
    return [
        one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


@pytest.mark.parametrize("thing", [HOSTILE, Line((HOSTILE, "red")), Entry(HOSTILE, HOSTILE, left=10)])
def test_text_of_people_is_shown_and_never_obeyed(thing: object):
    text = shown(thing, 300)
    assert commands_in(text) == []
    assert "[/x][red]" in text
    assert "\\x1b" in text
    assert "\\u202e" in text


def test_so_it_is_in_every_place_of_a_table():
    table = Table(HOSTILE, "一 one", "二 two")
    table.row(HOSTILE, (HOSTILE, "red"), style="strike")
    for width in (20, 400):
        assert commands_in(shown(table, width)) == []


def test_a_line_break_of_people_makes_no_line_that_looks_like_ours():
    assert as_one_line("王\n已受理 accepted\r\n") == "王 已受理 accepted "


def test_json_means_the_same_and_commands_nothing():
    text = as_json({"name": HOSTILE, "rare": "𠮷", "day": "x"})
    assert commands_in(text) == []
    assert json.loads(text)["name"] == HOSTILE
    assert "𠮷" in text


def test_names_keep_what_names_have():
    for name in ("阿卜杜拉·艾力", "𠮷田", "王 小明", "㛃", "龍\ue000"):
        assert plain(name) == name


@given(TEXTS, st.integers(2, 90))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int):
    text = plain(text)
    lines = folded(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXTS)
def test_no_word_is_broken_where_the_widest_fits(text: str):
    text = plain(text)
    lines = folded(text, max(narrowest(text), 2))
    words = [word for word in text.replace("\n", " ").split() if word.isascii()]
    for word in words:
        assert any(word in line for line in lines)


def test_closing_marks_do_not_begin_a_line_and_opening_ones_do_not_end_it():
    for line in folded("走访、随访（二(四)），「巡访探视」。" * 20, 17):
        assert line[0] not in "、，。）」"
        assert line[-1] not in "（「("


ROWS = st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=5)


@given(ROWS, st.sampled_from([20, 60, 80, 120]))
def test_a_table_is_never_wider_than_the_terminal_and_its_headings_are_whole(
    rows: list[list[str]], width: int
):
    table = Table("表 table", "老人 elder", "未补漏访 missed", "说明 explanation")
    for row in rows:
        table.row(*row)
    text = shown(table, width)
    assert all(cell_len(line) <= width for line in text.split("\n"))
    if rows:
        for word in ("老人", "elder", "未补漏访", "missed", "说明", "explanation"):
            assert word in text


def test_columns_of_a_table_stand_below_each_other_whatever_is_in_them():
    table = Table("", "老人 elder", "自 since", "漏 missed")
    table.row("王小明", "2024-01-01", "7")
    table.row("E1", "2024-01-02", "12")
    lines = shown(table).splitlines()
    starts = {cell_len(line[: line.index("2024")]) for line in lines if "2024" in line}
    assert len(starts) == 1


def test_a_table_that_does_not_fit_becomes_a_list():
    table = Table("", "老人 elder", "编号 id")
    table.row("ER6EUZBEWLTJL", "life-2024-01-23")
    text = shown(table, 20)
    assert "老人 elder:" in text
    assert "ER6EUZBEWLTJL" in text


def test_the_width_is_that_of_now(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    for width in (60, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        assert terminal.width == width
