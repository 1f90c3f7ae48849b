"""Villages: the scope of nearly every permission and duty; and the township that they make up."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.registry.terms import TOWNSHIP, MadeUpAndReal


@lru_cache(maxsize=4096)
def village_id(village: str) -> UUID:
    """The aggregate's id, from the village's code."""
    return uuid5(NAMESPACE_URL, f"registry:village:{village}")


class Village(Aggregate):
    """村委会, with its village groups (村小组)."""

    TOPIC = "registry.Village"

    def __init__(self, subject: str, name: str, groups: list[str]) -> None:
        self.subject = subject
        self.name = name
        self.groups = groups

    class Created(Aggregate.Created):
        """设村: `subject` is the village's code."""

        TOPIC = "registry.VillageOpened"
        subject: str
        on: str
        name: str
        groups: list[str]

    @classmethod
    def open(cls, village: str, name: str, groups: list[str], *, at: datetime) -> Village:
        """Opens a village at `at`."""
        on = at.date().isoformat()
        return cls._create(
            cls.Created,
            id=village_id(village),
            subject=village,
            name=name,
            groups=groups,
            on=on,
            timestamp=at,
        )


@cache
def township_id() -> UUID:
    """The aggregate's id: one township a register."""
    return uuid5(NAMESPACE_URL, "registry:township")


class NamedTownship(Aggregate):
    """乡镇: whose register this is, and whether all of it is made up."""

    TOPIC = "registry.NamedTownship"

    def __init__(self, subject: str, name: str, demonstration: bool) -> None:
        self.subject = subject
        self.name = name
        self.is_demonstration = demonstration

    class Created(Aggregate.Created):
        """乡镇名称: the township's `name`; `demonstration`: nobody on this register is real."""

        TOPIC = "registry.TownshipNamed"
        subject: str
        on: str
        name: str
        demonstration: bool

    class Renamed(Aggregate.Event):
        """更名: the township is called otherwise from `on`."""

        TOPIC = "registry.TownshipRenamed"
        on: str
        name: str
        demonstration: bool

        def apply(self, aggregate: NamedTownship) -> None:
            """Called so from now."""
            aggregate.name = self.name

    @classmethod
    def of(cls, name: str, *, demonstration: bool, at: datetime) -> NamedTownship:
        """Names it for the first time at `at`."""
        return cls._create(
            cls.Created,
            id=township_id(),
            subject=TOWNSHIP,
            name=name,
            demonstration=demonstration,
            on=at.date().isoformat(),
            timestamp=at,
        )

    def rename(self, name: str, *, demonstration: bool, at: datetime) -> None:
        """The same name again changes nothing; what is made up stays so, and what is real."""
        if demonstration != self.is_demonstration:
            raise MadeUpAndReal
        if name != self.name:
            said = {"on": at.date().isoformat(), "name": name, "demonstration": demonstration}
            self.trigger_event(self.Renamed, timestamp=at, **said)
