"""What a visit finds (section 3, Decision): given a visit over HTTP, then the need, incident or problem of its row."""

import pytest
from litestar.testing import TestClient

from services.house import facts
from services.house.house import House
from services.visits.care.domain import CareRecord, care_record_id
from tests.unit.http.village import NOW, VILLAGE

BODY = {"elder": "E001", "by": "grid", "on": "2024-03-04", "mode": "phone"}
BODY |= {"check_up": False, "confirms_facts": False}


def visit(client: TestClient, house: House, name: str, *findings: str, **given: str) -> None:
    answer = client.put(f"/visits/{name}", json=BODY | {"findings": [*findings]} | given)
    assert answer.status_code == 201, answer.text
    house.settle()


def needs(client: TestClient) -> list[tuple[str, str, str, str]]:
    listed = client.get(f"/villages/{VILLAGE}/needs").json()["needs"]
    return [(one["need"], one["kind"], one["found_on"], one["found_by"]) for one in listed]


def problems(client: TestClient) -> list[tuple[str, str, str, str, str]]:
    listed = client.get("/staff/lead/problems").json()["problems"]
    told = [(one["problem"], one["kind"], one["found_on"], one["found_by"], one["visit"]) for one in listed]
    return sorted(told)


@pytest.mark.parametrize(
    ("finding", "kind"),
    [
        ("unwell", "medical"),
        ("short_of_medicine", "medical"),
        ("short_of_food", "goods"),
        ("lonely", "company"),
    ],
)
def test_what_is_lacking_opens_a_need(client: TestClient, house: House, finding: str, kind: str):
    visit(client, house, "V1", finding)
    assert needs(client) == [(f"V1:{kind}", kind, "2024-03-04", "grid")]
    assert problems(client) == []


@pytest.mark.parametrize(
    ("finding", "kind"), [("injured", "fall"), ("house_unsafe", "housing"), ("strangers_selling", "other")]
)
def test_what_is_wrong_opens_an_incident_or_a_problem(
    client: TestClient, house: House, finding: str, kind: str
):
    visit(client, house, "V1", finding)
    assert problems(client) == [(f"V1:{kind}", kind, "2024-03-04", "grid", "V1")]
    assert needs(client) == []
    [shown] = client.get(f"/staff/lead/problems/V1:{kind}").json()["problems"]
    assert [(one["step"], one["findings"]) for one in shown["steps"]] == [("IncidentReported", [finding])]


def test_an_injury_is_told_at_once_as_every_incident(client: TestClient, house: House):
    visit(client, house, "V1", "injured")
    house.services["notify"].advance(NOW)
    told = [fact for fact in facts.of(house.services["notify"]) if fact.get("about") == "incident"]
    assert [(one["to"], one["incident"], one["level"]) for one in told] == [
        ("grid", "V1:fall", 0),
        ("lead", "V1:fall", 0),
    ]


def test_one_that_is_open_is_not_opened_again_and_one_that_is_over_is(client: TestClient, house: House):
    visit(client, house, "V1", "unwell", "short_of_medicine", "house_unsafe")
    visit(client, house, "V2", "short_of_medicine", "house_unsafe", on="2024-03-03")
    assert [one[0] for one in needs(client)] == ["V1:medical"]
    assert [one[0] for one in problems(client)] == ["V1:housing"]
    met = {"by": "lead", "on": "2024-03-05", "text": "已送药"}
    assert client.post("/elders/E001/needs/V1:medical/meeting", json=met).status_code == 201
    steps: list[tuple[str, dict]] = [
        ("acceptance", {"by": "centre"}),
        ("units", {"by": "centre", "units": ["clinic"]}),
        ("units/clinic/handling", {"by": "clinic", "text": "已看过"}),
        ("closing", {"by": "centre", "text": "已修好"}),
    ]
    for path, body in steps:
        assert client.post(f"/problems/V1:housing/{path}", json=body).status_code == 201, path
    visit(client, house, "V3", "unwell", "house_unsafe")
    assert sorted(one[0] for one in needs(client)) == ["V1:medical", "V3:medical"]
    assert [one[0] for one in problems(client)] == ["V1:housing", "V3:housing"]


def test_what_somebody_reported_is_open_too_and_another_elders_is_not(client: TestClient, house: House):
    client.post("/elders/E001/incidents", json={"incident": "I1", "kind": "fall"})
    client.post("/elders/E002/incidents", json={"incident": "I2", "kind": "unreachable"})
    visit(client, house, "V1", "injured")
    visit(client, house, "V2", "injured", elder="E002")
    assert [one[0] for one in problems(client)] == ["I1", "I2", "V2:fall"]


def test_two_visits_of_one_upload_open_one(client: TestClient):
    found = BODY | {"findings": ["injured", "lonely"]}
    upload = {"visits": [found | {"visit": "V1"}, found | {"visit": "V2", "on": "2024-03-03"}]}
    assert client.post("/visits/batch", json=upload).status_code == 200
    assert [one[0] for one in problems(client)] == ["V1:fall"]
    assert [one[0] for one in needs(client)] == ["V1:company"]


def test_a_name_that_somebody_took_gives_way(client: TestClient, house: House):
    client.post("/elders/E002/incidents", json={"incident": "V1:fall", "kind": "unreachable"})
    visit(client, house, "V1", "injured")
    assert [one[0] for one in problems(client)] == ["V1:fall", "V1:fall:2"]


def test_of_who_has_left_the_register_nothing_is_opened_though_the_visit_is_kept(
    client: TestClient, house: House
):
    client.post("/elders/E001/death", json={"on": "2024-03-05"})
    house.settle()
    visit(client, house, "V1", "injured", "lonely")
    record = house.services["visits"].log.load(CareRecord, care_record_id("E001"))
    assert record is not None
    assert record.state.ended_on == NOW.date()
    assert record.state.visits["V1"]["findings"] == ["injured", "lonely"]
    assert (needs(client), problems(client)) == ([], [])
