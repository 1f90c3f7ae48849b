"""What risk is asked to do."""

from __future__ import annotations

from typing import ClassVar

from contracts.words import EvidenceName
from services.chassis.commands.command import Command
from services.chassis.commands.declared import Declared, Left, Line
from services.chassis.commands.fields import Day, Id, ShortText
from services.kernel.roster import AppointmentOver, UnknownStaff
from services.risk.terms import (
    AgeIsNotCleared,
    BeforeBirth,
    EvidenceNotHeld,
    FileClosed,
    MergedEntry,
    NotOnRegister,
    NotReassessable,
    NotYetHappened,
    WrongRole,
)

STAFF = (UnknownStaff, AppointmentOver)
FILE = (NotOnRegister, FileClosed, MergedEntry, NotYetHappened, BeforeBirth)


class Observe(Command):
    """依据成立: this evidence is seen on that day."""

    NAME: ClassVar[str] = "observe"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/evidence",
        "依据成立 / evidence was seen",
        {"evidence": "disability", "on": "2024-03-01"},
        Left("risk.EvidenceObserved"),
        FILE,
        line=Line(("elder", "evidence", "on")),
    )
    elder: Id
    evidence: EvidenceName
    on: Day
    source: ShortText = "observation"


class Clear(Command):
    """依据解除: this evidence holds no longer; the grade stands until a reassessment."""

    NAME: ClassVar[str] = "clear"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/evidence/{evidence}/clearing",
        "依据解除 / evidence holds no longer; the grade stands until a reassessment",
        {"on": "2024-03-01"},
        Left("risk.EvidenceCleared"),
        (*FILE, AgeIsNotCleared, EvidenceNotHeld),
    )
    elder: Id
    evidence: EvidenceName
    on: Day


class Reassess(Command):
    """再评估: held by the village lead."""

    NAME: ClassVar[str] = "reassess"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/reassessments",
        "再评估 / reassess, by the village lead",
        {"by": "w-001", "on": "2024-03-01"},
        Left("risk.Reassessed"),
        (*STAFF, *FILE, WrongRole, NotReassessable),
    )
    elder: Id
    by: Id
    on: Day
