"""What notify is asked to do."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from services.chassis.commands.command import Command
from services.chassis.commands.fields import Id, Subject


class Acknowledge(Command):
    """签收: somebody who was told takes it up. The matter is named by what the notice said."""

    NAME: ClassVar[str] = "acknowledge"
    by: Id
    about: Literal["incident", "graded", "missed"]
    subject: Subject
    duty: Id | None = None
    period: Id | None = None
    incident: Id | None = None


class Resend(Command):
    """重发: somebody has a failed delivery sent again."""

    NAME: ClassVar[str] = "resend"
    delivery: UUID
    by: Id | None = None
