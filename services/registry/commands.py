"""What the registry is asked to do."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.words import EvidenceName, HealthFact, Living, Role
from services.chassis.commands import Command
from services.registry.forms import Reason, each_once


class OpenVillage(Command):
    """设村: a village committee and its groups; the first one opens the township."""

    NAME: ClassVar[str] = "open_village"
    village: str = Field(min_length=1, title="村代码")
    name: str = Field(title="村名")
    groups: list[str]


class Appoint(Command):
    """任用: a person holds a role, for a village or for the township."""

    NAME: ClassVar[str] = "appoint"
    staff: str = Field(min_length=1)
    role: Role
    village: str | None = None


class GoOnLeave(Command):
    """请假: a carer is away from `begins` to `ends`, both counted, and another carer owes meanwhile."""

    NAME: ClassVar[str] = "go_on_leave"
    staff: str = Field(min_length=1)
    stand_in: str = Field(min_length=1)
    begins: date
    ends: date


class ReturnFromLeave(Command):
    """销假: back on this day, earlier than was said."""

    NAME: ClassVar[str] = "return_from_leave"
    staff: str = Field(min_length=1)
    on: date


class EndAppointment(Command):
    """离任: `on` is the last day on which they hold their role."""

    NAME: ClassVar[str] = "end_appointment"
    staff: str = Field(min_length=1)
    on: date


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
    supporters: Annotated[list[SupporterRow], AfterValidator(each_once)]
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


class ReportContact(Command):
    """联系方式: how a supporter is reached and where they are, as reported; the whole new value of each one given."""

    NAME: ClassVar[str] = "report_contact"
    elder: str
    supporter: str
    name: str | None = None
    relation: str | None = None
    phone: str | None = None
    whereabouts: str | None = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """One that says nothing is a slip."""
        if not self.told():
            raise ValueError(
                "姓名、关系、联系电话、去向至少填一项 / name, relation, phone or whereabouts is needed"
            )
        return self

    def told(self) -> dict[str, str]:
        """What is reported, by field."""
        return self.model_dump(exclude={"elder", "supporter"}, exclude_none=True)


class NoteSupporterReturned(Command):
    """赡养义务人返乡, for a while or for good."""

    NAME: ClassVar[str] = "supporter_returned"
    elder: str
    supporter: str
    on: date
    kind: Literal["temporary", "permanent"] = Field(title="返乡种类")


class ChangeFacts(Command):
    """更新: the whole new value of each circumstance named."""

    NAME: ClassVar[str] = "change_facts"
    elder: str
    living: Living | None = None
    health: list[HealthFact] | None = None
    declined_institution: bool | None = None


class CorrectedSupporter(Command):
    """更正后的外出日期: of a supporter of the file, or of one whom it lacked; none: in the county."""

    NAME: ClassVar[str] = ""
    id: str = Field(min_length=1)
    left_county_on: date | None


class CorrectFacts(Command):
    """更正: what the register believed was wrong all along; the whole right value of each one given."""

    NAME: ClassVar[str] = "correct_facts"
    by: str = Field(min_length=1)
    reason: Reason
    elder: str
    born: date | None = None
    sex: Literal["f", "m"] | None = None
    name: str | None = None
    citizen_number: str | None = Field(default=None, pattern=r"^\d{17}[\dX]$")
    ethnic_group: str | None = None
    phone: str | None = None
    address: str | None = None
    marital: str | None = None
    living: Living | None = None
    supporters: Annotated[list[CorrectedSupporter], AfterValidator(each_once)] = Field(default=[])

    def facts(self) -> dict[str, Any]:
        """What is given."""
        given = self.model_dump(mode="json", exclude={"by", "reason", "elder"}, exclude_none=True)
        if not self.supporters:
            return {field: value for field, value in given.items() if field != "supporters"}
        return given | {"supporters": [one.model_dump(mode="json") for one in self.supporters]}


class RemoveForError(Command):
    """误登注销: this person should never have been on the register."""

    NAME: ClassVar[str] = "remove_for_error"
    by: str = Field(min_length=1)
    reason: Reason
    elder: str


class UndoEnd(Command):
    """撤销注销: a death, a move or a removal was reported by mistake; on the register again from today."""

    NAME: ClassVar[str] = "undo_end"
    by: str = Field(min_length=1)
    reason: Reason
    elder: str


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
    """交接: these elders (absent: every one of theirs) go from one carer to another since `on`, or none does."""

    NAME: ClassVar[str] = "hand_over"
    giver: str = Field(min_length=1)
    taker: str = Field(min_length=1)
    on: date
    elders: list[str] = Field(default=[], min_length=1, max_length=500)


class SearchDuplicates(Command):
    """查重: the whole register, by birth date."""

    NAME: ClassVar[str] = "search_duplicates"
    by: str = Field(min_length=1)


class KeepApart(Command):
    """并非重复: somebody looked at two suspected entries, and they are two people."""

    NAME: ClassVar[str] = "keep_apart"
    by: str = Field(min_length=1)
    reason: Reason
    elder: str
    other: str = Field(min_length=1)


class MergeElders(Command):
    """并档: two entries are one person; `kept` goes on, `merged` stays to be read."""

    NAME: ClassVar[str] = "merge"
    by: str = Field(min_length=1)
    reason: Reason
    kept: str = Field(min_length=1)
    merged: str = Field(min_length=1)


class UndoMerge(Command):
    """撤销并档: they are two people after all."""

    NAME: ClassVar[str] = "undo_merge"
    by: str = Field(min_length=1)
    reason: Reason
    merged: str = Field(min_length=1)


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
