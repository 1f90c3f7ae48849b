"""A delivery: one message, on its way to one recipient by one channel, with every attempt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.notify.terms import NotFailed

UNKNOWN = "unknown"
"""Of an attempt that was begun and of whose end nothing is recorded: the message may have arrived."""


class Standing(StrEnum):
    """Where a delivery (投递) stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Way:
    """By which channel, of which kind, to whom of the staff (empty: to a group)."""

    channel: str
    kind: str
    recipient: str = ""


def delivery_id(cause: Iterable[str], way: Way) -> UUID:
    """One cause, one channel, one recipient: one delivery, however often the event arrives."""
    return uuid5(NAMESPACE_URL, f"notify:delivery:{way.channel}:{way.recipient}:{' '.join(sorted(cause))}")


class Delivery(Aggregate):
    """投递: what a channel is told, and how that went."""

    TOPIC = "notify.Delivery"

    def __init__(
        self,
        channel: str,
        kind: str,
        recipient: str,
        village: str,
        counts: dict[str, int],
        tellings: list[str],
        *,
        is_urgent: bool,
    ) -> None:
        self.channel = channel
        self.kind = kind
        self.recipient = recipient
        self.village = village
        self.counts = counts
        self.tellings = tellings
        """Of what it speaks: where none of it holds any more it need not leave; empty where it holds a reminder."""
        self.is_urgent = is_urgent
        self.standing = Standing.WAITING
        self.attempts = 0
        """Since it was planned, or sent again by a person."""
        self.begun = 0

    class Created(Aggregate.Created):
        """拟投递: what is to be sent is decided and recorded here, and hangs on nothing else."""

        TOPIC = "notify.DeliveryPlanned"
        class_version = 2
        on: str
        channel: str
        kind: str
        recipient: str
        village: str
        counts: dict[str, int]
        tellings: list[str]
        is_urgent: bool

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 did not say: it leaves in any case."""
            state["tellings"] = []

    class Event(Aggregate.Event):
        """A fact of the delivery: `on` is the local date (ISO); it repeats where the delivery goes."""

        on: str
        channel: str
        kind: str

    class AttemptBegun(Event):
        """开始发送: recorded before anything leaves, so that every process counts it; over by `lost_at`."""

        TOPIC = "notify.DeliveryAttemptBegun"
        number: int
        lost_at: str

        def apply(self, aggregate: Delivery) -> None:
            """Under way."""
            aggregate.standing = Standing.SENDING
            aggregate.attempts += 1
            aggregate.begun = self.number

    class DeliverySent(Event):
        """送达: the channel took it."""

        TOPIC = "notify.DeliverySent"
        number: int

        def apply(self, aggregate: Delivery) -> None:
            """Done."""
            aggregate.standing = Standing.SENT

    class AttemptFailed(Event):
        """未送达: for the reason of this word; again at `due`, or never where that is None."""

        TOPIC = "notify.DeliveryAttemptFailed"
        number: int
        word: str
        due: str | None

        def apply(self, aggregate: Delivery) -> None:
            """It waits for the next attempt, or for a person."""
            aggregate.standing = Standing.FAILED if self.due is None else Standing.WAITING

    class DeliveryCancelled(Event):
        """投递撤销: nothing of what it speaks holds any more, or its recipient has left; it had not gone out."""

        TOPIC = "notify.DeliveryCancelled"

        def apply(self, aggregate: Delivery) -> None:
            """It does not leave."""
            aggregate.standing = Standing.CANCELLED

    class DeliveryResent(Event):
        """重发: a person has it sent again."""

        TOPIC = "notify.DeliveryResent"

        def apply(self, aggregate: Delivery) -> None:
            """As if it had just been planned."""
            aggregate.standing = Standing.WAITING
            aggregate.attempts = 0

    @classmethod
    def plan(
        cls,
        cause: Iterable[str],
        way: Way,
        village: str,
        counts: dict[str, int],
        at: datetime,
        *,
        is_urgent: bool,
        tellings: Iterable[str] = (),
    ) -> Delivery:
        """`counts`: how many matters of which kind it speaks of, in `village` (empty: in several)."""
        return cls._create(
            cls.Created,
            id=delivery_id(cause, way),
            timestamp=at,
            on=at.date().isoformat(),
            channel=way.channel,
            kind=way.kind,
            recipient=way.recipient,
            village=village,
            counts=counts,
            tellings=list(tellings),
            is_urgent=is_urgent,
        )

    @property
    def subject(self) -> str:
        """The recipient; for a group the channel."""
        return self.recipient or self.channel

    def begin(self, at: datetime, lost_at: datetime) -> bool:
        """Begins an attempt; False where there is nothing to do. One that was lost is known as such first."""
        if self.standing is Standing.SENDING:
            self._record(self.AttemptFailed, at, number=self.begun, word=UNKNOWN, due=at.isoformat())
        if self.standing is not Standing.WAITING:
            return False
        self._record(self.AttemptBegun, at, number=self.begun + 1, lost_at=lost_at.isoformat())
        return True

    def cancel(self, at: datetime) -> None:
        """It had not gone out, and there is nothing to say any more, or nobody to say it to."""
        if self.standing is Standing.WAITING:
            self._record(self.DeliveryCancelled, at)

    def succeed(self, number: int, at: datetime) -> None:
        """The attempt of this number went well; one that counts as lost changes nothing."""
        if self._is_under_way(number):
            self._record(self.DeliverySent, at, number=number)

    def fail(self, number: int, word: str, due: datetime | None, at: datetime) -> None:
        """The attempt of this number did not; `due` is when to try again, None never."""
        if self._is_under_way(number):
            then = due.isoformat() if due else None
            self._record(self.AttemptFailed, at, number=number, word=word, due=then)

    def resend(self, at: datetime) -> None:
        """Has a failed delivery sent again; raises NotFailed."""
        if self.standing is not Standing.FAILED:
            raise NotFailed
        self._record(self.DeliveryResent, at)

    def _is_under_way(self, number: int) -> bool:
        return self.standing is Standing.SENDING and self.begun == number

    def _record(self, event_class: type[Event], at: datetime, **payload: object) -> None:
        self.trigger_event(
            event_class,
            timestamp=at,
            on=at.date().isoformat(),
            channel=self.channel,
            kind=self.kind,
            **payload,
        )
