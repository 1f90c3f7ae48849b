"""One service, wired: its log, its decisions, what it publishes and what it consumes. The same for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from contracts.envelope import Envelope
from services.chassis.application import Application, EventDispatcher
from services.chassis.commands.awaiting import Awaiting
from services.chassis.commands.command import Desk
from services.chassis.face import Face
from services.chassis.log.event_log import EventLog
from services.chassis.log.observer import UNOBSERVED, Observer
from services.chassis.log.recorder import Recorder, SQLiteRecorder
from services.chassis.log.unit import Unit, WakeOf, never_wakes
from services.chassis.messaging.inbox import Inbox, Pull
from services.chassis.messaging.ordering import catch_up, in_order, take_in_order
from services.chassis.messaging.parking import ParkedMessages
from services.chassis.messaging.queues import STORE_SECONDS, MessageBatch, Subscription
from services.chassis.messaging.relay import Broker, Relay, Translate
from services.chassis.reading.read_model import ReadModel
from services.kernel.refusal import Refusal


class Carrier(Protocol):
    """Carries what is recorded out of the house: the network may be slow, so never inside a unit or a handler."""

    def is_due(self, now: datetime) -> bool:
        """Whether something waits."""
        ...

    def ways(self) -> Sequence[str]:
        """Every way out, by name."""
        ...

    def advance(
        self, now: Callable[[], datetime], each: Callable[..., Any] = map, only: str | None = None
    ) -> int:
        """Carries one thing that waits for each way out, or for one of them; returns how many things.

        `each` maps as `map` does, and may do so at the same time.
        """
        ...


@dataclass(frozen=True)
class Blueprint:
    """What a service's bootstrap knows of it: `upstreams` are the services whose events it consumes, in that order.

    `face` is what it shows over HTTP.

    `wake_of` says when time alone will next change an aggregate. `carrier` makes what carries things out of the house,
    where the settings name a way out. `keeps`: what is asked over HTTP for an elder of whom it has not heard yet waits
    for them (docs/adr/0011). `observer` is told of every commit to its log.
    """

    name: str
    model: ReadModel
    face: Face
    translate: Translate
    application: Callable[[EventLog], Application]
    upstreams: tuple[str, ...]
    wake_of: WakeOf = never_wakes
    carrier: Callable[[EventLog], Carrier] | None = None
    keeps: bool = False
    observer: Observer = UNOBSERVED

    def log(self, recorder: Recorder, *, is_shared: bool = True) -> EventLog:
        """Its log, kept by a recorder."""
        return EventLog(
            recorder,
            apply=self.model.apply,
            wake_of=self.wake_of,
            observer=self.observer,
            is_shared=is_shared,
        )


class Service:
    """A blueprint on a log and a broker; entrypoints and conductors only call its methods.

    `on_effect` is called when something that was consumed had an effect: time may bring something at once.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        log: EventLog,
        broker: Broker,
        pull_of: Callable[[str], Pull],
        *,
        on_effect: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = blueprint.name
        self.model = blueprint.model
        self.translate = blueprint.translate
        self.log = log
        self.application = blueprint.application(log)
        self.carrier = blueprint.carrier(log) if blueprint.carrier else None
        self.desk = Desk(log, self.application.decisions, self.application.needs)
        self._awaiting = Awaiting(log, self.application.decisions) if blueprint.keeps else None
        self.relay = Relay(self.name, log, blueprint.translate, broker)
        self._on_effect = on_effect
        self._dispatcher = EventDispatcher(self.application)
        self._inboxes = {
            upstream: Inbox(
                upstream,
                log,
                self._handle,
                pull_of(upstream),
                self._dispatcher,
                patience=STORE_SECONDS if broker.is_amqp else None,
                on_effect=self._had_effect,
            )
            for upstream in blueprint.upstreams
        }
        self.subscriptions = [
            Subscription(self.name, inbox, broker, self.catch_up) for inbox in self._inboxes.values()
        ]
        self.parked = ParkedMessages(log, self._handle)
        self.raising = Raising()

    def _handle(self, unit: Unit, envelope: Envelope) -> None:
        """Where an event came before what it rests on, which another service published, that one is consumed first."""
        try:
            self._dispatcher.dispatch(unit, envelope)
        except Refusal as refusal:
            awaited = self._inboxes.get(refusal.heard_from)
            if awaited is None or awaited.upstream == envelope.source[1:] or not awaited.catch_up():
                raise
            self._dispatcher.dispatch(unit, envelope)

    def _had_effect(self) -> None:
        if self._awaiting is not None:
            self._awaiting.stir()
        self._on_effect()

    def consume(self, upstreams: Collection[str] | None = None) -> int:
        """Takes what waits from every upstream, or from those named; returns how many events had an effect."""
        wanted = [
            subscription
            for subscription in self.subscriptions
            if upstreams is None or subscription.inbox.upstream in upstreams
        ]
        return self.take([batch for subscription in wanted if (batch := subscription.fetch()) is not None])

    def take(self, batches: Sequence[MessageBatch]) -> int:
        """Takes what is in hand, in the order of time; acknowledges when all of it is recorded."""
        if len(batches) == 1:
            return batches[0].take()
        inboxes = [batch.inbox for batch in batches]
        done = take_in_order(inboxes, in_order((place, batch.read()) for place, batch in enumerate(batches)))
        return done + sum(batch.finish() for batch in batches)

    def has_unpublished(self) -> bool:
        """Whether something was recorded that is not published yet."""
        return self.relay.has_unpublished()

    def is_due(self, now: datetime) -> bool:
        """Whether time alone brings something at `now`."""
        if self._awaiting is not None and self._awaiting.is_due():
            return True
        due = self.application.next_due()
        if due is None:
            return False
        return due <= now if isinstance(due, datetime) else due <= now.date()

    def publish(self) -> int:
        """Tells what was recorded since; returns how many stored events were gone through."""
        return self.relay.step()

    def advance(self, now: datetime) -> int:
        """What time alone brings up to `now`, what waited for an elder first."""
        waited = self._awaiting.advance(now) if self._awaiting is not None else 0
        return waited + self.application.advance(now)

    def catch_up(self) -> int:
        """Pulls what was published while this service was away, and consumes it in the order of time."""
        return catch_up(list(self._inboxes.values()))

    def end(self) -> None:
        """Has a catch-up end at its next step."""
        for inbox in self._inboxes.values():
            inbox.end()

    def forget_queues(self) -> None:
        """Takes the queues away, of a house that lives in one process and ends with it."""
        for subscription in self.subscriptions:
            subscription.delete()

    def close(self) -> None:
        """Gives the log free."""
        self.log.close()


class Raising:
    """Which entrypoints raise again and again, and since when; what succeeds once raises no more."""

    def __init__(self) -> None:
        self.errors: Counter[str] = Counter()
        self._since: dict[str, float] = {}

    def raised(self, entrypoint: str) -> None:
        """It raised, and will be tried again."""
        self.errors[entrypoint] += 1
        self._since.setdefault(entrypoint, monotonic())

    def succeeded(self, entrypoint: str) -> None:
        """It did what it is there for."""
        self._since.pop(entrypoint, None)

    def seconds(self, entrypoint: str) -> float:
        """How long it has raised without a success between; 0 where it does not."""
        return monotonic() - self._since[entrypoint] if entrypoint in self._since else 0.0


def embedded_log(blueprint: Blueprint, data: Path | None) -> EventLog:
    """A log in a SQLite file under `data`, or in memory where that is None; read models of before are made again."""
    path = ":memory:" if data is None else str(data / f"{blueprint.name}.db")
    log = blueprint.log(SQLiteRecorder(path, ()), is_shared=data is not None)
    blueprint.model.bring_up_to_date(log)
    return log
