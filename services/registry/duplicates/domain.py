"""Suspected duplicates (疑似重复): two entries that may be one person, put to a person who decides."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.registry.duplicates.policies import Likeness


def suspicion_id(elder: str, other: str) -> UUID:
    """The aggregate's id, from both elders', whichever comes first."""
    return uuid5(NAMESPACE_URL, f"registry:suspicion:{'|'.join(sorted((elder, other)))}")


class Suspicion(Aggregate):
    """疑似重复: of two elders, `subject` being the one that sorts first. Nothing is ever merged by itself."""

    TOPIC = "registry.Suspicion"

    def __init__(self, subject: str, other: str) -> None:
        self.subject = subject
        self.other = other
        self.is_kept = False

    class Created(Aggregate.Created):
        """疑似重复: by the same citizen number (`is_certain`), or by names alike, birth date and village."""

        TOPIC = "registry.DuplicateSuspected"
        on: str
        subject: str
        other: str
        percent: int
        is_certain: bool
        searched_by: str | None

    class KeptApart(Aggregate.Event):
        """并非重复: somebody looked, and they are two people."""

        TOPIC = "registry.KeptApart"
        on: str
        other: str
        by: str
        reason: str

        def apply(self, aggregate: Suspicion) -> None:
            """Decided."""
            aggregate.is_kept = True

    @classmethod
    def of(
        cls, elder: str, other: str, found: Likeness, *, at: datetime, searched_by: str | None
    ) -> Suspicion:
        """Put to a person at `at`, found by somebody who searched, or else when one of them was enrolled."""
        first, second = sorted((elder, other))
        return cls._create(
            cls.Created,
            id=suspicion_id(first, second),
            subject=first,
            other=second,
            percent=found.percent,
            is_certain=found.is_certain,
            searched_by=searched_by,
            on=at.date().isoformat(),
            timestamp=at,
        )

    def keep_apart(self, by: str, reason: str, at: datetime) -> None:
        """Two people; decided once."""
        if not self.is_kept:
            on = at.date().isoformat()
            self.trigger_event(self.KeptApart, timestamp=at, on=on, other=self.other, by=by, reason=reason)
