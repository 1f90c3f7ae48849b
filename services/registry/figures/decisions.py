"""The decisions on figures of the township: who may enter and correct them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.chassis.commands.command import Command, Decide
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.roster import Roster, roster_id
from services.registry.figures import commands as do
from services.registry.figures.domain import EnteredFigure, figure_id
from services.registry.policies import RegistryPolicy
from services.registry.terms import AlreadyEntered, NoSuchFigure, NotForThisRole

NAME = "registry"


class Figures:
    """填报数: entered once, corrected in the open."""

    def __init__(self, policies: PolicyTable[RegistryPolicy]) -> None:
        self._policies = policies
        self.decisions: Mapping[type[Command], Decide] = {
            do.EnterFigure: self.enter,
            do.CorrectFigure: self.correct,
        }

    def enter(self, unit: Unit, command: do.EnterFigure, at: datetime) -> None:
        """An id stands for one figure for ever."""
        self._may_enter(unit, command.by, at)
        if unit.get(EnteredFigure, figure_id(command.figure)) is not None:
            raise AlreadyEntered
        content = (command.kind, command.value, command.on, command.by, command.note)
        unit.add(EnteredFigure.enter(command.figure, *content, at=at))

    def correct(self, unit: Unit, command: do.CorrectFigure, at: datetime) -> None:
        """What was entered stays in the history."""
        self._may_enter(unit, command.by, at)
        held = unit.get(EnteredFigure, figure_id(command.figure))
        if held is None:
            raise NoSuchFigure
        held.correct(command.value, command.on, command.by, command.reason, at)

    def _may_enter(self, unit: Unit, staff: str, at: datetime) -> None:
        roster = unit.get(Roster, roster_id(NAME))
        role = (roster or Roster.empty()).role_of(staff, at.date())
        roles = self._policies.on(at.date()).figures_entered_by
        if roles and role not in roles:
            raise NotForThisRole
