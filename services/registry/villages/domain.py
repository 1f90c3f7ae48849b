"""Villages: the scope of nearly every permission and duty."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate


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
