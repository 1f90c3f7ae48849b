"""What the registry is asked to do about lists of other departments."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from services.chassis.commands.command import Command
from services.chassis.commands.declared import Declared, Left
from services.chassis.commands.fields import Day, Id, ShortText, ShortTextIfAny
from services.kernel.roster import AppointmentOver, UnknownStaff
from services.registry.forms import Reason
from services.registry.terms import (
    AlreadyDecided,
    NotOnRegister,
    NotYetHappened,
    UnknownComparison,
    UnknownDifference,
)

MOST_ROWS = 100_000

Kind = Literal["on_theirs", "on_ours", "not_registered"]
Decision = Literal["accepted", "rejected", "to_be_visited"]
Category = Literal[
    "guardianship_failure",
    "advanced_age",
    "incapacity",
    "economic_hardship",
    "major_illness",
    "disability",
    "intellectual_impairment",
    "insufficient_daily_care",
]
"""重点对象: the eight kinds of key persons that are compared, 三(一)2."""


STAFF = (UnknownStaff, AppointmentOver)


class DifferenceRow(Command):
    """差异: `place` is the sheet and row of their list, `tail` the last four of the number that stands there."""

    NAME: ClassVar[str] = ""
    kind: Kind = Field(title="差异种类")
    category: Category
    elder: Id | None = None
    place: ShortTextIfAny = ""
    tail: str = Field(default="", pattern=r"^[0-9X]{0,4}$")


class CompareList(Command):
    """数据比对: what a department's list and the register say differently, as of `on`; `same` is where they agree."""

    NAME: ClassVar[str] = "compare_list"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/comparisons",
        "数据比对 / what a department's list and the register say differently; decided one by one",
        {
            "on": "2024-03-01",
            "comparison": "2024-civil",
            "department": "民政",
            "by": "w-001",
            "same": 12,
            "differences": [
                {
                    "kind": "on_theirs",
                    "category": "disability",
                    "elder": "E0001",
                    "place": "Sheet1 7",
                    "tail": "1224",
                }
            ],
        },
        Left("registry.ComparisonMade", said={"on": "compared_on"}),
        (*STAFF, NotOnRegister, NotYetHappened),
        about="comparison",
        is_today=False,
    )
    comparison: Id
    department: ShortText
    on: Day
    by: Id
    same: int = Field(ge=0, le=MOST_ROWS)
    differences: list[DifferenceRow] = Field(max_length=MOST_ROWS)

    @property
    def key(self) -> str:
        """A comparison is made once however often it is sent."""
        return f"comparison:{self.comparison}"


class DecideDifference(Command):
    """比对结论: what is to become of one difference, by its number in the comparison, from 1.

    `to_be_visited` (入户核实) is no conclusion yet: one follows after the visit.
    """

    NAME: ClassVar[str] = "decide_difference"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/comparisons/{comparison}/differences/{difference}/decision",
        "比对结论 / a difference is accepted, rejected or to be visited; once, and again after that visit",
        {"decision": "to_be_visited", "reason": "名单日期较早 / an old list", "by": "w-001"},
        Left("registry.DifferenceDecided"),
        (*STAFF, UnknownComparison, UnknownDifference, AlreadyDecided),
        about="comparison",
    )
    comparison: Id
    difference: str = Field(pattern=r"^[1-9][0-9]{0,5}$")
    decision: Decision
    reason: Reason
    by: Id
