"""Words of the registry: what is said about elders and those who owe them support."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.kernel.refusal import Refusal

TOWNSHIP = "township"
"""What an event of the whole township is about."""


class RefusalReason(StrEnum):
    """Why an enrolment is refused (不予建档)."""

    NO_SUPPORTERS = "no_supporters"
    UNDER_AGE = "under_age"


class LapseReason(StrEnum):
    """Why the left-behind status lapses (不再属于留守)."""

    PERMANENT_RETURN = "permanent_return"
    TEMPORARY_RETURN = "temporary_return"
    TEMPORARY_BECAME_PERMANENT = "temporary_became_permanent"
    CORRECTED = "corrected"


class EndReason(StrEnum):
    """Why a person leaves the register (注销)."""

    DIED = "died"
    MOVED_OUT = "moved_out"
    REMOVED_FOR_ERROR = "removed_for_error"


class ReturnKind(StrEnum):
    """A supporter's return: for a while (暂时返乡) or for good (长期返乡)."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class FigureKind(StrEnum):
    """填报数: coverage in per cent, money in yuan (section 7)."""

    TOWNSHIP_FACILITIES = "township_facilities"
    VILLAGE_FACILITIES = "village_facilities"
    SPECIAL_FUND_BUDGET = "special_fund_budget"
    SPECIAL_FUND_SPENT = "special_fund_spent"


class RegistryError(Refusal):
    """A command that the register cannot take; the message says what to do."""


class BackwardLeave(RegistryError):
    """请假结束早于开始：请核对两个日期 / The leave ends before it begins: check both dates."""


class NotACarer(RegistryError):
    """只有五类结对帮扶人可以结对、请假由他人代管、代管：请核对编号
    / Only the five roles of carers are paired, go on leave with a stand-in, and stand in: check the ids.
    """


class StandsInForThemselves(RegistryError):
    """代管人须是另一人：请核对两个编号
    / Whoever goes on leave needs somebody else to stand in: check both ids.
    """


class AlreadyOnLeave(RegistryError):
    """这些日期内已有请假：请先销假，或核对日期
    / There is a leave in these days already: end that one first, or check the dates.
    """


class StandInAway(RegistryError):
    """代管人这些日期内也在请假：请另选一人 / The stand-in is on leave in these days: name somebody else."""


class NotOnLeave(RegistryError):
    """当日没有请假：请核对编号和日期 / There is no leave on that day: check the id and the date."""


class StandsIn(RegistryError):
    """该工作人员届时正在为他人代管：请先结束那次请假，或改日期
    / They stand in for somebody on days when they would be away: end that leave first, or choose other days.
    """


class AlreadyOnRegister(RegistryError):
    """该老人已建档：请更新情况，不要重复建档
    / This elder is on the register already: change the facts instead of enrolling again.
    """


class NotOnRegister(RegistryError):
    """没有此编号的老人：请核对编号，或先建档
    / No elder with this id is on the register: check the id, or enrol them first.
    """


class MadeUpAndReal(RegistryError):
    """示范的登记册不能改作真实的，真实的也不能改作示范的：请另用一个数据目录（SHOUWANG_DATA）
    / What is made up never becomes real, nor what is real made up: use another data folder (SHOUWANG_DATA).
    """


class AlreadyOpened(RegistryError):
    """该村代码已启用：请核对代码 / A village with this code is opened already: check the code."""


class IdTaken(RegistryError):
    """此编号已用于乡、村或老人：请换一个编号
    / This id stands for the township, a village or an elder already, and what is owed goes by ids: use another.
    """


class ForeignVillage(RegistryError):
    """该村代码不属于本乡：请核对代码，或到所属乡设村
    / This village's code is not of this township: check the code, or open it in the township that it lies in.
    """


class UnknownVillage(RegistryError):
    """没有此代码的村：请核对代码，或先设村
    / No village with this code is opened: open the village first, or check the code.
    """


class StatusHasEnded(RegistryError):
    """该老人已注销：不能再登记；报错了的，请撤销注销
    / This elder's status has ended: nothing more can be entered for them, unless the end is taken back.
    """


