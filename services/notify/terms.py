"""Words of notify: what is told, and to which levels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from services.kernel.policy_limits import span, whole
from services.kernel.refusal import Refusal


class About(StrEnum):
    """What a notice (通知) is about."""

    INCIDENT = "incident"
    GRADED = "graded"
    MISSED = "missed"


REMINDER = "reminder"
"""临期提醒: what is nearly due; told in a digest, and neither acknowledged nor escalated."""

OVERDUE = "overdue"
"""问题超期: a step of a problem that was not taken by its last day; told in the same way."""

TAKEN_OVER = "taken_over"
"""代管: whose elders somebody has taken over while a carer is on leave, and until when; told in the same way."""


class AtTheTop(StrEnum):
    """What follows when nobody acknowledges (签收) and no level is left above."""

    RECORD = "record"
    REPEAT = "repeat"
    SILENCE = "silence"


@dataclass(frozen=True)
class Escalation:
    """升级上报: every `after`, one level up, at most `steps` times (None: to the top)."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    after: Annotated[timedelta, span(timedelta(minutes=5), timedelta(days=30))]
    at_the_top: AtTheTop
    steps: Annotated[int, whole(1, 6)] | None = None
    repeats: Annotated[int, whole(0, 48)] = 0


@dataclass(frozen=True)
class TellingRule:
    """A row of section 6: which levels are told at once, how fast, and what if nobody acknowledges."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    levels: tuple[Annotated[int, whole(0, 6)], ...]
    is_urgent: bool
    escalation: Escalation | None = None


class Directory(Protocol):
    """Who holds a role for a village, and whom a telling reaches."""

    def holder(self, role: str, village: str, on: date) -> str | None:
        """Staff id, or None where nobody does on that day."""
        ...

    def has_left(self, staff: str, day: date) -> bool:
        """Whether their last day lies before that day."""
        ...

    def reached(self, staff: str, day: date) -> str | None:
        """Whoever stands in for them on a day of leave; nobody after their last day; else they themselves."""
        ...


class NotifyError(Refusal):
    """A command that cannot be taken; the message says what to do."""


class NotTold(NotifyError):
    """此人没有收到过该通知：由收到通知的人签收
    / This person was not told of this: only a recipient acknowledges.
    """


class NotOnRegister(NotifyError):
    """没有此编号的老人：登记处尚未告知
    / No elder with this id is on the register: the registry has not told of them yet.
    """

    heard_from = "registry"


class NotFailed(NotifyError):
    """此投递未失败：只有失败的投递可以重发
    / This delivery has not failed: it waits, is under way, or was taken; only a failed one is sent again.
    """


class NoDelivery(NotifyError):
    """没有此编号的投递：shouwang notices failed 列出失败的投递
    / No delivery has this id: `shouwang notices failed` lists those that failed.
    """
