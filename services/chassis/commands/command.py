"""Commands: validated where they enter, decided once, answered the same for ever.

A command's id is its idempotency key: the same id with the same content gets the first answer; with other content
it is a conflict, never a replacement. A refusal that is raised is not kept: what is refused today may be taken
tomorrow. One that a decision returns is a fact that it recorded, and the answer for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import ModuleType
from typing import Any, ClassVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from services.chassis.commands.declared import ELDER, Declared
from services.chassis.commands.malformed import faults_of, said
from services.chassis.log.event_log import CommandConflict, EventLog, LostRace
from services.chassis.log.unit import Answered, Unit, digest
from services.kernel.awaited import AwaitedElder, Decision, KeptCommand, awaited_id
from services.kernel.form_labels import name_of
from services.kernel.refusal import Refusal, advice_again

ATTEMPTS = 5
LONGEST_SHOWN = 60


class Command(BaseModel):
    """What somebody asks for: an imperative; unknown and malformed fields are errors.

    `key` is what makes two of them the same, where its fields do so; else whoever asks has a key (`Asked`).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, field_title_generator=lambda name, _: name_of(name)
    )
    NAME: ClassVar[str]
    DECLARED: ClassVar[Declared]

    @property
    def key(self) -> str:
        """What makes two of these the same command; empty where nothing does."""
        return ""


def commands_in(*modules: ModuleType) -> tuple[type[Command], ...]:
    """The commands that modules declare, in their order."""
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    return tuple(kind for kind in kinds if issubclass(kind, Command) and "DECLARED" in vars(kind))


class Outcome(StrEnum):
    """What became of a command."""

    ACCEPTED = "accepted"
    REPEAT = "repeat"
    CONFLICT = "conflict"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True)
class Answer:
    """What a command is answered: the outcome, and for what was not taken the reason and what to do.

    `is_recorded`: refused by a rule, which is a fact of its own; a repeat has the same reason.
    """

    outcome: Outcome
    reason: str = ""
    advice: str = ""
    is_recorded: bool = False

    @property
    def is_taken(self) -> bool:
        """Accepted, kept, or its refusal recorded, now or before."""
        return self.is_recorded or self.outcome in {Outcome.ACCEPTED, Outcome.REPEAT, Outcome.WAITING}


Decide = Callable[[Unit, Any, datetime], Refusal | None]
PATIENCE = timedelta(minutes=10)
MOST_WAITING = 200
"""Commands for one elder of whom nothing was heard."""


class Malformed(Refusal):
    """内容有误，请更正后再提交 / it cannot be read: a field is missing, unknown or malformed."""


class AwaitingEnrolment(Refusal):
    """已保存，等待建档：建档后按先后处理 / kept: it is decided in its order when this elder is heard of."""


class TooManyAwait(Refusal):
    """此编号等待建档的已太多：请核对编号，或建档后再重发 / too much waits for this id: send this again later."""


def read_command(kinds: Mapping[str, type[Command]], name: str, text: str | bytes) -> Command:
    """A command from its JSON text; raises Malformed naming the fields that are wrong."""
    kind = kinds.get(name)
    if kind is None:
        shown = name[:LONGEST_SHOWN].encode(errors="replace").decode()
        raise Malformed(f"没有“{shown}”这种操作 / no such command; known: {', '.join(sorted(kinds))}")
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        told = said(faults_of(error, kind))
        raise Malformed(f"请更正后再提交 / correct and send again: {told}") from error


def _new_key() -> str:
    return uuid4().hex


@dataclass(frozen=True)
class Asked:
    """A command, when it was asked, and what brought it (default: the command itself).

    `asked_as` is the key of whoever asks: under the same key a command that has none of its own is the same, and may
    be tried again. Where nobody gives a key it is made here, and the command is a new one. `correlation` is what
    everything that comes of it can be followed by, such as the id of a request (default: its id).
    """

    command: Command
    at: datetime
    cause: str = ""
    correlation: str = ""
    asked_as: str = field(default_factory=_new_key, compare=False)

    @property
    def key(self) -> str:
        """The idempotency key: the command's own, or that of whoever asks, apart from those."""
        return self.command.key or f"request:{self.asked_as}"

    @property
    def content(self) -> dict[str, Any]:
        """What tells whether a command under the same key is the same."""
        fields = self.command.model_dump(mode="json")
        if self.command.key:
            return fields
        return {"asked_as": self.asked_as, "name": self.command.NAME, "command": fields}

    @property
    def id(self) -> str:
        """What events name as their cause."""
        return self.cause or self.command.key or self.command.NAME


def _unknown(_: Any) -> Iterable[UUID]:
    return ()


