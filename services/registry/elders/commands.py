"""What the registry is asked to do."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from contracts.words import EvidenceName, HealthFact, Living, Role
from services.chassis.commands.command import Command
from services.chassis.commands.declared import Declared, Left, Line
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
from services.kernel.calendar import ONE_DAY
from services.kernel.roster import AlreadyAppointed, AppointmentOver, UnknownStaff
from services.registry.forms import CorrectedSupporter, Reason, SupporterRow, agreeing, each_once
from services.registry.terms import (
    AlreadyOnLeave,
    AlreadyOnRegister,
    AlreadyOpened,
    AlreadyTemporarilyBack,
    AlreadyThere,
    BackwardLeave,
    BeforeBirth,
    BeforeEnrolment,
    BeforeThePairing,
    EndReason,
    ForeignVillage,
    IdTaken,
    InstitutionMismatch,
    MergedEntry,
    NobodyToHandOver,
    NoSupporters,
    NotACarer,
    NothingToCorrect,
    NotMerged,
    NotOnLeave,
    NotOnRegister,
    NotSuspected,
    NotTheirElder,
    NotTheirsToUndo,
    NotYetHappened,
    NumberDisagrees,
    SameCarer,
    SameEntry,
    StandInAway,
    StandsIn,
    StandsInForThemselves,
    StatusHasEnded,
    StatusHasNotEnded,
    StillPaired,
    SupporterNotAway,
    UnderAge,
    UnknownGroup,
    UnknownSupporter,
    UnknownVillage,
)

MOST_GROUPS, MOST_WORDS, MOST_SUPPORTERS, MOST_ELDERS = 200, 20, 30, 500


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + ONE_DAY).isoformat()


STAFF = (UnknownStaff, AppointmentOver)
FILE = (NotOnRegister, StatusHasEnded, MergedEntry)
DATED = (NotYetHappened, BeforeBirth)


class OpenVillage(Command):
    """设村: a village committee and its groups; the first one opens the township."""

    NAME: ClassVar[str] = "open_village"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/villages",
        "设村 / open a village",
        {"village": "530323990201", "name": "平川村", "groups": ["一组", "二组"]},
        Left("registry.VillageOpened"),
        (AlreadyOpened, IdTaken, ForeignVillage),
        about="village",
    )
    village: Id = Field(title="村代码")
    name: ShortTextIfAny = Field(title="村名")
    groups: list[GroupName] = Field(max_length=MOST_GROUPS)


class Appoint(Command):
    """任用: a person holds a role, for a village or for the township."""

    NAME: ClassVar[str] = "appoint"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/staff",
        "任用 / appoint somebody to a role",
        {"staff": "w-011", "role": "grid_worker", "village": "530323990201"},
        Left("kernel.StaffAppointed"),
        (UnknownVillage, AlreadyAppointed),
        about="staff",
    )
    staff: Id
    role: Role
    village: Id | None = None


class GoOnLeave(Command):
    """请假: a carer is away from `begins` to `ends`, both counted, and another carer owes meanwhile."""

    NAME: ClassVar[str] = "go_on_leave"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/staff/{staff}/leaves",
        "请假 / a carer's leave, both days counted; the stand-in is told and owes meanwhile",
        {"stand_in": "w-012", "begins": "2024-03-01", "ends": "2024-03-15"},
        Left("kernel.LeaveNoted"),
        (*STAFF, BackwardLeave, StandsInForThemselves, NotACarer, AlreadyOnLeave, StandInAway, StandsIn),
        about="staff",
    )
    staff: Id
    stand_in: Id
    begins: Day
    ends: Day


class ReturnFromLeave(Command):
    """销假: back on this day, earlier than was said."""

    NAME: ClassVar[str] = "return_from_leave"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/staff/{staff}/return",
        "销假 / back from a leave on this day, earlier than was said",
        {"on": "2024-03-01"},
        Left("kernel.LeaveCutShort", said={"on": lambda event: _day_after(event.ends)}),
        (*STAFF, NotYetHappened, NotOnLeave),
        about="staff",
    )
    staff: Id
    on: Day


class EndAppointment(Command):
    """离任: `on` is the last day on which they hold their role."""

    NAME: ClassVar[str] = "end_appointment"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/staff/{staff}/ending",
        "离任 / the last day of an appointment; refused while elders are paired with them",
        {"on": "2024-03-01"},
        Left("kernel.AppointmentEnded", said={"on": "last_day"}),
        (*STAFF, NotYetHappened, StillPaired, StandsIn),
        about="staff",
    )
    staff: Id
    on: Day


class Enrol(Command):
    """建档: what the registration form (登记表) says of one person."""

    NAME: ClassVar[str] = "enrol"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders",
        "建档 / enrol; where a rule is not met that is recorded and answered 422, `recorded`",
        {
            "elder": "E0001",
            "born": "1950-04-12",
            "sex": "f",
            "village": "530323990201",
            "group": "一组",
            "living": "alone",
            "evidence": ["economic_hardship"],
            "health": ["hypertension"],
            "declined_institution": False,
            "supporters": [{"id": "S1", "left_county_on": "2023-02-01"}],
            "carer": "w-011",
        },
        Left(
            "registry.ElderEnrolled",
            also=("registry.EnrolmentRefused",),
            only=lambda event: "born" in event.facts,
        ),
        (
            *STAFF,
            *DATED,
            UnknownVillage,
            UnknownGroup,
            IdTaken,
            NotACarer,
            AlreadyOnRegister,
            StatusHasEnded,
            NoSupporters,
            UnderAge,
        ),
        line=Line(
            (
                "elder",
                "born",
                "sex",
                "village",
                "group",
                "living",
                "evidence",
                "health",
                "declined_institution",
                "supporters",
                "carer",
            ),
            is_whole=lambda given: given.get("carer") is not None,
        ),
    )
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
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/supporters/{supporter}/leaving",
        "赡养义务人外出 / a supporter left",
        {"on": "2024-03-01"},
        Left("registry.SupporterLeft"),
        (*FILE, *DATED, UnknownSupporter),
    )
    elder: Id
    supporter: Id
    on: Day


class ReportContact(Command):
    """联系方式: how a supporter is reached and where they are, as reported; the whole new value of each one given."""

    NAME: ClassVar[str] = "report_contact"
    DECLARED: ClassVar[Declared] = Declared(
        "PATCH",
        "/elders/{elder}/supporters/{supporter}/contact",
        "联系方式 / how a supporter is reached and where they are: each named one gets its whole new value",
        {"phone": "13800000000", "whereabouts": "广东省东莞市"},
        Left("registry.ContactReported"),
        (*FILE, UnknownSupporter),
        accepted=200,
    )
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
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/supporters/{supporter}/return",
        "赡养义务人返乡 / a supporter came back",
        {"on": "2024-03-01", "kind": "temporary"},
        Left("registry.SupporterReturned"),
        (*FILE, *DATED, UnknownSupporter, SupporterNotAway, AlreadyTemporarilyBack),
    )
    elder: Id
    supporter: Id
    on: Day
    kind: Literal["temporary", "permanent"] = Field(title="返乡种类")


class ChangeFacts(Command):
    """更新: the whole new value of each circumstance named."""

    NAME: ClassVar[str] = "change_facts"
    DECLARED: ClassVar[Declared] = Declared(
        "PATCH",
        "/elders/{elder}/facts",
        "更新情况 / circumstances changed: each named one gets its whole new value",
        {"living": "couple", "health": ["type2_diabetes"]},
        Left("registry.FactsChanged"),
        FILE,
        accepted=200,
        line=Line(is_whole=lambda given: len(given) > 1 and None not in given.values()),
    )
    elder: Id
    living: Living | None = None
    health: list[HealthFact] | None = Field(default=None, max_length=MOST_WORDS)
    declined_institution: bool | None = None


class CorrectFacts(Command):
    """更正: what the register believed was wrong all along; the whole right value of each one given."""

    NAME: ClassVar[str] = "correct_facts"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/corrections",
        "更正 / what was believed was wrong all along; it is kept, and decided again from today",
        {
            "by": "w-001",
            "reason": "户口簿核对 / the household book",
            "born": "1951-04-12",
            "supporters": [{"id": "S1", "left_county_on": "2023-05-01"}],
        },
        Left("registry.FactsCorrected"),
        (*STAFF, *FILE, *DATED, NothingToCorrect, NumberDisagrees),
        line=Line(("elder", "by", "reason", "born", "sex", "living", "supporters")),
    )
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
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/removal",
        "误登注销 / should never have been on the register",
        {"by": "w-001", "reason": "非本乡户籍 / lives elsewhere"},
        Left(
            "registry.StatusEnded",
            said={"reason": "note"},
            only=lambda event: event.reason == EndReason.REMOVED_FOR_ERROR,
        ),
        (*STAFF, *FILE, BeforeEnrolment),
    )
    by: Id
    reason: Reason
    elder: Id


class UndoEnd(Command):
    """撤销注销: a death, a move or a removal was reported by mistake; on the register again from today."""

    NAME: ClassVar[str] = "undo_end"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/end/undoing",
        "撤销注销 / a death, a move or a removal was reported by mistake; on the register again from today",
        {"by": "w-001", "reason": "报错了人 / another person"},
        Left("registry.EndUndone"),
        (*STAFF, NotOnRegister, NotTheirsToUndo, StatusHasNotEnded),
    )
    by: Id
    reason: Reason
    elder: Id


class Pair(Command):
    """结对: this carer from today."""

    NAME: ClassVar[str] = "pair"
    DECLARED: ClassVar[Declared] = Declared(
        "PUT",
        "/elders/{elder}/carer",
        "结对 / pair a carer from today",
        {"carer": "w-012"},
        Left("registry.CarerPaired", only=lambda event: event.giver is None),
        (*STAFF, *FILE, NotACarer),
        accepted=200,
    )
    elder: Id
    carer: Id


class TransferElder(Command):
    """迁村: to another village or group of the township since `on`; the pairing ends unless a carer is named."""

    NAME: ClassVar[str] = "transfer"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/transfer",
        "迁村 / lives in another village or group since a day; the pairing ends unless a carer is named",
        {"on": "2024-03-01", "village": "530323990202", "group": "三组", "carer": "w-021"},
        Left("registry.ElderTransferred", said={"on": "since"}),
        (
            *STAFF,
            *FILE,
            NotACarer,
            UnknownVillage,
            UnknownGroup,
            NotYetHappened,
            BeforeThePairing,
            AlreadyThere,
        ),
    )
    elder: Id
    village: Id
    group: GroupName
    on: Day
    carer: Id | None = None


class HandOver(Command):
    """交接: these elders (absent: every one of theirs) go from one carer to another since `on`, or none does."""

    NAME: ClassVar[str] = "hand_over"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/handovers",
        "交接 / elders go from one carer to another; without `elders` every one of theirs",
        {"on": "2024-03-01", "giver": "w-011", "taker": "w-012", "elders": ["E0001", "E0002"]},
        Left(
            "registry.CarerPaired",
            said={"taker": "carer", "on": "since", "elders": lambda event: [event.subject]},
            only=lambda event: event.giver is not None,
        ),
        (
            *STAFF,
            *FILE,
            NotACarer,
            SameCarer,
            NobodyToHandOver,
            NotTheirElder,
            NotYetHappened,
            BeforeThePairing,
        ),
        about="giver",
    )
    giver: Id
    taker: Id
    on: Day
    elders: list[Id] = Field(default=[], min_length=1, max_length=MOST_ELDERS)


class SearchDuplicates(Command):
    """查重: the whole register, by birth date."""

    NAME: ClassVar[str] = "search_duplicates"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/duplicates/search",
        "查重 / look for entries of one person in the whole register",
        {"by": "w-001"},
        Left(
            "registry.DuplicateSuspected",
            said={"by": "searched_by"},
            only=lambda event: event.searched_by is not None,
        ),
        STAFF,
        about="",
    )
    by: Id


class KeepApart(Command):
    """并非重复: somebody looked at two suspected entries, and they are two people."""

    NAME: ClassVar[str] = "keep_apart"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/duplicates/{elder}/{other}/keeping",
        "并非重复 / somebody looked: they are two people",
        {"by": "w-001", "reason": "同名不同人 / namesakes"},
        Left("registry.KeptApart"),
        (*STAFF, NotSuspected),
    )
    by: Id
    reason: Reason
    elder: Id
    other: Id


class MergeElders(Command):
    """并档: two entries are one person; `kept` goes on, `merged` stays to be read."""

    NAME: ClassVar[str] = "merge"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/merges",
        "并档 / two entries are one person: `kept` goes on, `merged` stays to be read",
        {"by": "w-001", "reason": "同一人 / one person", "kept": "E0001", "merged": "E0002"},
        Left("registry.ElderMerged", said={"kept": "into"}),
        (*STAFF, *FILE, SameEntry),
        about="merged",
    )
    by: Id
    reason: Reason
    kept: Id
    merged: Id


class UndoMerge(Command):
    """撤销并档: they are two people after all."""

    NAME: ClassVar[str] = "undo_merge"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/merges/{merged}/undoing",
        "撤销并档 / two people after all: what was owed is owed again",
        {"by": "w-001", "reason": "不是同一人 / two people"},
        Left("registry.MergeUndone"),
        (*STAFF, NotOnRegister, NotMerged),
        about="merged",
    )
    by: Id
    reason: Reason
    merged: Id


class EnterInstitution(Command):
    """入住养老机构."""

    NAME: ClassVar[str] = "enter_institution"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/institution",
        "入住养老机构 / entered an institution",
        {"on": "2024-03-01"},
        Left("registry.InstitutionEntered"),
        (*FILE, *DATED, InstitutionMismatch),
    )
    elder: Id
    on: Day


class LeaveInstitution(Command):
    """离开养老机构."""

    NAME: ClassVar[str] = "leave_institution"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/institution/leaving",
        "离开养老机构 / left it",
        {"on": "2024-03-01"},
        Left("registry.InstitutionLeft"),
        (*FILE, *DATED, InstitutionMismatch),
    )
    elder: Id
    on: Day


class NoteDeath(Command):
    """去世."""

    NAME: ClassVar[str] = "died"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/death",
        "去世 / died",
        {"on": "2024-03-01"},
        Left("registry.StatusEnded", only=lambda event: event.reason == EndReason.DIED),
        (*FILE, NotYetHappened, BeforeEnrolment),
    )
    elder: Id
    on: Day


class NoteMove(Command):
    """迁出本乡."""

    NAME: ClassVar[str] = "moved_out"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/move",
        "迁出本乡 / moved out of the township",
        {"on": "2024-03-01"},
        Left("registry.StatusEnded", only=lambda event: event.reason == EndReason.MOVED_OUT),
        (*FILE, NotYetHappened, BeforeEnrolment),
    )
    elder: Id
    on: Day
