"""Every text, id and number has its limit where it enters, and what is beyond it harms itself alone."""

from litestar.testing import TestClient

from services.chassis.http.openapi import describe
from services.house.house import House
from services.kernel.texts import LONGEST_ID
from tests.unit.http.asks import form
from tests.unit.http.conftest import FACES
from tests.unit.http.village import VILLAGE, visit

WOMAN = "530399195003021224"
HER = {"born": "1950-03-02", "sex": "f"}


def fields(answer) -> tuple[int, list[str]]:
    return answer.status_code, [one["field"] for one in answer.json().get("errors", ())]


def test_a_village_group_with_a_name_too_long_for_an_index_is_no_group(client: TestClient):
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))
    answer = client.post("/villages", json={"village": "V9", "name": "新村", "groups": ["一组", name]})
    assert fields(answer) == (400, ["groups.1"])


def test_of_an_upload_the_visit_with_an_id_too_long_is_refused_and_the_others_are_recorded(
    client: TestClient,
):
    visits = [visit(0), visit(1) | {"visit": "V" * 2700}, visit(2) | {"visit": "V/3"}, visit(3)]
    answer = client.post("/visits/batch", json={"visits": visits})
    assert [one["outcome"] for one in answer.json()["answers"]] == [
        "accepted",
        "refused",
        "refused",
        "accepted",
    ]
    assert [one.get("reason") for one in answer.json()["answers"]] == [None, "Malformed", "Malformed", None]


def test_ids_in_a_body_and_in_a_path_are_held_to_one_rule(client: TestClient):
    for name in ("U/7", "U 7", "x" * (LONGEST_ID + 1)):
        assert fields(client.post("/elders", json=form("E8") | {"elder": name})) == (400, ["elder"])
        assert client.post("/elders", json=form("E8") | {"carer": name}).status_code == 400
    assert client.post("/elders", json=form("Ｅ８００")).status_code == 201
    assert client.get("/elders/E800/contacts").status_code == 200
    assert client.get("/elders/Ｅ８００/contacts").status_code == 200
    assert client.get("/elders/U%207/contacts").status_code == 400


def test_a_citizen_number_is_checked_as_the_importer_does(client: TestClient):
    for number in ("12345", WOMAN[:17] + "5", "530399195003021225"):
        given = form("E8") | HER | {"citizen_number": number}
        assert fields(client.post("/elders", json=given)) == (400, ["citizen_number"])
    for other in ({"born": "1950-03-01"}, {"sex": "m"}):
        given = form("E8") | HER | {"citizen_number": WOMAN} | other
        assert fields(client.post("/elders", json=given)) == (400, ["citizen_number"])
    assert client.post("/elders", json=form("E8") | HER | {"citizen_number": WOMAN}).status_code == 201


def test_two_with_one_number_are_suspected_whichever_x_was_typed(client: TestClient):
    for elder, number in (("E801", "53039919500302007x"), ("E802", "53039919500302007X")):
        given = form(elder) | {"born": "1950-03-02", "sex": "m", "citizen_number": number, "name": "王小明"}
        assert client.post("/elders", json=given).status_code == 201
    found = client.get("/duplicates").json()["suspected"]
    assert [sorted((one["elder"], one["other"])) for one in found] == [["E801", "E802"]]


def test_a_supporter_stands_once_in_a_form(client: TestClient):
    rows = [{"id": "S1", "left_county_on": None}, {"id": "S1", "left_county_on": "2023-01-01"}]
    assert fields(client.post("/elders", json=form("E8") | {"supporters": rows})) == (400, ["supporters"])
    told = {"by": "lead", "reason": "核对", "supporters": rows}
    assert fields(client.post("/elders/E000/corrections", json=told)) == (400, ["supporters"])


def test_a_name_of_control_characters_is_refused_and_a_rare_one_taken(client: TestClient):
    assert fields(client.post("/elders", json=form("E8") | {"name": "王\x1b[2J"})) == (400, ["name"])
    assert client.post("/elders", json=form("E8") | {"name": "买买提·𠮷"}).status_code == 201


def test_the_description_shows_the_limits():
    told = describe(FACES)
    village = told["paths"]["/villages"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "properties"
    ]
    assert village["groups"]["maxItems"] == 200
    assert village["groups"]["items"]["maxLength"] == 60
    (in_path,) = [
        one["schema"]
        for one in told["paths"]["/elders/{elder}/contacts"]["get"]["parameters"]
        if one["name"] == "elder"
    ]
    in_body = told["paths"]["/elders"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {key: in_path[key] for key in ("maxLength", "pattern")} == {
        key: in_body["properties"]["elder"][key] for key in ("maxLength", "pattern")
    }
    assert in_path["maxLength"] == LONGEST_ID


def test_an_id_stands_for_the_township_a_village_or_an_elder_and_not_for_two(
    client: TestClient, house: House
):
    taken = form("E8") | {"elder": VILLAGE}, form("E8") | {"elder": "township"}
    answers = [client.post("/elders", json=one) for one in taken]
    answers.append(client.post("/villages", json={"village": "E000", "name": "新村", "groups": []}))
    assert [(one.status_code, one.json()["reason"]) for one in answers] == [(422, "IdTaken")] * 3
    house.settle()
    assert house.services["visits"].parked.list() == []
