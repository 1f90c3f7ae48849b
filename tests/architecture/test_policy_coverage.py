"""docs/policy-coverage.md: every rule, row, test and command that it names is there, and every duty stands in it."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from services.chassis.policy.files import read_file
from services.cli import main as cli
from services.house.settings import DEFAULT_POLICY
from services.policy_lab.versions import SECTIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy-coverage.md").read_text(encoding="utf-8")
ROWS = [
    line.strip("| ").split(" | ")
    for line in PAGE.partition("\n## ")[0].splitlines()
    if re.match(r"\| [一二三四]\(", line)
]
COMMANDS: Any = typer.main.get_command(cli.app)
TESTS = {
    name
    for file in ROOT.glob("tests/**/test_*.py")
    for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
}


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:12]}")
def test_every_clause_has_a_rule_a_test_and_a_place_where_it_is_seen(row: list[str]):
    _, _, rules, rows, tests, seen = row
    assert quoted(rules)
    for name in quoted(rules):
        module, _, rule = name.rpartition(".")
        assert callable(getattr(import_module(f"services.{module}"), rule)), name
    for name in quoted(rows):
        held: Any = read_file(DEFAULT_POLICY).content
        for part in name.split("."):
            held = held[part]
    assert quoted(tests)
    assert set(quoted(tests)) <= TESTS
    assert quoted(seen)
    for name in quoted(seen):
        words = name.split()
        assert words[0] == "shouwang"
        assert words[1] in COMMANDS.commands, name


def test_every_duty_of_the_policy_stands_in_it():
    held = read_file(DEFAULT_POLICY).content["visits"]
    duties = {*held["places"], *held["clauses"]} - {"reassessment", "care_agreement"}
    named = {part for row in ROWS for name in quoted(row[3]) for part in name.split(".")}
    assert duties <= named


def test_every_section_stands_in_it():
    named = {name.partition(".")[0] for row in ROWS for name in quoted(row[3])}
    assert named == set(SECTIONS)
