"""What the registry is asked to do with the township itself."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from services.chassis.commands.command import Command
from services.chassis.commands.declared import Declared, Left
from services.chassis.commands.fields import ShortText
from services.registry.terms import MadeUpAndReal


class NameTownship(Command):
    """乡镇名称: as ledgers and reports are headed; `demonstration`: all that is on this register is made up."""

    NAME: ClassVar[str] = "name_township"
    DECLARED: ClassVar[Declared] = Declared(
        "PUT",
        "/township",
        "乡镇名称 / name the township, as ledgers and reports are headed",
        {"name": "平川乡"},
        Left("registry.TownshipNamed", also=("registry.TownshipRenamed",)),
        (MadeUpAndReal,),
        about="name",
        accepted=200,
    )
    name: ShortText = Field(title="乡名")
    demonstration: bool = Field(default=False, title="示范")
