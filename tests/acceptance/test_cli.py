"""The `shouwang` command: what it exits with, and what it says to somebody who can mend it."""

import json
import os
import sqlite3
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest

from services.cli import main as cli
from services.cli import running
from services.house.house import opened
from services.house.scenario import rehearse
from services.house.settings import DEFAULT_POLICY, Settings
from services.kernel.calendar import SHANGHAI

FIRST_QUARTER = Path(__file__).parent / "scenarios" / "first-quarter.jsonl"
SERVICES = ("registry", "risk", "visits", "notify")
WIDE = "300"


@dataclass(frozen=True)
class Said:
    """What a command said, and with what code it ended."""

    code: int
    text: str


def environ_of(data: Path, **more: str) -> dict[str, str]:
    """An embedded house on a data folder of its own, whatever else runs here, on a wide terminal."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
    own = {"SHOUWANG_DATA": str(data), "SHOUWANG_FLEET": "", "COLUMNS": WIDE, "TERMINAL_WIDTH": WIDE}
    return {**environ, **own, **more}


def shouwang(*words: object, data: Path, **environ: str) -> Said:
    """The command in this process."""
    said = StringIO()
    with (
        mock.patch.dict(os.environ, environ_of(data, **environ), clear=True),
        mock.patch.object(sys, "argv", ["shouwang", *map(str, words)]),
        redirect_stdout(said),
        redirect_stderr(said),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return Said(int(ended.value.code or 0), said.getvalue())


def simulated(out: Path, *more: object) -> Counter[tuple[str, str, int]]:
    """The duties that a simulation opens: subject, duty and how often."""
    done = shouwang("simulate", FIRST_QUARTER, "--until", "2024-04-02", "--out", out, *more, data=out.parent)
    assert done.code == 0, done.text
    facts = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    opened_ones = [fact for fact in facts if fact["fact"] == "opened"]
    return Counter((one["subject"], one["duty"], one["count"]) for one in opened_ones)


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """A data folder in which a few elders were enrolled and everybody has heard of it."""
    data = tmp_path / "data"
    lines = FIRST_QUARTER.read_text(encoding="utf-8").splitlines()[:11]
    with opened(Settings(data=data)) as house:
        for line in map(json.loads, lines):
            at, kind = datetime.fromisoformat(line.pop("at")), line.pop("do")
            assert house.take(house.read(kind, json.dumps(line)), at).is_taken
        house.settle()
        house.services["registry"].advance(datetime(2024, 1, 2, tzinfo=SHANGHAI))
        house.settle()
    return data


def spoil(data: Path, service: str, statement: str) -> None:
    with sqlite3.connect(data / f"{service}.db") as database:
        assert database.execute(statement).rowcount > 0
    database.close()


def test_another_policy_opens_other_duties(tmp_path: Path):
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    twice = 'red = { kind = "month", times = 2, rounds_up = true }'
    assert twice in text
    stricter = tmp_path / "stricter.toml"
    stricter.write_text(text.replace(twice, twice.replace("2", "3")), encoding="utf-8")
    usual = simulated(tmp_path / "usual.jsonl")
    strict = simulated(tmp_path / "strict.jsonl", "--policy", stricter)
    differing = {(subject, duty) for subject, duty, _ in (usual - strict) + (strict - usual)}
    assert differing == {("red", "follow_up")}
    owed = [
        sum(
            count * times for (who, duty, count), times in opened_ones.items() if (who, duty) == differing_one
        )
        for opened_ones in (usual, strict)
        for differing_one in differing
    ]
    assert owed[0] < owed[1]


def broken(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "broken.jsonl"
    path.write_bytes(content)
    return path


GOOD = b'{"at": "2024-01-01T08:00:00+08:00", "do": "appoint", "staff": "a", "role": "clinic"}\n'


@pytest.mark.parametrize(
    "line",
    [
        b"{'at': 1}",
        b"[]",
        b"7",
        b'{"do": "visit"}',
        b'{"at": "yesterday", "do": "visit"}',
        b'{"at": "2024-01-01T08:00:00", "do": "visit"}',
        b'{"at": "2024-01-01T08:00:00+08:00", "do": "\xff"}',
    ],
    ids=["no-json", "list", "number", "no-at", "no-moment", "no-offset", "no-utf-8"],
)
def test_a_line_that_says_nothing_is_refused_under_its_number_among_the_facts(tmp_path: Path, line: bytes):
    file = broken(tmp_path, GOOD + line + b"\n")
    done = shouwang("simulate", file, "--until", "2024-02-01", "--out", tmp_path / "out", data=tmp_path)
    assert (done.code, "Traceback" in done.text) == (0, False)
    facts = [json.loads(fact) for fact in (tmp_path / "out").read_text(encoding="utf-8").splitlines()]
    assert [fact["line"] for fact in facts if fact["fact"] == "refused_line"] == [2]


def test_a_file_without_one_line_of_a_scenario_is_refused_with_its_name(tmp_path: Path):
    file = broken(tmp_path, b"PK\x03\x04\n")
    done = shouwang("simulate", file, "--until", "2024-02-01", "--out", tmp_path / "out", data=tmp_path)
    assert (done.code, "broken.jsonl" in done.text) == (2, True)
    assert "Traceback" not in done.text
    assert not (tmp_path / "out").exists()


def test_a_file_name_that_looks_like_markup_is_named_and_nothing_breaks(tmp_path: Path):
    file = tmp_path / "a[red].jsonl"
    file.write_text("no json", encoding="utf-8")
    done = shouwang("simulate", file, "--until", "2024-02-01", "--out", tmp_path / "out", data=tmp_path)
    assert done.code == 2
    assert "a[red].jsonl" in done.text


def test_a_place_for_the_facts_that_does_not_exist_is_refused_before_playing(tmp_path: Path):
    out = tmp_path / "nowhere" / "facts"
    with mock.patch.object(running, "rehearse", side_effect=AssertionError("played")):
        done = shouwang("simulate", FIRST_QUARTER, "--until", "2024-02-01", "--out", out, data=tmp_path)
    assert done.code == 2
    assert "--out" in done.text
    assert "Traceback" not in done.text


@pytest.mark.parametrize("begin", ["soon", "2024-02-30", "2024-01-01T00:00:00+08:00"])
def test_a_first_day_that_is_no_day_is_refused(tmp_path: Path, begin: str):
    done = shouwang("run", "--days", "1", "--begin", begin, data=tmp_path / "data")
    assert done.code == 2
    assert "--begin" in done.text
    assert "Traceback" not in done.text


def test_a_setting_that_cannot_be_is_refused_by_its_name(tmp_path: Path):
    done = shouwang("status", data=tmp_path / "data", SHOUWANG_LOG_LEVEL="LOUD")
    assert done.code == 2
    assert "SHOUWANG_LOG_LEVEL" in done.text
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("service", "table", "statement"),
    [
        ("risk", "grades", "UPDATE grades SET grade = 'green' WHERE grade = 'red'"),
        ("visits", "duties", "UPDATE duties SET status = 'met' WHERE duty = 'home_visit'"),
        ("registry", "elders", "DELETE FROM elders WHERE elder = 'red'"),
        ("notify", "tellings", "UPDATE tellings SET level = 7"),
    ],
)
def test_a_spoilt_read_model_is_found_named_and_mended(lived: Path, service: str, table: str, statement: str):
    assert shouwang("verify", data=lived).code == 0
    spoil(lived, service, statement)
    found = shouwang("verify", data=lived)
    assert found.code == 1
    lines = {line.split()[0]: line for line in found.text.splitlines() if line.split()[:1]}
    assert f"differs: {table};" in lines[service]
    assert f"shouwang rebuild {service}" in lines[service]
    assert all("rebuilt = live" in lines[other] for other in SERVICES if other != service)
    assert shouwang("rebuild", service, data=lived).code == 0
    mended = shouwang("verify", data=lived)
    assert mended.code == 0, mended.text


def test_rebuilding_without_a_name_rebuilds_every_service(lived: Path):
    spoil(lived, "risk", "DELETE FROM grades")
    spoil(lived, "registry", "DELETE FROM elders")
    assert shouwang("rebuild", data=lived).code == 0
    assert shouwang("verify", data=lived).code == 0


def test_rebuilding_an_unknown_service_is_refused_with_the_known_ones(lived: Path):
    done = shouwang("rebuild", "weather", data=lived)
    assert done.code == 2
    assert all(name in done.text for name in SERVICES)
    assert "Traceback" not in done.text


def test_the_status_shows_every_service_and_what_it_has_told(lived: Path):
    done = shouwang("status", data=lived)
    assert done.code == 0
    lines = {line.split()[0]: line.split() for line in done.text.splitlines() if line.split()[:1]}
    with opened(Settings(data=lived)) as house:
        expected = {
            name: [str(one.log.size()), str(one.log.relayed()), "0"] for name, one in house.services.items()
        }
    assert {name: lines[name][1:4] for name in SERVICES} == expected
    assert "2024-01-02" in done.text


def test_the_status_of_an_empty_house_names_no_day_before_all_days(tmp_path: Path):
    done = shouwang("status", data=tmp_path / "data")
    assert done.code == 0
    assert "0001-01-01" not in done.text


def test_a_rehearsal_leaves_nothing_behind(tmp_path: Path):
    rehearse([], datetime(2024, 1, 1, tzinfo=SHANGHAI).date(), Settings(data=tmp_path / "data"))
    simulated(tmp_path / "facts.jsonl")
    assert [one.name for one in tmp_path.iterdir()] == ["facts.jsonl"]


def test_an_empty_option_of_any_command_is_said_by_its_field_without_a_traceback(tmp_path: Path):
    people = ("--elder", "E1", "--other", "E2")
    said = shouwang("record", "keep-apart", *people, "--by", "", "--reason", "", data=tmp_path)
    assert said.code == 2, said.text
    assert [
        part for part in ("经办人 --by: 不能为空", "理由 --reason: 不能为空") if part not in said.text
    ] == []
