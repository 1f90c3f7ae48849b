"""Commands are decided once: given what was answered, when it comes again, then the same answer or a conflict."""

import json
from collections.abc import Iterator
from datetime import date
from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

import pytest
from eventsourcing.domain import Aggregate
from pydantic import ValidationError

from services.chassis.commands.command import (
    ATTEMPTS,
    Answer,
    Asked,
    Command,
    Desk,
    Malformed,
    Outcome,
    read_command,
)
from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.log.unit import Unit, digest
from services.kernel.calendar import midnight
from services.kernel.refusal import Refusal

AT = midnight(date(2024, 1, 1))
BOX = uuid5(NAMESPACE_URL, "box")
ACCEPTED, REPEAT = Answer(Outcome.ACCEPTED), Answer(Outcome.REPEAT)


class Full(Refusal):
    """The box is full: empty it first."""


class Put(Command):
    NAME: ClassVar[str] = "put"
    slip: str = ""
    number: int

    @property
    def key(self) -> str:
        return self.slip


class Empty(Command):
    NAME: ClassVar[str] = "empty"


class Box(Aggregate):
    def __init__(self) -> None:
        self.numbers: list[int] = []

    @classmethod
    def open(cls) -> "Box":
        return cls._create(cls.Created, id=BOX, timestamp=AT)

    class Held(Aggregate.Event):
        numbers: list[int]

        def apply(self, aggregate: "Box") -> None:
            aggregate.numbers = self.numbers


def box_of(unit: Unit) -> Box:
    return unit.get(Box, BOX) or unit.add(Box.open())


def put(unit: Unit, command: Put, at: object) -> None:
    """Records before it refuses: what is refused must be taken back."""
    box = box_of(unit)
    box.trigger_event(Box.Held, timestamp=at, numbers=[*box.numbers, command.number])
    if len(box.numbers) > 3:
        raise Full


def empty(unit: Unit, command: Empty, at: object) -> None:
    del command
    box_of(unit).trigger_event(Box.Held, timestamp=at, numbers=[])


@pytest.fixture
def log() -> Iterator[EventLog]:
    held = EventLog(SQLiteRecorder(":memory:", ()))
    yield held
    held.close()


@pytest.fixture
def desk(log: EventLog) -> Desk:
    return Desk(log, {Put: put, Empty: empty})


def held(log: EventLog) -> list[int]:
    box = log.load(Box, BOX)
    return box.numbers if box else []


def numbers(*wanted: int) -> list[Asked]:
    return [Asked(Put(slip=f"s{number}", number=number), AT) for number in wanted]


def test_what_is_accepted_is_recorded_when_it_is_answered(log: EventLog, desk: Desk):
    assert desk.take(Put(slip="s1", number=1), AT) == ACCEPTED
    assert held(log) == [1]


def test_the_same_again_is_a_repeat_and_has_no_effect(log: EventLog, desk: Desk):
    desk.take(Put(slip="s1", number=1), AT)
    assert desk.take(Put(slip="s1", number=1), AT) == REPEAT
    assert REPEAT.is_taken
    assert held(log) == [1]


def test_the_same_id_with_other_content_is_a_conflict_and_never_a_replacement(log: EventLog, desk: Desk):
    desk.take(Put(slip="s1", number=1), AT)
    answer = desk.take(Put(slip="s1", number=2), AT)
    assert (answer.outcome, answer.reason, answer.is_taken) == (Outcome.CONFLICT, "CommandConflict", False)
    assert "use a new id" in answer.advice
    assert held(log) == [1]


def test_a_command_under_the_key_of_whoever_asks_is_the_same_one(log: EventLog, desk: Desk):
    asked = Asked(Put(number=1), AT, asked_as="k-1")
    assert desk.take_many([asked, asked]) == [ACCEPTED, REPEAT]
    other = Asked(Put(number=2), AT, asked_as="k-1")
    assert desk.take_many([other])[0].outcome is Outcome.CONFLICT
    assert held(log) == [1]


def test_what_was_answered_under_a_key_before_has_the_same_name_and_content():
    """As stored by versions that wrapped the command with its key."""
    asked = Asked(Put(number=1), AT, asked_as="k-1")
    assert asked.key == "request:k-1"
    wrapped = {"asked_as": "k-1", "name": "put", "command": {"slip": "", "number": 1}}
    assert digest(asked.content) == digest(wrapped)


def test_a_command_without_an_id_is_decided_whenever_it_comes(log: EventLog, desk: Desk):
    assert [desk.take(Put(number=7), AT), desk.take(Put(number=7), AT)] == [ACCEPTED, ACCEPTED]
    assert held(log) == [7, 7]


def test_a_refusal_says_why_and_leaves_nothing_behind(log: EventLog, desk: Desk):
    desk.take_many(numbers(1, 2, 3))
    before = log.size()
    refused = Answer(Outcome.REFUSED, "Full", "The box is full: empty it first.")
    assert desk.take(Put(slip="s4", number=4), AT) == refused
    assert (held(log), log.size()) == ([1, 2, 3], before)


def test_what_was_refused_may_be_taken_later(log: EventLog, desk: Desk):
    desk.take_many(numbers(1, 2, 3))
    assert not desk.take(Put(slip="s4", number=4), AT).is_taken
    desk.take(Empty(), AT)
    assert desk.take(Put(slip="s4", number=4), AT) == ACCEPTED
    assert held(log) == [4]


