"""Every way in, the same seven times: accepted, repeat, conflict, refused, malformed, unauthorised, in the future."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from litestar.testing import TestClient

from services.chassis.commands.command import Asked, Command
from services.house.house import House
from services.kernel.calendar import ONE_DAY
from services.notify.deliveries.domain import Delivery
from services.registry.comparisons import commands as compare
from services.registry.elders import commands as registry
from services.registry.figures.commands import EnterFigure
from services.registry.terms import FigureKind
from services.risk import commands as risk
from services.visits import commands as visits
from tests.unit.http.asks import ACCEPTED, AWAITING, COMPARED, FUTURE, WAY, Ask, form
from tests.unit.http.conftest import FACES
from tests.unit.http.village import NOW, VILLAGE, enrol, visit

FIGURE = {"figure": "F1", "kind": FigureKind.SPECIAL_FUND_SPENT, "value": Decimal(100), "by": "centre"}
EVERY = pytest.mark.parametrize("ask", ACCEPTED, ids=str)
PROBLEM = "application/problem+json"
STAGES = ("opened", "accepted", "handed", "handled", "closed")


def papers() -> Iterator[Command]:
    day = NOW.date()
    yield visits.SignAgreement(elder="E004", by="lead", on=day)
    yield visits.NoteAbsence(elder="E004", begins=day.replace(day=1), ends=day)
    yield visits.NoteNeed(need="N1", elder="E004", kind="meals", by="grid", on=day, text="中午无人做饭")


def problems_at_every_stage() -> Iterator[Command]:
    day = NOW.date()
    for place, stage in enumerate(STAGES):
        name = f"P-{stage}"
        yield visits.OpenProblem(problem=name, elder="E003", kind="housing", by="grid", on=day, text="漏雨")
        steps = (
            visits.AcceptProblem(problem=name, by="centre"),
            visits.HandProblem(problem=name, by="centre", units=["clinic"]),
            visits.HandleProblem(problem=name, by="clinic", unit="clinic", text="已办"),
            visits.CloseProblem(problem=name, by="centre", text="已办结"),
        )
        yield from steps[:place]


@pytest.fixture
def house(house: House) -> House:
    """With what some of the asked need to have happened."""
    day, compared = NOW.date(), COMPARED | {"comparison": "C1", "by": "lead"}
    house.take_many(
        [
            Asked(EnterFigure(**FIGURE, on=day), NOW),
            Asked(registry.EnterInstitution(elder="E001", on=day), NOW),
            *(Asked(enrol(elder, name="王秀英"), NOW) for elder in ("E005", "E006", "E007")),
            Asked(registry.MergeElders(by="lead", reason="一人", kept="E006", merged="E005"), NOW),
            *(Asked(one, NOW) for one in (enrol("E008"), registry.NoteDeath(elder="E008", on=day))),
            Asked(registry.Appoint(staff="cadre", role="group_cadre"), NOW),
            Asked(registry.GoOnLeave(staff="cadre", stand_in="grid", begins=day - ONE_DAY, ends=day), NOW),
            Asked(compare.CompareList.model_validate_json(json.dumps(compared)), NOW),
            Asked(risk.Observe(elder="E001", evidence="disability", on=day), NOW),
            Asked(visits.ReportIncident(incident="I3", elder="E003", kind="fall"), NOW),
            *(Asked(command, NOW) for command in (*papers(), *problems_at_every_stage())),
        ]
    )
    house.settle()
    notify = house.services["notify"]
    notify.advance(NOW)
    with notify.log.unit("test") as unit:
        failed = unit.add(Delivery.plan(["asked"], WAY, VILLAGE, {"missed": 1}, NOW, is_urgent=False))
        failed.begin(NOW, NOW)
        failed.fail(1, "refused", None, NOW)
    return house


def send(client: TestClient, ask: Ask, body: dict | None = None, key: str = "k-1"):
    sent = ask.body if body is None else body
    return client.request(ask.method, ask.path, json=sent, headers={"Idempotency-Key": key})


def test_every_way_in_has_its_canonical_request():
    asked = {(one.service, one.method, one.path) for one in ACCEPTED}
    for face in FACES:
        for kind in face.commands:
            entry = kind.DECLARED
            shape = re.sub(r"\{\w+\}", "[^/]+", entry.path)
            found = [
                one for one in asked if one[:2] == (face.name, entry.method) and re.fullmatch(shape, one[2])
            ]
            assert found, entry.path


@EVERY
def test_accepted(client: TestClient, ask: Ask):
    answer = send(client, ask)
    assert answer.json() == {"outcome": "accepted"}
    assert answer.status_code == (
        200 if ask.path.endswith(("/facts", "/carer", "/contact", "/township")) else 201
    )


@EVERY
def test_the_same_again_gets_the_first_answer(client: TestClient, house: House, ask: Ask):
    first = send(client, ask)
    size = house.services[ask.service].log.size()
    again = send(client, ask)
    assert (again.status_code, again.json()) == (200, {"outcome": "repeat"})
    assert house.services[ask.service].log.size() == size
    assert first.headers.get("Idempotency-Key") == again.headers.get("Idempotency-Key")


@EVERY
def test_other_content_under_the_same_key_is_a_conflict(client: TestClient, ask: Ask):
    send(client, ask)
    answer = send(client, ask, ask.other)
    assert (answer.status_code, answer.headers["content-type"]) == (409, PROBLEM)
    assert answer.json()["type"] == "urn:shouwang:problem:conflict"


@pytest.mark.parametrize("ask", [ask for ask in ACCEPTED if ask.reason == AWAITING], ids=str)
def test_what_names_an_elder_of_whom_nothing_is_heard_is_kept_and_waits(client: TestClient, ask: Ask):
    path, body = ask.refused
    for _ in range(2):
        answer = client.request(ask.method, path, json=body, headers={"Idempotency-Key": "k"})
        told = answer.json()
        assert (answer.status_code, told["outcome"], told["reason"]) == (202, "waiting", AWAITING)
        assert "等待建档" in told["advice"]


@pytest.mark.parametrize("ask", [ask for ask in ACCEPTED if ask.reason != AWAITING], ids=str)
def test_refused_with_its_reason_in_chinese_and_english(client: TestClient, ask: Ask):
    path, body = ask.refused
    answer = client.request(ask.method, path, json=body)
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert told["reason"] == ask.reason
    assert re.match(r".*[\u4e00-\u9fff].* / [A-Za-z]", told["detail"])


@EVERY
def test_malformed_with_each_field_named(door: TestClient, ask: Ask):
    kept = dict(list(ask.body.items())[1:])
    answer = send(door, ask, kept | {"unheard_of": 1})
    assert answer.status_code == 400
    named = {one["field"] for one in answer.json()["errors"]}
    assert "unheard_of" in named
    optional = ask.path.endswith(("/facts", "/contact"))
    assert optional or next(iter(ask.body)) in named


@EVERY
@pytest.mark.parametrize("shown", [None, "Bearer wrong", "Basic YTpi", "Bearer ", "Bearer 令牌"])
def test_unauthorised_without_the_token(door: TestClient, ask: Ask, shown: str | None):
    headers = {} if shown is None else {"Authorization": shown.encode()}
    sent = door.build_request(ask.method, ask.path, json=ask.body, headers=headers)
    if shown is None:
        del sent.headers["Authorization"]
    answer = door.send(sent)
    assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
    assert answer.json()["type"] == "urn:shouwang:problem:unauthorised"


@pytest.mark.parametrize("ask", [one for one in ACCEPTED if "on" in one.body], ids=str)
def test_what_is_dated_in_the_future_is_refused(client: TestClient, ask: Ask):
    answer = send(client, ask, ask.body | FUTURE)
    assert (answer.status_code, answer.json()["reason"]) == (422, "NotYetHappened")


BY_A_RULE = pytest.mark.parametrize(
    ("given", "reason"), [({"supporters": []}, "NoSupporters"), ({"born": "1990-03-01"}, "UnderAge")]
)


@BY_A_RULE
def test_an_enrolment_that_a_rule_refuses_is_recorded_and_answered_so_whenever_it_comes(
    client: TestClient, house: House, given: dict, reason: str
):
    body = form("E910") | given
    first, again = (client.post("/elders", json=body, headers={"Idempotency-Key": "k-9"}) for _ in range(2))
    assert [one.status_code for one in (first, again)] == [422, 422]
    assert first.headers["content-type"] == PROBLEM
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"] == "k-9"
    told = first.json()
    assert (told["type"], told["reason"], told["recorded"]) == (
        "urn:shouwang:problem:refused",
        reason,
        True,
    )
    assert "已记录在案 / " in told["detail"]
    assert told["detail"].endswith("The refusal is recorded.")
    assert {key: one for key, one in again.json().items() if key != "correlation"} == {
        key: one for key, one in told.items() if key != "correlation"
    }
    recorded = [type(one.event).__name__ for one in house.services["registry"].log.events(0)]
    assert recorded.count("EnrolmentRefused") == 1
    assert client.post("/elders", json=form("E910"), headers={"Idempotency-Key": "k-9"}).status_code == 409
    assert client.post("/elders", json=form("E910"), headers={"Idempotency-Key": "k-10"}).status_code == 201


def test_a_supporter_who_leaves_in_the_future_is_refused_at_enrolment(client: TestClient, house: House):
    size = house.services["registry"].log.size()
    body = form("E911") | {"supporters": [{"id": "S1", "left_county_on": "2024-03-06"}]}
    answer = client.post("/elders", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (422, "NotYetHappened")
    assert "recorded" not in answer.json()
    assert house.services["registry"].log.size() == size


def correlations(house: House, service: str, after: int) -> set[str]:
    return {vars(one.event)["correlation"] for one in house.services[service].log.events(after)}


def test_what_comes_of_a_request_is_followed_by_its_id_through_every_service(
    client: TestClient, house: House
):
    sizes = {name: one.log.size() for name, one in house.services.items()}
    asked = form("E912") | {"evidence": ["incapacity"]}
    client.post("/elders", json=asked, headers={"X-Request-ID": "req-1"})
    house.settle()
    for name, size in sizes.items():
        assert correlations(house, name, size) == {"req-1"}, name


def test_what_came_without_an_id_is_followed_by_the_one_that_was_answered(client: TestClient, house: House):
    visits = house.services["visits"].log
    size = visits.size()
    upload = {"visits": [visit(1), visit(2)]}
    answer = client.post("/visits/batch", json=upload)
    assert correlations(house, "visits", size) == {answer.headers["X-Request-ID"]}
