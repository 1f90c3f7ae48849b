"""Commands: validated where they enter, decided once, answered the same for ever.

A command's id is its idempotency key: the same id with the same content gets the first answer; with other content
it is a conflict, never a replacement. A refusal is not kept: what is refused today may be taken tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from services.chassis.log import CommandConflict, EventLog, LostRace
from services.chassis.unit import Unit
from services.kernel.refusal import Refusal

ATTEMPTS = 5


class Command(BaseModel):
    """What somebody asks for: an imperative; unknown and malformed fields are errors.

    `key` is the idempotency key; where it is empty the command is decided whenever it comes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    NAME: ClassVar[str]

    @property
    def key(self) -> str:
        """What makes two of these the same command; empty where nothing does."""
        return ""


class Outcome(StrEnum):
    """What became of a command."""

    ACCEPTED = "accepted"
    REPEAT = "repeat"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What a command is answered: the outcome, and for what was not taken the reason and what to do."""

    outcome: Outcome
    reason: str = ""
    advice: str = ""

    @property
    def is_taken(self) -> bool:
        """Accepted now or before."""
        return self.outcome in {Outcome.ACCEPTED, Outcome.REPEAT}


Decide = Callable[[Unit, Any, datetime], None]


class Malformed(Refusal):
    """The command cannot be read: a field is missing, unknown or malformed."""


def read_command(kinds: Mapping[str, type[Command]], name: str, text: str | bytes) -> Command:
    """A command from its JSON text; raises Malformed naming the fields that are wrong."""
    kind = kinds.get(name)
    if kind is None:
        raise Malformed(f"没有“{name}”这种操作 / no such command; known: {', '.join(sorted(kinds))}")
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Malformed(f"请更正后再提交 / correct and send again: {told}") from error


class Desk:
    """Takes a service's commands: decides them against its log and answers."""

    def __init__(self, log: EventLog, decisions: Mapping[type[Command], Decide]) -> None:
        self._log = log
        self._decisions = decisions

    def take(self, command: Command, at: datetime, *, cause: str = "") -> Answer:
        """Decides a command at `at`; what is accepted is recorded when this returns."""
        content: dict[str, Any] = command.model_dump(mode="json") if command.key else {}
        for attempt in range(ATTEMPTS):
            try:
                if command.key and self._log.first_answer(command.key, content) is not None:
                    return Answer(Outcome.REPEAT)
                self._decide(command, content, at, cause)
                return Answer(Outcome.ACCEPTED)
            except CommandConflict as error:
                return Answer(Outcome.CONFLICT, "CommandConflict", (error.__doc__ or "").strip())
            except Refusal as refusal:
                return Answer(Outcome.REFUSED, refusal.reason, refusal.advice)
            except LostRace:
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError(command)

    def _decide(self, command: Command, content: dict[str, Any], at: datetime, cause: str) -> None:
        with self._log.unit(
            cause or f"{command.NAME}:{command.key}" if command.key else command.NAME
        ) as unit:
            self._decisions[type(command)](unit, command, at)
            if command.key:
                unit.answer(command.key, content, {"outcome": Outcome.ACCEPTED.value})
