"""The order in which a service consumes several upstreams: that of time, as far as it has it in hand.

Within an upstream's partition positions rule; between upstreams nothing does but the time at which things were
recorded. A service that was away so hears what it missed in the order in which it happened, and not one upstream's
whole story before the next one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope
from services.chassis.messaging.inbox import FULL_ANSWER, Inbox

LONGEST_RUN = 500
"""Events that are consumed in one transaction: while it runs nobody else writes to the log."""
Placed = tuple[datetime, int, int, Envelope]


def in_order(by_upstream: Iterable[tuple[int, Sequence[Envelope]]]) -> list[Placed]:
    """By the second, then by the place of the upstream, then by position; time never goes back within a partition.

    Within a second upstreams are not taken apart: each change of upstream is a transaction more.
    """
    placed: list[Placed] = []
    for place, envelopes in by_upstream:
        latest: dict[int, datetime] = {}
        for envelope in sorted(envelopes, key=lambda placing: placing.position):
            at = max(envelope.time, latest.get(envelope.partition, envelope.time))
            latest[envelope.partition] = at
            placed.append((at.replace(microsecond=0), place, envelope.position, envelope))
    return sorted(placed, key=lambda placing: placing[:3])


def take_in_order(inboxes: Sequence[Inbox], placed: Iterable[Placed]) -> int:
    """Hands each run of one upstream's events to its inbox, so many at a time; returns how many had an effect."""
    return sum(inboxes[place].take(run) for place, run in _runs(placed))


def _runs(placed: Iterable[Placed]) -> Iterator[tuple[int, list[Envelope]]]:
    for place, run in groupby(placed, key=lambda placing: placing[1]):
        envelopes = [envelope for *_, envelope in run]
        for at in range(0, len(envelopes), LONGEST_RUN):
            yield place, envelopes[at : at + LONGEST_RUN]


def catch_up(inboxes: Sequence[Inbox]) -> int:
    """Pulls what was published until now, of every upstream, and consumes it in the order of time.

    What is published meanwhile comes through the queues: under a steady load this ends all the same. It ends before
    it is through where its worker is to end: what is left is pulled by the next one.
    """
    done, is_more = 0, True
    while is_more:
        placed, is_more = _told_since(inboxes)
        for place, run in _runs(placed):
            if any(inbox.is_ending for inbox in inboxes):
                return done
            done += inboxes[place].take(run)
    return done + sum(inbox.retry_parked() for inbox in inboxes)


def _told_since(inboxes: Sequence[Inbox]) -> tuple[list[Placed], bool]:
    """As far as every partition's answer reaches, and whether one was full: beyond its end nothing is taken yet."""
    answers = [
        (place, inbox.pull_next(part))
        for place, inbox in enumerate(inboxes)
        for part in range(PARTITIONS)
        if not inbox.is_ending
    ]
    ends = [in_order([answer])[-1][0] for answer in answers if len(answer[1]) >= FULL_ANSWER]
    if not ends:
        return in_order(answers), False
    return [answer for answer in in_order(answers) if answer[0] <= min(ends)], True
