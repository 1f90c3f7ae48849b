"""Words of risk: evidence and grades."""

from __future__ import annotations

from enum import StrEnum

from services.kernel.refusal import Refusal


class RiskGrade(StrEnum):
    """红黄绿: high risk, low risk, ordinary, 二 (四)."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"

    @property
    def severity(self) -> int:
        """Green 0, yellow 1, red 2."""
        return (RiskGrade.GREEN, RiskGrade.YELLOW, RiskGrade.RED).index(self)


class GradeCause(StrEnum):
    """What brought a grade."""

    CERTIFICATION = "certification"
    EVIDENCE = "evidence"
    REASSESSMENT = "reassessment"


class RiskError(Refusal):
    """A command that the risk file cannot take; the message says what to do."""


class EvidenceNotHeld(RiskError):
    """没有登记过此项依据，不能解除：请核对 / This evidence is not held, so it cannot be cleared."""


class AgeIsNotCleared(RiskError):
    """高龄依据不能解除 / Age is evidence that nobody can clear."""


class NotReassessable(RiskError):
    """只有已认定的留守老人才能再评估：请核对该老人的状态
    / Only a certified elder is reassessed: check the elder's status.
    """


class WrongRole(RiskError):
    """再评估由村党总支、村委会负责 / Reassessments are held by the village lead (村党总支/村委会)."""


class NotYetHappened(RiskError):
    """日期在将来：请在当天登记 / This is dated in the future: enter it on the day it happens."""


class BeforeBirth(RiskError):
    """日期早于老人的出生日期：请核对日期和出生日期
    / This would have happened before the elder was born: check the date and the birth date.
    """


class FileClosed(RiskError):
    """该老人已注销：不能再登记；报错了的，请撤销注销
    / This elder's status has ended: nothing more can be entered for them, unless the end is taken back.
    """


class MergedEntry(RiskError):
    """该档案已并入另一档案：请在保留的档案中登记
    / This entry was merged into another of the same person: enter it there.
    """


class NotOnRegister(RiskError):
    """没有此编号的老人：请核对编号，或先建档
    / No elder with this id is on the register: check the id, or enrol them first.
    """

    heard_from = "registry"
