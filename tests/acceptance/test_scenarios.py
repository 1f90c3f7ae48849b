"""The scenarios' facts come out exactly, every kind of them, over logs, relays and inboxes."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from services.chassis.settings import Settings
from services.township.scenario import ScenarioError, read_lines, rehearse, write_facts

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
UNTIL = {
    "first-quarter": "2024-04-02",
    "spring-festival": "2025-03-01",
    "abuse-report": "2024-08-01",
    "ten-elders": "2025-05-20",
}


@pytest.mark.parametrize("name", UNTIL)
def test_the_facts_come_out_exactly(name: str, tmp_path: Path):
    played = rehearse(read_lines(SCENARIOS / f"{name}.jsonl"), date.fromisoformat(UNTIL[name]), Settings())
    write_facts(played, tmp_path / "facts.jsonl")
    expected = SCENARIOS / f"{name}.facts.jsonl"
    compare = [sys.executable, HERE / "compare.py", expected, tmp_path / "facts.jsonl"]
    done = subprocess.run(compare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_broken_line_is_refused_and_the_run_goes_on():
    lines = read_lines(SCENARIOS / "first-quarter.jsonl")
    broken = [
        {**lines[11], "visit": "x1", "mode": "pigeon"},
        {key: value for key, value in lines[11].items() if key != "check_up"},
        {**lines[11], "do": "dance"},
        {**lines[11], "visit": "x2", "on": "2024-13-01"},
    ]
    played = rehearse([*lines[:12], *broken], date(2024, 1, 6), Settings())
    refused = [fact["line"] for fact in played.facts if fact["fact"] == "refused_line"]
    assert refused == [13, 14, 15, 16]


def test_a_file_that_is_no_scenario_names_the_line(tmp_path: Path):
    path = tmp_path / "not.jsonl"
    path.write_text('{"at": "2024-01-01T08:00:00+08:00"}\n{"do": "visit"}\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="2"):
        read_lines(path)
