"""A service that was away while a house lived: it hears everything again, in whatever order it is brought."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

from kombu import Connection

from contracts.catalogue import PARTITIONS
from contracts.envelope import Envelope
from services.chassis.messaging.inbox import Inbox
from services.chassis.messaging.relay import Broker
from services.chassis.reading import read_model as views
from services.chassis.service import Service, embedded_log
from services.house.house import House, blueprints
from services.house.settings import Settings

UPSTREAMS = ("registry", "risk", "visits")
"""In the order in which they speak at one instant."""


def told_by(house: House, upstream: str) -> list[Envelope]:
    """Everything that an upstream has told, by partition."""
    found: list[Envelope] = []
    for partition in range(PARTITIONS):
        position = 0
        while pulled := house.services[upstream].relay.pull(partition, position):
            found += pulled
            position = pulled[-1].position
    return found


class Twin:
    """A service of its own, with an empty log, that hears the upstreams of a house."""

    def __init__(self, house: House, name: str) -> None:
        self._house = house
        plan = next(one for one in blueprints(Settings(data=None)) if one.name == name)
        self._connection = Connection("memory://")
        broker = Broker(self._connection, f"twin-{uuid4().hex}")
        self.service = Service(plan, embedded_log(plan, None), broker, house._pull_of)
        self.inboxes: dict[str, Inbox] = {one.inbox.upstream: one.inbox for one in self.service.subscriptions}

    def hear_as_it_was(self) -> "Twin":
        """One by one, in the order in which it was told."""
        for _, upstream, _, one in self._in_time():
            self.inboxes[UPSTREAMS[upstream]].take([one])
        return self

    def _in_time(self) -> list[tuple[datetime, int, int, Envelope]]:
        told = [
            (one.time, UPSTREAMS.index(upstream), one.position, one)
            for upstream in self.inboxes
            for one in told_by(self._house, upstream)
        ]
        return sorted(told, key=lambda row: row[:3])

    def hear_muddled(self, chance: random.Random, size: int) -> "Twin":
        """In any batches, with losses, duplicates and out of order; what is lost is pulled before time goes on."""
        for _, instant in groupby(self._in_time(), key=lambda row: row[0]):
            for upstream, told in groupby(instant, key=lambda row: row[1]):
                inbox = self.inboxes[UPSTREAMS[upstream]]
                envelopes = [row[3] for row in told]
                for batch in muddled(envelopes, chance, size):
                    inbox.take(batch)
                inbox.take(envelopes)
        return self

    def hashes(self) -> dict[str, str]:
        return views.hashes(self.service.model, self.service.log.query)

    def rows(self, table: str, leaving_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """A table's rows in the order of their content, without what only says where in the log they stand."""
        rows = [dict(row) for row in self.service.log.query(f"SELECT * FROM {table}")]
        kept = [{key: value for key, value in row.items() if key not in leaving_out} for row in rows]
        return sorted(kept, key=repr)

    def state(self, leaving_out: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
        return {table: self.rows(table, leaving_out) for table in self.service.model.tables}

    def close(self) -> None:
        self.service.forget_queues()
        self.service.close()
        self._connection.release()


@contextmanager
def twins(house: House, name: str) -> Iterator[tuple[Twin, Twin]]:
    """Two of the same service, to be told the same."""
    pair = Twin(house, name), Twin(house, name)
    try:
        yield pair
    finally:
        for one in pair:
            one.close()


def muddled(told: list[Envelope], chance: random.Random, size: int) -> list[list[Envelope]]:
    """Batches with losses and duplicates, and out of order."""
    kept = [one for one in told for _ in range(chance.choice([0, 1, 1, 2]))]
    chance.shuffle(kept)
    return [kept[begin : begin + size] for begin in range(0, len(kept), size)]
