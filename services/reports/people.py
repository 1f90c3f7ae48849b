"""Who is in the picture: villages, staff and elders, each thing known of them with the event that says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """Something that an event says: the value, the day and the event's id."""

    value: Any
    on: date
    id: str


@dataclass
class VillageRecord:
    """村委会: its code, name and groups."""

    code: str
    name: str
    groups: list[str]
    id: str


@dataclass(frozen=True, slots=True)
class Grading:
    """定级 升级 降级: one change of a grade; `is_told` says whether carers were told."""

    kind: str
    grade: str
    previous: str | None
    because: tuple[str, ...]
    cause: str
    due: str | None
    is_told: bool
    on: date
    id: str


@dataclass(frozen=True, slots=True)
class Visit:
    """走访: one visit; what it counts for as visits decided."""

    visit: str
    by: str
    mode: str
    check_up: bool
    confirms_facts: bool
    counts_for: tuple[str, ...]
    on: date
    recorded_on: date
    id: str
    done: tuple[str, ...] = ()
    mood: str = ""
    findings: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass
class DutyRecord:
    """应办事项: one duty in one period, from its opening to its ending (None: open)."""

    subject: str
    village: str
    duty: str
    period: str
    opens_on: date
    closes_on: date
    count: int
    opened: str
    often: tuple[str, int] | None = None
    """Kind of period and times in a whole one; None for what is owed once."""
    ending: str | None = None
    ended: Said | None = None
    shortfall: int = 0
    responsible: str | None = None
    reconciled: Said | None = None

    @property
    def ids(self) -> list[str]:
        """Every event of it so far."""
        found = [self.opened]
        found += [one.id for one in (self.ended, self.reconciled) if one is not None]
        return found

    @property
    def is_done(self) -> bool:
        """Met, or made up later."""
        return self.ending == "met" or self.reconciled is not None

    @property
    def stands(self) -> bool:
        """Owed to its end: neither superseded by another nor ended with its cause."""
        return self.ending not in {"superseded", "ended"}


@dataclass
class Incident:
    """突发事件: when it was reported, first told, and taken up."""

    incident: str
    elder: str
    kind: str
    reported_at: datetime
    id: str
    told_at: datetime | None = None
    told_id: str = ""
    taken_at: datetime | None = None
    taken_id: str = ""

    @property
    def ids(self) -> list[str]:
        """Every event of it so far."""
        return [one for one in (self.id, self.told_id, self.taken_id) if one]


@dataclass
class FigureRecord:
    """填报数: each value as it was entered or corrected, with by, note or reason; the last one counts."""

    figure: str
    kind: str
    entries: list[Said]

    @property
    def value(self) -> Decimal:
        """As it stands."""
        return Decimal(self.entries[-1].value["value"])

    @property
    def on(self) -> date:
        """The day on which it was measured, or whose year it belongs to."""
        return self.entries[-1].on

    @property
    def ids(self) -> tuple[str, ...]:
        """Every event of it, in order."""
        return tuple(entry.id for entry in self.entries)


@dataclass
class ElderRecord:
    """老人: everything that the logs say of one person."""

    elder: str
    facts: dict[str, Said] = field(default_factory=dict[str, Said])
    status: Said | None = None
    reason: str = ""
    certified: list[Said] = field(default_factory=list[Said])
    carer: Said | None = None
    in_institution: Said | None = None
    supporters: dict[str, list[Said]] = field(default_factory=dict[str, list[Said]])
    gradings: list[Grading] = field(default_factory=list[Grading])
    is_graded: bool = False
    standing: list[Said] = field(default_factory=list[Said])
    """The grade from a day on, None where it ended."""
    due: Said | None = None
    evidence: dict[str, Said] = field(default_factory=dict[str, Said])
    reassessments: list[Said] = field(default_factory=list[Said])
    signed: Said | None = None
    visits: list[Visit] = field(default_factory=list[Visit])
    reviews: list[Said] = field(default_factory=list[Said])
    absences: list[Said] = field(default_factory=list[Said])

    @property
    def village(self) -> str:
        """The code of the village where they live."""
        return self.facts["village"].value if "village" in self.facts else ""

    @property
    def group(self) -> str:
        """The village group."""
        return self.facts["group"].value if "group" in self.facts else ""

    @property
    def is_certified(self) -> bool:
        """Left behind now."""
        return self.status is not None and self.status.value == "certified"

    @property
    def certified_id(self) -> list[str]:
        """The event that certified them, where they are."""
        return [self.certified[-1].id] if self.is_certified and self.certified else []

    @property
    def grading(self) -> Grading | None:
        """The grade in force."""
        return self.gradings[-1] if self.is_graded and self.gradings else None

    @property
    def told_grading(self) -> Grading | None:
        """The last grade in force of which carers were told."""
        if not self.is_graded:
            return None
        return next((grading for grading in reversed(self.gradings) if grading.is_told), None)


def by_place(elders: Iterable[ElderRecord]) -> list[ElderRecord]:
    """By village, group and id: the same order whenever they came."""
    return sorted(elders, key=lambda elder: (elder.village, elder.group, elder.elder))
