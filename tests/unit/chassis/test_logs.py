"""Logs: given something to say, when it is said, then a line of JSON that names what brought it, and no person."""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import structlog

from services.chassis import logs
from services.house.conductor import Conductor
from services.house.house import opened
from services.house.settings import Settings
from services.kernel.calendar import midnight
from services.notify.channels import LogChannel

BEGINS = date(2024, 1, 1)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    held = io.StringIO()
    logs.configure("INFO", held)
    yield held
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(text) for text in stream.getvalue().splitlines()]


def test_every_line_is_json_with_its_level_and_the_local_time(stream: io.StringIO):
    structlog.get_logger().info("时间到了", counted=3)
    assert "时间到了" in stream.getvalue()
    line = lines(stream)[0]
    assert (line["event"], line["level"], line["counted"]) == ("时间到了", "info", 3)
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(hours=8)


def test_what_is_said_while_something_is_handled_names_what_brought_it(stream: io.StringIO):
    log = structlog.get_logger()
    with logs.bind(correlation="visit:v1"):
        log.info("recorded")
    log.info("idle")
    assert [line.get("correlation") for line in lines(stream)] == ["visit:v1", None]


def test_what_is_below_the_level_is_not_said(stream: io.StringIO):
    structlog.get_logger().debug("whisper")
    logs.configure("ERROR", stream)
    structlog.get_logger().warning("murmur")
    assert lines(stream) == []


def test_an_error_is_one_line_with_its_trace(stream: io.StringIO):
    try:
        {}["wang"]
    except KeyError:
        structlog.get_logger().exception("not handled")
    (line,) = lines(stream)
    assert "KeyError: 'wang'" in line["exception"]


WANG = {
    "elder": "E0",
    "name": "王小明",
    "citizen_number": "510722195006301234",
    "phone": "13800000000",
    "born": "1950-06-30",
    "sex": "m",
    "village": "V0",
    "group": "G1",
    "living": "alone",
    "evidence": [],
    "health": ["hypertension"],
    "declined_institution": True,
    "supporters": [{"id": "S0", "left_county_on": "2022-01-01"}],
    "carer": "GRID",
}
PERSONAL = ("王小明", "510722195006301234", "13800000000", "violence", "E0", "hypertension")


def test_a_township_that_tells_on_the_log_names_nobody_and_nothing_of_anybody(stream: io.StringIO):
    with opened(Settings(data=None), (LogChannel(),)) as house:
        conductor = Conductor(house, BEGINS)
        at = midnight(BEGINS) + timedelta(hours=9)

        def take(do: str, **fields: object) -> None:
            assert conductor.take(house.read(do, json.dumps(fields)), at).is_taken

        take("open_village", village="V0", name="村0", groups=["G1"])
        take("appoint", staff="LEAD", role="village_lead", village="V0")
        take("appoint", staff="GRID", role="grid_worker", village="V0")
        take("enrol", **WANG)
        take("incident", incident="i1", elder="E0", kind="violence")
        conductor.through(BEGINS + timedelta(days=45))
    said = lines(stream)
    assert {line["event"] for line in said} == {"notice"}
    assert {kind for line in said for kind in line["about"]} == {"incident", "graded", "missed", "reminder"}
    assert not [word for word in PERSONAL if word in stream.getvalue()]
