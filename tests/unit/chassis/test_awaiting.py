"""What names an elder of whom a service has not heard: kept, decided when they are heard of, refused after a while."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.commands.command import MOST_WAITING, PATIENCE, Answer, Asked, Command, Desk, Outcome
from services.chassis.service import Service
from services.house.house import House, opened
from services.house.settings import Settings
from services.visits.commands import NoteAbsence, RecordVisit, ReportIncident
from tests.unit.http.village import BEGIN, NOW, enrol, people, visit

NEW = "E777"
LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Its elders are heard of everywhere; nothing of NEW."""
    with opened(Settings(data=tmp_path)) as lived:
        people(lived, 1)
        yield lived


@pytest.fixture
def visits(house: House) -> Service:
    return house.services["visits"]


@pytest.fixture
def door(visits: Service) -> Desk:
    """As an api process has it."""
    application = visits.application
    return Desk(visits.log, application.decisions, application.needs, keeps=True)


def recorded(number: int = 1, **given: Any) -> RecordVisit:
    return RecordVisit.model_validate(visit(number, NEW, **given), strict=False)


def asked(door: Desk, *commands: Command, at: datetime = NOW) -> list[Answer]:
    return door.take_many(
        [
            Asked(command, at, f"request:key-{place}", "request-1", f"key-{place}")
            for place, command in enumerate(commands)
        ]
    )


def enrolled(house: House) -> None:
    assert house.take(enrol(NEW), BEGIN).is_taken
    house.settle()


def seen(house: House) -> list[str]:
    rows = house.views("visits", "SELECT visit FROM visits WHERE elder = ? ORDER BY seq", NEW)
    return [row["visit"] for row in rows]


def test_it_is_kept_and_said_to_wait(house: House, door: Desk):
    answer, _ = asked(door, recorded(), ReportIncident(incident="I1", elder=NEW, kind="fall"))
    assert (answer.outcome, answer.reason) == (Outcome.WAITING, "AwaitingEnrolment")
    assert "等待建档" in answer.advice
    assert seen(house) == []


def test_it_is_decided_in_its_order_once_the_elder_is_heard_of(house: House, door: Desk, visits: Service):
    asked(door, recorded(2), recorded(1), ReportIncident(incident="I1", elder=NEW, kind="fall"))
    enrolled(house)
    assert visits.is_due(LATER)
    assert visits.advance(LATER) == 3
    assert seen(house) == ["V2", "V1"]
    assert len(house.views("visits", "SELECT * FROM incidents WHERE elder = ?", NEW)) == 1
    assert not house.views("visits", "SELECT * FROM awaited")


def test_what_came_of_it_is_followed_by_the_request_that_brought_it(
    house: House, door: Desk, visits: Service
):
    asked(door, recorded())
    enrolled(house)
    visits.advance(LATER)
    events = [one.event for one in visits.log.events(0, 10_000) if one.subject == NEW]
    brought = [event for event in events if vars(event).get("visit") == "V1"]
    assert [vars(event)["correlation"] for event in brought] == ["request-1"]


def test_the_same_again_is_answered_by_what_became_of_it(house: House, door: Desk, visits: Service):
    asked(door, recorded())
    assert asked(door, recorded())[0].outcome is Outcome.WAITING
    assert asked(door, recorded(mood="good"))[0].outcome is Outcome.CONFLICT
    enrolled(house)
    visits.advance(LATER)
    assert asked(door, recorded())[0].outcome is Outcome.REPEAT
    assert asked(door, recorded(mood="good"))[0].outcome is Outcome.CONFLICT
    assert seen(house) == ["V1"]


def test_what_a_rule_refuses_then_is_a_recorded_fact(house: House, door: Desk, visits: Service):
    asked(door, NoteAbsence(elder=NEW, begins=date(2024, 3, 9), ends=date(2024, 3, 1)), recorded())
    enrolled(house)
    assert visits.advance(LATER) == 2
    file = [vars(one.event) for one in visits.log.events(0, 10_000) if one.subject == NEW]
    reasons = [event["reason"] for event in file if "left" in event]
    assert reasons == ["BackwardAbsence", ""]
    assert seen(house) == ["V1"]


def test_after_ten_minutes_it_is_refused_by_a_recorded_fact_that_says_what_to_do(
    house: House, door: Desk, visits: Service
):
    asked(door, recorded())
    assert visits.advance(NOW + PATIENCE - timedelta(seconds=1)) == 0
    assert visits.advance(NOW + PATIENCE) == 1
    last = [one.event for one in visits.log.events(0, 10_000)][-1]
    assert (last.reason, last.subject) == ("NeverEnrolled", NEW)
    assert "enrol" in last.advice
    assert not house.views("visits", "SELECT * FROM awaited")


def test_what_was_refused_and_comes_again_is_taken_when_the_elder_is_known(
    house: House, door: Desk, visits: Service
):
    asked(door, recorded())
    visits.advance(NOW + PATIENCE)
    assert asked(door, recorded(), at=LATER)[0].outcome is Outcome.WAITING
    visits.advance(LATER + PATIENCE)
    enrolled(house)
    assert asked(door, recorded(), at=LATER)[0].outcome is Outcome.ACCEPTED
    assert asked(door, recorded(), at=LATER)[0].outcome is Outcome.REPEAT
    assert seen(house) == ["V1"]


def test_who_was_heard_of_while_the_door_decided_is_found_without_being_told_again(
    house: House, door: Desk, visits: Service
):
    """The door kept it although the elder had just come: nothing more is heard, and it is decided all the same."""
    asked(door, recorded())
    enrolled(house)
    visits._awaiting._look_after = 0.0
    assert visits.is_due(LATER)
    assert visits.advance(LATER) == 1


def test_no_more_than_so_many_wait_for_one(door: Desk):
    answers = asked(door, *(recorded(number) for number in range(MOST_WAITING + 1)))
    assert {answer.outcome for answer in answers[:-1]} == {Outcome.WAITING}
    assert (answers[-1].outcome, answers[-1].reason) == (Outcome.REFUSED, "TooManyAwait")


def test_where_nothing_is_on_its_way_it_is_refused_at_once(house: House):
    answer = house.take(recorded(), NOW)
    assert (answer.outcome, answer.reason) == (Outcome.REFUSED, "NotOnRegister")


def test_of_somebody_who_is_known_nothing_waits(house: House, door: Desk):
    answer = asked(door, RecordVisit.model_validate(visit(1, "E000"), strict=False))[0]
    assert answer.outcome is Outcome.ACCEPTED
    assert not house.views("visits", "SELECT * FROM awaited")
