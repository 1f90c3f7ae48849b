"""What the registry is asked to do with figures of the township."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from services.chassis.commands.command import Command
from services.chassis.commands.fields import Day, Id, LongTextIfAny
from services.registry.forms import Reason
from services.registry.terms import FigureKind


class EnterFigure(Command):
    """填报: a figure of the township; coverage is measured on a day, money belongs to that day's year."""

    NAME: ClassVar[str] = "enter_figure"
    figure: Id
    kind: FigureKind = Field(title="填报项目")
    value: Decimal = Field(ge=0, max_digits=15, decimal_places=2)
    on: Day
    by: Id
    note: LongTextIfAny = ""


class CorrectFigure(Command):
    """更正填报数: another value, or another day; what was entered stays in the history."""

    NAME: ClassVar[str] = "correct_figure"
    figure: Id
    value: Decimal = Field(ge=0, max_digits=15, decimal_places=2)
    on: Day
    by: Id
    reason: Reason
