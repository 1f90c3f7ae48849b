"""Taking comparisons and their decisions: by somebody who is appointed, about elders who are on the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.chassis.commands.command import Command, Decide
from services.chassis.log.unit import Unit
from services.kernel.roster import Roster, UnknownStaff
from services.registry.comparisons.commands import CompareList, DecideDifference
from services.registry.comparisons.domain import Comparison, comparison_id
from services.registry.elders.domain import Elder, elder_id
from services.registry.terms import NotOnRegister, UnknownComparison


class Comparing:
    """数据比对: keeps what differs, and what was decided about it; `roster` is the registry's."""

    def __init__(self, roster: UUID) -> None:
        self._roster = roster
        self.decisions: Mapping[type[Command], Decide] = {
            CompareList: self.compare,
            DecideDifference: self.decide,
        }

    def compare(self, unit: Unit, command: CompareList, at: datetime) -> None:
        """Every elder that it names is on the register."""
        self._check(unit, command.by, at)
        named = [
            elder_id(difference.elder) for difference in command.differences if difference.elder is not None
        ]
        unit.read_ahead(named)
        for elder in named:
            found = unit.get(Elder, elder)
            if found is None or found.file.enrolled_on is None:
                raise NotOnRegister
        rows = [one.model_dump() for one in command.differences]
        unit.add(
            Comparison.make(
                command.comparison,
                command.department,
                rows,
                same=command.same,
                on=command.on,
                by=command.by,
                at=at,
            )
        )

    def decide(self, unit: Unit, command: DecideDifference, at: datetime) -> None:
        """Once a difference."""
        self._check(unit, command.by, at)
        found = unit.get(Comparison, comparison_id(command.comparison))
        if found is None:
            raise UnknownComparison
        found.decide(command.difference, command.decision, command.reason, command.by, at)

    def _check(self, unit: Unit, by: str, at: datetime) -> None:
        roster = unit.get(Roster, self._roster)
        if roster is None:
            raise UnknownStaff
        roster.role_of(by, at.date())
