"""The stored events of a care record that are no visits and no duties: agreements, absences, needs, referrals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from services.kernel.calendar import ONE_DAY
from services.visits.care.events import CareEvent, register
from services.visits.terms import Absence, day_of

if TYPE_CHECKING:
    from services.visits.agreements.domain import Papers
    from services.visits.care.domain import CareRecord


class AgreementSigned(CareEvent):
    """签订委托照顾协议: on `signed_on`, for a term from `begins` to `ends` (none: without end), between its parties."""

    TOPIC = "visits.AgreementSigned"
    class_version = 2
    signed_on: str
    by: str
    begins: str
    ends: str | None
    supporter: str
    caretaker: str
    relation: str

    def apply(self, aggregate: Papers) -> None:
        """Stands from its first day; a renewal takes the place of what runs out, perhaps after a gap."""
        begins, runs = date.fromisoformat(self.begins), aggregate.signed_on is not None
        before = aggregate.agreement_ends if runs else None
        if begins > date.fromisoformat(self.on) and (before is None or begins > before + ONE_DAY):
            aggregate.gaps.append((before, begins, self.by))
        aggregate.signed_on = date.fromisoformat(self.signed_on)
        aggregate.agreement_ends = day_of(self.ends)
        aggregate.is_filed = False

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 knew neither term nor parties."""
        state |= {
            "begins": state["signed_on"],
            "ends": None,
            "supporter": "",
            "caretaker": "",
            "relation": "",
        }


class AgreementFiled(CareEvent):
    """协议报备: filed with the township on `filed_on`."""

    TOPIC = "visits.AgreementFiled"
    filed_on: str
    by: str

    def apply(self, aggregate: Papers) -> None:
        """Once an agreement."""
        aggregate.is_filed = True


class AgreementEnded(CareEvent):
    """协议到期: its term was over by `ends`, and none followed at once; one signed already `follows_on` a day."""

    TOPIC = "visits.AgreementEnded"
    class_version = 2
    ends: str
    follows_on: str | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Of version 1 none followed."""
        state["follows_on"] = None

    def apply(self, aggregate: Papers) -> None:
        """None stands; where one follows, none is owed either."""
        if self.follows_on is None:
            aggregate.signed_on = aggregate.agreement_ends = None
        else:
            _, begins, by = aggregate.gaps[0]
            aggregate.gaps[0] = (None, begins, by)


class AgreementBegan(CareEvent):
    """协议生效: from this day, its first, an agreement stands that was signed earlier, by `by`."""

    TOPIC = "visits.AgreementBegan"
    begins: str
    by: str

    def apply(self, aggregate: Papers) -> None:
        """The gap is over."""
        aggregate.gaps.pop(0)


class AbsenceNoted(CareEvent):
    """外出: away from `begins` to `ends`, both counted, for a reason: hospital, with_children, other."""

    TOPIC = "visits.AbsenceNoted"
    class_version = 2
    begins: str
    ends: str
    reason: str

    def apply(self, aggregate: Papers) -> None:
        """One more absence."""
        aggregate.absences.append(Absence(date.fromisoformat(self.begins), date.fromisoformat(self.ends)))

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 named no reason."""
        state["reason"] = "other"


class AbsenceCorrected(CareEvent):
    """外出更正: the absence that begins on `begins` ends on `ends`, and not when it was thought to."""

    TOPIC = "visits.AbsenceCorrected"
    begins: str
    ends: str

    def apply(self, aggregate: Papers) -> None:
        """In the place of the last one that was noted."""
        begins, ends = date.fromisoformat(self.begins), date.fromisoformat(self.ends)
        place = max(n for n, one in enumerate(aggregate.absences) if one.begins == begins)
        aggregate.absences[place] = Absence(begins, ends)


class NeedFound(CareEvent):
    """发现需求: of a kind, on `found_on`; its text stays in this log; none where `findings` of a visit opened it."""

    TOPIC = "visits.NeedFound"
    class_version = 2
    need: str
    kind: str
    found_on: str
    by: str
    text: str
    visit: str
    findings: list[str]

    def apply(self, aggregate: Papers) -> None:
        """To be met."""
        aggregate.needs[self.need] = self.kind

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Of version 1 no visit opened any by itself."""
        state |= {"visit": "", "findings": []}


class NeedMet(CareEvent):
    """需求办结: met on `met_on`."""

    TOPIC = "visits.NeedMet"
    need: str
    kind: str
    met_on: str
    by: str
    text: str

    def apply(self, aggregate: Papers) -> None:
        """Met, and kept."""
        aggregate.needs[self.need] = ""


class ReferralOpened(CareEvent):
    """转诊: the problem `problem` refers the elder; one is open at a time."""

    TOPIC = "visits.ReferralOpened"
    problem: str

    def apply(self, aggregate: CareRecord) -> None:
        """The latest one."""
        aggregate.referrals.append(self.problem)


register(CareEvent)
