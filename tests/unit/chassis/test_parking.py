"""What cannot be handled waits with its bytes, and its subject's later events behind it; the rest goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import DataError, OperationalError
from kombu import Connection
from kombu.messaging import Producer

from contracts.envelope import Envelope
from services.chassis.log.event_log import EventLog, LostRace
from services.chassis.log.recorder import Recorded, Sql, SQLiteRecorder
from services.chassis.log.unit import Unit
from services.chassis.messaging.amqp import memory_route
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.parking import (
    HandlerRaised,
    NotParked,
    ParkedMessages,
    UnreadableMessage,
    is_passing,
)
from services.chassis.messaging.queues import Subscription
from services.chassis.messaging.relay import Broker
from services.kernel.refusal import Refusal

AT = datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=8)))
TABLE = "CREATE TABLE IF NOT EXISTS seen (subject TEXT, number INTEGER)"


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


def apply(sql: Sql, recorded: Recorded) -> None:
    number = getattr(recorded.event, "number", 0)
    if number in SPOILT:
        raise DataError("the read model cannot hold it")
    sql.run("INSERT INTO seen VALUES (?, ?)", recorded.subject, number)


SPOILT: set[int] = set()


class Crashed(Exception):
    pass


def crash_when_writing(recorder: SQLiteRecorder) -> Callable[..., Any]:
    transact = recorder.transact

    def crashing(work: Callable[[Sql], Any], *, commit: bool) -> Any:
        if commit:
            raise Crashed
        return transact(work, commit=commit)

    return crashing


class Consumer:
    """A service that notes numbers, and raises what it is told to raise."""

    def __init__(self, path: Path) -> None:
        self.log = EventLog(SQLiteRecorder(str(path), (TABLE,)), apply=apply)
        self.raises: dict[int, Exception] = {}
        self.calls = 0
        self.upstream: list[Envelope] = []
        self.inbox = Inbox("up", self.log, self.note, self.pull)
        self.parked = ParkedMessages(self.log, self.note)

    def note(self, unit: Unit, envelope: Envelope) -> None:
        self.calls += 1
        held = Heard.create_id(envelope.subject)
        heard = unit.get(Heard, held) or unit.add(Heard(subject=envelope.subject))
        heard.trigger_event(Heard.Noted, timestamp=AT, number=envelope.position)
        if envelope.position in self.raises:
            raise self.raises[envelope.position]

    def pull(self, partition: int, after: int) -> list[Envelope]:
        return [one for one in self.upstream if one.partition == partition and one.position > after]

    def numbers(self, subject: str) -> list[int]:
        held = self.log.load(Heard, Heard.create_id(subject))
        return held.numbers if held else []

    def waiting(self) -> list[tuple[int, str]]:
        return [(row.position, row.error) for row in self.parked.list()]


def told(*subjects: str, partition: int = 3) -> list[Envelope]:
    """Positions 1, 2, 3 and so on, of these subjects."""
    return [
        Envelope(
            id=f"e{position}",
            source="/up",
            type="up.Said",
            subject=subject,
            time=AT,
            partition=partition,
            position=position,
            previous=position - 1,
            correlation="",
            causation="",
            data={},
        )
        for position, subject in enumerate(subjects, 1)
    ]


@pytest.fixture
def consumer(tmp_path: Path) -> Iterator[Consumer]:
    made = Consumer(tmp_path / "down.db")
    yield made
    made.log.close()
    SPOILT.clear()


def test_a_message_that_raises_waits_with_its_subject_and_the_others_go_on(consumer: Consumer):
    consumer.raises = {2: RuntimeError("no such thing")}
    assert consumer.inbox.take(told("wang", "li", "wang", "li", "zhao")) == 3
    assert consumer.waiting() == [(2, "RuntimeError: no such thing"), (4, "")]
    assert (consumer.numbers("wang"), consumer.numbers("zhao")) == ([1, 3], [5])
    assert consumer.numbers("li") == []
    assert consumer.log.position("up", 3) == 5
    assert consumer.inbox.parked == 2


def test_later_batches_of_the_same_subject_wait_too_in_whatever_worker(consumer: Consumer):
    batch = told("li", "wang", "li", "li", "wang")
    consumer.raises = {1: RuntimeError()}
    consumer.inbox.take(batch[:2])
    other = Inbox("up", consumer.log, consumer.note, consumer.pull)
    other.take(batch[2:4])
    consumer.inbox.take(batch[4:])
    assert [position for position, _ in consumer.waiting()] == [1, 3, 4]
    assert consumer.numbers("wang") == [2, 5]


def test_after_a_fix_a_retry_handles_all_of_the_subject_in_order_and_once(consumer: Consumer):
    consumer.raises = {1: RuntimeError()}
    batch = told("li", "wang", "li", "li")
    consumer.inbox.take(batch[:3])
    consumer.raises = {}
    assert consumer.parked.retry("up/3/3") == 2
    assert consumer.parked.list() == []
    consumer.inbox.take(batch)
    assert consumer.numbers("li") == [1, 3, 4]
    rows = consumer.log.query("SELECT number FROM seen WHERE subject = 'li' AND number > 0")
    assert [row["number"] for row in rows] == [1, 3, 4]


def test_a_retry_that_fails_keeps_what_went_well_before_it_and_says_the_new_error(consumer: Consumer):
    consumer.raises = {1: RuntimeError("first")}
    consumer.inbox.take(told("li", "li", "li"))
    consumer.raises = {2: ValueError("second")}
    with pytest.raises(HandlerRaised, match="second"):
        consumer.parked.retry("up/3/1")
    assert consumer.waiting() == [(2, "ValueError: second"), (3, "")]
    assert consumer.numbers("li") == [1]


def test_a_crash_after_the_effects_of_a_retry_does_not_bring_them_twice(consumer: Consumer, monkeypatch):
    consumer.raises = {1: RuntimeError()}
    consumer.inbox.take(told("li", "li"))
    consumer.raises = {}
    with monkeypatch.context() as crashing:
        crashing.setattr(consumer.log.recorder, "transact", crash_when_writing(consumer.log.recorder))
        with pytest.raises(Crashed):
            consumer.parked.retry("up/3/1")
    assert len(consumer.parked.list()) == 2
    assert consumer.parked.retry("up/3/1") == 2
    assert consumer.numbers("li") == [1, 2]


def test_what_is_dropped_says_why_and_what_waited_behind_it_goes_on(consumer: Consumer):
    consumer.raises = {1: RuntimeError()}
    batch = told("li", "li", "li")
    consumer.inbox.take(batch[:2])
    with pytest.raises(ValueError, match="say why"):
        consumer.parked.drop("up/3/1", " ")
    consumer.parked.drop("up/3/1", "entered twice, see notice 7")
    assert consumer.parked.show("up/3/1").dropped == "entered twice, see notice 7"
    with pytest.raises(NotParked):
        consumer.parked.retry("up/3/1")
    consumer.inbox.retry_parked()
    consumer.inbox.take(batch[2:])
    assert consumer.numbers("li") == [2, 3]


def test_what_was_only_early_is_taken_up_by_itself(consumer: Consumer):
    consumer.raises = {1: LookupError("never enrolled")}
    consumer.upstream = told("li", "li")
    consumer.inbox.take(consumer.upstream)
    consumer.raises = {}
    consumer.inbox.catch_up()
    assert consumer.numbers("li") == [1, 2]
    assert consumer.parked.list() == []


@pytest.mark.parametrize("error", [OperationalError(), LostRace(), OSError(), MemoryError()])
def test_an_error_of_the_moment_parks_nothing(consumer: Consumer, error: Exception):
    consumer.raises = {2: error}
    with pytest.raises(type(error)):
        consumer.inbox.take(told("wang", "li"))
    assert consumer.parked.list() == []
    assert consumer.log.position("up", 3) == 0
    consumer.raises = {}
    assert consumer.inbox.take(told("wang", "li")) == 2


@pytest.mark.parametrize("error", [Refusal(), LookupError(), DataError(), RuntimeError()])
def test_an_error_of_the_message_parks_it(consumer: Consumer, error: Exception):
    consumer.raises = {2: error}
    assert consumer.inbox.take(told("wang", "li")) == 1
    assert not is_passing(error)


def test_a_read_model_that_cannot_take_one_message_parks_that_one_alone(consumer: Consumer):
    SPOILT.add(37)
    subjects = [f"elder-{n}" for n in range(1, 101)]
    assert consumer.inbox.take(told(*subjects)) == 99
    assert consumer.waiting() == [(37, "DataError: the read model cannot hold it")]
    assert consumer.log.position("up", 3) == 100


def test_what_the_read_model_cannot_take_is_tried_again_without_harm_and_what_stood_before_it_is_done(
    consumer: Consumer,
):
    SPOILT.add(38)
    consumer.raises = {37: LookupError("early")}
    consumer.inbox.take(told(*(f"elder-{n}" for n in range(1, 37)), "li", "li", "wang"))
    assert [position for position, _ in consumer.waiting()] == [37, 38]
    consumer.raises = {}
    SPOILT.discard(37)
    assert consumer.inbox.retry_parked() == 1
    assert consumer.waiting() == [(38, "DataError: the read model cannot hold it")]
    assert consumer.numbers("li") == [37]
    with pytest.raises(HandlerRaised):
        consumer.parked.retry("up/3/38")
    SPOILT.discard(38)
    assert consumer.inbox.retry_parked() == 1
    assert consumer.numbers("li") == [37, 38]


def test_a_handler_that_always_raises_is_called_once_a_subject(consumer: Consumer):
    consumer.raises = {n: RuntimeError() for n in range(1, 401)}
    consumer.inbox.take(told(*(f"elder-{n % 100}" for n in range(400))))
    assert consumer.calls == 100
    assert len(consumer.parked.list()) == 400


def test_every_other_message_raises_and_the_work_stays_within_twice_as_much(consumer: Consumer):
    consumer.raises = {n: RuntimeError() for n in range(1, 401, 2)}
    assert consumer.inbox.take(told(*(f"elder-{n}" for n in range(400)))) == 200
    assert consumer.calls <= 2 * 400


def test_an_inbox_that_is_decided_again_parks_once(consumer: Consumer):
    consumer.raises = {1: RuntimeError()}
    apart = Inbox("up", consumer.log, consumer.note, consumer.pull)
    assert apart.position(3) == 0
    consumer.inbox.take(told("li", "wang"))
    assert apart.take(told("li", "wang", "zhao")) == 1
    assert [position for position, _ in consumer.waiting()] == [1]
    assert consumer.numbers("wang") == [2]


def test_bytes_that_are_no_envelope_are_kept_once_and_have_no_effect(consumer: Consumer):
    broker = Broker(Connection("memory://"), f"test-{uuid4().hex}")
    subscription = Subscription("down", consumer.inbox, broker)
    newer = told("li")[0].model_dump_json().replace('"1.0"', '"2.0"').encode()
    elsewhere = told("li", partition=4)[0].model_dump_json().encode()
    producer = Producer(broker.connection.channel(), broker.exchange)
    for body in (b"\xff\xfe\x00", b"\xff\xfe\x00", newer, elsewhere):
        producer.publish(
            body,
            routing_key=memory_route("up", 3),
            content_type="application/data",
            content_encoding="binary",
        )
    assert subscription.step() == 0
    assert {row.body for row in consumer.parked.list()} == {b"\xff\xfe\x00", newer, elsewhere}
    assert subscription.fetch() is None
    assert consumer.log.position("up", 3) == 0
    subscription.delete()
    broker.connection.release()


def test_bytes_are_let_go_when_what_they_say_was_heard_from_the_log(consumer: Consumer):
    consumer.inbox.keep(3, b"garbage")
    early = told("li")[0].model_dump_json().encode()
    consumer.inbox.keep(3, early)
    garbage, readable = sorted(consumer.parked.list(), key=lambda row: row.body == early)
    with pytest.raises(UnreadableMessage):
        consumer.parked.retry(garbage.id)
    with pytest.raises(UnreadableMessage):
        consumer.parked.retry(readable.id)
    consumer.inbox.take(told("li"))
    assert consumer.parked.retry(readable.id) == 1
    consumer.parked.drop(garbage.id, "sent by a scanner")
    assert consumer.numbers("li") == [1]


def test_two_inboxes_that_wait_for_each_other_do_not_go_round_for_ever(consumer: Consumer):
    inboxes: list[Inbox] = []

    def note_after_the_other(unit: Unit, envelope: Envelope) -> None:
        inboxes[envelope.source == "/up"].catch_up()
        consumer.note(unit, envelope)

    consumer.upstream = told("li")
    aside = [one.model_copy(update={"source": "/aside"}) for one in told("wang")]
    pulls = {
        "up": consumer.pull,
        "aside": lambda partition, after: aside if partition == 3 and not after else [],
    }
    inboxes += [Inbox(name, consumer.log, note_after_the_other, pull) for name, pull in pulls.items()]
    assert inboxes[0].catch_up() + inboxes[1].catch_up() >= 1
    assert (consumer.numbers("li"), consumer.numbers("wang")) == ([1], [1])
