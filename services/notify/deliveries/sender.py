"""The postman: brings what is planned to its channel. Records that an attempt begins, sends, records what came of it.

Nothing is sent that was not recorded first. Where this process dies between sending and recording, the attempt counts
as lost after a while and is made again with the same key: a message may arrive twice, but not be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tenacity import RetryCallState, Retrying, wait_exponential, wait_random

from services.chassis.log.event_log import EventLog, LostRace
from services.kernel.roster import Roster, roster_id
from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent
from services.notify.channels.sending import send
from services.notify.channels.settings import GROUP_KINDS, Channels, Outside
from services.notify.channels.texts import GroupText, Letter
from services.notify.deliveries import views as delivery_views
from services.notify.deliveries.domain import Delivery
from services.notify.tellings import views as telling_views
from services.notify.tellings.planning import NAME

LOST_AFTER = timedelta(seconds=60)  # an attempt takes at most 8
WINDOW = timedelta(seconds=60)
MOST_SECONDS = 86400.0
Now = Callable[[], datetime]
Each = Callable[..., Iterable[Outcome]]
Send = Callable[[Outside, Letter, datetime], Outcome]


@dataclass(frozen=True)
class Parcel:
    """A delivery whose attempt `number` has begun; `channel` is None where there is none of that name any more."""

    delivery: UUID
    number: int
    attempts: int
    channel: Outside | None
    letter: Letter | None
    begun_at: datetime


class Postman:
    """Of the deliveries of one log; `send` is what reaches the network."""

    def __init__(self, log: EventLog, channels: Channels, send_by: Send = send) -> None:
        self._log = log
        self._channels = channels
        self._send = send_by

    def is_due(self, now: datetime) -> bool:
        """Whether some delivery waits for its attempt, by a channel that may send now."""
        return any(self._is_free(name, now) for name in self._due(now))

    def ways(self) -> list[str]:
        """Every channel; the empty name stands for those that are not set up any more."""
        return ["", *self._channels.channels]

    def advance(self, now: Now, each: Each = map, only: str | None = None) -> int:
        """One attempt a channel that has something due; `each` may make them at the same time. Returns how many."""
        parcels = self.claim(now(), only)
        outcomes = list(each(self.carry, parcels))
        self.settle(zip(parcels, outcomes, strict=True), now())
        return len(parcels)

    def claim(self, now: datetime, only: str | None = None) -> list[Parcel]:
        """Begins one attempt a channel, or one of a single channel; none where another process was first."""
        due = self._due(now)
        wanted = [name for name in due if only is None or only == (name if self._is_known(name) else "")]
        found = [row for name in wanted if self._is_free(name, now) for row in self._next(name, now)]
        try:
            with self._log.unit("channel:outside") as unit:
                unit.read_ahead(UUID(row["delivery"]) for row in found)
                held = [unit.get(Delivery, UUID(row["delivery"])) for row in found]
                who = unit.get(Roster, roster_id(NAME)) or Roster.empty()
                return [
                    self._parcel(one, now) for one in held if one is not None and self._begin(one, now, who)
                ]
        except LostRace:
            return []

    def carry(self, parcel: Parcel) -> Outcome:
        """Sends; touches no log, so that it may run in any thread."""
        if parcel.channel is None:
            return Failed("no_channel")
        if parcel.letter is None:
            return Failed("no_address")
        return self._send(parcel.channel, parcel.letter, parcel.begun_at)

    def settle(self, done: Iterable[tuple[Parcel, Outcome]], at: datetime) -> None:
        """Records what became of attempts."""
        ended = list(done)
        if not ended:
            return
        with self._log.unit("channel:outside") as unit:
            for parcel, outcome in ended:
                held = unit.get(Delivery, parcel.delivery)
                if held is not None:
                    _settle(held, parcel, outcome, at)

    def _begin(self, held: Delivery, now: datetime, who: Roster) -> bool:
        """Whether an attempt begins: not of what was cancelled since, nor to somebody who has left."""
        holds = not held.tellings or self._log.query(
            telling_views.still_holds(len(held.tellings)), *held.tellings
        )
        if not holds or who.has_left(held.recipient, now.date()):
            held.cancel(now)
        return held.begin(now, now + LOST_AFTER)

    def _is_known(self, name: str) -> bool:
        return name in self._channels.channels

    def _due(self, now: datetime) -> list[str]:
        return [row["channel"] for row in self._log.query(delivery_views.DUE_CHANNELS, now.isoformat())]

    def _next(self, channel: str, now: datetime) -> Sequence[Any]:
        return self._log.query(delivery_views.NEXT, channel, now.isoformat())

    def _is_free(self, name: str, now: datetime) -> bool:
        """Whether the channel's limit and what its provider said last let it send."""
        channel = self._channels.channels.get(name)
        if channel is None:
            return True
        row = self._log.query(delivery_views.ATTEMPTS_SINCE, name, (now - WINDOW).isoformat())[0]
        held = self._log.query(delivery_views.HELD_UNTIL, name)[0]["until"]
        return row["number"] < channel.per_minute and (held is None or held <= now.isoformat())

    def _parcel(self, held: Delivery, now: datetime) -> Parcel:
        channel = self._channels.channels.get(held.channel)
        letter = None
        if channel is not None:
            to = self._channels.address_of(held.recipient, channel)
            if to is not None or isinstance(channel, GROUP_KINDS):
                letter = Letter(str(held.id), self._text(held), to)
        return Parcel(held.id, held.begun, held.attempts, channel, letter, now)

    def _text(self, held: Delivery) -> GroupText:
        label = self._channels.place(held.village).label if held.village in self._channels.villages else ""
        return GroupText(label, held.counts)


def _settle(held: Delivery, parcel: Parcel, outcome: Outcome, at: datetime) -> None:
    match outcome:
        case Sent():
            held.succeed(parcel.number, at)
        case Failed():
            held.fail(parcel.number, outcome.word, None, at)
        case Retry():
            held.fail(parcel.number, outcome.word, _again_at(parcel, outcome, at), at)


def _again_at(parcel: Parcel, outcome: Retry, at: datetime) -> datetime | None:
    """Pauses that double, with jitter; not before the other side said. None where there were enough attempts."""
    channel = parcel.channel
    if channel is None or parcel.attempts >= channel.attempts:
        return None
    doubling = wait_exponential(multiplier=channel.first_pause, max=channel.longest_pause)
    wait = doubling + wait_random(0, channel.first_pause)
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = parcel.attempts
    pause = max(wait(state), min(outcome.after or 0.0, MOST_SECONDS))
    return at + timedelta(seconds=pause)
