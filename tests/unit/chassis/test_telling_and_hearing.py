"""Exactly one effect, in order: whatever the queue does, the upstream's log is the truth."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import OperationalError
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from contracts.base import Told
from contracts.envelope import Envelope, partition_of
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.log.unit import Unit
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.queues import Subscription
from services.chassis.messaging.relay import Broker, Relay, RoutedEvent

AT = datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=8)))
SUBJECTS = [f"elder-{n}" for n in range(12)]


class Spoken(Told):
    TYPE: ClassVar[str] = "up.Said"
    number: int


class Source(Aggregate):
    def __init__(self) -> None:
        self.last = 0

    class Said(Aggregate.Event):
        about: str
        number: int


class Heard(Aggregate):
    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.numbers: list[int] = []

    @staticmethod
    def create_id(subject: str) -> UUID:
        return uuid5(NAMESPACE_URL, subject)

    class Noted(Aggregate.Event):
        number: int

        def apply(self, aggregate: "Heard") -> None:
            aggregate.numbers.append(self.number)


def translate(event: Any) -> RoutedEvent | None:
    if not isinstance(event, Source.Said):
        return None
    return RoutedEvent(Spoken(on=AT.date(), number=event.number), key=event.about)


def note(unit: Unit, envelope: Envelope) -> None:
    subject = SUBJECTS[envelope.data["number"] % len(SUBJECTS)]
    heard = unit.get(Heard, Heard.create_id(subject)) or unit.add(Heard(subject=subject))
    heard.trigger_event(Heard.Noted, timestamp=envelope.time, number=envelope.data["number"])


class Crashed(Exception):
    pass


def crash(_: int) -> None:
    raise Crashed


def open_log(path: Path | None, *, is_shared: bool = True) -> EventLog:
    return EventLog(SQLiteRecorder(str(path or ":memory:"), ()), is_shared=is_shared)


class House:
    """An upstream and a consumer, joined by kombu in memory."""

    def __init__(self, folder: Path | None = None, *, is_shared: bool = True) -> None:
        self.folder = folder
        self.up = open_log(folder and folder / "up.db", is_shared=is_shared)
        self.down = open_log(folder and folder / "down.db", is_shared=is_shared)
        self.source = Source()
        self.connection = Connection("memory://")
        broker = Broker(self.connection, f"test-{uuid4().hex}")
        self.relay = Relay("up", self.up, translate, broker)
        self.inbox = Inbox("up", self.down, note, self.relay.pull)
        self.subscription = Subscription("down", self.inbox, broker)
        self.count = 0

    def wipe(self) -> None:
        self.subscription._queues.purge()

    def say(self, times: int = 1) -> None:
        with self.up.unit() as unit:
            unit.add(self.source)
            for _ in range(times):
                self.count += 1
                subject = SUBJECTS[self.count % len(SUBJECTS)]
                self.source.trigger_event(Source.Said, timestamp=AT, about=subject, number=self.count)

    def told(self) -> list[Envelope]:
        return [envelope for part in range(8) for envelope in self.relay.pull(part, 0)]

    def heard(self) -> dict[str, list[int]]:
        found = {subject: self.down.load(Heard, Heard.create_id(subject)) for subject in SUBJECTS}
        return {subject: held.numbers if held else [] for subject, held in found.items()}

    def expected(self) -> dict[str, list[int]]:
        numbers = range(1, self.count + 1)
        return {
            subject: [n for n in numbers if SUBJECTS[n % len(SUBJECTS)] == subject] for subject in SUBJECTS
        }

    def close(self) -> None:
        self.subscription.delete()
        self.connection.release()
        self.up.close()
        self.down.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    held = House(tmp_path)
    yield held
    held.close()


def test_what_is_recorded_is_told_and_heard_in_order(house: House):
    house.say(100)
    house.relay.step()
    assert house.subscription.step() == 100
    assert house.heard() == house.expected()


@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(1, 9))
def test_a_log_that_nobody_else_writes_tells_what_is_at_hand_as_it_is_stored(said: list[int], limit: int):
    house, published = House(is_shared=False), list[Envelope]()
    publish = house.relay._publisher.publish

    def spy(envelopes: list[Envelope]) -> int:
        published.extend(envelopes)
        return publish(envelopes)

    house.relay._publisher.publish = spy  # type: ignore[method-assign]
    for times in said:
        house.say(times)
        house.relay.step(limit)
    while house.relay.step(limit):
        pass
    house.subscription.step()
    told = house.told()
    assert sorted(published, key=lambda one: (one.partition, one.position)) == told
    for part in range(8):
        places = [(one.previous, one.position) for one in told if one.partition == part]
        assert [before for before, _ in places] == [0, *(at for _, at in places)][: len(places)]
    assert house.heard() == house.expected()
    house.close()


def test_a_crash_before_the_position_is_stored_tells_again_with_one_effect(house: House, monkeypatch):
    house.say(20)
    with monkeypatch.context() as crashing:
        crashing.setattr(house.up, "relayed_to", crash)
        with pytest.raises(Crashed):
            house.relay.step()
    house.relay.step()
    assert house.subscription.step() == 20
    assert house.heard() == house.expected()


def test_a_wiped_broker_loses_nothing(house: House):
    house.say(30)
    house.relay.step()
    house.wipe()
    house.say(20)
    house.relay.step()
    house.subscription.step()
    house.inbox.catch_up()
    assert house.heard() == house.expected()
    assert house.inbox.healed > 0


def test_an_error_of_the_moment_leaves_no_effect_and_the_next_try_has_one(house: House, monkeypatch):
    house.say(5)
    house.relay.step()

    def note_then_fail(unit: Unit, envelope: Envelope) -> None:
        note(unit, envelope)
        raise OperationalError

    with monkeypatch.context() as failing:
        failing.setattr(house.inbox, "_handle", note_then_fail)
        with pytest.raises(OperationalError):
            house.inbox.take(house.told())
    assert not any(house.heard().values())
    assert house.inbox.parked == 0
    house.inbox.catch_up()
    assert house.heard() == house.expected()


def test_a_message_comes_again_after_a_batch_was_given_back(house: House):
    house.say(5)
    house.relay.step()
    house.subscription.fetch().give_back()
    assert house.subscription.step() == 5
    assert house.heard() == house.expected()


def test_of_two_workers_that_began_at_one_position_the_slower_decides_again(house: House):
    """The slower one has more in hand than the faster one took: its position would be higher."""
    house.say(40)
    house.relay.step()
    told = house.told()
    slow = Inbox("up", open_log(house.folder / "down.db"), note, house.relay.pull)
    for partition in range(8):
        assert slow.position(partition) == house.inbox.position(partition) == 0
    assert house.inbox.take(told[:20]) == 20
    assert slow.take(told) == 20
    assert house.heard() == house.expected()
    slow._log.close()


def test_a_gap_that_the_upstream_cannot_fill_is_kept_aside_and_not_stepped_over(house: House):
    house.say(30)
    house.relay.step()
    ahead = house.told()[-1].model_copy(update={"previous": 9_998, "position": 9_999})
    assert house.inbox.take([ahead]) == 0
    assert not any(house.heard().values())
    assert house.inbox.parked == 1
    house.inbox.catch_up()
    assert house.heard() == house.expected()


@given(st.randoms(use_true_random=False), st.integers(1, 60), st.integers(1, 20))
def test_any_batches_with_duplicates_losses_and_reordering_give_the_same_state(
    chance: random.Random, times: int, size: int
):
    house = House()
    house.say(times)
    house.relay.step()
    told = [one for one in house.told() for _ in range(chance.choice([0, 1, 1, 2]))]
    chance.shuffle(told)
    for begin in range(0, len(told), size):
        house.inbox.take(told[begin : begin + size])
    house.inbox.catch_up()
    assert house.heard() == house.expected()
    house.close()


def test_the_partition_of_a_subject_never_changes():
    assert [partition_of(subject, 8) for subject in ("wang", "V1", "township")] == [1, 1, 0]
