"""What visits is asked to do."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from contracts.words import AbsenceReason, IncidentKind, NeedKind, ProblemKind
from services.chassis.commands.command import Command
from services.chassis.commands.declared import Batch, Declared, Left, Line
from services.chassis.commands.fields import Day, Id, IdIfAny, LongText, PersonNameIfAny, Subject
from services.kernel import terms
from services.kernel.roster import AppointmentOver, UnknownStaff
from services.visits.terms import (
    AfterTheEnd,
    AlreadyFiled,
    AlreadyHandled,
    AlreadyMet,
    AlreadySigned,
    BackwardAbsence,
    BackwardDeadline,
    BackwardTerm,
    BeforeBirth,
    ConflictingVisit,
    LongAbsence,
    MergedEntry,
    NeedTwice,
    NoAgreement,
    NoSuchVisit,
    NotAtThisStage,
    NotForCarers,
    NotOnRegister,
    NotOwedHere,
    NotTheDesk,
    NotThisUnit,
    NotVerifier,
    NotYetHappened,
    ProblemTwice,
    ReferralOpen,
    SameHand,
    StatusEnded,
    UnitsPending,
    UnknownAbsence,
    UnknownNeed,
    UnknownProblem,
    UnknownSubject,
    UnknownUnit,
    WrongRole,
    WrongRoleForDuty,
)

MOST_WORDS = 20
VisitWork = Literal[
    "talked",
    "tidied",
    "measured_blood_pressure",
    "checked_medicine",
    "checked_safety",
    "called_family",
    "delivered_goods",
    "explained_policy",
]
"""走访内容: 谈心, 打扫, 量血压, 查看用药, 查看用火用电, 联系家人, 送物资, 讲政策."""

Mood = Literal["good", "low", "anxious", "confused"]
"""精神状态: 良好, 低落, 焦虑, 意识不清."""

Finding = Literal[
    "unwell", "injured", "house_unsafe", "short_of_food", "short_of_medicine", "lonely", "strangers_selling"
]
"""走访发现: 身体不适, 受伤, 住房安全隐患, 缺粮, 缺药, 孤独, 有人上门推销."""

SeenEvidence = Literal[
    "guardianship_failure",
    "incapacity",
    "major_illness",
    "abuse_or_abandonment",
    "violence",
    "economic_hardship",
    "disability",
    "intellectual_impairment",
    "insufficient_daily_care",
]
"""走访见到的依据: every evidence but age, which follows from the birth date."""


def _is_none(value: object) -> bool:
    """What was not said is left out, so that a form sent again is the same after a field was added."""
    return value is None


def _is_empty(value: object) -> bool:
    """As `_is_none`."""
    return value in ("", [])


def _is_other(value: object) -> bool:
    """As `_is_none`."""
    return value == "other"


def _each_once(names: list[Any]) -> list[Any]:
    """The same names in another order are the same visit."""
    return sorted(set(names))


STAFF = (UnknownStaff, AppointmentOver)
RECORD = (NotOnRegister, MergedEntry)
DATED = (NotYetHappened, BeforeBirth, AfterTheEnd)
REGISTERED = (*RECORD, *DATED, StatusEnded)
STEP = (*STAFF, UnknownProblem, NotAtThisStage)


class RecordVisit(Command):
    """走访登记: one visit of one elder, in person or by phone or video; `evidence` is what was seen on it, 二(四)."""

    NAME: ClassVar[str] = "visit"
    DECLARED: ClassVar[Declared] = Declared(
        "PUT",
        "/visits/{visit}",
        "走访登记 / record a visit; its id makes it one; evidence seen grades at once, findings open matters",
        {
            "elder": "E0001",
            "by": "w-011",
            "on": "2024-03-01",
            "mode": "in_person",
            "check_up": False,
            "confirms_facts": True,
            "done": ["talked"],
            "findings": ["lonely"],
            "evidence": ["insufficient_daily_care"],
        },
        Left("visits.VisitRecorded"),
        (*STAFF, *RECORD, *DATED, ConflictingVisit),
        line=Line(("visit", "elder", "by", "on", "mode", "check_up", "confirms_facts", "evidence")),
        batch=Batch(
            "/visits/batch",
            "离线补传 / an offline phone's upload: each visit is answered by itself, in order",
            items="visits",
            id_field="visit",
        ),
        makes="visit",
    )
    visit: Id
    elder: Id
    by: Id
    on: Day
    mode: Literal["in_person", "phone", "video"]
    check_up: bool
    confirms_facts: bool
    done: list[VisitWork] | None = Field(max_length=MOST_WORDS, default=None, exclude_if=_is_none)
    mood: Mood | None = Field(default=None, exclude_if=_is_none)
    findings: list[Finding] | None = Field(max_length=MOST_WORDS, default=None, exclude_if=_is_none)
    evidence: Annotated[list[SeenEvidence], AfterValidator(_each_once)] = Field(
        default=[], max_length=MOST_WORDS, exclude_if=_is_empty
    )

    @property
    def key(self) -> str:
        """The phone's id of the visit: sent twice, it is one visit."""
        return f"visit:{self.visit}"

    def content(self) -> dict[str, Any]:
        """What is kept of the visit in the care record."""
        return self.model_dump(mode="json", exclude={"visit", "elder"})


