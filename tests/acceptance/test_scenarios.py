"""The scenarios' facts about elders come out exactly, notices among them."""

import importlib.util
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from services.chassis.log import EventLog

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
spec = importlib.util.spec_from_file_location("township", HERE / "township.py")
township = importlib.util.module_from_spec(spec)
spec.loader.exec_module(township)

FIELDS = {
    "certified": ["elder"],
    "refused": ["elder", "reason"],
    "lapsed": ["elder", "reason"],
    "ended": ["elder", "reason"],
    "graded": ["elder", "grade", "from", "because", "cause"],
    "opened": ["subject", "duty", "period", "count"],
    **{kind: ["subject", "duty", "period"] for kind in ("met", "superseded", "waived", "ended_duty")},
    "missed": ["subject", "duty", "period", "shortfall", "responsible"],
    "reconciled": ["subject", "duty", "period", "days_late"],
    "notice": ["at", "to", "about", "subject", "level", "grade", "duty", "period", "incident"],
    "escalation_exhausted": ["at", "about", "subject", "grade", "duty", "period", "incident"],
    "refused_line": ["line"],
}


def comparable(facts: list[dict], elders: set[str]) -> Counter:
    rows: Counter = Counter()
    for fact in facts:
        subject = fact.get("elder", fact.get("subject"))
        if fact["fact"] in FIELDS and (subject is None or subject in elders):
            kept = {key: fact[key] for key in FIELDS[fact["fact"]] if fact.get(key) is not None}
            day = fact.get("on") or fact["at"][:10]
            rows[day, fact["fact"], json.dumps(kept, sort_keys=True)] += 1
    return rows


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("first-quarter", "2024-04-02"),
        ("spring-festival", "2025-03-01"),
        ("abuse-report", "2024-08-01"),
        ("ten-elders", "2025-05-20"),
    ],
)
def test_the_facts_about_elders_come_out(name: str, until: str):
    lines = township.read(SCENARIOS / f"{name}.jsonl")
    elders = {line["elder"] for line in lines if "elder" in line}
    expected = comparable(township.read(SCENARIOS / f"{name}.facts.jsonl"), elders)
    actual = comparable(township.Township().run(lines, date.fromisoformat(until)), elders)
    assert sorted((expected - actual).elements()) == []
    assert sorted((actual - expected).elements()) == []


def state(aggregate) -> dict:
    return {key: value for key, value in vars(aggregate).items() if key != "_pending_events"}


def test_every_elders_state_is_rebuilt_from_the_stored_log(tmp_path: Path):
    lines = township.read(SCENARIOS / "ten-elders.jsonl")
    played = township.Township()
    played.run(lines, date(2025, 5, 20))
    log = EventLog(str(tmp_path / "log.db"))
    for number, (_, event) in enumerate(played.log):
        with log.unit() as unit:
            unit.record(event)
            unit.heard("scenario", 0, number + 1)
    live = {aggregate.id: aggregate for aggregate, _ in played.log}
    assert len(live) > 30
    for aggregate_id, aggregate in live.items():
        assert state(log.load(type(aggregate), aggregate_id)) == state(aggregate)
    log.close()


def test_a_day_passed_in_any_state_asks_for_nothing_twice():
    lines = township.read(SCENARIOS / "ten-elders.jsonl")
    once, twice = township.Township(), township.Township()
    turn = twice.turn_day

    def turn_twice(at) -> None:
        turn(at)
        turn(at)

    twice.turn_day = turn_twice
    assert once.run(lines, date(2025, 5, 20)) == twice.run(lines, date(2025, 5, 20))
