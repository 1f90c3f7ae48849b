"""A key for commands that have none of their own: the caller's Idempotency-Key, or one that is made here.

With it every command may be tried again: the same key with the same content gets the first answer, with other content
it is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import SerializeAsAny

from services.chassis.commands.command import Command, Decide, Desk
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.kernel.refusal import Refusal


class Keyed(Command):
    """A command and the key that its caller gave it."""

    NAME: ClassVar[str] = "keyed"
    asked_as: str
    name: str
    command: SerializeAsAny[Command]

    @property
    def key(self) -> str:
        """The caller's key, apart from natural ones."""
        return f"request:{self.asked_as}"

    @property
    def bare(self) -> Command:
        """The command itself."""
        return self.command


def keyed(command: Command, key: str) -> Command:
    """The command with a key: its own where it has one."""
    return command if command.key else Keyed(asked_as=key, name=command.NAME, command=command)


def desk_for_keys(
    log: EventLog,
    decisions: Mapping[type[Command], Decide],
    needs: Callable[[Any], Iterable[UUID]],
    *,
    keeps: bool = False,
) -> Desk:
    """A desk that takes commands with and without a key of their own; `keeps` as a desk does."""

    def decide(unit: Unit, asked: Any, at: datetime) -> Refusal | None:
        return decisions[type(asked.command)](unit, asked.command, at)

    def needed(asked: Command) -> Iterable[UUID]:
        return needs(asked.command if isinstance(asked, Keyed) else asked)

    return Desk(log, {**decisions, Keyed: decide}, needed, keeps=keeps)
