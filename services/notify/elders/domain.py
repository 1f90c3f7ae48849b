"""What notify knows of an elder: where they live, who cares for them, and since when nothing is told of them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate


@lru_cache(maxsize=4096)
def person_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"notify:elder:{elder}")


class Person(Aggregate):
    """The elder (`subject`) of whom notices speak."""

    TOPIC = "notify.Person"

    def __init__(self, subject: str, village: str, carer: str | None) -> None:
        self.subject = subject
        self.village = village
        self.carer = carer
        self.spell = 0
        self.is_certified = False
        self.silent_since: datetime | None = None
        self.is_set_aside = False

    class Created(Aggregate.Created):
        """在册: the elder is on the register."""

        TOPIC = "notify.PersonNoted"
        on: str
        subject: str
        village: str
        carer: str | None

    class Event(Aggregate.Event):
        """A fact about the elder: `on` is the local date (ISO)."""

        on: str

    class CarerNoted(Event):
        """结对: who is told as carer from now."""

        TOPIC = "notify.CarerNoted"
        carer: str

        def apply(self, aggregate: Person) -> None:
            """The carer from now."""
            aggregate.carer = self.carer

    class CarerGone(Event):
        """结对终止: nobody is told as carer from now."""

        TOPIC = "notify.CarerGone"

        def apply(self, aggregate: Person) -> None:
            """Nobody from now."""
            aggregate.carer = None

    class Moved(Event):
        """迁村: the village whose people are told from now, and the carer there."""

        TOPIC = "notify.PersonMoved"
        village: str
        carer: str | None

        def apply(self, aggregate: Person) -> None:
            """Elsewhere from now."""
            aggregate.village, aggregate.carer = self.village, self.carer

    class Certified(Event):
        """认定: from now notices speak of this certification."""

        TOPIC = "notify.CertificationNoted"
        spell: int

        def apply(self, aggregate: Person) -> None:
            """A new spell."""
            aggregate.spell, aggregate.is_certified = self.spell, True
            aggregate.silent_since = None

    class Silenced(Event):
        """不再属于留守: what is pending about grade and misses is stopped."""

        TOPIC = "notify.PersonSilenced"

        def apply(self, aggregate: Person) -> None:
            """Nothing that arose until now is told any more."""
            aggregate.silent_since, aggregate.is_certified = self.timestamp, False

    class SetAside(Event):
        """并档搁置: silent while this entry is merged into another; undone, told of as before (`is_certified`)."""

        TOPIC = "notify.PersonSetAside"
        is_merged: bool
        is_certified: bool

        def apply(self, aggregate: Person) -> None:
            """Silent, or no longer."""
            aggregate.is_set_aside = self.is_merged
            if self.is_merged or self.is_certified:
                aggregate.silent_since = self.timestamp if self.is_merged else None

    @classmethod
    def note(cls, elder: str, village: str, carer: str | None, *, at: datetime) -> Person:
        """Notes an elder at `at`."""
        on = at.date().isoformat()
        return cls._create(
            cls.Created,
            id=person_id(elder),
            subject=elder,
            village=village,
            carer=carer,
            on=on,
            timestamp=at,
        )

    def pair(self, carer: str, at: datetime) -> None:
        """Another carer."""
        self.trigger_event(self.CarerNoted, timestamp=at, on=at.date().isoformat(), carer=carer)

    def part(self, at: datetime) -> None:
        """The carer has left the service."""
        self.trigger_event(self.CarerGone, timestamp=at, on=at.date().isoformat())

    def move(self, village: str, carer: str | None, at: datetime) -> None:
        """To another village."""
        on = at.date().isoformat()
        self.trigger_event(self.Moved, timestamp=at, on=on, village=village, carer=carer)

    def certify(self, spell: int, at: datetime) -> None:
        """Certified, for the `spell`-th time."""
        self.trigger_event(self.Certified, timestamp=at, on=at.date().isoformat(), spell=spell)

    def silence(self, at: datetime) -> None:
        """Lapsed or ended."""
        self.trigger_event(self.Silenced, timestamp=at, on=at.date().isoformat())

    def set_aside(self, at: datetime, *, is_merged: bool) -> None:
        """Another entry is kept, or no longer; who was silent already stays so."""
        if self.is_set_aside != is_merged and (self.silent_since is None or self.is_set_aside):
            on, is_certified = at.date().isoformat(), self.is_certified and not is_merged
            self.trigger_event(
                self.SetAside, timestamp=at, on=on, is_merged=is_merged, is_certified=is_certified
            )

    def is_past(self, arose: datetime, spell: int | None) -> bool:
        """Whether what arose then, in that certification, is not to be told any more."""
        if spell is not None and spell != self.spell:
            return spell < self.spell
        return self.silent_since is not None and arose <= self.silent_since
