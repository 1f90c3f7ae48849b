"""Given a store, when a command opens it, then it is said whose it is; what is printed can be pasted."""

import os
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.store import pasteable, told_of, with_pasteable
from services.house.house import opened
from services.house.settings import Settings
from services.registry.villages.commands import NameTownship

AT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / ".venv" / "bin" / "shouwang")])


def told(settings: Settings, named: NameTownship | None = None, **environ: str) -> list[str]:
    with opened(settings) as house:
        if named is not None:
            assert house.take(named, AT).is_taken
        return told_of(house, settings, environ)


def test_an_empty_store_says_so_and_how_it_is_filled(tmp_path: Path):
    first, _, then = told(Settings(data=tmp_path / "var" / "township"))
    assert first == "数据 data: var/township（单进程 embedded） · 空的 empty"
    assert ".venv/bin/shouwang import" in then


def test_a_store_says_its_township_and_whether_it_is_made_up(tmp_path: Path):
    own = Settings(data=tmp_path / "own")
    assert told(own, NameTownship(name="高梁乡")) == ["数据 data: own（单进程 embedded） · 高梁乡"]
    made_up = Settings(data=tmp_path / "made-up")
    (line,) = told(made_up, NameTownship(name="高粱乡", demonstration=True))
    assert "示范" in line


def test_a_fleet_that_is_stopped_is_another_store(tmp_path: Path):
    (tmp_path / "var" / "fleet").mkdir(parents=True)
    (tmp_path / "var" / "fleet" / "roles.json").write_text("{}")
    settings = Settings(data=tmp_path / "own")
    *_, other, last = told(settings, NameTownship(name="高梁乡"))
    assert "var/fleet（停着 stopped）" in other
    assert last == "  .venv/bin/shouwang up"
    assert len(told(settings, SHOUWANG_FLEET="")) == 1, "who asks for the embedded store means it"


def test_what_is_printed_asks_the_same_store(monkeypatch: pytest.MonkeyPatch):
    assert pasteable("history", "王 五") == ".venv/bin/shouwang history '王 五'"
    monkeypatch.setenv("SHOUWANG_FLEET", "")
    monkeypatch.setenv("SHOUWANG_DATA", "var/my data")
    said = pasteable("summary")
    assert said == "SHOUWANG_DATA='var/my data' SHOUWANG_FLEET= .venv/bin/shouwang summary"
    assert shlex.split(said)[0] == "SHOUWANG_DATA=var/my data"


def test_a_command_in_an_error_can_be_pasted_and_keeps_what_it_sets_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOUWANG_DATA", "here")
    assert (
        with_pasteable("run `shouwang migrate` first")
        == "run `SHOUWANG_DATA=here .venv/bin/shouwang migrate` first"
    )
    assert with_pasteable("SHOUWANG_DATA=there shouwang run") == "SHOUWANG_DATA=there .venv/bin/shouwang run"
