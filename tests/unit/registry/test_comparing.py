"""Comparisons: given a list and the register, when they are compared, then each difference is decided once."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from services.chassis.clock import SetClock
from services.chassis.commands.command import Outcome
from services.chassis.http.app import build_app
from services.chassis.reading.read_model import Rebuilt
from services.history.timeline import history
from services.house.house import House, opened
from services.house.settings import Settings
from services.importing.department_list import evidence_on
from services.kernel.terms import Evidence
from services.registry.comparisons import views as comparison_views
from services.registry.comparisons.commands import CompareList, DecideDifference
from services.registry.comparisons.domain import Comparison, comparison_id
from services.registry.reads import differences
from services.registry.terms import AlreadyDecided, NotYetHappened, UnknownDifference
from services.risk.domain import RiskFile
from tests.unit.http.conftest import offices
from tests.unit.http.village import NOW, TOKEN, http_settings, people
from tests.unit.policies import RISK
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
    comparison.decide("2", "accepted", "新迁入", "office", at("2024-03-03"))
    comparison.decide("2", "accepted", "新迁入", "office", at("2024-03-04"))
    (event,) = comparison.collect_events()
    said = {key: vars(event)[key] for key in ("difference", "decision", "reason", "by", "on")}
    assert said == {
        "difference": "2",
        "decision": "accepted",
        "reason": "新迁入",
        "by": "office",
        "on": "2024-03-03",
    }
    with pytest.raises(AlreadyDecided, match="accepted, office"):
        comparison.decide("2", "rejected", "新迁入", "office", at("2024-03-05"))
    assert not comparison.collect_events()


def test_after_a_visit_a_difference_is_decided_for_good_and_the_visit_stays_in_the_record():
    comparison = made()
    comparison.collect_events()
    comparison.decide("1", "to_be_visited", "名单较早", "office", at("2024-03-03"))
    comparison.decide("1", "to_be_visited", "家中无人,再访", "office", at("2024-03-04"))
    comparison.decide("1", "rejected", "已入户,名单有误", "lead", at("2024-03-05"))
    said = [(vars(one)["decision"], vars(one)["by"], vars(one)["on"]) for one in comparison.collect_events()]
    assert said == [
        ("to_be_visited", "office", "2024-03-03"),
        ("to_be_visited", "office", "2024-03-04"),
        ("rejected", "lead", "2024-03-05"),
    ]
    with pytest.raises(AlreadyDecided, match="rejected, lead"):
        comparison.decide("1", "to_be_visited", "再访", "office", at("2024-03-06"))


def test_a_difference_that_is_not_there_cannot_be_decided():
    with pytest.raises(UnknownDifference):
        made().decide("3", "accepted", "核对", "office", at("2024-03-03"))


def test_evidence_counts_from_the_day_it_was_observed_to_the_day_it_was_cleared_whenever_that_was_recorded():
    file = RiskFile.open("E1", "1950-01-01", at=at("2024-01-01"))
    file.observe(Evidence.DISABILITY, date(2024, 1, 10), at("2024-02-01"), RISK)
    file.clear(Evidence.DISABILITY, date(2024, 1, 20), at("2024-02-02"))
    events = list(file.collect_events())
    days = ("2024-01-09", "2024-01-10", "2024-01-19", "2024-01-20", "2024-02-01")
    assert [bool(evidence_on(events, date.fromisoformat(day))) for day in days] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_an_age_that_was_entered_wrongly_was_evidence_on_no_day():
    file = RiskFile.open("E1", "1944-01-01", at=at("2024-01-02"))
    file.turn_day(at("2024-01-02"), RISK)
    assert evidence_on(events := list(file.collect_events()), date(2024, 1, 2)) == {"advanced_age"}
    file.correct_birth(date(1954, 1, 1), at("2024-03-01"), RISK)
    assert not evidence_on([*events, *file.collect_events()], date(2024, 1, 2))


@pytest.fixture
def house() -> Iterator[House]:
    with opened(Settings(data=None)) as held:
        people(held, 1)
        yield held


def comparing(**more: Any) -> CompareList:
    said = {"comparison": "C1", "department": "民政", "on": "2024-03-04", "by": "lead", "same": 4}
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
    open_rows = house.views("registry", comparison_views.UNDECIDED, "", "", 10)
    assert [(row["number"], row["kind"], row["tail"]) for row in open_rows] == [(2, "not_registered", "0015")]
    house.take(deciding(difference="2", decision="to_be_visited"), NOW)
    assert [row["decision"] for row in house.views("registry", comparison_views.UNDECIDED, "", "", 10)] == [
        "to_be_visited"
    ]
    made_again = Rebuilt(registry.log, registry.model)
    made_again.catch_up()
    assert made_again.differing() == []
    made_again.close()


def test_its_history_has_both_dates_causes_and_no_part_of_a_number(house: House):
    house.take(comparing(), NOW)
    house.take(deciding(decision="to_be_visited"), NOW)
    house.take(deciding(reason="已入户"), NOW)
    lines = history(house, "C1")
    assert [(one.event, str(one.happened_on), one.known_at, one.cause) for one in lines] == [
        ("ComparisonMade", "2024-03-04", NOW, "comparison:C1"),
        ("DifferenceDecided", "2024-03-05", NOW, "decide_difference"),
        ("DifferenceDecided", "2024-03-05", NOW, "decide_difference"),
    ]
    assert [one.details.get("decision") for one in lines] == [None, "to_be_visited", "rejected"]
    assert (lines[0].details["differences"], lines[0].details["department"]) == (2, "民政")
    assert "1224" not in str([one.details for one in lines])


def test_more_differences_than_one_answer_holds_are_all_kept_and_read_on(house: House):
    many = [ROWS[1] | {"place": f"名单 {row}"} for row in range(2, 12_003)]
    assert house.take(comparing(differences=many), NOW).is_taken
    log = house.services["registry"].log
    first = differences(log, {"comparison": "C1"}, 200)
    last = differences(log, {"comparison": "C1", "difference": "11999"}, 200)
    assert (first.total, len(first.differences), first.differences[-1].difference) == (12_001, 200, "200")
    assert [one.difference for one in last.differences] == ["12000", "12001"]
    with pytest.raises(UnknownDifference):
        differences(log, {"comparison": "C1", "difference": "last"}, 200)


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
