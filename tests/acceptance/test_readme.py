"""What README says can be typed can be typed, and what it says stands somewhere stands there."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from services.cli import main as cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND: Any = typer.main.get_command(cli.app)
PLACES = {
    "ELDER": "E1",
    "FILE": "README.md",
    "FACTS": "var/facts.jsonl",
    "POLICY": "policies/gaoliang-2024.toml",
    "TOWNSHIP": "var/township.toml",
    "LEDGER": "var/ledger.xlsx",
}
SHOWN = sorted({found[1].strip() for found in re.finditer(r"shouwang ([a-z-][^`#\n]*)", README)})
TARGETS = sorted(set(re.findall(r"(?:^    |`)make ([a-z-]+)", README, re.MULTILINE)))


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


ROWS = [row for row in re.findall(r"^\| (.+?) \| (.+) \|$", README, re.MULTILINE) if quoted(row[0])]


def folders() -> set[Path]:
    """Every folder of the table's first column; those after the first of a cell stand beside it."""
    found: set[Path] = set()
    for cell, _ in ROWS:
        first, *others = quoted(cell)
        found |= {ROOT / first, *((ROOT / first).parent / other for other in others)}
    return found


def parsed(line: str) -> Any:
    """A line's words as the command takes them, optional ones too; raises where it would not."""
    name, *words = [PLACES.get(word, word) for word in shlex.split(re.sub(r"[\[\]]", "", line))]
    return COMMAND.commands[name].make_context(name, words)


def test_its_first_lines_say_how_to_run_and_test():
    assert [line.split()[:2] for line in README.splitlines()[:2]] == [["make", "run"], ["make", "test"]]


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_that_it_shows_can_be_made(target: str):
    made = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    assert made.returncode == 0, made.stderr


def test_what_make_run_calls_is_taken_by_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    made = subprocess.run(["make", "-n", "run"], capture_output=True, text=True, check=True)  # noqa: S607
    lines = re.findall(r"^(?:SHOUWANG_FLEET= )?\S*bin/shouwang ([^|\n]+)", made.stdout, re.MULTILINE)
    assert [parsed(line).info_name for line in lines] == ["import", "run"]


@pytest.mark.parametrize("line", [line for line in SHOWN if not line.startswith("--")])
def test_every_line_that_it_shows_is_taken_by_the_command(line: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    (ROOT / "var").mkdir(exist_ok=True)  # its first line, make run, makes it: what goes out goes there
    assert parsed(line).info_name == line.split(maxsplit=1)[0]


@pytest.mark.parametrize("name", ["", *COMMAND.commands])
def test_every_command_says_what_it_does(name: str):
    said = CliRunner().invoke(cli.app, [name, "--help"] if name else ["--help"])
    assert said.exit_code == 0, said.output
    assert re.search("[\u4e00-\u9fff]", said.output)


def test_every_folder_of_its_table_exists():
    assert [str(one) for one in folders() if not one.is_dir()] == []


def test_every_folder_of_the_services_is_in_its_table():
    made = {
        one for one in (ROOT / "services").iterdir() if one.is_dir() and not one.name.startswith(("_", "."))
    }
    assert made - folders() == set()


def test_the_kinds_of_tests_that_it_names_exist():
    named = next(set(quoted(what)) for where, what in ROWS if quoted(where) == ["tests/"])
    made = {
        one.name for one in (ROOT / "tests").iterdir() if one.is_dir() and not one.name.startswith(("_", "."))
    }
    assert named == made


def test_every_file_that_it_names_exists():
    named = re.findall(r"`((?:services|policies|samples|docs)/[^` *]+\.[a-z]+)`", README)
    assert [one for one in named if not (ROOT / one).exists()] == []
