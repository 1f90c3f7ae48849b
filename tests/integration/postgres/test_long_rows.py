"""A row too long for an index is that row's own trouble: PostgreSQL is not away, and the others are recorded."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import ClassVar

import psycopg
import pytest

from contracts.envelope import Envelope
from services.chassis.commands.command import Answer, Asked, Command, Desk
from services.chassis.commands.group_commit import Broken, Counter
from services.chassis.log.connections import StoreAway, Unbearable
from services.chassis.log.database_errors import is_outage
from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.log.unit import Unit
from services.chassis.messaging.inbox import Inbox
from tests.integration.postgres.tally import AT, SERVICE, Tally, add

NAMES = "CREATE TABLE names (name TEXT PRIMARY KEY)"
COUNT = "SELECT COUNT(*) AS number FROM names"
LONG = "".join(Random(10).choices([chr(code) for code in range(0x4E00, 0x9FFF)], k=3000))


class Named(Tally):
    class Named(Tally.Event):
        name: str

        def apply(self, aggregate: "Named") -> None:
            """Nothing."""


class Name(Command):
    NAME: ClassVar[str] = "name"
    name: str

    @property
    def key(self) -> str:
        return f"name:{hash(self.name)}"


def apply(sql: Sql, recorded: Recorded) -> None:
    if isinstance(recorded.event, Named.Named):
        sql.run("INSERT INTO names VALUES (?)", recorded.event.name)


def note(unit: Unit, name: str) -> None:
    held = unit.add(Named())
    held.trigger_event(Named.Named, timestamp=AT, name=name)


def decide(unit: Unit, command: Name, at: datetime) -> None:
    del at
    note(unit, command.name)


@pytest.fixture
def log(url: str) -> Iterator[EventLog]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(NAMES)
    made = EventLog(PostgresRecorder(url, SERVICE), apply=apply)
    yield made
    made.close()


def names(log: EventLog) -> int:
    return log.query(COUNT)[0]["number"]


def test_a_row_too_long_for_its_index_is_no_outage(log: EventLog):
    with pytest.raises(Unbearable) as raised, log.unit() as unit:
        note(unit, LONG)
    assert not is_outage(raised.value)
    assert is_outage(StoreAway())
    assert names(log) == 0


def test_of_commands_recorded_together_the_one_with_the_long_row_is_answered_alone(log: EventLog):
    counter = Counter(Desk(log, {Name: decide}))
    wanted = [Name(name=LONG if number == 5 else f"n{number}") for number in range(20)]
    futures = counter.submit_many([Asked(one, AT) for one in wanted])
    counter.start()
    results = futures.result(60)
    counter.close()
    assert [place for place, one in enumerate(results) if not isinstance(one, Answer)] == [5]
    assert isinstance(results[5], Broken)
    assert names(log) == 19


def told(*subjects: str) -> list[Envelope]:
    return [
        Envelope(
            id=f"e{position}",
            source="/up",
            type="up.Said",
            subject=subject,
            time=AT,
            partition=3,
            position=position,
            previous=position - 1,
            correlation="c",
            causation="c",
            data={},
        )
        for position, subject in enumerate(subjects, 1)
    ]


def test_a_message_that_brings_a_long_row_is_parked_with_its_subject_and_the_others_go_on(log: EventLog):
    def handle(unit: Unit, envelope: Envelope) -> None:
        note(unit, LONG if envelope.position == 2 else f"{envelope.subject} {envelope.position}")

    inbox = Inbox("up", log, handle, lambda *_: [])
    assert inbox.take(told("wang", "li", "zhao", "li", "wang")) == 3
    parked = log.query("SELECT position, error FROM parked ORDER BY position")
    assert [row["position"] for row in parked] == [2, 4]
    assert parked[0]["error"].startswith("Unbearable: index row")
    assert log.position("up", 3) == 5
    assert inbox.retry_parked() == 0
    assert names(log) == 3


def test_a_log_goes_on_after_a_row_that_it_could_not_bear(log: EventLog):
    with pytest.raises(Unbearable), log.unit() as unit:
        note(unit, LONG)
    with log.unit() as unit:
        unit.add(add(Tally(), 1))
    assert len(log.events(0)) == 2
