"""What came of commands that were just decided: the events that they recorded, and those that these brought about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from services.chassis.commands.command import Asked
from services.history.sentences.catalogue import Before
from services.history.timeline import HistoryLine, line_of
from services.house.house import House


def sizes(house: House) -> dict[str, int]:
    """How far each service's log goes now."""
    return {name: service.log.size() for name, service in house.services.items()}


def came_of(house: House, asked: Asked, after: Mapping[str, int]) -> list[HistoryLine]:
    """The events that were recorded after these positions because of what was asked, by the moment of becoming known.

    What time alone had brought by then, and is recorded on the way, is none of them.
    """
    lines = [
        line
        for name in house.services
        for line in _of_service(house, name, asked.correlation, after[name])
        if line.known_at >= asked.at
    ]
    return sorted(lines, key=lambda line: line.known_at)


def _of_service(house: House, name: str, correlation: str, after: int) -> Iterator[HistoryLine]:
    log = house.services[name].log
    files: dict[UUID, None] = {}
    while recorded := log.events(after):
        after = recorded[-1].position
        files |= {
            one.event.originator_id: None
            for one in recorded
            if vars(one.event).get("correlation") == correlation
        }
    for file in files:
        before = Before()
        for event in log.history(file):
            line = line_of(name, event, before)
            if vars(event).get("correlation") == correlation:
                yield line