class ReviewLivingSecurity(Command):
    """生活保障评估."""

    NAME: ClassVar[str] = "review_living_security"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/living-security-reviews",
        "生活保障评估 / review the living security",
        {"by": "w-031", "on": "2024-03-01"},
        Left("visits.LivingSecurityReviewed"),
        (*STAFF, *REGISTERED, WrongRole),
    )
    elder: Id
    by: Id
    on: Day


class SignAgreement(Command):
    """签订委托照顾协议: the day it was signed, its term and its parties as far as they are known.

    `supporter` is their id in the registry, `caretaker` an id or a masked name, `relation` what they are to the elder.
    """

    NAME: ClassVar[str] = "sign_agreement"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/agreements",
        "签订委托照顾协议 / sign the care agreement; term and parties as far as they are known",
        {
            "by": "w-011",
            "on": "2024-03-01",
            "begins": "2024-03-01",
            "ends": "2025-02-28",
            "supporter": "S1",
            "caretaker": "李**",
            "relation": "侄子",
        },
        Left(
            "visits.AgreementSigned",
            said={"begins": lambda event: event.begins if event.begins != event.signed_on else None},
        ),
        (*REGISTERED, BackwardTerm, AlreadySigned),
        line=Line(("elder", "by", "on")),
    )
    elder: Id
    by: Id
    on: Day
    begins: Day | None = Field(default=None, exclude_if=_is_none)
    ends: Day | None = Field(default=None, exclude_if=_is_none)
    supporter: IdIfAny = Field(default="", exclude_if=_is_empty)
    caretaker: PersonNameIfAny = Field(default="", exclude_if=_is_empty)
    relation: PersonNameIfAny = Field(default="", exclude_if=_is_empty)

    @property
    def parties(self) -> dict[str, str]:
        """Between whom it is."""
        return {"supporter": self.supporter, "caretaker": self.caretaker, "relation": self.relation}


class FileAgreement(Command):
    """协议报备: the agreement that stands was filed with the township."""

    NAME: ClassVar[str] = "file_agreement"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/agreements/filing",
        "协议报备 / the agreement that stands is filed",
        {"by": "w-011", "on": "2024-03-01"},
        Left("visits.AgreementFiled"),
        (*STAFF, *REGISTERED, NoAgreement, AlreadyFiled),
    )
    elder: Id
    by: Id
    on: Day


class NoteAbsence(Command):
    """外出: in hospital, with the children or elsewhere, both days counted."""

    NAME: ClassVar[str] = "absent"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/absences",
        "外出 / away, both days counted",
        {"begins": "2024-03-01", "ends": "2024-03-09", "reason": "hospital"},
        Left("visits.AbsenceNoted"),
        (*RECORD, StatusEnded, BackwardAbsence, BeforeBirth, LongAbsence),
        line=Line(("elder", "begins", "ends"), called={"from": "begins", "to": "ends"}),
    )
    elder: Id
    begins: Day
    ends: Day
    reason: AbsenceReason = Field(default="other", exclude_if=_is_other)


class CorrectAbsence(Command):
    """外出更正: the absence that begins on `begins` ends on `ends`."""

    NAME: ClassVar[str] = "correct_absence"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/absences/{begins}/correction",
        "外出更正 / the absence that began that day ends on another",
        {"ends": "2024-03-06"},
        Left("visits.AbsenceCorrected"),
        (*RECORD, UnknownAbsence, BackwardAbsence, BeforeBirth, LongAbsence),
    )
    elder: Id
    begins: Day
    ends: Day


class NoteNeed(Command):
    """发现需求: of a kind; the text stays in visits' own log."""

    NAME: ClassVar[str] = "need"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/needs",
        "发现需求 / something that the elder needs",
        {"need": "N-2024-0001", "kind": "meals", "text": "中午无人做饭", "by": "w-011", "on": "2024-03-01"},
        Left("visits.NeedFound", only=lambda event: not event.findings),
        (*STAFF, *REGISTERED, NeedTwice),
        makes="need",
    )
    need: Id
    elder: Id
    kind: NeedKind
    by: Id
    on: Day
    text: LongText


class MeetNeed(Command):
    """需求办结: what was done about it."""

    NAME: ClassVar[str] = "meet_need"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/needs/{need}/meeting",
        "需求办结 / what was needed was met",
        {"text": "已安排助餐点送饭", "by": "w-011", "on": "2024-03-01"},
        Left("visits.NeedMet"),
        (*STAFF, *REGISTERED, UnknownNeed, AlreadyMet),
    )
    need: Id
    elder: Id
    by: Id
    on: Day
    text: LongText


