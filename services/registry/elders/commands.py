"""What the registry is asked to do."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from contracts.words import EvidenceName, HealthFact, Living, Role
from services.chassis.commands.command import Command
from services.chassis.commands.fields import (
    CitizenNumber,
    Day,
    GroupName,
    Id,
    IdIfAny,
    LongTextIfAny,
    PersonNameIfAny,
    PhoneIfAny,
    ShortText,
    ShortTextIfAny,
    unfit,
)
from services.registry.forms import CorrectedSupporter, Reason, SupporterRow, agreeing, each_once

MOST_GROUPS, MOST_WORDS, MOST_SUPPORTERS, MOST_ELDERS = 200, 20, 30, 500


class OpenVillage(Command):
    """设村: a village committee and its groups; the first one opens the township."""

    NAME: ClassVar[str] = "open_village"
    village: Id = Field(title="村代码")
    name: ShortTextIfAny = Field(title="村名")
    groups: list[GroupName] = Field(max_length=MOST_GROUPS)


class Appoint(Command):
    """任用: a person holds a role, for a village or for the township."""

    NAME: ClassVar[str] = "appoint"
    staff: Id
    role: Role
    village: Id | None = None


class GoOnLeave(Command):
    """请假: a carer is away from `begins` to `ends`, both counted, and another carer owes meanwhile."""

    NAME: ClassVar[str] = "go_on_leave"
    staff: Id
    stand_in: Id
    begins: Day
    ends: Day


class ReturnFromLeave(Command):
    """销假: back on this day, earlier than was said."""

    NAME: ClassVar[str] = "return_from_leave"
    staff: Id
    on: Day


class EndAppointment(Command):
    """离任: `on` is the last day on which they hold their role."""

    NAME: ClassVar[str] = "end_appointment"
    staff: Id
    on: Day


class Enrol(Command):
    """建档: what the registration form (登记表) says of one person."""

    NAME: ClassVar[str] = "enrol"
    elder: Id
    born: Day
    sex: Literal["f", "m"]
    village: Id
    group: GroupName
    living: Living
    evidence: list[EvidenceName] = Field(max_length=MOST_WORDS)
    health: list[HealthFact] = Field(max_length=MOST_WORDS)
    declined_institution: bool
    supporters: Annotated[list[SupporterRow], AfterValidator(each_once)] = Field(max_length=MOST_SUPPORTERS)
    carer: Id | None = None
    name: PersonNameIfAny = ""
    citizen_number: CitizenNumber | None = None
    temporary: bool = False
    ethnic_group: ShortTextIfAny = ""
    phone: PhoneIfAny = ""
    address: ShortTextIfAny = ""
    marital: ShortTextIfAny = ""
    income_sources: list[ShortText] = Field(default=[], max_length=MOST_WORDS)
    family_structure: LongTextIfAny = ""
    health_note: LongTextIfAny = ""
    care_situation: LongTextIfAny = ""
    difficulties: LongTextIfAny = ""
    needs: LongTextIfAny = ""
    insurance: ShortTextIfAny = ""
    low_income: bool = False
    destitute_support: bool = False
    ledger: IdIfAny = ""

    number_agrees = field_validator("citizen_number")(agreeing)

    @property
    def key(self) -> str:
        """A row of a ledger is one command however often it is imported."""
        return f"ledger:{self.ledger}" if self.ledger else ""


class NoteSupporterLeft(Command):
    """赡养义务人外出."""

    NAME: ClassVar[str] = "supporter_left"
    elder: Id
    supporter: Id
    on: Day


class ReportContact(Command):
    """联系方式: how a supporter is reached and where they are, as reported; the whole new value of each one given."""

    NAME: ClassVar[str] = "report_contact"
    elder: Id
    supporter: Id
    name: PersonNameIfAny | None = None
    relation: ShortTextIfAny | None = None
    phone: PhoneIfAny | None = None
    whereabouts: ShortTextIfAny | None = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """One that says nothing is a slip."""
        if not self.told():
            raise unfit(
                "姓名、关系、联系电话、去向至少填一项 / name, relation, phone or whereabouts is needed"
            )
        return self

    def told(self) -> dict[str, str]:
        """What is reported, by field."""
        return self.model_dump(exclude={"elder", "supporter"}, exclude_none=True)


class NoteSupporterReturned(Command):
    """赡养义务人返乡, for a while or for good."""

    NAME: ClassVar[str] = "supporter_returned"
    elder: Id
    supporter: Id
    on: Day
    kind: Literal["temporary", "permanent"] = Field(title="返乡种类")


class ChangeFacts(Command):
    """更新: the whole new value of each circumstance named."""

    NAME: ClassVar[str] = "change_facts"
    elder: Id
    living: Living | None = None
    health: list[HealthFact] | None = Field(default=None, max_length=MOST_WORDS)
    declined_institution: bool | None = None


class CorrectFacts(Command):
    """更正: what the register believed was wrong all along; the whole right value of each one given."""

    NAME: ClassVar[str] = "correct_facts"
    by: Id
    reason: Reason
    elder: Id
    born: Day | None = None
    sex: Literal["f", "m"] | None = None
    name: PersonNameIfAny | None = None
    citizen_number: CitizenNumber | None = None
    ethnic_group: ShortTextIfAny | None = None
    phone: PhoneIfAny | None = None
    address: ShortTextIfAny | None = None
    marital: ShortTextIfAny | None = None
    living: Living | None = None
    supporters: Annotated[list[CorrectedSupporter], AfterValidator(each_once)] = Field(
        default=[], max_length=MOST_SUPPORTERS
    )

    number_agrees = field_validator("citizen_number")(agreeing)

    def facts(self) -> dict[str, Any]:
        """What is given."""
        given = self.model_dump(mode="json", exclude={"by", "reason", "elder"}, exclude_none=True)
        if not self.supporters:
            return {field: value for field, value in given.items() if field != "supporters"}
        return given | {"supporters": [one.model_dump(mode="json") for one in self.supporters]}


class RemoveForError(Command):
    """误登注销: this person should never have been on the register."""

    NAME: ClassVar[str] = "remove_for_error"
    by: Id
    reason: Reason
    elder: Id


class UndoEnd(Command):
    """撤销注销: a death, a move or a removal was reported by mistake; on the register again from today."""

    NAME: ClassVar[str] = "undo_end"
    by: Id
    reason: Reason
    elder: Id


class Pair(Command):
    """结对: this carer from today."""

    NAME: ClassVar[str] = "pair"
    elder: Id
    carer: Id


class TransferElder(Command):
    """迁村: to another village or group of the township since `on`; the pairing ends unless a carer is named."""

    NAME: ClassVar[str] = "transfer"
    elder: Id
    village: Id
    group: GroupName
    on: Day
    carer: Id | None = None


class HandOver(Command):
    """交接: these elders (absent: every one of theirs) go from one carer to another since `on`, or none does."""

    NAME: ClassVar[str] = "hand_over"
    giver: Id
    taker: Id
    on: Day
    elders: list[Id] = Field(default=[], min_length=1, max_length=MOST_ELDERS)


class SearchDuplicates(Command):
    """查重: the whole register, by birth date."""

    NAME: ClassVar[str] = "search_duplicates"
    by: Id


class KeepApart(Command):
    """并非重复: somebody looked at two suspected entries, and they are two people."""

    NAME: ClassVar[str] = "keep_apart"
    by: Id
    reason: Reason
    elder: Id
    other: Id


class MergeElders(Command):
    """并档: two entries are one person; `kept` goes on, `merged` stays to be read."""

    NAME: ClassVar[str] = "merge"
    by: Id
    reason: Reason
    kept: Id
    merged: Id


class UndoMerge(Command):
    """撤销并档: they are two people after all."""

    NAME: ClassVar[str] = "undo_merge"
    by: Id
    reason: Reason
    merged: Id


class EnterInstitution(Command):
    """入住养老机构."""

    NAME: ClassVar[str] = "enter_institution"
    elder: Id
    on: Day


class LeaveInstitution(Command):
    """离开养老机构."""

    NAME: ClassVar[str] = "leave_institution"
    elder: Id
    on: Day


class NoteDeath(Command):
    """去世."""

    NAME: ClassVar[str] = "died"
    elder: Id
    on: Day


class NoteMove(Command):
    """迁出本乡."""

    NAME: ClassVar[str] = "moved_out"
    elder: Id
    on: Day
