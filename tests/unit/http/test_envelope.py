"""What is the same for every request: problems, correlation, keys, sizes, health, the description."""

import asyncio
import json
from collections.abc import Iterator

import pytest
import structlog
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.commands.malformed import HAN
from services.chassis.http.app import build_app
from services.chassis.verdict import Finding, FindingKind, Watch
from services.house.house import House
from tests.unit.http.asks import form
from tests.unit.http.conftest import FACES, offices
from tests.unit.http.village import NOW, TOKEN, http_settings, visit

VISIT = {key: value for key, value in visit(1).items() if key != "visit"}


@pytest.fixture
def lines() -> Iterator[list]:
    with structlog.testing.capture_logs() as held:
        yield held


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/villages", 405), ("PUT", "/visits/batch", 405)],
)
def test_addresses_and_methods_that_are_none_say_what_there_is(
    client: TestClient, method: str, path: str, status: int
):
    answer = client.request(method, path)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(told) == {"type", "title", "status", "detail", "correlation"}
    assert {404: "GET /openapi.json", 405: "POST"}[status] in told["detail"]
    assert HAN.match(told["detail"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"a"',
        b'{"elder": NaN}',
        b"\xff",
        b'{"a":"\\ud800"}',
        b"[" * 9999,
        b"elder=E000",
        b'{"a":1} x',
    ],
)
def test_a_body_that_is_no_object(client: TestClient, body: bytes):
    answer = client.put("/visits/V1", content=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "body")
    assert HAN.match(answer.json()["errors"][0]["message"])


def test_where_a_body_stops_being_json_is_said_in_chinese_too(client: TestClient):
    answer = client.put("/visits/V1", content=b'{"elder":\n oops}')
    assert "不是有效的 JSON（第 2 行第 2 列） / not JSON" in answer.json()["detail"]


def test_what_stands_in_the_url_does_not_stand_in_the_body_too(client: TestClient):
    answer = client.put("/visits/V1", json=VISIT | {"visit": "V2"})
    assert answer.json()["errors"][0]["field"] == "visit"


@pytest.mark.parametrize("name", ["V%00", "V%0A", "x" * 129, "%E2%80%8B"])
def test_an_id_in_a_url_is_short_and_visible(client: TestClient, name: str):
    assert client.put(f"/visits/{name}", json=VISIT).status_code == 400


def test_no_null_character_comes_in(client: TestClient):
    assert client.put("/visits/V1", json=VISIT | {"by": "a\0b"}).status_code == 400
    assert client.put("/visits/V1", json=VISIT | {"by": "a\\u0000b"}).status_code == 400


@pytest.mark.parametrize("day", ["0001-01-01", "1799-12-31", "3000-01-01", "9999-12-31"])
def test_a_date_of_nobodys_life_is_malformed(client: TestClient, day: str):
    answer = client.put("/visits/V1", json=VISIT | {"on": day})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "on")
    enrolled = form("E810") | {"supporters": [{"id": "S1", "left_county_on": day}]}
    answer = client.post("/elders", json=enrolled)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "supporters.0.left_county_on")


def test_the_callers_request_id_comes_back(client: TestClient):
    for given, same in (("abc-1", True), ("a b", False), ("x" * 129, False), ("", False)):
        for path, status in (("/healthz", 200), ("/nowhere", 404)):
            answer = client.get(path, headers={"X-Request-ID": given})
            assert answer.status_code == status
            assert (answer.headers["X-Request-ID"] == given) is same
            assert len(answer.headers["X-Request-ID"]) > 0
        told = client.get("/nowhere", headers={"X-Request-ID": given})
        assert told.json()["correlation"] == told.headers["X-Request-ID"]


def test_a_key_is_made_where_none_is_given(client: TestClient):
    made = client.post("/staff", json={"staff": "new", "role": "clinic"}).headers["Idempotency-Key"]
    again = client.post("/staff", json={"staff": "new", "role": "clinic"}, headers={"Idempotency-Key": made})
    assert again.json() == {"outcome": "repeat"}
    other = client.post(
        "/villages", json={"village": "1", "name": "", "groups": []}, headers={"Idempotency-Key": made}
    )
    assert other.status_code == 409


def test_a_row_of_a_ledger_has_a_key_of_its_own(client: TestClient):
    body = form("E800") | {"ledger": "row-1"}
    assert [client.post("/elders", json=body).json()["outcome"] for _ in range(2)] == ["accepted", "repeat"]