class ReportIncident(Command):
    """上报突发事件: one of the thirteen urgent kinds (section 5), in the shortest form."""

    NAME: ClassVar[str] = "incident"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/incidents",
        "上报突发事件 / report an incident",
        {"incident": "I-2024-0001", "kind": "fall"},
        Left(
            "visits.IncidentReported",
            said={"incident": "problem"},
            only=lambda event: not event.by and event.kind != terms.ProblemKind.REFERRAL,
        ),
        (*RECORD, StatusEnded, ProblemTwice),
        makes="incident",
    )
    incident: Id
    elder: Id
    kind: IncidentKind


class OpenProblem(Command):
    """发现问题: of any kind, found on `on`; `visit` where it was found on one. The text stays in visits' own log."""

    NAME: ClassVar[str] = "problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/elders/{elder}/problems",
        "发现问题 / a problem was found, on a visit or otherwise; an incident is one too",
        {
            "problem": "P-2024-0001",
            "kind": "housing",
            "text": "屋顶漏雨",
            "visit": "V-3f2a",
            "by": "w-011",
            "on": "2024-03-01",
        },
        Left(
            "visits.IncidentReported",
            said={"visit": lambda event: event.visit or None},
            only=lambda event: bool(event.by) and not event.findings,
        ),
        (*STAFF, *REGISTERED, NoSuchVisit, ProblemTwice, ReferralOpen),
        makes="problem",
    )
    problem: Id
    elder: Id
    kind: ProblemKind
    by: Id
    on: Day
    text: LongText
    visit: Id | None = None


class OfProblem(Command):
    """A step with one problem, by one of the staff."""

    problem: Id
    by: Id


class AcceptProblem(OfProblem):
    """受理: the one desk takes it in."""

    NAME: ClassVar[str] = "accept_problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/acceptance",
        "受理 / the one desk takes it in",
        {"by": "w-031"},
        Left("visits.ProblemAccepted"),
        (*STEP, NotTheDesk),
        about="problem",
    )


class HandProblem(OfProblem):
    """交办: to one or more units, by `due` or by what the policy says."""

    NAME: ClassVar[str] = "hand_problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/units",
        "交办 / hand it to one or more units",
        {"by": "w-031", "units": ["housing", "village_lead"], "due": "2024-03-20"},
        Left("visits.ProblemHanded", only=lambda event: bool(event.by)),
        (*STEP, NotTheDesk, UnknownUnit, NotForCarers, BackwardDeadline, AlreadyHandled),
        about="problem",
    )
    units: list[Id] = Field(min_length=1, max_length=MOST_WORDS)
    due: Day | None = None


class HandleProblem(OfProblem):
    """办理: what one unit did."""

    NAME: ClassVar[str] = "handle_problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/units/{unit}/handling",
        "办理 / what one unit did",
        {"by": "w-031", "text": "已修缮"},
        Left("visits.ProblemHandled"),
        (*STEP, NotThisUnit, AlreadyHandled),
        about="problem",
    )
    unit: Id
    text: LongText


class NoteProgress(OfProblem):
    """办理进展: how far one unit has come; no last day changes by it."""

    NAME: ClassVar[str] = "note_progress"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/units/{unit}/progress",
        "办理进展 / how far one unit has come with its part; no last day changes by it",
        {"by": "w-031", "text": "已联系施工队，周三进场"},
        Left("visits.ProblemProgressNoted"),
        (*STEP, NotThisUnit, AlreadyHandled),
        about="problem",
    )
    unit: Id
    text: LongText


class CloseProblem(OfProblem):
    """办结: with its solution (解决方案)."""

    NAME: ClassVar[str] = "close_problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/closing",
        "办结 / closed with its solution",
        {"by": "w-031", "text": "屋顶已翻修"},
        Left("visits.ProblemClosed"),
        (*STEP, NotTheDesk, UnitsPending),
        about="problem",
    )
    text: LongText


class VerifyProblem(OfProblem):
    """核实: by somebody other than who closed it."""

    NAME: ClassVar[str] = "verify_problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/verification",
        "核实 / verified by somebody other than who closed it",
        {"by": "w-031"},
        Left("visits.ProblemVerified"),
        (*STEP, NotVerifier, SameHand),
        about="problem",
    )


class ReopenProblem(OfProblem):
    """重新办理: with the reason."""

    NAME: ClassVar[str] = "reopen_problem"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/problems/{problem}/reopening",
        "重新办理 / not solved, with the reason",
        {"by": "w-031", "text": "雨后仍漏"},
        Left("visits.ProblemReopened"),
        (*STEP, NotVerifier, ReferralOpen),
        about="problem",
    )
    text: LongText


class DoDuty(Command):
    """办结村、组、乡的工作: a duty of a village, a village group or the township is done."""

    NAME: ClassVar[str] = "duty_done"
    DECLARED: ClassVar[Declared] = Declared(
        "POST",
        "/duties",
        "办结工作 / a duty of a village, a group or the township is done",
        {"duty": "group_activity", "subject": "530323990201/一组", "by": "w-011", "on": "2024-03-01"},
        Left("visits.DutyDone"),
        (*STAFF, UnknownSubject, NotYetHappened, NotOwedHere, WrongRoleForDuty),
        about="subject",
    )
    duty: Id
    subject: Subject
    by: Id
    on: Day
