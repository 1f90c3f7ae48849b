"""What the registry tells: who lives here, who supports them, who cares for them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from contracts.base import Told
from contracts.words import (
    EndReason,
    EvidenceName,
    HealthFact,
    LapseReason,
    Living,
    RefusalReason,
    ReturnKind,
    Role,
    Sex,
)


class VillageOpened(Told):
    """设村: a village committee and its groups are on the books, and duties begin for them."""

    TYPE: ClassVar[str] = "registry.VillageOpened"
    village: str
    name: str
    groups: list[str]


class StaffAppointed(Told):
    """任用: a person holds a role, for a village or (no village) for the township."""

    TYPE: ClassVar[str] = "registry.StaffAppointed"
    staff: str
    role: Role
    village: str | None


class LeaveNoted(Told):
    """请假: `stand_in` owes instead of `staff` from `begins` to `ends`; of one `begins` the last told `ends` counts."""

    TYPE: ClassVar[str] = "registry.LeaveNoted"
    staff: str
    stand_in: str
    begins: date
    ends: date


class AppointmentEnded(Told):
    """离任: a person held their role to the end of `last_day`."""

    TYPE: ClassVar[str] = "registry.AppointmentEnded"
    staff: str
    last_day: date


class ElderEnrolled(Told):
    """建档: an elder is on the register, with the facts of the form that others judge by, 三(一)2."""

    TYPE: ClassVar[str] = "registry.ElderEnrolled"
    elder: str
    masked_name: str
    born: date
    sex: Sex
    village: str
    group: str
    living: Living
    health: list[HealthFact]
    declined_institution: bool
    evidence: list[EvidenceName]
    carer: str | None


class EnrolmentRefused(Told):
    """不予建档: a person was not taken onto the register, for the reason given, 一(三)."""

    TYPE: ClassVar[str] = "registry.EnrolmentRefused"
    elder: str
    reason: RefusalReason


class LeftBehindCertified(Told):
    """认定: from this day the elder is left behind; `spell` counts certifications from 1, 一(三)."""

    TYPE: ClassVar[str] = "registry.LeftBehindCertified"
    elder: str
    spell: int


class StatusLapsed(Told):
    """不再属于留守: a supporter's return ended this spell; the elder stays on the register, 一(三)."""

    TYPE: ClassVar[str] = "registry.StatusLapsed"
    elder: str
    spell: int
    reason: LapseReason


class StatusEnded(Told):
    """注销: the elder left the register by death, by moving away or as an error, on the day `happened_on`."""

    TYPE: ClassVar[str] = "registry.StatusEnded"
    elder: str
    reason: EndReason
    happened_on: date


class EndUndone(Told):
    """撤销注销: the end was reported by mistake; on the register again from today, certified anew if at all, 一(三)."""

    TYPE: ClassVar[str] = "registry.EndUndone"
    elder: str
    by: str


class FactsChanged(Told):
    """更新: circumstances as they are now, the whole new value of each one that is given, 三(一)2."""

    TYPE: ClassVar[str] = "registry.FactsChanged"
    elder: str
    living: Living | None = None
    health: list[HealthFact] | None = None
    declined_institution: bool | None = None


class FactsCorrected(Told):
    """更正: what was believed of an elder was wrong all along, and is so instead; none: as it was, 三(一)2."""

    TYPE: ClassVar[str] = "registry.FactsCorrected"
    elder: str
    by: str
    masked_name: str | None = None
    born: date | None = None
    sex: Sex | None = None
    living: Living | None = None


class ElderMerged(Told):
    """并档: this entry is the same person as `into`; what is owed for it ends, its history stays."""

    TYPE: ClassVar[str] = "registry.ElderMerged"
    elder: str
    into: str
    by: str


class MergeUndone(Told):
    """撤销并档: this entry is another person than `into` after all, and stands again as it stood."""

    TYPE: ClassVar[str] = "registry.MergeUndone"
    elder: str
    into: str
    by: str


class CarerPaired(Told):
    """结对: this carer is the elder's since `since`, none meaning `on` (人盯人), 二(三)2."""

    TYPE: ClassVar[str] = "registry.CarerPaired"
    elder: str
    carer: str
    since: date | None = None


class PairingEnded(Told):
    """结对终止: the carer has left the service, and nobody is paired with the elder since `since`, 二(三)2."""

    TYPE: ClassVar[str] = "registry.PairingEnded"
    elder: str
    since: date


class ElderTransferred(Told):
    """迁村: since `since` the elder lives in this village and group; none pairs nobody there, 二(三)2."""

    TYPE: ClassVar[str] = "registry.ElderTransferred"
    elder: str
    village: str
    group: str
    carer: str | None
    since: date


class InstitutionEntered(Told):
    """入住养老机构: the elder lives in an institution, and what is owed at home ends."""

    TYPE: ClassVar[str] = "registry.InstitutionEntered"
    elder: str


class InstitutionLeft(Told):
    """离开养老机构: the elder lives at home again, and what is owed there begins again."""

    TYPE: ClassVar[str] = "registry.InstitutionLeft"
    elder: str


class SupporterLeft(Told):
    """外出: a supporter (赡养义务人) left the county on `left_on`, 一(三)."""

    TYPE: ClassVar[str] = "registry.SupporterLeft"
    elder: str
    supporter: str
    left_on: date


class SupporterReturned(Told):
    """返乡: a supporter came back on `returned_on`; `counts_as` is what the rules make of it, 一(三)."""

    TYPE: ClassVar[str] = "registry.SupporterReturned"
    elder: str
    supporter: str
    returned_on: date
    kind: ReturnKind
    counts_as: ReturnKind


class DayTurned(Told):
    """换日: the registry has done for a partition what time alone brought up to the start of `day`."""

    TYPE: ClassVar[str] = "registry.DayTurned"
    day: date
    partition: int
