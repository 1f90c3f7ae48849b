"""Comparisons (数据比对) with other departments' lists: each difference is put to a person, who decides it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.registry.terms import AlreadyDecided, UnknownDifference, refuse_future

TO_BE_VISITED = "to_be_visited"


def comparison_id(comparison: str) -> UUID:
    """The aggregate's id, from the comparison's."""
    return uuid5(NAMESPACE_URL, f"registry:comparison:{comparison}")


class Comparison(Aggregate):
    """数据比对, 三(一)2: one list against the register. It changes nobody's file and tells nobody's number."""

    TOPIC = "registry.Comparison"

    def __init__(self, subject: str, differences: list[dict[str, Any]]) -> None:
        self.subject = subject
        self.size = len(differences)
        self.decided: dict[str, tuple[str, str, str]] = {}

    class Created(Aggregate.Created):
        """数据比对: with a department's list, as of `compared_on`; the differences in their order, numbered from 1."""

        TOPIC = "registry.ComparisonMade"
        on: str
        subject: str
        department: str
        compared_on: str
        by: str
        same: int
        differences: list[dict[str, Any]]

    class Decided(Aggregate.Event):
        """比对结论: accepted, rejected or to be visited, by whom and why."""

        TOPIC = "registry.DifferenceDecided"
        on: str
        difference: str
        decision: str
        reason: str
        by: str

        def apply(self, aggregate: Comparison) -> None:
            """Decided."""
            aggregate.decided[self.difference] = (self.decision, self.reason, self.by)

    @classmethod
    def make(
        cls,
        comparison: str,
        department: str,
        differences: Sequence[dict[str, Any]],
        *,
        same: int,
        on: date,
        by: str,
        at: datetime,
    ) -> Comparison:
        """Made at `at`, of what was so on `on`; raises NotYetHappened."""
        refuse_future(on, at)
        return cls._create(
            cls.Created,
            id=comparison_id(comparison),
            subject=comparison,
            department=department,
            compared_on=on.isoformat(),
            by=by,
            same=same,
            differences=list(differences),
            on=at.date().isoformat(),
            timestamp=at,
        )

    def decide(self, difference: str, decision: str, reason: str, by: str, at: datetime) -> None:
        """Once, and again while it is to be visited; what was decided already changes nothing.

        That it was to be visited is kept, with who said so and why. Raises UnknownDifference, AlreadyDecided.
        """
        if int(difference) > self.size:
            raise UnknownDifference
        held = self.decided.get(difference)
        if held == (decision, reason, by):
            return
        if held is not None and held[0] != TO_BE_VISITED:
            raise AlreadyDecided(held[0], held[2])
        said = {"difference": difference, "decision": decision, "reason": reason, "by": by}
        self.trigger_event(self.Decided, timestamp=at, on=at.date().isoformat(), **said)
