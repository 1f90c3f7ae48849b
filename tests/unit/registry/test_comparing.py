"""Comparisons: given a list and the register, when they are compared, then each difference is decided once."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.commands import Outcome
from services.chassis.http.app import build_app
from services.chassis.settings import Settings
from services.chassis.views import Rebuilt
from services.registry import views
from services.registry.comparing_commands import CompareList, DecideDifference
from services.registry.comparisons import Comparison, comparison_id
from services.registry.terms import AlreadyDecided, NotYetHappened, UnknownDifference
from services.township.house import House, opened
from tests.unit.http.conftest import offices
from tests.unit.http.village import NOW, TOKEN, http_settings, people
from tests.unit.registry.elders import at

ROWS = [
    {"kind": "on_theirs", "category": "disability", "elder": "E000", "place": "名单 2", "tail": "1224"},
    {"kind": "not_registered", "category": "incapacity", "elder": None, "place": "名单 3", "tail": "0015"},
]


def made(on: date = date(2024, 3, 1)) -> Comparison:
    return Comparison.make("C1", "民政", ROWS, same=4, on=on, by="office", at=at("2024-03-02"))


def test_a_comparison_keeps_its_differences_and_changes_no_file():
    (event,) = made().collect_events()
    held = vars(event)
    assert (held["department"], held["compared_on"], held["on"]) == ("民政", "2024-03-01", "2024-03-02")
    assert (held["same"], held["differences"]) == (4, ROWS)


def test_one_of_a_day_to_come_is_refused():
    with pytest.raises(NotYetHappened):
        made(date(2024, 3, 3))


def test_a_difference_is_decided_once_and_the_refusal_says_what_was_decided():
    comparison = made()
    comparison.collect_events()
    comparison.decide("2", "to_be_visited", "新迁入", "office", at("2024-03-03"))
    comparison.decide("2", "to_be_visited", "新迁入", "office", at("2024-03-04"))
    (event,) = comparison.collect_events()
    said = {key: vars(event)[key] for key in ("difference", "decision", "reason", "by", "on")}
    assert said == {
        "difference": "2",
        "decision": "to_be_visited",
        "reason": "新迁入",
        "by": "office",
        "on": "2024-03-03",
    }
    with pytest.raises(AlreadyDecided, match="to_be_visited, office"):
        comparison.decide("2", "rejected", "新迁入", "office", at("2024-03-05"))
    assert not comparison.collect_events()


def test_a_difference_that_is_not_there_cannot_be_decided():
    with pytest.raises(UnknownDifference):
        made().decide("3", "accepted", "核对", "office", at("2024-03-03"))


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as held:
        people(held, 1)
        yield held


def comparing(**more: Any) -> CompareList:
    said = {"comparison": "C1", "department": "民政", "on": "2024-03-05", "by": "lead", "same": 4}
    return CompareList.model_validate_json(json.dumps(said | {"differences": ROWS} | more))


def deciding(**more: Any) -> DecideDifference:
    said = {"comparison": "C1", "difference": "1", "decision": "rejected", "reason": "已过时", "by": "lead"}
    return DecideDifference.model_validate(said | more)


def test_the_same_comparison_is_made_once_and_another_under_its_name_is_a_conflict(house: House):
    outcomes = [house.take(one, NOW).outcome for one in (comparing(), comparing(), comparing(same=5))]
    assert outcomes == [Outcome.ACCEPTED, Outcome.REPEAT, Outcome.CONFLICT]


def test_who_is_not_appointed_or_not_on_the_register_is_refused(house: House):
    stranger = [ROWS[0] | {"elder": "E999"}]
    assert house.take(comparing(by="nobody"), NOW).reason == "UnknownStaff"
    assert house.take(comparing(differences=stranger), NOW).reason == "NotOnRegister"
    assert house.take(deciding(), NOW).reason == "UnknownComparison"
    assert house.take(comparing(), NOW).is_taken
    assert house.take(deciding(by="nobody"), NOW).reason == "UnknownStaff"


def test_nobody_is_told_and_the_views_are_what_the_log_makes(house: House):
    house.take(comparing(), NOW)
    house.take(deciding(), NOW)
    registry = house.services["registry"]
    assert [registry.translate(one) for one in registry.log.history(comparison_id("C1"))] == [None, None]
    open_rows = house.views("registry", views.UNDECIDED, "", "", 10)
    assert [(row["number"], row["kind"], row["tail"]) for row in open_rows] == [(2, "not_registered", "0015")]
    made_again = Rebuilt(registry.log, registry.model)
    made_again.catch_up()
    assert made_again.differing() == []
    made_again.close()


def test_differences_are_read_over_http_and_those_of_no_comparison_are_not_found(house: House):
    house.take(comparing(), NOW)
    house.take(deciding(), NOW)
    app = build_app(offices(house), http_settings(), SetClock(NOW))
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        told = client.get("/comparisons/C1/differences").json()["differences"]
        missing = client.get("/comparisons/C9/differences")
    assert [(one["difference"], one["elder"], one["decision"], one["by"]) for one in told] == [
        ("1", "E000", "rejected", "lead"),
        ("2", None, None, None),
    ]
    assert (missing.status_code, missing.json()["reason"]) == (404, "UnknownComparison")