def test_in_one_transaction_what_is_refused_is_so_by_itself(log: EventLog, desk: Desk):
    asked = numbers(1, 2, 3, 4, 1)
    asked += [Asked(Put(slip="s1", number=9), AT), Asked(Empty(), AT), *numbers(5)]
    outcomes = [answer.outcome.value for answer in desk.take_many(asked)]
    assert outcomes == [*["accepted"] * 3, "refused", "repeat", "conflict", "accepted", "accepted"]
    assert held(log) == [5]
    assert log.load(Box, BOX) == log.load(Box, BOX, until=6)


def test_a_refusal_that_is_recorded_is_a_fact_and_the_answer_for_ever(log: EventLog):
    def record(unit: Unit, command: Put, at: object) -> Refusal:
        put(unit, command, at)
        return Full()

    desk = Desk(log, {Put: record})
    first, in_one_lot = desk.take_many([*numbers(1), *numbers(1)])
    told = ("Full", "The box is full: empty it first.", True)
    assert first == Answer(Outcome.REFUSED, *told)
    assert in_one_lot == desk.take(Put(slip="s1", number=1), AT) == Answer(Outcome.REPEAT, *told)
    assert first.is_taken
    assert held(log) == [1]
    assert desk.take(Put(slip="s1", number=2), AT).outcome is Outcome.CONFLICT


def test_events_carry_what_the_asker_gave_to_follow_them_by(log: EventLog, desk: Desk):
    desk.take_many([Asked(Put(slip="s1", number=1), AT, correlation="req-1"), *numbers(2)])
    held = [(vars(one)["causation"], vars(one)["correlation"]) for one in log.history(BOX)]
    assert held == [("s1", "req-1"), ("s1", "req-1"), ("s2", "s2")]


def test_what_is_refused_first_of_all_opens_no_file(log: EventLog):
    def refuse(unit: Unit, command: Put, at: object) -> None:
        put(unit, command, at)
        raise Full

    answers = Desk(log, {Put: refuse, Empty: empty}).take_many([*numbers(1), Asked(Empty(), AT)])
    assert [answer.outcome for answer in answers] == [Outcome.REFUSED, Outcome.ACCEPTED]
    assert [type(event).__name__ for event in log.history(BOX)] == ["Created", "Held"]


class Rival:
    """Somebody who records on the same box, each time just before the first `times` decisions are recorded."""

    def __init__(self, log: EventLog, times: int) -> None:
        self._desk = Desk(log, {Put: put, Empty: empty})
        self.times = times
        self.seen: list[list[int]] = []

    def put(self, unit: Unit, command: Put, at: object) -> None:
        put(unit, command, at)
        self.seen.append(box_of(unit).numbers)
        if self.times:
            self.times -= 1
            self._desk.take(Empty(), AT)
            self._desk.take(Put(number=100 + self.times), AT)


def test_who_lost_the_race_decides_again_from_what_the_other_left(log: EventLog):
    rival = Rival(log, 2)
    assert Desk(log, {Put: rival.put}).take(Put(slip="s1", number=1), AT) == ACCEPTED
    assert rival.seen == [[1], [101, 1], [100, 1]]
    assert held(log) == [100, 1]


def test_who_loses_every_race_says_so_and_records_nothing(log: EventLog):
    rival = Rival(log, ATTEMPTS)
    with pytest.raises(LostRace):
        Desk(log, {Put: rival.put}).take(Put(slip="s1", number=1), AT)
    assert (len(rival.seen), held(log)) == (ATTEMPTS, [100])
    assert log.first_answer("s1", {}) is None


def test_the_same_command_sent_twice_at_once_is_accepted_once(log: EventLog):
    twin = Desk(log, {Put: put})
    sent: list[Answer] = []

    def slowly(unit: Unit, command: Put, at: object) -> None:
        put(unit, command, at)
        if not sent:
            sent.append(twin.take(command, AT))

    sent.append(Desk(log, {Put: slowly}).take(Put(slip="s1", number=1), AT))
    assert sent == [ACCEPTED, REPEAT]
    assert held(log) == [1]


KINDS: dict[str, type[Command]] = {"put": Put, "empty": Empty}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"slip": "s1"}, "number: 缺少这一项 / Field required"),
        ({"slip": 3, "number": 1}, "slip: 应为文字 / Input should be a valid string"),
        ({"number": "1"}, "number: 应为整数 / Input should be a valid integer"),
        ({"number": 1, "colour": "red"}, "colour: 没有这一项，请删去 / Extra inputs"),
    ],
)
def test_a_malformed_command_names_the_field(fields: dict[str, object], named: str):
    with pytest.raises(Malformed, match=named) as refused:
        read_command(KINDS, "put", json.dumps(fields))
    assert refused.value.reason == "Malformed"
    assert "请更正后再提交" in refused.value.advice


def test_what_is_no_command_is_refused_and_what_is_known_is_said():
    with pytest.raises(Malformed, match=r"dance.*known: empty, put"):
        read_command(KINDS, "dance", "{}")
    with pytest.raises(Malformed, match="JSON"):
        read_command(KINDS, "put", "half a")


def test_a_command_is_read_as_it_was_sent_and_does_not_change():
    command = read_command(KINDS, "put", b'{"slip": "s1", "number": 1}')
    assert command == Put(slip="s1", number=1)
    with pytest.raises(ValidationError):
        command.number = 2  # type: ignore[attr-defined]
