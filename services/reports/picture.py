"""The picture: what was the case, as the facts say it. It decides nothing; the services have decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from services.reports.comparison_facts import Comparisons
from services.reports.matters import Matters
from services.reports.people import DutyRecord, ElderRecord, FigureRecord, Incident, VillageRecord
from services.reports.sources import Fact

DutyKey = tuple[str, str, str]


class Picture:
    """The township: empty at first; `folding.picture_of` makes it from facts."""

    def __init__(self) -> None:
        self.township = ""
        """What its register calls it; empty where nobody has named it."""
        self.villages: dict[str, VillageRecord] = {}
        self.elders: dict[str, ElderRecord] = {}
        self.duties: list[DutyRecord] = []
        self.incidents: dict[str, Incident] = {}
        self.entered: dict[str, FigureRecord] = {}
        self.matters = Matters()
        self.comparisons = Comparisons()
        self.where: dict[str, str] = {}
        """The village of each subject of duties."""
        self.last: dict[DutyKey, DutyRecord] = {}
        """The duty opened last, by subject, duty and period."""
        self.owed: dict[str, list[DutyRecord]] = {}
        """The duties of each subject, as they were opened."""

    @property
    def enrolled(self) -> list[ElderRecord]:
        """Everybody who was put on the register."""
        return [elder for elder in self.elders.values() if elder.status is not None]

    def elder(self, name: str) -> ElderRecord:
        """The elder, from the first thing that is said of them."""
        return self.elders.setdefault(name, ElderRecord(name))

    def village_name(self, code: str) -> str:
        """The name; the code where no such village is known, 全乡 for none."""
        held = self.villages.get(code)
        return held.name if held else code or "全乡"

    def owed_for(self, subject: str) -> list[DutyRecord]:
        """Its duties, by opening, name and last day."""
        return sorted(self.owed.get(subject, ()), key=lambda one: (one.opens_on, one.duty, one.closes_on))


Take: TypeAlias = Callable[[Picture, Fact], None]
"""What one fact does to the picture."""
