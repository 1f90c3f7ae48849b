"""数据比对: every comparison with a department's list, its differences, and what was decided about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from services.reports.people import Said
from services.reports.sources import Fact

TO_BE_VISITED = "to_be_visited"


@dataclass
class DifferenceRecord:
    """差异: its number in the comparison, where it stands, and each decision as it was made; the last one counts.

    `tail` is the last four of the number in their list; `elder` is empty where nobody such is on the register.
    """

    number: int
    kind: str
    category: str
    elder: str
    place: str
    tail: str
    found: Said
    decisions: list[Said] = field(default_factory=list[Said])
    """The value holds decision, reason and by."""

    @property
    def decision(self) -> str:
        """What stands; empty where nothing was decided."""
        return str(self.decisions[-1].value["decision"]) if self.decisions else ""

    @property
    def concluded(self) -> Said | None:
        """The decision that stands, where it is one."""
        return self.decisions[-1] if self.decision not in {"", TO_BE_VISITED} else None

    @property
    def to_be_visited(self) -> Said | None:
        """When it was put down for a visit."""
        return next(
            (decision for decision in self.decisions if decision.value["decision"] == TO_BE_VISITED), None
        )

    @property
    def ids(self) -> list[str]:
        """Every event of it so far."""
        return [self.found.id, *(decision.id for decision in self.decisions)]


@dataclass
class ComparisonRecord:
    """One list: `made` holds department and by; `compared_on` is the day as of which it was compared."""

    comparison: str
    compared_on: date
    same: int
    made: Said
    differences: list[DifferenceRecord]


class Comparisons:
    """Every comparison by its id, in the order in which they were made."""

    def __init__(self) -> None:
        self.made: dict[str, ComparisonRecord] = {}

    def take(self, fact: Fact) -> None:
        """One more fact; what is of no comparison changes nothing."""
        take = _TAKES.get(fact.topic)
        if take is not None:
            take(self, fact)

    def make(self, fact: Fact) -> None:
        """比对."""
        made = Said({name: fact[name] for name in ("department", "by")}, fact.on, fact.id)
        day = date.fromisoformat(fact["compared_on"])
        rows = [_difference(number, row, made) for number, row in enumerate(fact["differences"], 1)]
        self.made[fact.subject] = ComparisonRecord(fact.subject, day, fact["same"], made, rows)

    def decide(self, fact: Fact) -> None:
        """结论, or that it is to be visited first."""
        held = self.made.get(fact.subject)
        if held is not None:
            said = {name: fact[name] for name in ("decision", "reason", "by")}
            held.differences[int(fact["difference"]) - 1].decisions.append(Said(said, fact.on, fact.id))


def _difference(number: int, row: dict[str, str | None], made: Said) -> DifferenceRecord:
    kind, category, elder, place, tail = (
        row.get(name) or "" for name in ("kind", "category", "elder", "place", "tail")
    )
    return DifferenceRecord(number, kind, category, elder, place, tail, made)


_TAKES: dict[str, Callable[[Comparisons, Fact], None]] = {
    "registry.ComparisonMade": Comparisons.make,
    "registry.DifferenceDecided": Comparisons.decide,
}
