"""Small scenarios, a rule of the register's lines each: the facts come out exactly through the day of `NAME.until`."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from services.house.scenario import read_lines, rehearse, write_facts
from services.house.settings import Settings

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases" / "register-lines").glob("*.until"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_rule_of_the_register_comes_out_exactly(case: Path, tmp_path: Path):
    until = date.fromisoformat(case.read_text(encoding="utf-8").strip())
    played = rehearse(read_lines(case.with_suffix(".jsonl")), until, Settings())
    write_facts(played, tmp_path / "facts.jsonl")
    compare = [
        sys.executable,
        HERE / "compare.py",
        case.with_suffix(".facts.jsonl"),
        tmp_path / "facts.jsonl",
    ]
    done = subprocess.run(compare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
