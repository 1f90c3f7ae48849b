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
    """This evidence is not held, so it cannot be cleared."""


class AgeIsNotCleared(RiskError):
    """Age is evidence that nobody can clear."""


class NotReassessable(RiskError):
    """Only a certified elder is reassessed: check the elder's status."""


class WrongRole(RiskError):
    """Reassessments are held by the village lead (村党总支/村委会)."""


class NotYetHappened(RiskError):
    """This is dated in the future: enter it on the day it happens."""


class BeforeBirth(RiskError):
    """This would have happened before the elder was born: check the date and the birth date."""


class FileClosed(RiskError):
    """This elder's status has ended: nothing more can be entered for them, unless the end is taken back."""


class MergedEntry(RiskError):
    """This entry was merged into another of the same person: enter it there."""


class NotOnRegister(RiskError):
    """No elder with this id is on the register: check the id, or enrol them first."""

    heard_from = "registry"
