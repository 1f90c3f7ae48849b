"""What notify tells: who was told of what, and whether they took it up."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from contracts.base import Told
from contracts.words import About, Duty, Grade, ProblemKind, ProblemStage, StopReason


class OfMatter(Told):
    """事由: what a notice is about; of the last four, those that the matter has."""

    about: About
    subject: str
    grade: Grade | None = None
    duty: Duty | None = None
    period: str | None = None
    incident: str | None = None


class NoticesSent(OfMatter):
    """通知发出: these people were told, as step `level` of the escalation (0 is the first)."""

    TYPE: ClassVar[str] = "notify.NoticesSent"
    level: int
    to: list[str]


class NoticeAcknowledged(OfMatter):
    """签收: somebody who was told took the matter up, and nothing more follows."""

    TYPE: ClassVar[str] = "notify.NoticeAcknowledged"
    by: str


class TellingStopped(OfMatter):
    """停止通知: what was still pending of a matter is cancelled, visibly, for the reason given."""

    TYPE: ClassVar[str] = "notify.TellingStopped"
    reason: StopReason


class EscalationExhausted(OfMatter):
    """升级已尽: nobody acknowledged, and no level is left above to be told."""

    TYPE: ClassVar[str] = "notify.EscalationExhausted"


class Reminder(BaseModel):
    """临期事项: a duty of which `remaining` times were still owed by `closes_on`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: str
    duty: Duty
    period: str
    closes_on: date
    remaining: int


class OverdueStep(BaseModel):
    """超期问题: of an elder's problem nothing was done since `stage` by `due`; `unit` where it is a unit's part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: str
    problem: str
    kind: ProblemKind
    stage: ProblemStage
    due: date
    unit: str | None


class TakenOver(BaseModel):
    """代管: the elders of `subject`, on leave, are `stand_in`'s through `ends`; `is_over` where it is cut short."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: str
    stand_in: str
    begins: date
    ends: date
    elders: list[str]
    is_over: bool


class RemindersSent(Told):
    """提醒发出: in the morning's digest, of what is nearly due, overdue or taken over; nobody acknowledges it."""

    TYPE: ClassVar[str] = "notify.RemindersSent"
    to: str
    reminders: list[Reminder]
    overdue: list[OverdueStep] = Field(default=[])
    taken_over: list[TakenOver] = Field(default=[])