class Desk:
    """Takes a service's commands: decides them against its log and answers.

    `needs` says which aggregates a command will look at: those of a lot are read together. `keeps`: what names an
    elder whom another service may just have enrolled waits to be heard of them (docs/adr/0011).
    """

    def __init__(
        self,
        log: EventLog,
        decisions: Mapping[type[Command], Decide],
        needs: Callable[[Any], Iterable[UUID]] = _unknown,
        *,
        keeps: bool = False,
    ) -> None:
        self._log = log
        self._decisions = decisions
        self._needs = needs
        self._keeps = keeps

    def take(self, command: Command, at: datetime, *, cause: str = "") -> Answer:
        """Decides a new command at `at`; what is accepted is recorded when this returns."""
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
        with self._log.unit(commands=[one.key for one in asked]) as unit:
            new = [one.command for one in asked if one.key not in unit.given]
            unit.read_ahead(aggregate_id for command in new for aggregate_id in self._needs(command))
            answers = [self._decide(unit, one) for one in asked]
        self._log.observer.answered(answer.outcome for answer in answers)
        return answers

    def _decide(self, unit: Unit, asked: Asked) -> Answer:
        command, key, content = asked.command, asked.key, asked.content
        unit.because(asked.id, asked.correlation or asked.id)
        if key in unit.given:
            again = _answer_again(unit.given[key], digest(content))
            if again.outcome is not Outcome.WAITING:
                return again
            return self._waited(unit, asked)
        try:
            recorded = self._decisions[type(command)](unit, command, asked.at)
        except Refusal as refusal:
            unit.undo()
            return self._refused(unit, asked, refusal, content)
        kept = _kept(recorded)
        unit.answer(key, content, kept)
        return Answer(Outcome(kept["outcome"]), *_why(kept))

    def _refused(
        self, unit: Unit, asked: Asked, refusal: Refusal, content: dict[str, Any] | None = None
    ) -> Answer:
        """Refused, or kept where an elder is named of whom another service may tell in a moment."""
        command, key = asked.command, asked.key
        if not (self._keeps and refusal.heard_from and command.DECLARED.about == ELDER):
            return Answer(Outcome.REFUSED, refusal.reason, refusal.advice)
        elder = vars(command)[ELDER]
        file = unit.get(AwaitedElder, awaited_id(elder)) or unit.add(AwaitedElder.open(elder, at=asked.at))
        if len(file.waiting) >= MOST_WAITING:
            many = TooManyAwait()
            return Answer(Outcome.REFUSED, many.reason, many.advice)
        until, request = asked.at + PATIENCE, asked.correlation or asked.id
        file.keep(KeptCommand(key, command.NAME, command.model_dump_json(), request, until), asked.at)
        if content is not None:
            unit.answer(key, content, {"outcome": Outcome.WAITING.value})
        return _waiting()

    def _waited(self, unit: Unit, asked: Asked) -> Answer:
        """A command that was kept comes again: what became of it; decided anew where it had been refused."""
        command, key = asked.command, asked.key
        identity = awaited_id(vars(command)[ELDER])
        file = unit.get(AwaitedElder, identity)
        if file is None or key in file.waiting:
            return _waiting()
        if file.decided[key].is_taken:
            return Answer(Outcome.REPEAT)
        try:
            self._decisions[type(command)](unit, command, asked.at)
        except Refusal as refusal:
            unit.undo()
            return self._refused(unit, asked, refusal)
        file = unit.get(AwaitedElder, identity)
        if file is not None:
            file.decide(key, command.NAME, Decision(), asked.at)
        return Answer(Outcome.ACCEPTED)


def _waiting() -> Answer:
    awaiting = AwaitingEnrolment()
    return Answer(Outcome.WAITING, awaiting.reason, awaiting.advice)


def _kept(recorded: Refusal | None) -> dict[str, str]:
    """What is kept of an answer."""
    if recorded is None:
        return {"outcome": Outcome.ACCEPTED.value}
    return {"outcome": Outcome.REFUSED.value, "reason": recorded.reason, "advice": recorded.advice}


def _why(kept: Mapping[str, str]) -> tuple[str, str, bool]:
    """Reason, advice, and whether it is a recorded refusal."""
    reason = kept.get("reason", "")
    return reason, advice_again(reason, kept.get("advice", "")), kept["outcome"] == Outcome.REFUSED


def _answer_again(before: Answered, content: str) -> Answer:
    if before.content == content and before.answer["outcome"] == Outcome.WAITING:
        return _waiting()
    if before.content == content:
        return Answer(Outcome.REPEAT, *_why(before.answer))
    return Answer(Outcome.CONFLICT, CommandConflict.__name__, (CommandConflict.__doc__ or "").strip())
