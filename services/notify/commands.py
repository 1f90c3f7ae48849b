"""What notify is asked to do."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from services.chassis.commands.command import Command
from services.chassis.commands.declared import Declared, Left, Line
from services.chassis.commands.fields import Id, Subject
from services.kernel.roster import AppointmentOver
from services.notify.terms import NoDelivery, NotFailed, NotTold

_NAMED = {"incident": ("incident",), "missed": ("duty", "period")}
"""What names a matter beside its subject."""


class Acknowledge(Command):
    """签收: somebody who was told takes it up. The matter is named by what the notice said."""

    NAME: ClassVar[str] = "acknowledge"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/acknowledgements",
        "签收 / take a matter up; it is named by what the notice said",
        {"by": "w-011", "about": "incident", "subject": "E0001", "incident": "I-2024-0001"},
        Left("notify.NoticeAcknowledged"),
        (NotTold, AppointmentOver),
        about="subject",
        line=Line(
            is_whole=lambda given: all(
                given.get(name) is not None for name in _NAMED.get(str(given.get("about")), ())
            )
        ),
    )
    by: Id
    about: Literal["incident", "graded", "missed"]
    subject: Subject
    duty: Id | None = None
    period: Id | None = None
    incident: Id | None = None


class Resend(Command):
    """重发: somebody has a failed delivery sent again."""

    NAME: ClassVar[str] = "resend"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/resends",
        "重发 / have a failed delivery sent again",
        {"delivery": "7d3c2a64-6f0e-5b3e-9b55-0d4f1c5f2b11", "by": "w-901"},
        None,
        (NoDelivery, NotFailed),
        about="delivery",
    )
    delivery: UUID
    by: Id | None = None