@pytest.mark.parametrize("key", ["", "x" * 201, "号"])
def test_a_key_that_is_none(client: TestClient, key: str):
    answer = client.post(
        "/staff", json={"staff": "new", "role": "clinic"}, headers={"Idempotency-Key": key.encode()}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_a_body_over_the_limit(house: House):
    app = build_app(offices(house), http_settings(body_bytes=1024), SetClock(NOW))
    with TestClient(app) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        answer = client.put("/visits/V1", json=VISIT | {"by": "x" * 1024})
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:shouwang:problem:too-large")
        assert "一次最多 1024 字节" in answer.json()["detail"]
        chunks = iter([b"x" * 600, b"x" * 600])
        assert client.put("/visits/V1", content=chunks).status_code == 413


def asgi(app, chunks: list[dict], length: int) -> list[dict]:
    """One raw request, of which `chunks` are received."""
    sent: list[dict] = []
    received = iter(chunks)
    headers = [(b"authorization", f"Bearer {TOKEN}".encode()), (b"content-length", str(length).encode())]
    scope = {
        "type": "http",
        "method": "PUT",
        "path": "/visits/V1",
        "raw_path": b"/visits/V1",
        "query_string": b"",
    }
    scope |= {
        "headers": headers,
        "http_version": "1.1",
        "scheme": "http",
        "client": None,
        "server": None,
        "state": {},
    }
    scope |= {"asgi": {"version": "3.0"}, "root_path": "", "extensions": {}}

    async def receive() -> dict:
        return next(received)

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_a_request_that_is_cut_changes_nothing(house: House):
    app = build_app(offices(house), http_settings(), SetClock(NOW))
    whole = json.dumps(VISIT).encode()
    part = {"type": "http.request", "body": whole[:20], "more_body": True}
    ends = {"type": "http.request", "body": whole, "more_body": False}
    size = house.services["visits"].log.size()
    for chunks, length in (([part, {"type": "http.disconnect"}], 200), ([ends], len(whole) + 1)):
        sent = asgi(app, chunks, length)
        assert sent[0]["status"] == 400
        assert json.loads(sent[1]["body"])["type"] == "urn:shouwang:problem:incomplete"
    assert house.services["visits"].log.size() == size


def test_alive_and_ready_without_a_token(client: TestClient):
    del client.headers["Authorization"]
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_whoever_started_a_process_knows_its_answers_by_its_instance(house: House):
    settings = http_settings(instance="5f0e")
    with TestClient(build_app(offices(house), settings, SetClock(NOW))) as client:
        assert client.get("/healthz").json()["instance"] == "5f0e"
        assert client.get("/readyz").json()["instance"] == "5f0e"


def test_ready_carries_the_last_verdict_and_no_words_of_it(house: House):
    finding = Finding(FindingKind.PARKED, "visits", "of somebody", "shouwang parked list")
    watch = Watch(lambda: [finding])
    watch.look()
    with TestClient(build_app(offices(house), http_settings(), SetClock(NOW), watch)) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["well"], told["findings"]) == (False, [{"kind": "parked", "about": "visits"}])
    assert "of somebody" not in answer.text


def test_not_ready_says_what_it_cannot_reach(client: TestClient, house: House):
    house.services["risk"].log.recorder.transact(lambda sql: sql.run("DROP TABLE stored_events"), commit=True)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["unreachable"]) == (503, ["risk: database"])
    assert answer.headers["Retry-After"] == "1"
    assert client.get("/healthz").status_code == 200


def test_an_error_of_ours_is_a_problem_and_logs_no_personal_data(
    client: TestClient, house: House, lines: list
):
    house.services["registry"].log.recorder.transact(lambda sql: sql.run("DROP TABLE elders"), commit=True)
    answer = client.post(
        "/elders",
        json=form("E700") | {"name": "王秀英", "citizen_number": "530323195004120024", "born": "1950-04-12"},
    )
    told = answer.json()
    assert answer.status_code in {500, 503}
    assert (
        client.post("/elders", json=form("E700"), headers={"Idempotency-Key": told["key"]}).status_code >= 500
    )
    assert [line for line in lines if line["event"] == "error"]
    assert "王秀英" not in str(lines)
    assert "530323195004120024" not in str(lines)


def test_nothing_that_callers_send_is_logged(client: TestClient, lines: list):
    client.put(
        "/visits/V77?name=secret", json=VISIT | {"on": "secret"}, headers={"Idempotency-Key": "secret"}
    )
    assert lines
    assert "secret" not in str(lines)
    assert "V77" not in str(lines)


def test_every_way_in_is_described(client: TestClient):
    told = client.get("/openapi.json").json()
    for face in FACES:
        for entry in (kind.DECLARED for kind in face.commands):
            operation = told["paths"][entry.path][entry.method.lower()]
            assert {"200", "400", "401", "409", "413", "422", "503"} <= set(operation["responses"])
            assert operation["requestBody"]["content"]["application/json"]["examples"]
    assert told["openapi"] == "3.1.0"


def test_examples_can_be_read(client: TestClient):
    for face in FACES:
        for entry in (kind.DECLARED for kind in face.commands):
            path = entry.path.format(
                elder="E000",
                supporter="S1",
                visit="VX",
                evidence="disability",
                staff="grid",
                other="E001",
                merged="E002",
                problem="PX",
                need="NX",
                begins="2024-03-01",
                unit="clinic",
                comparison="CX",
                difference="1",
                figure="F1",
            )
            answer = client.request(entry.method, path, json=dict(entry.example))
            assert answer.status_code in {200, 201, 202, 422}, (entry.path, answer.json())
        for declared in (kind.DECLARED for kind in face.commands if kind.DECLARED.batch):
            batch, item = declared.batch, {declared.batch.id_field: "VX"} | declared.example
            answer = client.post(batch.path, json={batch.items: [item]})
            assert answer.json()["answers"][0]["reason"] != "Malformed"


def test_the_inbox_holds_what_was_told(client: TestClient, house: House):
    client.post("/elders/E000/incidents", json={"incident": "I1", "kind": "fall"})
    house.settle()
    house.services["notify"].advance(NOW)
    told = client.get("/inbox/lead").json()["messages"]
    assert [item["incident"] for one in told for item in one["items"]] == ["I1"]
    assert client.get("/inbox/nobody").json() == {"messages": [], "cancelled": []}
    for limit in ("0", "201", "x", "-1", "1e3", "٣"):
        assert client.get("/inbox/lead", params={"limit": limit}).status_code == 400
