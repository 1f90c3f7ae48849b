"""Publishing: what was recorded goes out in windows of confirms, never one round trip a message, and never for ever.

A publisher answers how many of the first messages in a row are safe with the broker: confirmed, and in some queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any, Protocol

import structlog
from amqp import Message, spec
from amqp.exceptions import NotFound
from kombu.messaging import Producer

from contracts.envelope import Envelope
from services.chassis.messaging.amqp import (
    BROKER_ERRORS,
    Broker,
    BrokerRefused,
    abandon,
    connect,
    memory_route,
)

WINDOW = 500
CONFIRM_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
_PUBLISH_ARGUMENTS = "Bssbb"


class Publisher(Protocol):
    """Where a relay brings its envelopes; the counters only grow."""

    unroutable: int
    confirm_timeouts: int
    is_blocked: bool
    """The broker takes nothing for now: an alarm of its memory or disk."""

    def publish(self, envelopes: Sequence[Envelope]) -> int:
        """How many of the first envelopes in a row are safe now; the others may have arrived too."""
        ...

    def close(self) -> None:
        """Lets the broker go."""
        ...


class MemoryPublisher:
    """`memory://`: what is published is in the queues when this returns."""

    def __init__(self, broker: Broker, upstream: str) -> None:
        self._upstream = upstream
        channel: Any = broker.connection.channel()
        self._producer = Producer(channel, exchange=broker.exchange, auto_declare=True)
        self.unroutable = 0
        self.confirm_timeouts = 0
        self.is_blocked = False

    def publish(self, envelopes: Sequence[Envelope]) -> int:
        """All of them."""
        for envelope in envelopes:
            self._producer.publish(
                envelope.model_dump_json(),
                routing_key=memory_route(self._upstream, envelope.partition),
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode="persistent",
            )
        return len(envelopes)

    def close(self) -> None:
        """The connection is the house's."""


class _Window:
    """What became of the messages that were sent and not all confirmed yet."""

    def __init__(self, envelopes: Sequence[Envelope], last_tag: int) -> None:
        self._places = {envelope.id: place for place, envelope in enumerate(envelopes)}
        self._first_tag = last_tag + 1
        self._open: dict[int, int] = {}
        self._failed: set[int] = set()
        self.sent = 0
        self.returned = 0

    def was_sent(self) -> None:
        self._open[self._first_tag + self.sent] = self.sent
        self.sent += 1

    def is_over(self) -> bool:
        return not self._open

    def confirm(self, tag: int, *, up_to: bool, is_good: bool) -> None:
        tags = [settled_tag for settled_tag in self._open if settled_tag <= tag] if up_to else [tag]
        for settled_tag in tags:
            place = self._open.pop(settled_tag, None)
            if place is not None and not is_good:
                self._failed.add(place)

    def came_back(self, message: Any) -> None:
        """A message that no queue wanted; the broker confirms it nevertheless, after this."""
        self.returned += 1
        self._failed.add(self._places[message.properties["message_id"]])

    def safe(self) -> int:
        """How many of the first in a row."""
        return min((*self._open.values(), *self._failed, self.sent))


