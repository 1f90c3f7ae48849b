"""The stored events of a care record: visits, the elder's situation, agreements, absences, needs, referrals."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from services.kernel.calendar import ONE_DAY
from services.visits.care.state import CareState, Papers
from services.visits.duties.events import CareEvent, KeepsDuties, register
from services.visits.terms import Absence, day_of


class KeepsCare(KeepsDuties, Protocol):
    """The aggregate of which these are parts."""

    state: CareState
    papers: Papers


class VisitRecorded(CareEvent):
    """走访登记: kept whatever it counts for."""

    TOPIC = "visits.VisitRecorded"
    visit: str
    content: dict[str, Any]
    counts_for: list[str]

    def apply(self, aggregate: KeepsCare) -> None:
        """One more visit."""
        aggregate.state.visits[self.visit] = self.content
        aggregate.book.count_day(self.counts_for, date.fromisoformat(self.content["on"]))


class EvidenceSeen(CareEvent):
    """走访见到依据: on the visit `visit` of `seen_on`, after it has counted for what was open."""

    TOPIC = "visits.EvidenceSeen"
    visit: str
    seen_on: str
    evidence: list[str]


class LivingSecurityReviewed(CareEvent):
    """生活保障评估: made on `reviewed_on`."""

    TOPIC = "visits.LivingSecurityReviewed"
    reviewed_on: str
    by: str

    def apply(self, aggregate: KeepsCare) -> None:
        """One more day."""
        aggregate.book.count_day(["living_security_review"], date.fromisoformat(self.reviewed_on))


class SituationChanged(CareEvent):
    """情况变化: what was heard of the elder, only the fields that changed, sets as sorted lists."""

    TOPIC = "visits.SituationChanged"
    changes: dict[str, Any]

    def apply(self, aggregate: KeepsCare) -> None:
        """The situation from now."""
        changes = dict(self.changes)
        aggregate.book.village = changes.pop("village", aggregate.book.village)
        aggregate.state.take_changes(changes, date.fromisoformat(self.on))
        if "merged_into" in changes:
            once = [duty for duty in aggregate.book.duties.values() if duty.owed is None]
            aggregate.state.held_back = {duty.duty: duty.closes_on for duty in once}


class VisitsTakenIn(CareEvent):
    """并入走访: what was done for `entry`, merged into this one, counts here: by duty, the days (ISO), in order."""

    TOPIC = "visits.VisitsTakenIn"
    entry: str
    days: dict[str, list[str]]

    def apply(self, aggregate: KeepsCare) -> None:
        """As if it had been done here."""
        aggregate.book.taken_in[self.entry] = {
            duty: set(map(date.fromisoformat, days)) for duty, days in self.days.items()
        }


class VisitsGivenBack(CareEvent):
    """并入走访撤销: what was done for `entry` counts for that entry alone again; what is closed stays closed."""

    TOPIC = "visits.VisitsGivenBack"
    entry: str

    def apply(self, aggregate: KeepsCare) -> None:
        """No longer."""
        del aggregate.book.taken_in[self.entry]


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

    def apply(self, aggregate: KeepsCare) -> None:
        """Stands from its first day; a renewal takes the place of what runs out, perhaps after a gap."""
        begins, runs = date.fromisoformat(self.begins), aggregate.papers.signed_on is not None
        before = aggregate.papers.agreement_ends if runs else None
        if begins > date.fromisoformat(self.on) and (before is None or begins > before + ONE_DAY):
            aggregate.papers.gaps.append((before, begins, self.by))
        aggregate.papers.signed_on = date.fromisoformat(self.signed_on)
        aggregate.papers.agreement_ends = day_of(self.ends)
        aggregate.papers.is_filed = False

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

    def apply(self, aggregate: KeepsCare) -> None:
        """Once an agreement."""
        aggregate.papers.is_filed = True


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

    def apply(self, aggregate: KeepsCare) -> None:
        """None stands; where one follows, none is owed either."""
        if self.follows_on is None:
            aggregate.papers.signed_on = aggregate.papers.agreement_ends = None
        else:
            _, begins, by = aggregate.papers.gaps[0]
            aggregate.papers.gaps[0] = (None, begins, by)


class AgreementBegan(CareEvent):
    """协议生效: from this day, its first, an agreement stands that was signed earlier, by `by`."""

    TOPIC = "visits.AgreementBegan"
    begins: str
    by: str

    def apply(self, aggregate: KeepsCare) -> None:
        """The gap is over."""
        aggregate.papers.gaps.pop(0)


class AbsenceNoted(CareEvent):
    """外出: away from `begins` to `ends`, both counted, for a reason: hospital, with_children, other."""

    TOPIC = "visits.AbsenceNoted"
    class_version = 2
    begins: str
    ends: str
    reason: str

    def apply(self, aggregate: KeepsCare) -> None:
        """One more absence."""
        aggregate.papers.absences.append(
            Absence(date.fromisoformat(self.begins), date.fromisoformat(self.ends))
        )

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Version 1 named no reason."""
        state["reason"] = "other"


class AbsenceCorrected(CareEvent):
    """外出更正: the absence that begins on `begins` ends on `ends`, and not when it was thought to."""

    TOPIC = "visits.AbsenceCorrected"
    begins: str
    ends: str

    def apply(self, aggregate: KeepsCare) -> None:
        """In the place of the last one that was noted."""
        begins, ends = date.fromisoformat(self.begins), date.fromisoformat(self.ends)
        place = max(n for n, one in enumerate(aggregate.papers.absences) if one.begins == begins)
        aggregate.papers.absences[place] = Absence(begins, ends)


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

    def apply(self, aggregate: KeepsCare) -> None:
        """To be met."""
        aggregate.papers.needs[self.need] = self.kind

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

    def apply(self, aggregate: KeepsCare) -> None:
        """Met, and kept."""
        aggregate.papers.needs[self.need] = ""


class ReferralOpened(CareEvent):
    """转诊: the problem `problem` refers the elder; one is open at a time."""

    TOPIC = "visits.ReferralOpened"
    problem: str

    def apply(self, aggregate: KeepsCare) -> None:
        """The latest one."""
        aggregate.state.referrals.append(self.problem)


register(CareEvent)
