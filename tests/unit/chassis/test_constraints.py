"""A constraint of a read model is no lost race: what breaks it is parked, and said when that is recorded."""

from datetime import UTC, datetime
from typing import Any

import pytest
from eventsourcing.domain import Aggregate

from contracts.envelope import Envelope
from services.chassis.log.event_log import EventLog, LostRace, Unrecordable
from services.chassis.log.recorder import Recorded, Sql, SQLiteRecorder
from services.chassis.log.unit import Unit
from services.chassis.messaging.inbox import Inbox

AT = datetime(2024, 1, 1, 9, tzinfo=UTC)
TABLE = "CREATE TABLE names (name TEXT PRIMARY KEY, place INTEGER CHECK (place < 100))"


class Named(Aggregate):
    def __init__(self, name: str, place: int) -> None:
        self.subject = name
        self.place = place


def project(sql: Sql, recorded: Recorded) -> None:
    event = vars(recorded.event)
    sql.run("INSERT INTO names VALUES (?, ?)", event["name"], event["place"])


def named(unit: Unit, envelope: Envelope) -> None:
    unit.add(Named(name=envelope.data["name"], place=envelope.position))


def envelope(position: int, name: str) -> Envelope:
    return Envelope(
        id=f"up/{position}",
        source="/up",
        type="up.Said",
        subject=f"subject-{position}",
        time=AT,
        partition=0,
        position=position,
        previous=position - 1,
        correlation="",
        causation="",
        data={"name": name},
    )


@pytest.fixture
def log() -> EventLog:
    return EventLog(SQLiteRecorder(":memory:", (TABLE,)), apply=project)


@pytest.mark.parametrize("place", [2, 100])
def test_what_a_read_model_cannot_bear_is_said_as_such(log: EventLog, place: int):
    """Another row has the name, or the place is too high: nobody was first."""
    with log.unit() as unit:
        unit.add(Named(name="wang", place=1))

    def again() -> None:
        with log.unit() as unit:
            unit.add(Named(name="wang" if place < 100 else "li", place=place))

    with pytest.raises(Unrecordable):
        again()
    assert log.size() == 1


def test_a_version_that_was_taken_is_a_lost_race(log: EventLog):
    first = Named(name="wang", place=1)
    with log.unit() as unit:
        unit.add(first)
    same: Any = Named(name="li", place=2)
    same._id = first.id
    for event in same.pending_events:
        vars(event)["originator_id"] = first.id

    def again() -> None:
        with log.unit() as unit:
            unit.add(same)

    with pytest.raises(LostRace):
        again()


def test_what_a_read_model_cannot_bear_is_parked_and_the_rest_goes_on(log: EventLog):
    told = [envelope(1, "wang"), envelope(2, "wang"), envelope(3, "li")]
    inbox = Inbox("up", log, named, lambda _, after: told[after:])
    assert inbox.take(told) == 2
    (row,) = log.query("SELECT position, error FROM parked")
    assert (row["position"], row["error"].split(":")[0]) == (2, "Unrecordable")
    assert [row["name"] for row in log.query("SELECT name FROM names ORDER BY name")] == ["li", "wang"]


def test_that_something_is_parked_is_not_said_where_another_worker_was_first(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    told = [envelope(1, "wang"), envelope(2, "li")]

    def fail(_: Unit, __: Envelope) -> None:
        raise ValueError("taken already")

    inbox = Inbox("up", log, fail, lambda _, after: told[after:])
    move = inbox._move
    calls: list[int] = []

    def lose_first(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise LostRace
        move(*given)

    monkeypatch.setattr(inbox, "_move", lose_first)
    inbox.take(told)
    assert capsys.readouterr().out.count("parked") == 2
    assert len(log.query("SELECT * FROM parked")) == 2
