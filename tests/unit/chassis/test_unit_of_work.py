"""A unit of work: given what is decided together, when it is recorded, then every event says what brought it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
from eventsourcing.domain import Aggregate

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import Recorded, SQLiteRecorder
from services.kernel.calendar import midnight

AT = midnight(date(2024, 1, 1))


class Plant(Aggregate):
    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.drops = 0

    @classmethod
    def sow(cls, subject: str) -> "Plant":
        plant_id = uuid5(NAMESPACE_URL, subject)
        return cls._create(cls.Created, id=plant_id, subject=subject, timestamp=AT)

    class Watered(Aggregate.Event):
        def apply(self, aggregate: "Plant") -> None:
            aggregate.drops += 1

    def water(self) -> "Plant":
        self.trigger_event(self.Watered, timestamp=AT)
        return self


def dries_out(plant: Plant) -> datetime | date | None:
    """In as many days as it has drops; dry, nothing more happens to it."""
    return (AT + timedelta(days=plant.drops)).date() if plant.drops else None


@pytest.fixture
def log() -> Iterator[EventLog]:
    held = EventLog(SQLiteRecorder(":memory:", ()), wake_of=dries_out)
    yield held
    held.close()


def stamps(log: EventLog, *names: str) -> list[tuple[str, ...]]:
    return [tuple(vars(row.event).get(name, "-") for name in names) for row in log.events(0)]


def test_every_event_names_its_subject_and_what_brought_it(log: EventLog):
    with log.unit("visit:v1", "line:7") as unit:
        unit.add(Plant.sow("rose")).water()
        unit.add(Plant.sow("lily"))
    assert stamps(log, "subject", "causation", "correlation") == [
        ("rose", "visit:v1", "line:7"),
        ("rose", "visit:v1", "line:7"),
        ("lily", "visit:v1", "line:7"),
    ]


def test_without_a_correlation_what_brought_it_stands_for_it(log: EventLog):
    with log.unit("day:2024-01-01") as unit:
        unit.add(Plant.sow("rose"))
    assert stamps(log, "causation", "correlation") == [("day:2024-01-01", "day:2024-01-01")]


def test_from_because_on_something_else_brought_it(log: EventLog):
    with log.unit("first") as unit:
        rose = unit.add(Plant.sow("rose"))
        unit.because("second", "line:2")
        rose_again = unit.get(Plant, rose.id)
        assert rose_again is rose
        rose.water()
        unit.because("third", "line:3")
        unit.add(Plant.sow("lily"))
    assert stamps(log, "subject", "causation", "correlation") == [
        ("rose", "first", "first"),
        ("rose", "second", "line:2"),
        ("lily", "third", "line:3"),
    ]


def test_the_last_event_of_each_says_when_time_will_next_change_it(log: EventLog):
    with log.unit("first") as unit:
        rose = unit.add(Plant.sow("rose")).water().water()
        unit.add(Plant.sow("lily"))
    with log.unit("second") as unit:
        held = unit.get(Plant, rose.id)
        assert held is not None
        held.water()
    assert stamps(log, "wake") == [("-",), ("-",), ("2024-01-03",), (None,), ("2024-01-04",)]
    assert [row.has_wake for row in log.events(0)] == [False, False, True, True, True]
    assert [row.wake for row in log.events(2)] == ["2024-01-03", None, "2024-01-04"]


def test_read_models_see_what_the_stamps_say(log: EventLog):
    seen: list[Recorded] = []
    log._apply = lambda _, recorded: seen.append(recorded)
    with log.unit("first") as unit:
        unit.add(Plant.sow("rose")).water()
    assert [(one.position, one.subject, one.has_wake) for one in seen] == [
        (1, "rose", False),
        (2, "rose", True),
    ]


def test_what_was_only_looked_at_is_not_recorded(log: EventLog):
    with log.unit("first") as unit:
        rose = unit.add(Plant.sow("rose"))
    with log.unit("second") as unit:
        assert unit.get(Plant, rose.id) is not None
    assert log.size() == 1


def test_undo_takes_back_what_was_decided_since_because_and_no_more(log: EventLog):
    with log.unit("first") as unit:
        rose = unit.add(Plant.sow("rose")).water()
        unit.because("second", "")
        unit.get(Plant, rose.id)
        rose.water()
        unit.add(Plant.sow("lily"))
        unit.undo()
        unit.because("third", "")
        held = unit.get(Plant, rose.id)
        assert held is not None
        assert held.drops == 1
        held.water()
    assert stamps(log, "subject", "causation") == [("rose", "first"), ("rose", "first"), ("rose", "third")]
    assert log.load(Plant, uuid5(NAMESPACE_URL, "lily")) is None


def test_all_finds_what_the_log_has_and_what_the_unit_holds(log: EventLog):
    with log.unit("first") as unit:
        rose = unit.add(Plant.sow("rose")).water()
        dry = unit.add(Plant.sow("fern"))
    with log.unit("second") as unit:
        unit.add(Plant.sow("lily")).water()
        found = unit.all(Plant, [rose.id, dry.id], lambda plant: plant.drops > 0)
        assert [plant.subject for plant in found] == ["rose", "lily"]
        for plant in found:
            plant.water()
    assert stamps(log, "subject", "causation")[-2:] == [("lily", "second"), ("rose", "second")]
