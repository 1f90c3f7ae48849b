"""What risk is asked to do."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from contracts.words import EvidenceName
from services.chassis.commands import Command


class Observe(Command):
    """依据成立: this evidence is seen on that day."""

    NAME: ClassVar[str] = "observe"
    elder: str
    evidence: EvidenceName
    on: date
    source: str = "observation"


class Clear(Command):
    """依据解除: this evidence holds no longer; the grade stands until a reassessment."""

    NAME: ClassVar[str] = "clear"
    elder: str
    evidence: EvidenceName
    on: date


class Reassess(Command):
    """再评估: held by the village lead."""

    NAME: ClassVar[str] = "reassess"
    elder: str
    by: str
    on: date
