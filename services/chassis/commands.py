"""Commands: validated where they enter, decided once, answered the same for ever.

A command's id is its idempotency key: the same id with the same content gets the first answer; with other content
it is a conflict, never a replacement. A refusal is not kept: what is refused today may be taken tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from services.chassis.log import CommandConflict, EventLog, LostRace, digest
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


@dataclass(frozen=True)
class Asked:
    """A command, when it was asked, and what brought it (default: the command itself)."""

    command: Command
    at: datetime
    cause: str = ""

    @property
    def id(self) -> str:
        """What events name as their cause."""
        return self.cause or self.command.key or self.command.NAME


def _unknown(_: Any) -> Iterable[UUID]:
    return ()


class Desk:
    """Takes a service's commands: decides them against its log and answers.

    `needs` says which aggregates a command will look at: those of a lot are read together.
    """

    def __init__(
        self,
        log: EventLog,
        decisions: Mapping[type[Command], Decide],
        needs: Callable[[Any], Iterable[UUID]] = _unknown,
    ) -> None:
        self._log = log
        self._decisions = decisions
        self._needs = needs

    def take(self, command: Command, at: datetime, *, cause: str = "") -> Answer:
        """Decides a command at `at`; what is accepted is recorded when this returns."""
        return self.take_many([Asked(command, at, cause)])[0]

    def take_many(self, asked: Sequence[Asked]) -> list[Answer]:
        """Decides commands in their order and records what is accepted in one transaction (group commit).

        What is refused, or conflicts, is so by itself; the others go through. Where another writer was first, all
        are decided again from what it left.
        """
        for _ in range(ATTEMPTS - 1):
            try:
                return self._decide_all(asked)
            except LostRace:
                continue
        return self._decide_all(asked)

    def _decide_all(self, asked: Sequence[Asked]) -> list[Answer]:
        keys = [one.command.key for one in asked if one.command.key]
        given = self._log.answered(keys)
        new = [one.command for one in asked if one.command.key not in given]
        with self._log.unit() as unit:
            unit.read_ahead(aggregate_id for command in new for aggregate_id in self._needs(command))
            answers = [self._decide(unit, one, given) for one in asked]
        self._log.observer.answered(answer.outcome for answer in answers)
        return answers

    def _decide(self, unit: Unit, asked: Asked, given: dict[str, str]) -> Answer:
        """`given` holds the digest of the content of every command that was accepted, by key."""
        command = asked.command
        content: dict[str, Any] = command.model_dump(mode="json") if command.key else {}
        if command.key in given:
            return _answer_again(given[command.key] == digest(content))
        try:
            unit.because(asked.id, asked.id)
            self._decisions[type(command)](unit, command, asked.at)
        except Refusal as refusal:
            unit.undo()
            return Answer(Outcome.REFUSED, refusal.reason, refusal.advice)
        if command.key:
            given[command.key] = digest(content)
            unit.answer(command.key, content, {"outcome": Outcome.ACCEPTED.value})
        return Answer(Outcome.ACCEPTED)


def _answer_again(is_same: bool) -> Answer:
    if is_same:
        return Answer(Outcome.REPEAT)
    return Answer(Outcome.CONFLICT, CommandConflict.__name__, (CommandConflict.__doc__ or "").strip())
