"""Which deliveries a step brings: for each person told, and for each group that looks after a village."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.unit import Unit
from services.notify.channels.settings import GROUP_KINDS, Channels
from services.notify.deliveries import Delivery, Way, delivery_id
from services.notify.domain import Telling


@dataclass(frozen=True)
class Step:
    """A step that a telling took just now, and whom it told: nobody where nobody was left."""

    telling: Telling
    people: Sequence[str]


class Routes:
    """Plans what leaves the house. Nothing is sent from here: it is recorded, and the postman finds it."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    def plan(self, unit: Unit, together: Sequence[Step], at: datetime) -> None:
        """`together` goes out as one message per recipient and one per group and village."""
        by_person: dict[str, list[Step]] = defaultdict(list)
        by_village: dict[str, list[Step]] = defaultdict(list)
        for step in together:
            for person in step.people:
                by_person[person].append(step)
            if step.people and not step.telling.is_confidential:
                by_village[step.telling.matter["village"]].append(step)
        for person, about in by_person.items():
            self._plan(unit, self._personal(person, about), about, at)
        for about in by_village.values():
            self._plan(unit, self._of_groups(about), about, at)

    def _personal(self, person: str, about: Iterable[Step]) -> list[Way]:
        found: dict[str, Way] = {}
        for step in about:
            for name in self._names(step):
                outside = self._channels.channels[name]
                if self._channels.address_of(person, outside) is not None:
                    found[name] = Way(name, outside.kind, person)
        return list(found.values())

    def _of_groups(self, about: Iterable[Step]) -> list[Way]:
        names = {name for step in about for name in self._names(step)}
        known = {name: self._channels.channels[name] for name in sorted(names)}
        return [Way(name, one.kind) for name, one in known.items() if isinstance(one, GROUP_KINDS)]

    def _names(self, step: Step) -> list[str]:
        """The channels of the village, without those that are kept for what is urgent."""
        place = self._channels.place(step.telling.matter["village"])
        known = self._channels.channels
        return [
            name
            for name in place.channels
            if name in known and (step.telling.is_urgent or not known[name].urgent_only)
        ]

    def _plan(self, unit: Unit, ways: Iterable[Way], about: Sequence[Step], at: datetime) -> None:
        cause = [f"{step.telling.id}:{step.telling.steps}" for step in about]
        villages = {step.telling.matter["village"] for step in about}
        village = villages.pop() if len(villages) == 1 else ""
        counts = Counter(str(step.telling.matter["about"]) for step in about)
        for way in ways:
            if unit.get(Delivery, delivery_id(cause, way)) is None:
                unit.add(
                    Delivery.plan(
                        cause,
                        way,
                        village,
                        dict(counts),
                        at,
                        is_urgent=any(step.telling.is_urgent for step in about),
                    )
                )
