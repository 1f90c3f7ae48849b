"""Emergency contacts: given a family, when somebody reports, then they are read by who may, and told to nobody."""

import pytest
from litestar.testing import TestClient

from services.chassis.commands.command import Asked
from services.history.timeline import history
from services.house.house import House
from services.registry.elders.domain import elder_id
from tests.unit.http.village import BEGIN, enrol

WANG = [
    {
        "id": "S1",
        "left_county_on": "2023-01-01",
        "name": "王小明",
        "relation": "儿子",
        "phone": "13800000001",
        "whereabouts": "广东",
    },
    {"id": "S2", "left_county_on": None, "name": "王小红", "relation": "女儿", "phone": "13800000002"},
]
PATH = "/elders/E900/contacts"
REPORT = "/elders/E900/supporters/S1/contact"


@pytest.fixture(autouse=True)
def enrolled(house: House) -> None:
    assert house.take_many([Asked(enrol("E900", supporters=WANG), BEGIN)])[0].is_taken


def test_the_family_is_read_nearest_first_as_enrolled(client: TestClient):
    told = client.get(PATH).json()["contacts"]
    assert [(one["supporter"], one["is_away"], one["phone"]) for one in told] == [
        ("S2", False, "13800000002"),
        ("S1", True, "13800000001"),
    ]
    assert told[1]["reported_on"] == "2024-03-01"


def test_what_is_reported_replaces_what_is_named_and_the_rest_stays(client: TestClient):
    assert client.patch(REPORT, json={"whereabouts": "浙江", "phone": ""}).status_code == 200
    told = client.get(PATH).json()["contacts"][1]
    shown = (told["whereabouts"], told["phone"], told["name"], told["reported_on"])
    assert shown == ("浙江", "", "王小明", "2024-03-05")


def test_a_report_that_says_nothing_or_of_a_stranger_is_not_taken(client: TestClient):
    assert client.patch(REPORT, json={}).status_code == 400
    answer = client.patch("/elders/E900/supporters/S9/contact", json={"phone": "1"})
    assert (answer.status_code, answer.json()["reason"]) == (422, "UnknownSupporter")


def test_nobodys_contacts_are_not_found(client: TestClient):
    answer = client.get("/elders/nobody/contacts")
    assert (answer.status_code, answer.json()["reason"]) == (404, "NotOnRegister")


def test_contacts_are_told_to_nobody_and_not_shown_in_the_history(client: TestClient, house: House):
    assert client.patch(REPORT, json={"whereabouts": "浙江", "phone": "13900000009"}).status_code == 200
    registry = house.services["registry"]
    reported = registry.log.history(elder_id("E900"))[-1]
    assert reported.facts == {"whereabouts": "浙江", "phone": "13900000009"}
    assert registry.translate(reported) is None
    line = history(house, "E900")[-1]
    assert (line.event, line.details) == ("ContactReported", {"supporter": "S1"})
