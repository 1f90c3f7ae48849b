"""What a care record holds besides visits: the agreement and its term, absences, needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from services.kernel.calendar import ONE_DAY
from services.visits import policies
from services.visits.agreements import events
from services.visits.care.duties import DutyBook
from services.visits.policies import CARE_AGREEMENT, DutyPolicy
from services.visits.terms import (
    Absence,
    AfterTheEnd,
    AlreadyMet,
    BeforeBirth,
    Directory,
    NeedTwice,
    NotYetHappened,
    OpenDuty,
    Period,
    StatusEnded,
    UnknownNeed,
    VisitsError,
)


class AlreadySigned(VisitsError):
    """这段时间已有协议：续签应在原协议到期之后开始
    / An agreement stands for that time: a renewal begins after its last day.
    """


class BackwardTerm(VisitsError):
    """协议到期早于开始：请核对两个日期 / The agreement's term ends before it begins: check both dates."""


class NoAgreement(VisitsError):
    """没有有效的协议：请先签订 / No agreement stands for this elder: sign it first."""


class AlreadyFiled(VisitsError):
    """现有协议已报备 / The agreement that stands is filed already."""


class UnknownAbsence(VisitsError):
    """没有这一天开始的外出：请核对日期，或先登记外出
    / No absence that begins on this day is noted: check the day, or note the absence.
    """


class BackwardAbsence(VisitsError):
    """外出结束早于开始：请核对两个日期 / The absence ends before it begins: check both dates."""


class LongAbsence(VisitsError):
    """外出一次最多登记一年，到期续登：请填更早的结束日期
    / An absence is noted for a year at most, and renewed: enter an earlier last day.
    """


