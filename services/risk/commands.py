"""What risk is asked to do."""

from __future__ import annotations

from typing import ClassVar

from contracts.words import EvidenceName
from services.chassis.commands.command import Command
from services.chassis.commands.fields import Day, Id, ShortText


class Observe(Command):
    """依据成立: this evidence is seen on that day."""

    NAME: ClassVar[str] = "observe"
    elder: Id
    evidence: EvidenceName
    on: Day
    source: ShortText = "observation"


class Clear(Command):
    """依据解除: this evidence holds no longer; the grade stands until a reassessment."""

    NAME: ClassVar[str] = "clear"
    elder: Id
    evidence: EvidenceName
    on: Day


class Reassess(Command):
    """再评估: held by the village lead."""

    NAME: ClassVar[str] = "reassess"
    elder: Id
    by: Id
    on: Day
