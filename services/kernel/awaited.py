"""What is asked for an elder of whom a service has not heard yet, kept in that service's log until it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate


@lru_cache(maxsize=4096)
def awaited_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"awaited:{elder}")


@dataclass(frozen=True)
class KeptCommand:
    """A command as it came: its fields as JSON `text`, the `request` that it is followed by, until when it waits."""

    key: str
    name: str
    text: str
    request: str
    until: datetime


@dataclass(frozen=True)
class Decision:
    """What became of a kept command: taken, or refused with a reason and what to do."""

    reason: str = ""
    advice: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether it was accepted."""
        return not self.reason


class AwaitedElder(Aggregate):
    """等待建档: the commands that wait for one elder, by key, in the order in which they came; what came of others."""

    TOPIC = "kernel.AwaitedElder"

    def __init__(self, elder: str) -> None:
        self.elder = self.subject = elder
        self.waiting: dict[str, KeptCommand] = {}
        self.decided: dict[str, Decision] = {}

    class Created(Aggregate.Created):
        """等待建档: something was asked for an elder of whom nothing has been heard."""

        TOPIC = "kernel.ElderAwaited"
        elder: str
        on: str

    class CommandKept(Aggregate.Event):
        """先行保存: a command is kept until the elder is heard of, or until `until`."""

        TOPIC = "kernel.CommandKept"
        on: str
        key: str
        name: str
        text: str
        request: str
        until: str

        def apply(self, aggregate: AwaitedElder) -> None:
            """One more that waits."""
            until = datetime.fromisoformat(self.until)
            aggregate.decided.pop(self.key, None)
            aggregate.waiting[self.key] = KeptCommand(self.key, self.name, self.text, self.request, until)

    class CommandDecided(Aggregate.Event):
        """建档后处理: what was kept is taken, or refused with `reason`; `left` still wait."""

        TOPIC = "kernel.CommandDecided"
        on: str
        key: str
        name: str
        reason: str
        advice: str
        left: int

        def apply(self, aggregate: AwaitedElder) -> None:
            """It waits no more."""
            aggregate.waiting.pop(self.key, None)
            aggregate.decided[self.key] = Decision(self.reason, self.advice)

    @classmethod
    def open(cls, elder: str, *, at: datetime) -> AwaitedElder:
        """Opens the list of an elder at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=awaited_id(elder), elder=elder, timestamp=at, on=on)

    def keep(self, kept: KeptCommand, at: datetime) -> None:
        """Keeps a command."""
        said = {"key": kept.key, "name": kept.name, "text": kept.text, "request": kept.request}
        on, until = at.date().isoformat(), kept.until.isoformat()
        self.trigger_event(self.CommandKept, timestamp=at, on=on, until=until, **said)

    def decide(self, key: str, name: str, decision: Decision, at: datetime) -> None:
        """Says what became of a command, of one that waits or of one that was refused before and came again."""
        left = len(self.waiting.keys() - {key})
        said = {"reason": decision.reason, "advice": decision.advice, "left": left}
        on = at.date().isoformat()
        self.trigger_event(self.CommandDecided, timestamp=at, on=on, key=key, name=name, **said)
