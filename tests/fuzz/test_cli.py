"""Whatever somebody types as a word of a command, it is said what is wrong with it: never a traceback."""

from pathlib import Path

from services.house.house import opened
from services.house.settings import Settings
from tests.acceptance.test_cli import shouwang
from tests.fuzz.hostile import TEXTS, drawn
from tests.unit.http.village import people

X = "\x00here"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("history", X),
    ("history", "E000", "--as-of", X),
    ("history", "E000", "--known-by", X),
    ("state", X, "--as-of", "2024-03-05"),
    ("state", "E000", "--as-of", X),
    ("problems", "list", "--as", X),
    ("problems", "show", X, "--as", "lead"),
    ("duplicates", "search", "--by", X),
    ("record", "keep-apart", "--elder", X, "--other", "E001", "--by", "lead", "--reason", "同名"),
    ("record", "merge", "--kept", "E000", "--merged", X, "--by", "lead", "--reason", X),
    ("record", "need", "--elder", "E000", "--kind", X, "--by", "lead", "--text", "缺药"),
    ("record", "need", "--elder", "E000", "--kind", "meals", "--by", "lead", "--text", X),
    ("record", "visit", "--elder", "E000", "--by", "grid", "--mode", "phone", "--check-up", X),
    ("record", "enrol", "--elder", X, "--supporters", X),
    ("record", "died", "--elder", "E001", "--on", X, "--key", X),
    ("record", "died", "--json", X),
    ("differences", "list", "--comparison", X),
    ("differences", "decide", X, "1", "--decision", "accepted", "--by", "lead", "--reason", "理由"),
    ("differences", "decide", "C1", X, "--decision", "accepted", "--by", "lead", "--reason", "理由"),
    ("record", "enter-figure", "--kind", "special_fund_budget", "--value", X, "--by", "centre"),
    ("record", "enter-figure", "--kind", "special_fund_budget", "--value", "1", "--by", X),
    ("parked", "show", "visits", X),
    ("parked", "drop", "visits", "x", X),
    ("notices", "resend", X, "--by", "lead"),
    ("event", X),
    ("report", "bulletin", "--month", X),
    ("report", "elder_file", "--elder", X),
    ("import", "samples/gaoliang.xlsx", "--township", "samples/gaoliang.toml", "--at", X),
    ("simulate", "tests/acceptance/scenarios/first-quarter.jsonl", "--until", X, "--out", "/dev/null"),
)
ENDLESS = {("simulate", "9999-12-31"), ("simulate", "2999-12-31")}
"""A simulation goes on to the day that it is told."""


def test_every_word_of_every_command_with_every_kind_of_text(tmp_path: Path):
    with opened(Settings(data=tmp_path)) as house:
        people(house, 2)
    texts = [one for one in TEXTS if not one.startswith("-")]
    cases = [
        tuple(text if word == X else word for word in command)
        for command in COMMANDS
        for text in texts
        if (command[0], text) not in ENDLESS
    ]
    wanted = drawn(cases, 60)
    codes = {words: shouwang(*words, data=tmp_path).code for words in wanted}
    print(f"command line: {len(wanted)} of {len(cases)} commands")  # noqa: T201
    assert set(codes.values()) <= {0, 1, 2}
