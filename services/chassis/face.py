"""What a service shows over HTTP: the commands that it takes, by their declarations, and what can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from services.chassis.commands.command import Command


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
    commands: tuple[type[Command], ...]
    readings: tuple[Reading, ...] = ()
