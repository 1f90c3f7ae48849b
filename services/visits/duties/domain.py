"""What care records and territories share: duties open, are done, close, are missed and reconciled."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, datetime

from eventsourcing.domain import Aggregate

from services.kernel.calendar import ONE_DAY, midnight
from services.visits import policies
from services.visits.duties import events
from services.visits.duties.state import DutyBook
from services.visits.policies import DutyPolicy
from services.visits.terms import Directory, OpenDuty, Owed, Period


class DutySubject(Aggregate):
    """An elder or a place for whom duties are owed: each says which, by whom, and what absence takes off."""

    TOPIC = "visits.DutyBook"

    def __init__(self, village: str) -> None:
        self.book = DutyBook(village)

    class Created(Aggregate.Created):
        """Each kind of subject says how its book is opened."""

        TOPIC = "visits.DutyBookOpened"
        village: str

    # what a subject of its own kind says

    @abstractmethod
    def owed_on(self, day: date, policy: DutyPolicy) -> Mapping[str, Owed]:
        """Every recurring duty owed for the subject on `day`."""

    @abstractmethod
    def owed_by(self, duty: str, policy: DutyPolicy) -> str:
        """The role that owes a duty."""

    def responsible(self, role: str, who: Directory, day: date) -> str | None:
        """Who answers for what was missed by the end of `day`: whoever owed it, or stood in for them."""
        owner = self.owner(role, who, day)
        return owner and who.acting_for(owner, day)

    def owner(self, role: str, who: Directory, day: date) -> str | None:
        """Who owes what this role owes for the subject on `day`: whoever holds it."""
        return who.holder(role, self.book.village, day)

    @property
    def grade_in_force(self) -> str | None:
        """The grade by which a miss is told; None for places."""
        return None

    def present_share(self, duty: OpenDuty) -> int:
        """What is owed once absence is taken off."""
        return duty.count

    # what days bring

    def turn_day(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Closes what ended yesterday, opens what begins today, reminds of what is nearly due."""
        self.close_before(at, policy, who)
        self.follow_causes(at, policy)
        self._remind(at, policy, who)

    def close_before(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Every duty whose last day lies before today closes; days that nobody turned are turned at their own."""
        while (day := self.book.first_ending() + ONE_DAY) < at.date():
            self._close(midnight(day), policy, who)
            self.follow_causes(midnight(day), policy.on(day))
        self._close(at, policy, who)

    def next_wake(self, after: date, policy: DutyPolicy) -> date | None:
        """The first day later than `after` on which time alone changes something."""
        days: list[date] = []
        for held in self.book.duties.values():
            if held.closes_on >= after:
                days.append(held.closes_on + ONE_DAY)
            reminds = policies.reminded_on(held, policy)
            if reminds is not None and (reminds > after or self._lacking(held) > 0):
                days.append(reminds)
        return min(days, default=None)

    def version_of(self, duty: str, policy: DutyPolicy) -> DutyPolicy:
        """By which version a duty is judged: the one of its opening, open or missed, else the present one."""
        missed = [held for (name, _), held in self.book.missed.items() if name == duty]
        held = self.book.duties.get(duty, missed[-1] if missed else None)
        return policy if held is None else policy.on(held.opens_on)

    def come_under(self, policy: DutyPolicy, at: datetime) -> None:
        """Another version comes into force: noted where it changes the day on which time brings something."""
        before = policy.on(at.date() - ONE_DAY)
        if self.next_wake(at.date(), policy) != self.next_wake(at.date(), before):
            self.record(events.PolicyTookEffect, at, version=policy.version)

    def follow_causes(self, at: datetime, policy: DutyPolicy) -> None:
        """What is owed follows its causes: no change in (period, count), nothing happens (section 4).

        Where only the policy changed, what is open stands until its period ends, judged by the version of its opening.
        """
        owed = self.owed_on(at.date(), policy)
        for duty in [held for held in self.book.duties.values() if held.owed is not None]:
            wanted = owed.get(duty.duty)
            if not _is_same(wanted, duty.owed) and not self._stands(duty, at.date(), policy):
                silent = duty.is_met or duty.count == 0
                closed = events.DutySuperseded if wanted else events.DutyEnded
                self.record(events.DutyClosed if silent else closed, at, duty=duty.duty, period=duty.label)
        for name in sorted(owed.keys() - self.book.duties.keys()):
            period = Period.containing(owed[name].kind, at.date())
            count = policies.share_of(owed[name], (period.ends_on - at.date()).days + 1, period)
            self.open_duty(name, period.label, period.ends_on, count, owed[name], at)
        self.settle(at)

    def settle(self, at: datetime) -> None:
        """What is done often enough is met; what completes a missed period reconciles it."""
        for duty in list(self.book.duties.values()):
            if duty.owed is not None and not duty.is_met and 0 < duty.count <= self.book.done(duty):
                self._meet(duty, at)
        for (name, label), duty in list(self.book.missed.items()):
            if duty.owed is not None and self.book.done(duty) >= duty.count:
                self.reconcile(name, label, at)

    # the steps that these share

    def record(self, event_class: type[events.CareEvent], at: datetime, **payload: object) -> None:
        """A fact of this subject, effective on the day of `at`."""
        self.trigger_event(event_class, timestamp=at, on=at.date().isoformat(), **payload)

    def open_duty(
        self, duty: str, label: str, closes_on: date, count: int, owed: Owed | None, at: datetime
    ) -> None:
        """Opens today."""
        rule = owed and {"kind": owed.kind.value, "times": owed.times, "rounds_up": owed.rounds_up}
        self.record(
            events.DutyOpened,
            at,
            duty=duty,
            period=label,
            opens_on=at.date().isoformat(),
            closes_on=closes_on.isoformat(),
            count=count,
            owed=rule,
        )

    def reconcile(self, duty: str, label: str, at: datetime) -> None:
        """The record of what was missed has come; how late is its own figure."""
        late = (at.date() - self.book.missed[duty, label].closes_on).days
        self.record(events.MissReconciled, at, duty=duty, period=label, days_late=late)

    def open_once(self, duty: str, due: date, at: datetime) -> None:
        """Something that is owed once, by `due`."""
        self.open_duty(duty, due.isoformat(), due, 1, None, at)

    def do_once(self, duty: str, at: datetime) -> None:
        """What is owed once is done: on time, or late, which reconciles every miss of it."""
        if duty in self.book.duties:
            self._meet(self.book.duties[duty], at)
        for name, label in [key for key in self.book.missed if key[0] == duty]:
            self.reconcile(name, label, at)

    def _meet(self, duty: OpenDuty, at: datetime) -> None:
        """Done as often as owed; today's reminder of it holds no longer."""
        named = {"duty": duty.duty, "period": duty.label}
        self.record(events.DutyMet, at, **named)
        if duty.reminded is not None and duty.reminded[0] == at.date():
            _, role, holder = duty.reminded
            self.record(
                events.ReminderSettled,
                at,
                **named,
                village=self.book.village,
                owed_by=role,
                responsible=holder,
            )

    def _stands(self, duty: OpenDuty, day: date, policy: DutyPolicy) -> bool:
        before = self.version_of(duty.duty, policy)
        return before is not policy and _is_same(self.owed_on(day, before).get(duty.duty), duty.owed)

    def _close(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Met, waived or missed."""
        for duty in [held for held in self.book.duties.values() if held.closes_on < at.date()]:
            if duty.is_met or duty.count == 0:
                self.record(events.DutyClosed, at, duty=duty.duty, period=duty.label)
                continue
            lacking = self._lacking(duty)
            if lacking <= 0:
                self.record(events.DutyWaived, at, duty=duty.duty, period=duty.label)
                continue
            role = self.owed_by(duty.duty, self.version_of(duty.duty, policy))
            self.record(
                events.VisitMissed,
                at,
                duty=duty.duty,
                period=duty.label,
                shortfall=lacking,
                responsible=self.responsible(role, who, duty.closes_on),
                owed_by=role,
                grade=self.grade_in_force,
                village=self.book.village,
                missed_before=self.book.missed_before(duty),
            )

    def _remind(self, at: datetime, policy: DutyPolicy, who: Directory) -> None:
        """Whoever owes it is reminded once a period (section 6), of what absence and work done leave of it."""
        for duty in self.book.duties.values():
            reminds = policies.reminded_on(duty, policy)
            if reminds is not None and reminds <= at.date() and self._lacking(duty) > 0:
                role = self.owed_by(duty.duty, self.version_of(duty.duty, policy))
                self.record(
                    events.DutyNearlyDue,
                    at,
                    duty=duty.duty,
                    period=duty.label,
                    village=self.book.village,
                    opens_on=duty.opens_on.isoformat(),
                    closes_on=duty.closes_on.isoformat(),
                    remaining=self._lacking(duty),
                    owed_by=role,
                    responsible=self.owner(role, who, at.date()),
                )

    def _lacking(self, duty: OpenDuty) -> int:
        """What is owed, absence taken off, less what was done."""
        return self.present_share(duty) - self.book.done(duty)


def _is_same(wanted: Owed | None, held: Owed | None) -> bool:
    return wanted is not None and held is not None and (wanted.kind, wanted.times) == (held.kind, held.times)