class StatusHasNotEnded(RegistryError):
    """该老人并未注销：没有可撤销的注销 / This elder's status has not ended: there is no end to take back."""


class NotTheirsToUndo(RegistryError):
    """注销由村党总支/村委会或党群服务中心撤销：请由其办理
    / An end is taken back by the village lead or the party service centre: let one of them do so.
    """


class UnknownSupporter(RegistryError):
    """档案中没有此赡养义务人：请核对编号
    / No supporter with this id stands in the elder's file: check the id.
    """


class SupporterNotAway(RegistryError):
    """该赡养义务人并未外出：请先登记外出
    / This supporter is not away, so cannot return: enter the leaving first.
    """


class AlreadyTemporarilyBack(RegistryError):
    """该赡养义务人已登记暂时返乡：请登记长期返乡或外出
    / This supporter is back for a while already: enter a permanent return or a leaving.
    """


class InstitutionMismatch(RegistryError):
    """重复入住，或并未入住养老机构：请核对
    / Entering an institution twice, or leaving one that was not entered.
    """


class AlreadyThere(RegistryError):
    """该老人已住在此村此组：请核对村和组 / The elder lives in this village and group already: check both."""


class UnknownGroup(RegistryError):
    """该村没有此村小组：请核对组名 / The village has no group of this name: check the name."""


class BeforeThePairing(RegistryError):
    """现结对人在此日期之后才结对：请填写其照看期间的日期
    / The present carer was paired later than that: enter a day on which they cared for the elder.
    """


class NotTheirElder(RegistryError):
    """所列老人中有人不与移交人结对：请核对编号，或先结对
    / These are not paired with the carer who hands over: check their ids, or pair them first.
    """

    def __init__(self, *elders: str) -> None:
        super().__init__(f"{self.sentence()} {', '.join(elders)}" if elders else "")


class NobodyToHandOver(RegistryError):
    """没有老人与移交人结对：请核对其编号
    / Nobody is paired with the carer who hands over: check the carer's id.
    """


class SameCarer(RegistryError):
    """移交人与接收人是同一人：请核对两个编号
    / Whoever hands over and whoever takes over are one person: check both ids.
    """


class StillPaired(RegistryError):
    """还有老人与其结对：请先交接 / Elders would be without a carer: hand them over first."""

    def __init__(self, number: int = 0) -> None:
        super().__init__(f"{self.sentence()} {number} 位老人 elders" if number else "")


class NothingToCorrect(RegistryError):
    """登记册上已是如此：请核对要更正的内容 / The register says so already: check what is to be corrected."""


class NumberDisagrees(RegistryError):
    """更正后的出生日期或性别与身份证号码不符：请核对三者
    / Birth date or sex, as corrected, do not agree with the citizen number: check all three.
    """


class AlreadyEntered(RegistryError):
    """此编号已填报：请更正，或换一个编号
    / A figure with this id is entered already: correct it, or use a new id.
    """


class NoSuchFigure(RegistryError):
    """没有此编号的填报数：请核对编号，或先填报
    / No figure with this id was entered: check the id, or enter it.
    """


class NotForThisRole(RegistryError):
    """此角色不能填报全乡数据：请由有权填报的人员填报
    / Figures of the township are entered by other roles: let one of them enter it.
    """


class MergedEntry(RegistryError):
    """该档案已并入另一档案：请在保留的档案中登记，或撤销并档
    / This entry was merged into another: enter it there, or undo the merge.
    """

    def __init__(self, into: str = "") -> None:
        super().__init__(f"{self.sentence()} → {into}" if into else "")


class SameEntry(RegistryError):
    """两个编号是同一档案：请核对 / These are one entry: check both ids."""


class NotMerged(RegistryError):
    """该档案并未并入其他档案：请核对编号 / This entry was not merged into another: check the id."""


class NotSuspected(RegistryError):
    """这两份档案未被列为疑似重复：请核对两个编号
    / Nobody suspects these two to be one person: check both ids.
    """


