"""The township file: villages with their codes and groups, and who holds which role (TOML).

What differs from the register is told before anything is written; another township's is never mixed in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.words import Role
from services.chassis.commands.command import Command
from services.chassis.commands.fields import GroupName, Id, PersonName, ShortText
from services.chassis.commands.malformed import faults_of, said
from services.registry.elders.commands import Appoint, OpenVillage
from services.registry.villages.commands import NameTownship

HOW_TO_BEGIN = "shouwang township template --out 乡镇.toml"


class TownshipError(ValueError):
    """The township file cannot be used; the message names the setting and says what to do."""


class StaffRow(BaseModel):
    """One person: id, name and role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: PersonName
    role: Role


class VillageEntry(BaseModel):
    """One village committee, its groups and its staff."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^\d{12}$", title="村代码")
    name: ShortText = Field(title="村名")
    groups: list[GroupName]
    staff: list[StaffRow] = Field(alias="roster", title="人员")


class Township(BaseModel):
    """A township: its villages, and the staff of the whole; `demonstration`: all of it is made up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(alias="township", title="乡名")
    demonstration: bool = Field(default=False, title="示范")
    villages: list[VillageEntry] = Field(alias="village", title="村")
    staff: list[StaffRow]

    def codes(self) -> dict[str, str]:
        """Village name to code."""
        return {village.name: village.code for village in self.villages}

    def commands(self) -> Iterator[Command]:
        """What opens the township: its name, every village, then everybody's appointment."""
        yield NameTownship(name=self.name, demonstration=self.demonstration)
        for village in self.villages:
            yield OpenVillage(village=village.code, name=village.name, groups=village.groups)
        for person, village in self.everybody():
            yield Appoint(staff=person.id, role=person.role, village=village)

    def everybody(self) -> Iterator[tuple[StaffRow, str | None]]:
        """All staff, each with the code of their village, those of the whole township first."""
        yield from ((person, None) for person in self.staff)
        yield from ((person, village.code) for village in self.villages for person in village.staff)

    def groups(self) -> dict[str, list[str]]:
        """Village name to its groups."""
        return {village.name: village.groups for village in self.villages}

    def staff_called(self, code: str, name: str) -> list[str]:
        """The ids of a village's staff of that name, or id."""
        village = next(village for village in self.villages if village.code == code)
        if any(person.id == name for person in village.staff):
            return [name]
        return [person.id for person in village.staff if person.name == name]


def read_township(path: Path) -> Township:
    """The township of a file; raises TownshipError."""
    try:
        held: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Township.model_validate(held)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TownshipError(f"{path}: 无法读取 / cannot be read: {error}") from error
    except ValidationError as error:
        told = said(faults_of(error, Township))
        raise TownshipError(f"{path.name}: 请更正 / correct: {told}") from error
