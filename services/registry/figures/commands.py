"""What the registry is asked to do with figures of the township."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from services.chassis.commands.command import Command
from services.chassis.commands.declared import Declared, Left
from services.chassis.commands.fields import Day, Id, LongTextIfAny
from services.kernel.roster import AppointmentOver, UnknownStaff
from services.registry.forms import Reason
from services.registry.terms import AlreadyEntered, FigureKind, NoSuchFigure, NotForThisRole, NotYetHappened

STAFF = (UnknownStaff, AppointmentOver)


class EnterFigure(Command):
    """填报: a figure of the township; coverage is measured on a day, money belongs to that day's year."""

    NAME: ClassVar[str] = "enter_figure"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/figures",
        "填报 / enter a figure of the township: coverage in per cent, money in yuan",
        {
            "figure": "F2024-01",
            "kind": "special_fund_budget",
            "value": "100000",
            "on": "2024-01-10",
            "by": "office",
            "note": "年度预算",
        },
        Left("registry.FigureEntered"),
        (*STAFF, NotForThisRole, AlreadyEntered, NotYetHappened),
        about="figure",
        makes="figure",
    )
    figure: Id
    kind: FigureKind = Field(title="填报项目")
    value: Decimal = Field(ge=0, max_digits=15, decimal_places=2)
    on: Day
    by: Id
    note: LongTextIfAny = ""


class CorrectFigure(Command):
    """更正填报数: another value, or another day; what was entered stays in the history."""

    NAME: ClassVar[str] = "correct_figure"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/figures/{figure}/correction",
        "更正 / correct it; what was entered stays in the history",
        {"value": "120000", "on": "2024-01-10", "by": "office", "reason": "追加"},
        Left("registry.FigureCorrected"),
        (*STAFF, NotForThisRole, NoSuchFigure, NotYetHappened),
        about="figure",
        is_today=False,
    )
    figure: Id
    value: Decimal = Field(ge=0, max_digits=15, decimal_places=2)
    on: Day
    by: Id
    reason: Reason
