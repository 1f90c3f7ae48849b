"""Whatever a line of a scenario holds, it is taken or refused under its number, and the run goes on to its end."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from services.house.house import blueprints
from services.house.scenario import read_lines, rehearse, write_facts
from services.house.settings import Settings
from tests.fuzz.hostile import VALUES, drawn, text_of

AT = "2024-01-01T09:00:00+08:00"
VILLAGE, UNTIL = "530323990201", date(2024, 1, 10)
ENROL = {
    "born": "1950-03-02",
    "sex": "f",
    "village": VILLAGE,
    "group": "一组",
    "living": "with_relatives",
    "evidence": [],
    "health": [],
    "declined_institution": False,
    "supporters": [{"id": "s1", "left_county_on": "2023-01-15"}],
    "carer": "c1",
}
BEFORE: list[dict[str, Any]] = [
    {"do": "open_village", "village": VILLAGE, "name": "测试村", "groups": ["一组"]},
    {"do": "appoint", "staff": "lead", "role": "village_lead", "village": VILLAGE},
    {"do": "appoint", "staff": "c1", "role": "grid_worker", "village": VILLAGE},
    {"do": "enrol", "elder": "A"} | ENROL,
]
AFTER: list[dict[str, Any]] = [
    {"at": "2024-01-02T09:00:00+08:00", "do": "enrol", "elder": "Z"} | ENROL,
    {
        "at": "2024-01-02T10:00:00+08:00",
        "do": "incident",
        "incident": "I-after",
        "elder": "Z",
        "kind": "fall",
    },
]
GIVEN: dict[str, Any] = {"elder": "A", "by": "lead", "on": "2024-01-01", "village": VILLAGE, "staff": "c1"}
"""What a line holds beside the field that is tried, where nothing better is known of its kind."""


def lines_known() -> Iterator[tuple[str, tuple[str, ...]]]:
    for plan in blueprints(Settings()):
        for kind in plan.face.commands:
            line = kind.DECLARED.line
            yield kind.NAME, (*(line.fields or kind.model_fields), *line.called)


def lines() -> list[dict[str, Any]]:
    """Every kind of line × every field, `at` and `do` too × every value."""
    made: list[dict[str, Any]] = []
    for kind, known in lines_known():
        base = {"at": AT, "do": kind} | {name: one for name, one in (ENROL | GIVEN).items() if name in known}
        made += [base | {field: value} for field in (*known, "at", "do") for value in VALUES]
    return made


def test_every_field_of_every_line_with_every_kind_of_value(tmp_path: Path):
    wanted = drawn([one for one in lines() if one["do"] != "end_appointment"], 400)
    file = tmp_path / "hostile.jsonl"
    whole = [{"at": AT} | one for one in BEFORE] + wanted + AFTER
    file.write_bytes(
        b"\n".join([*map(text_of, whole), b"[" * 5000, b"\xff", b'{"at": 1' + b"0" * 5000 + b"}"])
    )
    played = rehearse(read_lines(file), UNTIL, Settings(data=None))
    write_facts(played, tmp_path / "facts.jsonl")
    refused = sum(fact["fact"] == "refused_line" for fact in played.facts)
    print(f"scenario: {len(wanted)} of {len(lines())} lines, {refused} refused")  # noqa: T201
    assert refused > len(wanted) / 2
    told = {
        fact["to"] for fact in played.facts if fact["fact"] == "notice" and fact.get("incident") == "I-after"
    }
    assert told
