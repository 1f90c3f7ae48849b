"""What risk tells: red, yellow or green, and the evidence that it rests on."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from contracts.base import Told
from contracts.words import EvidenceName, Grade, GradeCause


class Graded(Told):
    """定级: what the three gradings share; `due` is the reassessment's date, none for green, 二(四)."""

    elder: str
    spell: int
    grade: Grade
    previous: Grade | None
    because: list[EvidenceName]
    cause: GradeCause
    clauses: list[str]
    due: date | None
    carer_told: bool


class GradeSet(Graded):
    """初次定级: certification graded the elder at once from the evidence then known, 二(四)."""

    TYPE: ClassVar[str] = "risk.GradeSet"


class GradeRaised(Graded):
    """升级: the grade rose on the day that its evidence was recorded, 二(四)."""

    TYPE: ClassVar[str] = "risk.GradeRaised"


class GradeLowered(Graded):
    """降级: a reassessment held when due lowered the grade to the indicated one, 二(四)."""

    TYPE: ClassVar[str] = "risk.GradeLowered"


class Reassessed(Told):
    """再评估: held on `held_on`; one that `counted` starts the three months again, 二(四)."""

    TYPE: ClassVar[str] = "risk.Reassessed"
    elder: str
    spell: int
    grade: Grade
    held_on: date
    by: str
    counted: bool
    due: date | None


class EvidenceObserved(Told):
    """依据成立: evidence seen on `observed_on` from a named source; `held` is all held afterwards, 二(四)."""

    TYPE: ClassVar[str] = "risk.EvidenceObserved"
    elder: str
    evidence: EvidenceName
    observed_on: date
    source: str
    held: list[EvidenceName]


class EvidenceCleared(Told):
    """依据解除: evidence holds no longer since `cleared_on`; the grade stands, `held` is left, 二(四)."""

    TYPE: ClassVar[str] = "risk.EvidenceCleared"
    elder: str
    evidence: EvidenceName
    cleared_on: date
    held: list[EvidenceName]


class DayTurned(Told):
    """换日: risk has graded a partition's birthdays (高龄) up to the start of `day`, 二(四)."""

    TYPE: ClassVar[str] = "risk.DayTurned"
    day: date
    partition: int
