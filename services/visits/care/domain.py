"""The care record of one elder: what is owed, what was done, what was missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.visits import policies
from services.visits.care import events
from services.visits.care.state import CareState, Papers
from services.visits.duties import events as duty_events
from services.visits.duties.domain import DutySubject
from services.visits.policies import CARE_AGREEMENT, REASSESSMENT, DutyPolicy
from services.visits.terms import (
    AfterTheEnd,
    AlreadyFiled,
    AlreadyMet,
    AlreadySigned,
    BackwardAbsence,
    BackwardTerm,
    BeforeBirth,
    ConflictingVisit,
    Directory,
    LongAbsence,
    NeedTwice,
    NoAgreement,
    NotYetHappened,
    OpenDuty,
    Owed,
    Period,
    Situation,
    StatusEnded,
    UnknownAbsence,
    UnknownNeed,
    WrongRole,
)


@lru_cache(maxsize=4096)
def care_record_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"visits:elder:{elder}")


class CareRecord(DutySubject):
    """一人一卡: of one elder. Whatever is entered first closes the periods that ended before."""

    TOPIC = "visits.CareRecord"

    def __init__(self, elder: str, village: str, born: str) -> None:
        super().__init__(village)
        self.elder = elder
        self.state = CareState(Situation(date.fromisoformat(born)))
        self.papers = Papers()

    @property
    def subject(self) -> str:
        """Whom the record is about."""
        return self.elder

    @property
    def partition_key(self) -> str:
        """What its partition is found by."""
        return self.elder

    @classmethod
    def open(cls, elder: str, village: str, born: str, *, at: datetime) -> CareRecord:
        """Opens an empty record at `at`."""
        on = at.date().isoformat()
        return cls._create(
            cls.Created,
            id=care_record_id(elder),
            elder=elder,
            village=village,
            born=born,
            timestamp=at,
            on=on,
        )

    class Created(DutySubject.Created):
        """立卡: the record is opened."""

        TOPIC = "visits.CareRecordOpened"
        elder: str
        village: str
        born: str
        on: str

    # what is heard and entered

    def change(self, changes: dict[str, Any], at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """The situation changes; what is owed follows (二 (四), section 4 'Opening, changing, closing')."""
        self.close_before(at, policy, who)
        was_certified = self.state.now.is_certified
        self.record(events.SituationChanged, at, changes=changes)
        if self.state.now.is_certified and not was_certified and self.papers.signed_on is None:
            self.open_once(CARE_AGREEMENT, policies.agreement_due(at.date(), policy), at)
        if not self.state.now.is_certified:
            for duty in (CARE_AGREEMENT, REASSESSMENT):
                self._end_once(duty_events.DutyEnded, duty, at)
        elif {"is_certified", "grade"} & changes.keys():
            self._reassessment_falls_due(at)
        self.follow_causes(at, policy)

    @property
    def done_for(self) -> dict[str, dict[str, set[date]]]:
        """By entry of this person, this one and those merged into it, what was done: by duty, the days."""
        return {self.elder: self.book.days} | self.book.taken_in

    def take_in(
        self, done_for: Mapping[str, dict[str, set[date]]], at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """What was done for entries that were merged into this one counts for what is open or was missed."""
        self.close_before(at, policy, who)
        for entry in sorted(done_for.keys() - {self.elder}):
            days = {duty: sorted(map(date.isoformat, on)) for duty, on in sorted(done_for[entry].items())}
            self.record(events.VisitsTakenIn, at, entry=entry, days=days)
        self.settle(at)

    def give_back(self, entries: Iterable[str], at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """From now on each entry counts its own again."""
        self.close_before(at, policy, who)
        for entry in sorted(self.book.taken_in.keys() & set(entries)):
            self.record(events.VisitsGivenBack, at, entry=entry)

    def merge(self, into: str, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """并档: what is owed ends, without a miss; what is owed once is kept in mind."""
        self.close_before(at, policy, who)
        self.record(events.SituationChanged, at, changes={"merged_into": into})
        for duty in self.state.held_back:
            self._end_once(duty_events.DutyEnded, duty, at)
        self.follow_causes(at, policy)

    def part(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """撤销并档: it is owed again; what was owed once by its day, or by today where that has passed."""
        self.close_before(at, policy, who)
        once = dict(self.state.held_back)
        self.record(events.SituationChanged, at, changes={"merged_into": None})
        for duty, due in once.items() if self.state.now.is_certified else ():
            self.open_once(duty, max(due, at.date()), at)
        self.follow_causes(at, policy)

    def graded(
        self, grade: str, spell: int, due: date | None, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """A grade is read against its own certification: an old one is past, one to come is kept until then."""
        is_past = spell == self.state.now.spell and not self.state.now.is_certified
        if spell >= self.state.now.spell and not is_past:
            due_on = due and due.isoformat()
            self.change({"grade": grade, "grade_spell": spell, "grade_due": due_on}, at, policy, who)

    def record_visit(
        self, visit: str, content: dict[str, Any], role: str, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """`content` holds by, on, mode, check_up, confirms_facts. The same again is a repeat: nothing.

        Evidence that was seen is told once the visit has counted; after the end of status it has no effect.
        """
        if visit in self.state.visits:
            if self.state.visits[visit] == content:
                return
            raise ConflictingVisit
        self.check(date.fromisoformat(content["on"]), at)
        self.close_before(at, policy, who)
        counts_for = policies.satisfied_by_visit(
            role,
            content["mode"],
            check_up=content["check_up"],
            confirms_facts=content["confirms_facts"],
            policy=policy,
        )
        self.record(events.VisitRecorded, at, visit=visit, content=content, counts_for=sorted(counts_for))
        self.settle(at)
        if content.get("evidence") and self.state.ended_on is None:
            seen = {"visit": visit, "seen_on": content["on"], "evidence": content["evidence"]}
            self.record(events.EvidenceSeen, at, **seen)

    def review_living_security(
        self, by: str, role: str, on: date, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """生活保障评估, 三(三)4."""
        self.check_registered(on, at)
        if role != policy.owed_by["living_security_review"]:
            raise WrongRole
        self.close_before(at, policy, who)
        self.record(events.LivingSecurityReviewed, at, reviewed_on=on.isoformat(), by=by)
        self.settle(at)

    def refer(self, problem: str, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """转诊: `problem` is the referral that is open now."""
        self.close_before(at, policy, who)
        self.record(events.ReferralOpened, at, problem=problem)

    def reassessed(self, due: date | None, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """A reassessment that counted: the one owed is done, the next is owed on `due`."""
        self.close_before(at, policy, who)
        self.do_once(REASSESSMENT, at)
        if due is not None:
            self.open_once(REASSESSMENT, due, at)

    def next_wake(self, after: date, policy: DutyPolicy) -> date | None:
        """The first day later than `after` on which time alone changes something."""
        wakes = [super().next_wake(after, policy), *self.papers.next_changes()]
        turns = policies.turns_advanced_age_on(self.state.now.born, policy)
        if self.state.now.is_certified and turns > after:
            wakes.append(turns)
        return min((day for day in wakes if day is not None), default=None)

    def owed_on(self, day: date, policy: DutyPolicy) -> Mapping[str, Owed]:
        """Every recurring duty owed for the elder on `day`; none where another entry is kept instead."""
        if self.state.merged_into is not None:
            return {}
        return policies.owed_now(self.state.now, day, policy)

    def owed_by(self, duty: str, policy: DutyPolicy) -> str:
        """The role that owes a duty."""
        return policy.owed_by[duty]

    def owner(self, role: str, who: Directory, day: date) -> str | None:
        """The carer who was paired on `day`, or whoever held the role for the village."""
        if role != policies.CARER:
            return super().owner(role, who, day)
        return next((carer for since, carer in reversed(self.state.carers) if since <= day), None)

    @property
    def grade_in_force(self) -> str | None:
        """The grade of the present certification."""
        return self.state.now.grade_in_force

    # 协议、外出、需求

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
        if begins < self.state.now.born:
            raise BeforeBirth
        if ends is not None and ends < begins:
            raise BackwardTerm
        self.close_before(at, policy, who)
        if self.papers.agreement_runs_on(begins):
            raise AlreadySigned
        last = ends and ends.isoformat()
        dated = {"signed_on": on.isoformat(), "begins": begins.isoformat(), "ends": last}
        self.record(events.AgreementSigned, at, by=by, **dated, **parties)
        self.do_once(CARE_AGREEMENT, at)

    def file_agreement(self, by: str, on: date, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """协议报备."""
        self.check_registered(on, at)
        self.close_before(at, policy, who)
        if self.papers.signed_on is None:
            raise NoAgreement
        if self.papers.is_filed:
            raise AlreadyFiled
        self.record(events.AgreementFiled, at, by=by, filed_on=on.isoformat())

    def turn_day(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """An agreement whose term is over ends, and is owed again."""
        super().turn_day(at, policy, who)
        for ended, begins, by in list(self.papers.gaps):
            follows = begins.isoformat()
            if ended is not None and ended < at.date():
                self.record(events.AgreementEnded, at, ends=ended.isoformat(), follows_on=follows)
            if begins <= at.date():
                self.record(events.AgreementBegan, at, begins=follows, by=by)
        if self.papers.agreement_ends is not None and self.papers.agreement_ends < at.date():
            self.record(
                events.AgreementEnded, at, ends=self.papers.agreement_ends.isoformat(), follows_on=None
            )
            if self.state.now.is_certified and CARE_AGREEMENT not in self.book.duties:
                self.open_once(CARE_AGREEMENT, policies.agreement_due(at.date(), policy), at)

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
        if all(absence.begins != begins for absence in self.papers.absences):
            raise UnknownAbsence
        self.close_before(at, policy, who)
        self.record(events.AbsenceCorrected, at, begins=begins.isoformat(), ends=ends.isoformat())

    def _check_absence(self, begins: date, ends: date, policy: DutyPolicy) -> None:
        if ends < begins:
            raise BackwardAbsence
        if begins < self.state.now.born:
            raise BeforeBirth
        if policies.is_too_long(begins, ends, policy):
            raise LongAbsence

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
        if need[0] in self.papers.needs:
            raise NeedTwice
        self.close_before(at, policy, who)
        told = {"need": need[0], "kind": need[1], "found_on": on.isoformat(), "by": by, "text": text}
        self.record(events.NeedFound, at, **told, visit=visit, findings=[*findings])

    def meet_need(
        self, need: str, text: str, by: str, on: date, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """需求办结."""
        self.check_registered(on, at)
        if need not in self.papers.needs:
            raise UnknownNeed
        if not self.papers.needs[need]:
            raise AlreadyMet
        self.close_before(at, policy, who)
        told = {
            "need": need,
            "kind": self.papers.needs[need],
            "met_on": on.isoformat(),
            "by": by,
            "text": text,
        }
        self.record(events.NeedMet, at, **told)

    # the steps that these share

    def present_share(self, duty: OpenDuty) -> int:
        """Absences reduce what is owed as partial periods do, never above what was owed (section 4)."""
        away = [
            absence
            for absence in self.papers.absences
            if absence.begins <= duty.closes_on and duty.opens_on <= absence.ends
        ]
        if duty.owed is None or not away:
            return duty.count
        present = policies.present_days(duty.opens_on, duty.closes_on, away)
        period = Period.containing(duty.owed.kind, duty.opens_on)
        return min(duty.count, policies.share_of(duty.owed, present, period))

    def check_registered(self, on: date, at: datetime) -> None:
        """As `check`, for what is entered only while the elder is on the register: after the end only visits are."""
        self.check(on, at)
        if self.state.ended_on is not None:
            raise StatusEnded

    def check(self, on: date, at: datetime) -> None:
        """Whether something may have happened on a day."""
        if on > at.date():
            raise NotYetHappened
        if on < self.state.now.born:
            raise BeforeBirth
        if self.state.ended_on is not None and on > self.state.ended_on:
            raise AfterTheEnd

    def _reassessment_falls_due(self, at: datetime) -> None:
        """A grade in force replaces the reassessment that is open, unless the due date stays."""
        due, held = self.state.now.due, self.book.duties.get(REASSESSMENT)
        if held is not None and held.closes_on == due:
            return
        self._end_once(duty_events.DutySuperseded, REASSESSMENT, at)
        if due is not None:
            self.open_once(REASSESSMENT, due, at)

    def _end_once(self, event_class: type[duty_events.DutyClosed], duty: str, at: datetime) -> None:
        if duty in self.book.duties:
            self.record(event_class, at, duty=duty, period=self.book.duties[duty].label)
