"""Whatever is sent over HTTP is answered: no error of ours, and the house goes on."""

from litestar.testing import TestClient

from services.house.house import House
from tests.fuzz.hostile import drawn, text_of
from tests.fuzz.http_door import requests, send_all, still_goes_through
from tests.unit.http.village import visit


def test_every_field_of_every_command_with_every_kind_of_value(client: TestClient, house: House):
    wanted = drawn(requests(), 500)
    statuses = send_all(client, house, wanted)
    print(f"HTTP: {len(wanted)} of {len(requests())} requests, {dict(statuses)}")  # noqa: T201
    still_goes_through(client, house)


def test_of_an_upload_each_item_is_answered_by_itself(client: TestClient, house: House):
    wanted = [one for one in requests() if one.kind.DECLARED.path == "/visits/{visit}"]
    items = [
        {"visit": f"V{number}"} | visit(1, "E001") | {str(one.place[0]): one.value}
        for number, one in enumerate(wanted)
    ]
    for begin in range(0, len(items), 40):
        lot = [*items[begin : begin + 40], visit(begin + 1000, "E002")]
        answer = client.post("/visits/batch", content=text_of({"visits": lot}))
        assert answer.status_code in {200, 400, 413}, answer.text[:500]
        if answer.status_code == 200:
            assert answer.json()["answers"][-1]["outcome"] == "accepted"
    house.settle()
    still_goes_through(client, house)
