"""An offline phone's upload: every item is answered by itself, in order."""

from litestar.testing import TestClient

from services.house.house import House
from tests.unit.http.village import visit

PATH = "/visits/batch"


def recorded(house: House) -> list[str]:
    rows = house.views("visits", "SELECT visit FROM visits ORDER BY visit")
    return [row["visit"] for row in rows]


def test_a_mixture_of_five_hundred(client: TestClient, house: House):
    known = {key: value for key, value in visit(0).items() if key != "visit"}
    assert client.put("/visits/V0", json=known).status_code == 201
    wrong = {
        "conflict": visit(0, mode="phone"),
        "NotYetHappened": visit(1001, on="2024-03-06"),
        "AwaitingEnrolment": visit(1002, "nobody"),
        "UnknownStaff": visit(1003, by="nobody"),
        "Malformed": {"visit": "V1004", "elder": "E000"},
        "no object": "V1005",
    }
    good = [visit(number, f"E{number % 5:03}") for number in range(1, 494)]
    items = [visit(0), *good[:200], *wrong.values(), *good[200:]]
    assert len(items) == 500
    answer = client.post(PATH, json={"visits": items})
    assert answer.status_code == 200
    answers = answer.json()["answers"]
    assert [one["visit"] for one in answers[:2]] == ["V0", "V1"]
    assert answers[0] == {"visit": "V0", "outcome": "repeat"}
    assert {one["outcome"] for one in answers[1:201] + answers[207:]} == {"accepted"}
    told = [(one["visit"], one["outcome"], one["reason"]) for one in answers[201:207]]
    assert told == [
        ("V0", "conflict", "CommandConflict"),
        ("V1001", "refused", "NotYetHappened"),
        ("V1002", "waiting", "AwaitingEnrolment"),
        ("V1003", "refused", "UnknownStaff"),
        ("V1004", "refused", "Malformed"),
        (None, "refused", "Malformed"),
    ]
    assert all(" / " in one["advice"] or "by: " in one["advice"] for one in answers[201:207])
    assert sorted(recorded(house)) == sorted(one["visit"] for one in [visit(0), *good])


def test_the_same_upload_again_changes_nothing(client: TestClient, house: House):
    upload = {"visits": [visit(number) for number in range(50)]}
    client.post(PATH, json=upload)
    size = house.services["visits"].log.size()
    answers = client.post(PATH, json=upload).json()["answers"]
    assert {one["outcome"] for one in answers} == {"repeat"}
    assert house.services["visits"].log.size() == size


def test_one_id_twice_in_an_upload(client: TestClient, house: House):
    upload = {"visits": [visit(1), visit(1), visit(1, mode="video")]}
    answers = client.post(PATH, json=upload).json()["answers"]
    assert [one["outcome"] for one in answers] == ["accepted", "repeat", "conflict"]
    assert recorded(house) == ["V1"]


def test_more_than_five_hundred_are_too_many(client: TestClient, house: House):
    answer = client.post(PATH, json={"visits": [visit(number) for number in range(501)]})
    assert (answer.status_code, answer.json()["limit"]) == (413, 500)
    assert "501" in answer.json()["detail"]
    assert recorded(house) == []


def test_an_upload_that_is_none(client: TestClient):
    for body, field in (({}, "visits"), ({"visits": {}}, "visits"), ({"visits": [], "x": 1}, "x")):
        answer = client.post(PATH, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert client.post(PATH, json={"visits": []}).json() == {"answers": []}