class Papers(DutyBook):
    """协议、外出、需求: of one elder. Whatever is entered first closes the periods that ended before.

    `gaps` are days on which no agreement stands although one is signed: the last day of the one before (None: none
    stands already), the first day of the one that follows, and who signed it.
    """

    TOPIC = "visits.Papers"

    def __init__(self, village: str) -> None:
        super().__init__(village)
        self.ended_on: date | None = None
        self.signed_on: date | None = None
        self.agreement_ends: date | None = None
        self.is_filed = False
        self.gaps: list[tuple[date | None, date, str]] = []
        self.absences: list[Absence] = []
        self.needs: dict[str, str] = {}

    class Created(DutyBook.Created):
        """As of a duty book."""

        TOPIC = "visits.PapersOpened"

    @property
    def born(self) -> date:
        """Of whom nothing that came earlier is entered."""
        return date.min

    @property
    def owes_agreement(self) -> bool:
        """Whether the elder is one for whom an agreement is to be signed."""
        return False

    def sign_agreement(
        self,
        by: str,
        on: date,
        term: tuple[date | None, date | None],
        parties: Mapping[str, str],
        at: datetime,
        policy: DutyPolicy,
        who: Directory,
    ) -> None:
        """签订委托照顾协议, 三(二)1: one at a time; a renewal begins when the one before has run out, or later.

        `term` is first and last day (default: signed on, without end), `parties` supporter, caretaker, relation.
        """
        self.check_registered(on, at)
        begins, ends = term[0] or on, term[1]
        if begins < self.born:
            raise BeforeBirth
        if ends is not None and ends < begins:
            raise BackwardTerm
        self.close_before(at, policy, who)
        if self.signed_on is not None and (self.agreement_ends is None or begins <= self.agreement_ends):
            raise AlreadySigned
        last = ends and ends.isoformat()
        dated = {"signed_on": on.isoformat(), "begins": begins.isoformat(), "ends": last}
        self.record(events.AgreementSigned, at, by=by, **dated, **parties)
        self.do_once(CARE_AGREEMENT, at)

    def file_agreement(self, by: str, on: date, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """协议报备."""
        self.check_registered(on, at)
        self.close_before(at, policy, who)
        if self.signed_on is None:
            raise NoAgreement
        if self.is_filed:
            raise AlreadyFiled
        self.record(events.AgreementFiled, at, by=by, filed_on=on.isoformat())

    def turn_day(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """An agreement whose term is over ends, and is owed again."""
        super().turn_day(at, policy, who)
        for ended, begins, by in list(self.gaps):
            follows = begins.isoformat()
            if ended is not None and ended < at.date():
                self.record(events.AgreementEnded, at, ends=ended.isoformat(), follows_on=follows)
            if begins <= at.date():
                self.record(events.AgreementBegan, at, begins=follows, by=by)
        if self.agreement_ends is not None and self.agreement_ends < at.date():
            self.record(events.AgreementEnded, at, ends=self.agreement_ends.isoformat(), follows_on=None)
            if self.owes_agreement and CARE_AGREEMENT not in self.duties:
                self.open_once(CARE_AGREEMENT, policies.agreement_due(at.date(), policy), at)

    def next_wake(self, after: date, policy: DutyPolicy) -> date | None:
        """The first day later than `after` on which time alone changes something."""
        wakes = [super().next_wake(after, policy), self.agreement_ends and self.agreement_ends + ONE_DAY]
        wakes += [begins if ended is None else ended + ONE_DAY for ended, begins, _ in self.gaps]
        return min((day for day in wakes if day is not None), default=None)

    def absent(
        self, begins: date, ends: date, reason: str, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """外出: in hospital, with the children or elsewhere; weighed when the period closes."""
        self._check_absence(begins, ends, policy)
        self.close_before(at, policy, who)
        dates = {"begins": begins.isoformat(), "ends": ends.isoformat()}
        self.record(events.AbsenceNoted, at, **dates, reason=reason)

    def correct_absence(
        self, begins: date, ends: date, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """外出更正: another last day; what has closed by then stays as it closed."""
        self._check_absence(begins, ends, policy)
        if all(one.begins != begins for one in self.absences):
            raise UnknownAbsence
        self.close_before(at, policy, who)
        self.record(events.AbsenceCorrected, at, begins=begins.isoformat(), ends=ends.isoformat())

    def _check_absence(self, begins: date, ends: date, policy: DutyPolicy) -> None:
        if ends < begins:
            raise BackwardAbsence
        if begins < self.born:
            raise BeforeBirth
        if policies.is_too_long(begins, ends, policy):
            raise LongAbsence

    def present_share(self, duty: OpenDuty) -> int:
        """Absences reduce what is owed as partial periods do, never above what was owed (section 4)."""
        away = [one for one in self.absences if one.begins <= duty.closes_on and duty.opens_on <= one.ends]
        if duty.owed is None or not away:
            return duty.count
        present = policies.present_days(duty.opens_on, duty.closes_on, away)
        period = Period.containing(duty.owed.kind, duty.opens_on)
        return min(duty.count, policies.share_of(duty.owed, present, period))

    def find_need(
        self,
        need: tuple[str, str],
        text: str,
        by: str,
        on: date,
        at: datetime,
        policy: DutyPolicy,
        who: Directory,
        *,
        visit: str = "",
        findings: Sequence[str] = (),
    ) -> None:
        """发现需求: `need` is its id and its kind; `findings` are what opened it on the visit `visit`."""
        self.check_registered(on, at)
        if need[0] in self.needs:
            raise NeedTwice
        self.close_before(at, policy, who)
        told = {"need": need[0], "kind": need[1], "found_on": on.isoformat(), "by": by, "text": text}
        self.record(events.NeedFound, at, **told, visit=visit, findings=[*findings])

    def meet_need(
        self, need: str, text: str, by: str, on: date, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """需求办结."""
        self.check_registered(on, at)
        if need not in self.needs:
            raise UnknownNeed
        if not self.needs[need]:
            raise AlreadyMet
        self.close_before(at, policy, who)
        told = {"need": need, "kind": self.needs[need], "met_on": on.isoformat(), "by": by, "text": text}
        self.record(events.NeedMet, at, **told)

    def check_registered(self, on: date, at: datetime) -> None:
        """As `check`, for what is entered only while the elder is on the register: after the end only visits are."""
        self.check(on, at)
        if self.ended_on is not None:
            raise StatusEnded

    def check(self, on: date, at: datetime) -> None:
        """Whether something may have happened on a day."""
        if on > at.date():
            raise NotYetHappened
        if on < self.born:
            raise BeforeBirth
        if self.ended_on is not None and on > self.ended_on:
            raise AfterTheEnd
