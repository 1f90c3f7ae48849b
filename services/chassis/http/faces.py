"""What a service shows over HTTP, as data: ways in for commands, what can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from services.chassis.application import Application
from services.chassis.commands.command import Command
from services.chassis.commands.group_commit import Counter
from services.chassis.http.keyed import desk_for_keys
from services.chassis.http.settings import HttpSettings
from services.chassis.log.event_log import EventLog

_FIELD = re.compile(r"\{(\w+)\}")


def fields_of(path: str) -> tuple[str, ...]:
    """The fields that stand in a path."""
    return tuple(_FIELD.findall(path))


@dataclass(frozen=True)
class Entry:
    """The way in for one command: the path holds some of its fields, the body the others."""

    method: Literal["POST", "PUT", "PATCH"]
    path: str
    kind: type[Command]
    summary: str
    example: Mapping[str, Any]
    accepted: Literal[200, 201] = 201


@dataclass(frozen=True)
class Batch:
    """The way in for many commands of one kind: `{items: […]}`, each item answered by itself, in order."""

    path: str
    kind: type[Command]
    summary: str
    items: str
    id_field: str
    example: Mapping[str, Any]
    limit: int = 500


@dataclass(frozen=True)
class Reading:
    """What can be read: `read` is given the log, the fields of the path, and how many are wanted at most.

    Where `of_application`, it is given the application in the log's place: what may be shown is then a rule of its own.
    """

    path: str
    summary: str
    read: Callable[[Any, Mapping[str, str], int], BaseModel]
    model: type[BaseModel]
    example: Mapping[str, Any]
    of_application: bool = False


@dataclass(frozen=True)
class Face:
    """All that a service shows."""

    name: str
    entries: tuple[Entry, ...]
    batches: tuple[Batch, ...] = ()
    readings: tuple[Reading, ...] = ()


class Office:
    """A service that is open to the public: its face, its log, and the counter at which its commands are taken.

    `keeps`: what names an elder whom this service has not heard of yet waits (docs/adr/0011).
    """

    def __init__(
        self,
        face: Face,
        log: EventLog,
        application: Application,
        settings: HttpSettings,
        *,
        keeps: bool = False,
    ) -> None:
        self.face = face
        self.log = log
        self.application = application
        desk = desk_for_keys(log, application.decisions, application.needs, keeps=keeps)
        self.counter = Counter(desk, capacity=settings.queue, batch=settings.batch)

    def close(self) -> None:
        """Answers who waits, then closes."""
        self.counter.close()
