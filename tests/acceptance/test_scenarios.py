"""The scenarios' facts come out exactly, every kind of them, over logs, relays and inboxes."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from services.house.scenario import ScenarioError, read_lines, rehearse, write_facts
from services.house.settings import Settings

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
UNTIL = {
    "first-quarter": "2024-04-02",
    "spring-festival": "2025-03-01",
    "abuse-report": "2024-08-01",
    "ten-elders": "2025-05-20",
    "nine-elders": "2025-03-06",
    "register": "2025-06-15",
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


BEGINNING = (
    '{"at": "2024-01-01T08:00:00+08:00", "do": "open_village", "village": "V", "name": "村", "groups": ["G"]}'
)


@pytest.mark.parametrize(
    "broken",
    [
        "not json at all",
        '["a list"]',
        "{}",
        '{"do": "died", "elder": "a"}',
        '{"at": "yesterday", "do": "died", "elder": "a"}',
        '{"at": "2024-01-03T09:00:00", "do": "died", "elder": "a"}',
        '{"at": "2023-12-31T09:00:00+08:00", "do": "appoint", "staff": "late", "role": "clinic"}',
    ],
)
def test_a_line_that_is_none_is_refused_under_its_number_and_the_run_goes_on(tmp_path: Path, broken: str):
    path = tmp_path / "some.jsonl"
    after = BEGINNING.replace("01T08", "05T09").replace('"V"', '"W"')
    path.write_text(f"{BEGINNING}\n\n{broken}\n{after}\n{broken}\n\n", encoding="utf-8-sig")
    played = rehearse(read_lines(path), date(2024, 1, 6), Settings())
    refused = [(fact["on"], fact["line"]) for fact in played.facts if fact["fact"] == "refused_line"]
    assert refused == [("2024-01-01", 3), ("2024-01-05", 5)]
    opened = {fact["subject"][0] for fact in played.facts if fact["fact"] == "opened"}
    assert opened == {"V", "W", "t"}
    assert played.lines == 4


def test_a_file_without_one_line_of_a_scenario_is_an_error(tmp_path: Path):
    path = tmp_path / "not.jsonl"
    path.write_text('{"do": "visit"}\nPK\x03\x04\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="not one line of a scenario"):
        read_lines(path)


def test_a_birthday_counts_before_the_duties_of_a_new_quarter_open():
    """Settled point 2: who turns eighty on the first of April owes the month's follow-up, never the quarter's."""
    lines = read_lines(SCENARIOS / "first-quarter.jsonl")[:9]
    lines[-1] |= {"elder": "eighty", "born": "1944-04-01", "evidence": []}
    played = rehearse(lines, date(2024, 4, 2), Settings())
    concerned = [
        (fact["fact"], fact.get("period"))
        for fact in played.facts
        if fact.get("on") == "2024-04-01" and fact.get("duty", "follow_up") == "follow_up"
    ]
    assert concerned == [("graded", None), ("missed", "2024Q1"), ("opened", "2024-04")]
