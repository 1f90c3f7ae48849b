"""What the registry is asked to do."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.words import EvidenceName, HealthFact, Living, Role
from services.chassis.commands import Command

Id = str


class OpenVillage(Command):
    """设村: a village committee and its groups; the first one opens the township."""

    NAME: ClassVar[str] = "open_village"
    village: str = Field(min_length=1)
    name: str
    groups: list[str]


class Appoint(Command):
    """任用: a person holds a role, for a village or for the township."""

    NAME: ClassVar[str] = "appoint"
    staff: str = Field(min_length=1)
    role: Role
    village: str | None = None


class SupporterRow(Command):
    """赡养义务人, as a row of the registration form."""

    NAME: ClassVar[str] = ""
    id: str = Field(min_length=1)
    left_county_on: date | None
    name: str = ""
    relation: str = ""
    phone: str = ""
    whereabouts: str = ""


class Enrol(Command):
    """建档: what the registration form (登记表) says of one person."""

    NAME: ClassVar[str] = "enrol"
    elder: str = Field(min_length=1)
    born: date
    sex: Literal["f", "m"]
    village: str = Field(min_length=1)
    group: str
    living: Living
    evidence: list[EvidenceName]
    health: list[HealthFact]
    declined_institution: bool
    supporters: list[SupporterRow]
    carer: str | None = None
    name: str = ""
    citizen_number: str | None = None
    temporary: bool = False
    ethnic_group: str = ""
    phone: str = ""
    address: str = ""
    marital: str = ""
    income_sources: list[str] = Field(default=[])
    family_structure: str = ""
    health_note: str = ""
    care_situation: str = ""
    difficulties: str = ""
    needs: str = ""
    insurance: str = ""
    low_income: bool = False
    destitute_support: bool = False
    ledger: str = ""

    @property
    def key(self) -> str:
        """A row of a ledger is one command however often it is imported."""
        return f"ledger:{self.ledger}" if self.ledger else ""


class NoteSupporterLeft(Command):
    """赡养义务人外出."""

    NAME: ClassVar[str] = "supporter_left"
    elder: str
    supporter: str
    on: date


class NoteSupporterReturned(Command):
    """赡养义务人返乡, for a while or for good."""

    NAME: ClassVar[str] = "supporter_returned"
    elder: str
    supporter: str
    on: date
    kind: Literal["temporary", "permanent"]


class ChangeFacts(Command):
    """更新: the whole new value of each circumstance named."""

    NAME: ClassVar[str] = "change_facts"
    elder: str
    living: Living | None = None
    health: list[HealthFact] | None = None
    declined_institution: bool | None = None


class Pair(Command):
    """结对: this carer from today."""

    NAME: ClassVar[str] = "pair"
    elder: str
    carer: str = Field(min_length=1)


class TransferElder(Command):
    """迁村: to another village or group of the township since `on`; the pairing ends unless a carer is named."""

    NAME: ClassVar[str] = "transfer"
    elder: str
    village: str = Field(min_length=1)
    group: str
    on: date
    carer: str | None = Field(default=None, min_length=1)


class HandOver(Command):
    """交接: these elders (none named: every one of theirs) go from one carer to another since `on`, or none does."""

    NAME: ClassVar[str] = "hand_over"
    giver: str = Field(min_length=1)
    taker: str = Field(min_length=1)
    on: date
    elders: list[str] = Field(default=[], max_length=500)


class EnterInstitution(Command):
    """入住养老机构."""

    NAME: ClassVar[str] = "enter_institution"
    elder: str
    on: date


class LeaveInstitution(Command):
    """离开养老机构."""

    NAME: ClassVar[str] = "leave_institution"
    elder: str
    on: date


class NoteDeath(Command):
    """去世."""

    NAME: ClassVar[str] = "died"
    elder: str
    on: date


class NoteMove(Command):
    """迁出本乡."""

    NAME: ClassVar[str] = "moved_out"
    elder: str
    on: date