class UnknownComparison(RegistryError):
    """没有此编号的比对：请核对编号 / There is no comparison with this id: check the id."""


class UnknownDifference(RegistryError):
    """该次比对没有此序号的差异：请核对序号
    / The comparison has no difference with this number: check the number.
    """


class AlreadyDecided(RegistryError):
    """该差异已有结论：确需改变的，请另行比对
    / This difference is decided already: make another comparison where it has to be decided anew.
    """

    def __init__(self, decision: str = "", by: str = "") -> None:
        super().__init__(f"{self.sentence()} → {decision}, {by}" if decision else "")


class NotYetHappened(RegistryError):
    """日期在将来：请在当天登记 / This is dated in the future: enter it on the day it happens."""


class BeforeBirth(RegistryError):
    """日期早于老人的出生日期：请核对日期和出生日期
    / This would have happened before the elder was born: check the date and the birth date.
    """


class BeforeEnrolment(RegistryError):
    """注销日期早于建档日期：请核对日期；建档前已不在的，请按误登注销
    / The end is dated before the enrolment: check the date; who was gone by then is removed for error.
    """


def refuse_future(on: date, at: datetime) -> None:
    """What has not happened yet cannot be entered."""
    if on > at.date():
        raise NotYetHappened


def refuse_outside_life(on: date, born: date, at: datetime) -> None:
    """A fact of somebody is dated from their birth until today (section 2, "Dates")."""
    refuse_future(on, at)
    if on < born:
        raise BeforeBirth


class NoSupporters(RegistryError):
    """没有赡养义务人：不属于留守老人，应按特困人员供养；不予建档，已记录在案
    / Nobody owes this person support: they are cared for as destitute (特困). The refusal is recorded.
    """


class UnderAge(RegistryError):
    """未满规定年龄：到龄后再建档；不予建档，已记录在案
    / This person is younger than the plan's age: enrol them when they reach it. The refusal is recorded.
    """


RECORDED: dict[RefusalReason, type[RegistryError]] = {
    RefusalReason.NO_SUPPORTERS: NoSupporters,
    RefusalReason.UNDER_AGE: UnderAge,
}
"""What whoever asked for an enrolment is told of its refusal."""


@dataclass(frozen=True)
class Supporter:
    """赡养义务人: away since `left_on` (None: in the county), perhaps back for a while since `back_on`."""

    id: str
    left_on: date | None
    back_on: date | None = None

    @property
    def is_away(self) -> bool:
        """Out of the county, a visit home not counted."""
        return self.left_on is not None

    def left(self, on: date) -> Supporter:
        """Leaves; one who was back for a while goes on being away since the first leaving."""
        return replace(self, left_on=self.left_on or on, back_on=None)

    def returned(self, kind: ReturnKind, on: date) -> Supporter:
        """Comes back, for a while or for good."""
        if kind is ReturnKind.TEMPORARY:
            return replace(self, back_on=on)
        return replace(self, left_on=None, back_on=None)


@dataclass(frozen=True)
class Contact:
    """联系方式: how a supporter is reached in an emergency, as last reported on `since`."""

    name: str
    relation: str
    phone: str
    whereabouts: str
    since: date


CORRECTABLE = (
    "born",
    "sex",
    "name",
    "citizen_number",
    "ethnic_group",
    "phone",
    "address",
    "marital",
    "living",
)
"""What of a registration form may be corrected, beside the supporters."""

CONTACT = ("name", "relation", "phone", "whereabouts")


def contacts_of(facts: dict[str, Any], since: date) -> dict[str, Contact]:
    """How a registration form says that the supporters are reached, by their ids."""
    return {
        row["id"]: Contact(*(row.get(field, "") for field in CONTACT), since=since)
        for row in facts["supporters"]
    }


def supporters_of(facts: dict[str, Any]) -> tuple[Supporter, ...]:
    """The supporters as a registration form, or a correction of it, names them."""
    rows = [(row["id"], row["left_county_on"]) for row in facts.get("supporters", ())]
    return tuple(Supporter(name, left and date.fromisoformat(left)) for name, left in rows)
