"""Which deliveries a step brings: for each person told, and for each group that looks after a village."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.log.unit import Unit
from services.notify.channels.settings import GROUP_KINDS, Channels
from services.notify.deliveries.domain import Delivery, Way, delivery_id
from services.notify.tellings.domain import Telling
from services.notify.terms import OVERDUE, REMINDER, TAKEN_OVER


@dataclass(frozen=True)
class Dispatch:
    """What is told just now, of one cause, and to whom: to nobody where nobody was left."""

    cause: str
    about: str
    village: str
    people: Sequence[str]
    is_urgent: bool
    is_confidential: bool
    telling: str | None = None
    matter: str = ""
    """Of reminders: what they are of, whoever reads them, so that a group counts each once."""

    @classmethod
    def of(cls, telling: Telling, people: Sequence[str]) -> Dispatch:
        """Of a step that a telling took."""
        about, village = telling.matter["about"], telling.matter["village"]
        cause = f"{telling.id}:{telling.steps}"
        return cls(
            cause,
            about,
            village,
            people,
            is_urgent=telling.is_urgent,
            is_confidential=telling.is_confidential,
            telling=str(telling.id),
        )

    @classmethod
    def reminding(cls, item: Mapping[str, Any], person: str) -> Dispatch:
        """A reminder in somebody's digest."""
        matter = ":".join(str(item[key]) for key in _NAMED[item["about"]])
        return cls(
            f"{matter}:{person}",
            item["about"],
            item["village"],
            [person],
            is_urgent=False,
            is_confidential=item.get("is_confidential", False),
            matter=matter,
        )


_NAMED = {
    REMINDER: ("subject", "duty", "period"),
    OVERDUE: ("about", "problem", "stage", "unit", "due"),
    TAKEN_OVER: ("about", "subject", "begins", "is_over"),
}


class Routes:
    """Plans what leaves the house. Nothing is sent from here: it is recorded, and the postman finds it."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    def plan(self, unit: Unit, together: Sequence[Dispatch], at: datetime) -> None:
        """`together` goes out as one message per recipient and one per group and village."""
        by_person: dict[str, list[Dispatch]] = defaultdict(list)
        by_village: dict[str, dict[str, Dispatch]] = defaultdict(dict)
        for step in together:
            for person in step.people:
                by_person[person].append(step)
            if step.people and not step.is_confidential:
                by_village[step.village].setdefault(step.matter or step.cause, step)
        for person, about in by_person.items():
            self._plan(unit, self._personal(person, about), about, at)
        for found in by_village.values():
            about = list(found.values())
            self._plan(unit, self._of_groups(about), about, at)

    def _personal(self, person: str, about: Iterable[Dispatch]) -> list[Way]:
        found: dict[str, Way] = {}
        for step in about:
            for name in self._names(step):
                outside = self._channels.channels[name]
                if self._channels.address_of(person, outside) is not None:
                    found[name] = Way(name, outside.kind, person)
        return list(found.values())

    def _of_groups(self, about: Iterable[Dispatch]) -> list[Way]:
        names = {name for step in about for name in self._names(step)}
        known = {name: self._channels.channels[name] for name in sorted(names)}
        return [Way(name, one.kind) for name, one in known.items() if isinstance(one, GROUP_KINDS)]

    def _names(self, step: Dispatch) -> list[str]:
        """The channels of the village, without those that are kept for what is urgent."""
        place = self._channels.place(step.village)
        known = self._channels.channels
        return [
            name
            for name in place.channels
            if name in known and (step.is_urgent or not known[name].urgent_only)
        ]

    def _plan(self, unit: Unit, ways: Iterable[Way], about: Sequence[Dispatch], at: datetime) -> None:
        cause = [step.cause for step in about]
        villages = {step.village for step in about}
        village = villages.pop() if len(villages) == 1 else ""
        tellings = [step.telling for step in about if step.telling is not None]
        counts = Counter(step.about for step in about)
        for way in ways:
            if unit.get(Delivery, delivery_id(cause, way)) is None:
                unit.add(
                    Delivery.plan(
                        cause,
                        way,
                        village,
                        dict(counts),
                        at,
                        is_urgent=any(step.is_urgent for step in about),
                        tellings=tellings if len(tellings) == len(about) else (),
                    )
                )