class WindowPublisher:
    """AMQP: persistent and confirmed, `mandatory` where the upstream has consumers.

    After anything went wrong it pauses, ever longer, and then tries one message before it sends the others again. Where
    the exchange is gone or no queue wants a message, what is missing is made again before that.
    """

    def __init__(self, broker: Broker, upstream: str, *, confirm_seconds: float = CONFIRM_SECONDS) -> None:
        self._broker = broker
        self._upstream = upstream
        self._is_mandatory = broker.has_consumer(upstream)
        self._confirm_seconds = confirm_seconds
        self._log = structlog.get_logger("shouwang.relay").bind(upstream=upstream)
        self._connection: Any = None
        self._channel: Any = None
        self._window = _Window((), 0)
        self._tag = 0
        self._is_blocked = False
        self._is_gone = False
        self._pause = 0.0
        self._not_before = 0.0
        self.unroutable = 0
        self.confirm_timeouts = 0
        self.is_blocked = False

    def publish(self, envelopes: Sequence[Envelope]) -> int:
        """Sends them in windows; returns within the time that a window may take to be confirmed."""
        if not envelopes or monotonic() < self._not_before:
            return 0
        until = monotonic() + self._confirm_seconds
        safe = 0
        while safe < len(envelopes) and monotonic() < until:
            window = envelopes[safe : safe + (1 if self._pause else WINDOW)]
            done = self._publish(window, until)
            safe += done
            if done < len(window):
                self._wait_longer()
                break
            self._pause = 0.0
            self.is_blocked = False
        return safe

    def _publish(self, window: Sequence[Envelope], until: float) -> int:
        self._window = _Window((), 0)
        try:
            self._open()
            self._window = _Window(window, self._tag)
            self._send(window, until)
            self._settle(until)
        except (*BROKER_ERRORS, BrokerRefused) as error:
            self._log.warning("broker_away", error=type(error).__name__, blocked=self._is_blocked)
            self._is_gone = self._is_gone or isinstance(error, NotFound)
            self.close()
        if self._window.returned:
            self._is_gone = True
            self.unroutable += self._window.returned
            self._log.error("unroutable", count=self._window.returned)
        return self._window.safe()

    def _send(self, window: Sequence[Envelope], until: float) -> None:
        for envelope in window:
            if self._is_blocked or monotonic() > until:
                return
            self._tag += 1
            self._window.was_sent()
            arguments = (0, self._broker.namespace, route_of(envelope), self._is_mandatory, False)
            # Not `basic_publish`, which looks for answers with two system calls before every message.
            self._channel.send_method(spec.Basic.Publish, _PUBLISH_ARGUMENTS, arguments, _message(envelope))

    def _settle(self, until: float) -> None:
        """Waits until all that was sent is confirmed; what is not so in time is left, with its channel."""
        while not self._window.is_over():
            left = until - monotonic()
            if left <= 0:
                self._give_up()
                return
            try:
                self._connection.drain_events(timeout=left)
            except TimeoutError:
                self._give_up()
                return

    def _give_up(self) -> None:
        self.confirm_timeouts += 1
        self._log.warning("not_confirmed", seconds=self._confirm_seconds, blocked=self._is_blocked)
        self.close()

    def _open(self) -> None:
        """A channel whose broker still answers: one that went away while nothing was published is noticed here."""
        if self._is_gone:
            self._broker.restore(self._upstream)
            self._is_gone = False
        if self._connection is not None and not self._hears():
            self.close()
        if self._connection is not None:
            return
        self._is_blocked = False
        self._connection = connect(
            self._broker.connection, on_blocked=self._block, on_unblocked=self._unblock
        )
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        events = self._channel.events
        events["basic_ack"].add(self._on_ack)
        events["basic_nack"].add(self._on_nack)
        events["basic_return"].add(self._on_return)
        self._tag = 0

    def _hears(self) -> bool:
        try:
            while True:
                self._connection.drain_events(timeout=0.001)
        except TimeoutError:
            return True
        except BROKER_ERRORS:
            return False

    def _on_ack(self, tag: int, up_to: object) -> None:
        self._window.confirm(tag, up_to=bool(up_to), is_good=True)

    def _on_nack(self, tag: int, up_to: object) -> None:
        self._window.confirm(tag, up_to=bool(up_to), is_good=False)

    def _on_return(self, _: Exception, __: str, ___: str, message: Message) -> None:
        self._window.came_back(message)

    def _block(self, _: object) -> None:
        self._is_blocked = self.is_blocked = True

    def _unblock(self) -> None:
        self._is_blocked = self.is_blocked = False

    def _wait_longer(self) -> None:
        self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
        self._not_before = monotonic() + self._pause

    def close(self) -> None:
        """Lets the broker go; the next message connects again."""
        if self._connection is not None:
            abandon(self._connection)
        self._connection = self._channel = None


def publisher_of(broker: Broker, upstream: str) -> Publisher:
    """The publisher that fits the broker."""
    return WindowPublisher(broker, upstream) if broker.is_amqp else MemoryPublisher(broker, upstream)


def route_of(envelope: Envelope) -> str:
    """The routing key: service, event and partition."""
    return f"{envelope.type}.{envelope.partition}"


def _message(envelope: Envelope) -> Message:
    return Message(
        envelope.model_dump_json(),
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=2,
        message_id=envelope.id,
    )
