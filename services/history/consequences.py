"""What came of a request: the events that it recorded, and those that these brought about, across services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.chassis.commands.command import Asked
from services.chassis.log.event_log import EventLog
from services.chassis.log.search import files_of_request
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


@dataclass(frozen=True)
class Step:
    """One event that came of a request, and how many others stand between them."""

    line: HistoryLine
    depth: int


def followed(house: House, correlation: str) -> list[Step]:
    """All that ever came of a request, each event beneath the one that brought it."""
    lines = [
        line
        for name, service in house.services.items()
        for file in files_of_request(service.log, correlation)
        for line in _of_file(service.log, name, file, correlation)
    ]
    known = {line.id for line in lines}
    below: dict[str, list[HistoryLine]] = {}
    for line in sorted(lines, key=lambda line: line.known_at):
        below.setdefault(line.cause if line.cause in known else "", []).append(line)
    return list(_beneath("", below, 0))


def _beneath(cause: str, below: Mapping[str, list[HistoryLine]], depth: int) -> Iterator[Step]:
    for line in below.get(cause, ()):
        yield Step(line, depth)
        yield from _beneath(line.id, below, depth + 1)


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
        yield from _of_file(log, name, file, correlation)


def _of_file(log: EventLog, name: str, file: UUID, correlation: str) -> Iterator[HistoryLine]:
    """Its events that came of the request; what the file's events said before is needed to say them."""
    before = Before()
    for event in log.history(file):
        line = line_of(name, event, before)
        if vars(event).get("correlation") == correlation:
            yield line
