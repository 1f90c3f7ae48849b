"""An upstream that says numbers of subjects, and a consumer that notes them, over a real broker."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic, sleep
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from amqp import Message
from eventsourcing.domain import Aggregate
from kombu import Connection

from contracts.base import Told
from contracts.envelope import Envelope
from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.log.unit import Unit
from services.chassis.messaging.amqp import connected, declare, delete_queues
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.parking import ParkedMessages
from services.chassis.messaging.queues import STORE_SECONDS, Subscription
from services.chassis.messaging.relay import Broker, Relay, RoutedEvent

AT = datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=8)))
SUBJECTS = [f"elder-{n}" for n in range(40)]
CONSUMERS = {"down": ("up",)}


class Spoken(Told):
    TYPE: ClassVar[str] = "up.Said"
    number: int


class Source(Aggregate):
    def __init__(self, subject: str) -> None:
        self.subject = subject

    class Said(Aggregate.Event):
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
    return RoutedEvent(Spoken(on=AT.date(), number=event.number))


def note(unit: Unit, envelope: Envelope) -> None:
    subject = SUBJECTS[envelope.data["number"] % len(SUBJECTS)]
    heard = unit.get(Heard, Heard.create_id(subject)) or unit.add(Heard(subject=subject))
    heard.trigger_event(Heard.Noted, timestamp=envelope.time, number=envelope.data["number"])


class Pair:
    """An upstream and a consumer; `worker` makes another worker of the same consumer."""

    def __init__(self, folder: Path, connection: Connection, namespace: str, workers: int = 1) -> None:
        self.folder = folder
        self.broker = Broker(connection, namespace, CONSUMERS, workers)
        declare(connection, namespace, CONSUMERS)
        self.up = EventLog(SQLiteRecorder(str(folder / "up.db"), ()))
        self.relay = Relay("up", self.up, translate, self.broker)
        self.sources = [Source(subject=subject) for subject in SUBJECTS]
        self.count = 0
        self.raises: dict[int, Exception] = {}
        self.logs: list[EventLog] = []
        self.subscriptions: list[Subscription] = []
        self.subscription = self.worker()
        self.inbox = self.subscription.inbox
        self.down = self.logs[0]
        self.parked = ParkedMessages(self.down, self.handle)

    def worker(self) -> Subscription:
        self.logs.append(EventLog(SQLiteRecorder(str(self.folder / "down.db"), ())))
        inbox = Inbox("up", self.logs[-1], self.handle, self.pull, patience=STORE_SECONDS)
        self.subscriptions.append(Subscription("down", inbox, self.broker))
        return self.subscriptions[-1]

    def handle(self, unit: Unit, envelope: Envelope) -> None:
        note(unit, envelope)
        if envelope.data["number"] in self.raises:
            raise self.raises[envelope.data["number"]]

    def pull(self, partition: int, after: int) -> list[Envelope]:
        return self.relay.pull(partition, after)

    def say(self, times: int) -> None:
        with self.up.unit() as unit:
            for source in self.sources:
                unit.add(source)
            for _ in range(times):
                self.count += 1
                source = self.sources[self.count % len(SUBJECTS)]
                source.trigger_event(Source.Said, timestamp=AT, number=self.count)

    def tell(self, seconds: float = 60) -> None:
        """All of it, whatever outages there are meanwhile."""
        until(lambda: self.relay.step() == 0 and not self.relay.has_unpublished(), seconds)

    def hear(self, seconds: float = 60) -> None:
        """All of it, by every worker in turn."""
        until(lambda: sum(one.step() for one in self.subscriptions) >= 0 and self.is_heard(), seconds)

    def go_on(self, seconds: float = 60) -> None:
        """Tells and hears all of it, whatever outages there are meanwhile."""
        until(
            lambda: (
                self.relay.step() + sum(one.step() for one in self.subscriptions) == 0 and self.is_heard()
            ),
            seconds,
        )

    def is_heard(self) -> bool:
        return self.heard() == self.expected()

    def heard(self) -> dict[str, list[int]]:
        found = {subject: self.down.load(Heard, Heard.create_id(subject)) for subject in SUBJECTS}
        return {subject: held.numbers if held else [] for subject, held in found.items()}

    def expected(self) -> dict[str, list[int]]:
        every = range(1, self.count + 1)
        return {
            subject: list(every[(n - 1) % len(SUBJECTS) :: len(SUBJECTS)])
            for n, subject in enumerate(SUBJECTS)
        }

    def told(self) -> list[Envelope]:
        return [envelope for part in range(8) for envelope in self.relay.pull(part, 0)]

    def publish(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Past the relay: whatever bytes, by routing key."""
        with connected(self.broker.connection) as made:
            channel = made.channel()
            for key, body in bodies:
                channel.basic_publish(Message(body, delivery_mode=2), self.broker.namespace, key)
            channel.close()

    def delete_queues(self) -> None:
        delete_queues(self.broker.connection, self.broker.namespace, "down", "up")

    def close(self) -> None:
        for one in self.subscriptions:
            one.close()
        self.delete_queues()
        self.relay.close()
        for log in (self.up, *self.logs):
            log.close()


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Asks again and again; fails where it does not come true."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "did not come true in time"
        sleep(0.01)
