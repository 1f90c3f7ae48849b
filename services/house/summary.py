"""What a township looks like at a glance: grades, duties by village, notices, the most urgent elders."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from services.house.house import House
from services.notify.tellings import views as telling_views
from services.registry.elders import views as elder_views
from services.registry.villages import views as village_views
from services.risk import views as graded
from services.visits.duties import views as duty_views

SEVERITY = {"red": 2, "yellow": 1, "green": 0}


@dataclass(frozen=True)
class VillageRow:
    """One village: people by status, certified ones by grade, and its duties by ending."""

    village: str
    name: str
    certified: int
    red: int
    yellow: int
    green: int
    owed: int
    met: int
    missed: int
    reconciled: int


@dataclass(frozen=True)
class Urgent:
    """An elder to look at first, and why."""

    elder: str
    village: str
    grade: str
    because: tuple[str, ...]
    missed: int
    missed_since: str
    unacknowledged: bool


@dataclass(frozen=True)
class Summary:
    """The township on a day."""

    villages: tuple[VillageRow, ...]
    statuses: dict[str, int]
    tellings: dict[tuple[str, str], int]
    notices: int
    urgent: tuple[Urgent, ...]


def summary_of(house: House, urgent: int = 10) -> Summary:
    """Read from the read models alone; nobody is ranked but by what is to be done for them."""
    statuses: Counter[str] = Counter()
    for row in house.views("registry", elder_views.BY_STATUS):
        statuses[row["status"]] += row["number"]
    tellings = {
        (row["about"], row["status"]): row["number"] for row in house.views("notify", telling_views.BY_STATUS)
    }
    return Summary(
        villages=_villages(house),
        statuses=dict(statuses),
        tellings=tellings,
        notices=house.views("notify", telling_views.SENT)[0]["number"],
        urgent=_urgent(house)[:urgent],
    )


def _villages(house: House) -> tuple[VillageRow, ...]:
    names = {row["village"]: row["name"] for row in house.views("registry", village_views.EVERY)}
    where = {row["elder"]: row["village"] for row in house.views("registry", elder_views.CERTIFIED)}
    grades: dict[str, Counter[str]] = defaultdict(Counter)
    for row in house.views("risk", graded.GRADED):
        if row["elder"] in where:
            grades[where[row["elder"]]][row["grade"]] += 1
    duties: dict[str, Counter[str]] = defaultdict(Counter)
    for row in house.views("visits", duty_views.BY_VILLAGE):
        duties[row["village"]][row["status"]] += row["number"]
        duties[row["village"]]["reconciled"] += row["reconciled"]
    found: list[VillageRow] = []
    for village, name in [*names.items(), ("", "全乡 township")]:
        held, ended = grades[village], duties[village]
        total = sum(number for status, number in ended.items() if status != "reconciled")
        found.append(
            VillageRow(
                village=village,
                name=name,
                certified=sum(held.values()),
                red=held["red"],
                yellow=held["yellow"],
                green=held["green"],
                owed=total,
                met=ended["met"],
                missed=ended["missed"],
                reconciled=ended["reconciled"],
            )
        )
    return tuple(found)


def _urgent(house: House) -> tuple[Urgent, ...]:
    where = {row["elder"]: row["village"] for row in house.views("registry", elder_views.CERTIFIED)}
    missed: dict[str, Any] = {row["subject"]: row for row in house.views("visits", duty_views.MISSED_OPEN)}
    untaken = {row["subject"] for row in house.views("notify", telling_views.OPEN_OF)}
    found = [
        Urgent(
            elder=row["elder"],
            village=where[row["elder"]],
            grade=row["grade"],
            because=tuple(json.loads(row["because"])),
            missed=missed[row["elder"]]["number"] if row["elder"] in missed else 0,
            missed_since=missed[row["elder"]]["since"] if row["elder"] in missed else "",
            unacknowledged=row["elder"] in untaken,
        )
        for row in house.views("risk", graded.GRADED)
        if row["elder"] in where
    ]
    found.sort(key=lambda one: (-SEVERITY[one.grade], -one.missed, one.missed_since or "9", one.elder))
    return tuple(found)
