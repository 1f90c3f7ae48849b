"""What visits is asked to do."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from contracts.words import IncidentKind, ProblemKind
from services.chassis.commands import Command

LONGEST_TEXT = 2000


class RecordVisit(Command):
    """走访登记: one visit of one elder, in person or by phone or video."""

    NAME: ClassVar[str] = "visit"
    visit: str = Field(min_length=1)
    elder: str
    by: str
    on: date
    mode: Literal["in_person", "phone", "video"]
    check_up: bool
    confirms_facts: bool

    @property
    def key(self) -> str:
        """The phone's id of the visit: sent twice, it is one visit."""
        return f"visit:{self.visit}"

    def content(self) -> dict[str, Any]:
        """What is kept of the visit in the care record."""
        return self.model_dump(mode="json", exclude={"visit", "elder"})


class ReviewLivingSecurity(Command):
    """生活保障评估."""

    NAME: ClassVar[str] = "review_living_security"
    elder: str
    by: str
    on: date


class SignAgreement(Command):
    """签订委托照顾协议."""

    NAME: ClassVar[str] = "sign_agreement"
    elder: str
    by: str
    on: date


class NoteAbsence(Command):
    """外出: in hospital or with the children, both days counted."""

    NAME: ClassVar[str] = "absent"
    elder: str
    begins: date
    ends: date


class ReportIncident(Command):
    """上报突发事件: one of the thirteen urgent kinds (section 5), in the shortest form."""

    NAME: ClassVar[str] = "incident"
    incident: str = Field(min_length=1)
    elder: str
    kind: IncidentKind


class OpenProblem(Command):
    """发现问题: of any kind, found on `on`; `visit` where it was found on one. The text stays in visits' own log."""

    NAME: ClassVar[str] = "problem"
    problem: str = Field(min_length=1)
    elder: str
    kind: ProblemKind
    by: str
    on: date
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    visit: str | None = None


class OfProblem(Command):
    """A step with one problem, by one of the staff."""

    problem: str
    by: str


class AcceptProblem(OfProblem):
    """受理: the one desk takes it in."""

    NAME: ClassVar[str] = "accept_problem"


class HandProblem(OfProblem):
    """交办: to one or more units, by `due` or by what the policy says."""

    NAME: ClassVar[str] = "hand_problem"
    units: list[str] = Field(min_length=1)
    due: date | None = None


class HandleProblem(OfProblem):
    """办理: what one unit did."""

    NAME: ClassVar[str] = "handle_problem"
    unit: str
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class CloseProblem(OfProblem):
    """办结: with its solution (解决方案)."""

    NAME: ClassVar[str] = "close_problem"
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class VerifyProblem(OfProblem):
    """核实: by somebody other than who closed it."""

    NAME: ClassVar[str] = "verify_problem"


class ReopenProblem(OfProblem):
    """重新办理: with the reason."""

    NAME: ClassVar[str] = "reopen_problem"
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class DoDuty(Command):
    """办结村、组、乡的工作: a duty of a village, a village group or the township is done."""

    NAME: ClassVar[str] = "duty_done"
    duty: str
    subject: str
    by: str
    on: date
