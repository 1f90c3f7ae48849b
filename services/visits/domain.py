"""The care record of one elder: what is owed, what was done, what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.visits import events, policies
from services.visits.policies import CARE_AGREEMENT, REASSESSMENT, DutyPolicy
from services.visits.terms import (
    AfterTheEnd,
    AlreadySigned,
    BackwardAbsence,
    ConflictingVisit,
    Directory,
    NotYetHappened,
    OpenDuty,
    Owed,
    Period,
    Situation,
    WrongRole,
)

ONE_DAY = timedelta(days=1)
SETS = frozenset({"health", "evidence"})


def care_record_id(elder: str) -> UUID:
    """The aggregate's id, from the elder's."""
    return uuid5(NAMESPACE_URL, f"visits:elder:{elder}")


class CareRecord(Aggregate):
    """一人一卡: of one elder. Whatever is entered first closes the periods that ended before."""

    TOPIC = "visits.CareRecord"

    def __init__(self, elder: str, village: str, born: str) -> None:
        self.elder = elder
        self.village = village
        self.now = Situation(date.fromisoformat(born))
        self.carer: str | None = None
        self.ended_on: date | None = None
        self.signed_on: date | None = None
        self.duties: dict[str, OpenDuty] = {}
        self.missed: dict[tuple[str, str], OpenDuty] = {}
        self.visits: dict[str, dict[str, Any]] = {}
        self.days: dict[str, set[date]] = {}
        self.absences: list[tuple[date, date]] = []

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

    class Created(Aggregate.Created):
        """The record is opened."""

        TOPIC = "visits.CareRecordOpened"
        elder: str
        village: str
        born: str
        on: str

    # what events do to the state

    def take_changes(self, changes: dict[str, Any]) -> None:
        """Applies what was heard; `carer` and `ended_on` stand beside the situation."""
        known: dict[str, Any] = {
            key: frozenset(value) if key in SETS else value for key, value in changes.items()
        }
        self.carer = known.pop("carer", self.carer)
        ended_on = known.pop("ended_on", None)
        self.ended_on = date.fromisoformat(ended_on) if ended_on else self.ended_on
        self.now = replace(self.now, **known)

    def count_day(self, duties: Iterable[str], day: date) -> None:
        """At most one visit per duty and day counts: days are a set."""
        for duty in duties:
            self.days.setdefault(duty, set()).add(day)

    def done(self, duty: OpenDuty) -> int:
        """How often the duty was done between its opening and its last day."""
        return sum(duty.opens_on <= day <= duty.closes_on for day in self.days.get(duty.duty, ()))

    # what is heard and entered

    def change(self, changes: dict[str, Any], at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """The situation changes; what is owed follows (二 (四), section 4 'Opening, changing, closing')."""
        self.close_before(at, policy, who)
        was_certified = self.now.is_certified
        self._record(events.SituationChanged, at, changes=changes)
        if self.now.is_certified and not was_certified and self.signed_on is None:
            self._open_once(CARE_AGREEMENT, policies.agreement_due(at.date(), policy), at)
        if not self.now.is_certified:
            for duty in (CARE_AGREEMENT, REASSESSMENT):
                self._end_once(events.DutyEnded, duty, at)
        self._follow_causes(at, policy)

    def turn_day(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Closes what ended yesterday, opens what begins today."""
        self.close_before(at, policy, who)
        self._follow_causes(at, policy)

    def record_visit(
        self, visit: str, content: dict[str, Any], role: str, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """`content` holds by, on, mode, check_up, confirms_facts. The same again is a repeat: nothing."""
        if visit in self.visits:
            if self.visits[visit] == content:
                return
            raise ConflictingVisit
        self._check(date.fromisoformat(content["on"]), at)
        self.close_before(at, policy, who)
        counts_for = policies.satisfied_by_visit(
            role,
            content["mode"],
            check_up=content["check_up"],
            confirms_facts=content["confirms_facts"],
            policy=policy,
        )
        self._record(events.VisitRecorded, at, visit=visit, content=content, counts_for=sorted(counts_for))
        self._settle(at)

    def review_living_security(
        self, by: str, role: str, on: date, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """生活保障评估, 三(三)4."""
        self._check(on, at)
        if role != policy.owed_by["living_security_review"]:
            raise WrongRole
        self.close_before(at, policy, who)
        self._record(events.LivingSecurityReviewed, at, reviewed_on=on.isoformat(), by=by)
        self._settle(at)

    def sign_agreement(self, by: str, on: date, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """签订委托照顾协议, 三(二)1: once; later than due reconciles."""
        self._check(on, at)
        if self.signed_on is not None:
            raise AlreadySigned
        self.close_before(at, policy, who)
        self._record(events.AgreementSigned, at, signed_on=on.isoformat(), by=by)
        self._do_once(CARE_AGREEMENT, at)

    def absent(self, begins: date, ends: date, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Away in hospital or with the children: weighed when the period closes."""
        if ends < begins:
            raise BackwardAbsence
        self.close_before(at, policy, who)
        self._record(events.AbsenceNoted, at, begins=begins.isoformat(), ends=ends.isoformat())

    def reassessment_falls_due(
        self, due: date | None, at: datetime, policy: DutyPolicy, who: Directory
    ) -> None:
        """A grade was set: its reassessment replaces the open one, unless the due date stays."""
        self.close_before(at, policy, who)
        held = self.duties.get(REASSESSMENT)
        if held is not None and held.closes_on == due:
            return
        self._end_once(events.DutySuperseded, REASSESSMENT, at)
        if due is not None:
            self._open_once(REASSESSMENT, due, at)

    def reassessed(self, due: date | None, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """A reassessment that counted: the one owed is done, the next is owed on `due`."""
        self.close_before(at, policy, who)
        self._do_once(REASSESSMENT, at)
        if due is not None:
            self._open_once(REASSESSMENT, due, at)

    def close_before(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Every duty whose last day lies before today closes: met, waived or missed."""
        for duty in [held for held in self.duties.values() if held.closes_on < at.date()]:
            if duty.is_met or duty.count == 0:
                self._record(events.DutyClosed, at, duty=duty.duty, period=duty.label)
                continue
            needed = self._needed(duty)
            lacking = needed - self.done(duty)
            if lacking <= 0:
                self._record(events.DutyWaived, at, duty=duty.duty, period=duty.label)
                continue
            role = policy.owed_by[duty.duty]
            self._record(
                events.VisitMissed,
                at,
                duty=duty.duty,
                period=duty.label,
                shortfall=lacking,
                responsible=self.carer if role == policies.CARER else who.holder(role, self.village),
                owed_by=role,
                grade=self.now.grade,
                missed_before=self._missed_before(duty),
            )

    def next_wake(self, after: date, policy: DutyPolicy) -> date | None:
        """The first day later than `after` on which time alone changes something."""
        days = [held.closes_on + ONE_DAY for held in self.duties.values()]
        if self.now.is_certified:
            days.append(policies.turns_advanced_age_on(self.now.born, policy))
        return min((day for day in days if day > after), default=None)

    # the steps that these share

    def _record(self, event_class: type[events.CareEvent], at: datetime, **payload: object) -> None:
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **payload)

    def _check(self, on: date, at: datetime) -> None:
        if on > at.date():
            raise NotYetHappened
        if self.ended_on is not None and on > self.ended_on:
            raise AfterTheEnd

    def _needed(self, duty: OpenDuty) -> int:
        if duty.owed is None:
            return duty.count
        present = policies.present_days(duty.opens_on, duty.closes_on, self.absences)
        period = Period.containing(duty.owed.kind, duty.opens_on)
        return min(duty.count, policies.share_of(duty.owed, present, period))

    def _missed_before(self, duty: OpenDuty) -> bool:
        if duty.owed is None:
            return False
        before = Period.containing(duty.owed.kind, duty.opens_on).starts_on - ONE_DAY
        return any(name == duty.duty and held.closes_on == before for (name, _), held in self.missed.items())

    def _follow_causes(self, at: datetime, policy: DutyPolicy) -> None:
        owed = policies.owed_now(self.now, at.date(), policy)
        for duty in [held for held in self.duties.values() if held.owed is not None]:
            wanted = owed.get(duty.duty)
            if wanted is None or (wanted.kind, wanted.times) != (
                duty.owed and (duty.owed.kind, duty.owed.times)
            ):
                silent = duty.is_met or duty.count == 0
                closed = events.DutySuperseded if wanted else events.DutyEnded
                self._record(events.DutyClosed if silent else closed, at, duty=duty.duty, period=duty.label)
        for name in sorted(owed.keys() - self.duties.keys()):
            period = Period.containing(owed[name].kind, at.date())
            count = policies.share_of(owed[name], (period.ends_on - at.date()).days + 1, period)
            self._open(name, period.label, period.ends_on, count, owed[name], at)
        self._settle(at)

    def _open(
        self, duty: str, label: str, closes_on: date, count: int, owed: Owed | None, at: datetime
    ) -> None:
        rule = owed and {"kind": owed.kind.value, "times": owed.times, "rounds_up": owed.rounds_up}
        self._record(
            events.DutyOpened,
            at,
            duty=duty,
            period=label,
            opens_on=at.date().isoformat(),
            closes_on=closes_on.isoformat(),
            count=count,
            owed=rule,
        )

    def _open_once(self, duty: str, due: date, at: datetime) -> None:
        self._open(duty, due.isoformat(), due, 1, None, at)

    def _end_once(self, event_class: type[events.DutyClosed], duty: str, at: datetime) -> None:
        if duty in self.duties:
            self._record(event_class, at, duty=duty, period=self.duties[duty].label)

    def _do_once(self, duty: str, at: datetime) -> None:
        if duty in self.duties:
            self._record(events.DutyMet, at, duty=duty, period=self.duties[duty].label)
        for name, label in [key for key in self.missed if key[0] == duty]:
            self._reconcile(name, label, at)

    def _settle(self, at: datetime) -> None:
        for duty in list(self.duties.values()):
            if duty.owed is not None and not duty.is_met and 0 < duty.count <= self.done(duty):
                self._record(events.DutyMet, at, duty=duty.duty, period=duty.label)
        for (name, label), duty in list(self.missed.items()):
            if duty.owed is not None and self.done(duty) >= duty.count:
                self._reconcile(name, label, at)

    def _reconcile(self, duty: str, label: str, at: datetime) -> None:
        late = (at.date() - self.missed[duty, label].closes_on).days
        self._record(events.MissReconciled, at, duty=duty, period=label, days_late=late)
