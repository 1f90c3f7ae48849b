"""Turned days: up to which day each service has turned each partition (docs/adr/0006)."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate


@lru_cache(maxsize=4096)
def day_book_id(service: str) -> UUID:
    """The aggregate's id: one book a service."""
    return uuid5(NAMESPACE_URL, f"{service}:days")


class DayBook(Aggregate):
    """日历: which day was last turned, by service and partition."""

    TOPIC = "kernel.DayBook"

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.turned: dict[str, date] = {}

    @classmethod
    def open(cls, service: str, *, at: datetime) -> DayBook:
        """Opens an empty book at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=day_book_id(service), subject="days", timestamp=at, on=on)

    class Created(Aggregate.Created):
        """The book is opened."""

        TOPIC = "kernel.DayBookOpened"
        subject: str
        on: str

    class DayTurned(Aggregate.Event):
        """换日: `service` has done for `partition` what time alone brought up to 00:00 of `on`."""

        TOPIC = "kernel.DayTurned"
        on: str
        service: str
        partition: int

        def apply(self, aggregate: DayBook) -> None:
            """One day further."""
            aggregate.turned[f"{self.service}/{self.partition}"] = date.fromisoformat(self.on)

    def last(self, service: str, partition: int) -> date:
        """The last day turned; the first of all days where none was."""
        return self.turned.get(f"{service}/{partition}", date.min)

    def turn(self, service: str, partition: int, day: date, at: datetime) -> bool:
        """Notes a day; False where it was noted already."""
        if day <= self.last(service, partition):
            return False
        on = day.isoformat()
        self.trigger_event(self.DayTurned, timestamp=at, on=on, service=service, partition=partition)
        return True
