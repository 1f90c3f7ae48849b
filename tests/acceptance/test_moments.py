"""A moment of any offset is one instant at every door: turned to the local clock before its date is taken."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.house.scenario import read_lines, rehearse
from services.house.settings import Settings
from tests.acceptance.test_cli import shouwang

CASES = Path(__file__).parent / "cases"
UNTIL = date(2024, 2, 5)


def played(file: Path) -> list[dict[str, Any]]:
    return rehearse(read_lines(file), UNTIL, Settings(data=None)).facts


def test_a_visit_told_in_utc_is_of_the_day_that_it_was_here():
    facts = played(CASES / "moment-in-another-offset" / "utc.jsonl")
    of_visits = [fact for fact in facts if fact.get("duty") == "home_visit" and fact["fact"] != "notice"]
    assert [(one["fact"], one["on"], one["period"]) for one in of_visits if "on" in one] == [
        ("opened", "2024-01-01", "2024-01"),
        ("missed", "2024-02-01", "2024-01"),
        ("opened", "2024-02-01", "2024-02"),
        ("met", "2024-02-01", "2024-02"),
    ]


@pytest.mark.parametrize(
    "at", ["2024-01-31T16:30:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
)
def test_a_moment_without_an_offset_or_of_nobodys_life_is_refused(at: str, tmp_path: Path):
    lines = (CASES / "moment-in-another-offset" / "utc.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1]) | {"at": at}
    file = tmp_path / "one.jsonl"
    file.write_text("\n".join([*lines[:-1], json.dumps(last)]), encoding="utf-8")
    refused = [fact for fact in played(file) if fact["fact"] == "refused_line"]
    assert [(one["line"], one["reason"]) for one in refused] == [(len(lines), "NotALine")]


def test_a_supporter_who_stands_twice_in_a_form_is_refused():
    facts = played(CASES / "number-unchecked-over-http" / "supporter-twice.jsonl")
    assert [fact["line"] for fact in facts if fact["fact"] == "refused_line"] == [8, 9]
    assert not [fact for fact in facts if fact["fact"] == "certified"]


def test_what_is_no_moment_on_the_command_line_is_said_without_a_traceback(tmp_path: Path):
    for at in ("noon", "0001-01-01T00:00:00+14:00"):
        done = shouwang(
            "import",
            "samples/gaoliang.xlsx",
            "--township",
            "samples/gaoliang.toml",
            "--at",
            at,
            data=tmp_path,
        )
        assert done.code == 2
        assert "2024-01-01T07:00:00+08:00" in done.text
