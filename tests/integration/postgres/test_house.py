"""A township's history comes to the same facts whether its logs are in PostgreSQL or in memory."""

from datetime import date
from pathlib import Path

import pytest

from services.chassis.migrations.migrate import migrate
from services.chassis.reading.read_model import Rebuilt
from services.chassis.stores import open_log
from services.house import house
from services.house.scenario import read_lines, rehearse
from services.house.settings import Settings

SCENARIO = Path(__file__).parents[2] / "acceptance" / "scenarios" / "first-quarter.jsonl"
UNTIL = date(2024, 4, 2)


def test_the_first_quarter_comes_to_the_same_facts(
    admin_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    plans = house.blueprints(Settings())
    kept = Settings(roles=tmp_path / "urls.json")
    migrate(admin_url, [plan.name for plan in plans], kept.roles)
    expected = rehearse(read_lines(SCENARIO), UNTIL, Settings())
    # A rehearsal leaves nothing behind, so this one must be brought to it from outside.
    monkeypatch.setattr(house, "open_log", lambda plan, _: open_log(plan, kept))
    played = rehearse(read_lines(SCENARIO), UNTIL, Settings())
    assert played.facts == expected.facts
    for plan in plans:
        log = open_log(plan, kept)
        rebuilt = Rebuilt(log, plan.model)
        rebuilt.catch_up()
        assert rebuilt.position == log.size() > 0
        assert rebuilt.differing() == []
        rebuilt.close()
        log.close()
