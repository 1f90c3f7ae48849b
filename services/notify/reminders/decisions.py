"""What waits for somebody's morning digest: what is nearly due, overdue, or taken over. Nobody acknowledges it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts import registry, visits
from services.chassis.log.unit import Unit
from services.kernel.calendar import midnight
from services.notify import policies
from services.notify.deliveries.routing import Dispatch
from services.notify.policies import CARER_ROLE
from services.notify.tellings.planning import Tellings
from services.notify.terms import OVERDUE, REMINDER, TAKEN_OVER

Item = dict[str, Any]


class Reminders:
    """汇总提醒: put into mailboxes as it arises, told in the morning where it holds then."""

    def __init__(self, tellings: Tellings) -> None:
        self._tellings = tellings

    def nearly_due(self, unit: Unit, told: visits.DutyNearlyDue, at: datetime) -> None:
        """临期提醒: for whoever owes the duty, who may be on leave: that is looked up in the morning."""
        item: Item = {
            "about": REMINDER,
            "subject": told.subject,
            "duty": told.duty,
            "period": told.period,
            "closes_on": told.closes_on.isoformat(),
            "remaining": told.remaining,
            "village": told.village,
        }
        owner, due = (told.owed_by, told.responsible), policies.next_digest(at, self._tellings.policy(at))
        for person in self._reminded(unit, owner, told.village, at):
            self._put(unit, person, item, due, at)

    def settled(self, unit: Unit, told: visits.ReminderSettled, at: datetime) -> None:
        """提醒了结: whoever was to read of it does not."""
        if at.time() >= self._tellings.policy(at).quiet_until:
            return
        named = {"subject": told.subject, "duty": told.duty, "period": told.period}
        for person in self._reminded(unit, (told.owed_by, told.responsible), told.village, at):
            self._tellings.mailbox(unit, person, at).withdraw(at, about=REMINDER, **named)

    def overdue(self, unit: Unit, told: visits.ProblemOverdue, village: str, at: datetime) -> None:
        """问题超期: for the desk, the unit or who verifies; of the four confidential kinds for no carer (section 5)."""
        policy, who = self._tellings.policy(at), self._tellings.roster(unit, at)
        is_confidential = policy.confidentiality.covers(told.kind)
        item: Item = {
            "about": OVERDUE,
            "subject": told.elder,
            "problem": told.problem,
            "kind": told.kind,
            "stage": told.stage,
            "due": told.due.isoformat(),
            "unit": told.unit,
            "village": village,
            "is_confidential": is_confidential,
        }
        for person in policies.told_overdue(told.owed_by, village, at.date(), policy, who):
            role, _ = who.staff.get(person, (None, None))
            if not policy.confidentiality.is_kept_from(role, told.kind):
                self._put(unit, person, item, policies.next_digest(at, policy), at)

    def leave(self, unit: Unit, told: registry.LeaveNoted, at: datetime, *, is_cut_short: bool) -> None:
        """代管: the stand-in reads of it on the morning of the first day; where it is cut short, that it is over."""
        policy, who = self._tellings.policy(at), self._tellings.roster(unit, at)
        village = who.staff[told.staff][1] if told.staff in who.staff else None
        if is_cut_short and told.begins > at.date():
            return
        item: Item = {
            "about": TAKEN_OVER,
            "subject": told.staff,
            "stand_in": told.stand_in,
            "begins": told.begins.isoformat(),
            "ends": told.ends.isoformat(),
            "elders": [],
            "is_over": is_cut_short,
            "village": village or "",
        }
        due = policies.first_told_at(max(at, midnight(told.begins)), policy.taken_over, policy)
        owner = CARER_ROLE, told.stand_in
        for _, person in policies.recipients(
            policy.taken_over, owner, item["village"], at.date(), policy, who
        ):
            self._put(unit, person, item, due, at)

    def hand_on(self, unit: Unit, people: Iterable[str], now: datetime) -> list[str]:
        """What is due goes to whoever is there this morning: to a stand-in; to nobody after somebody's last day.

        Returns those who read a digest then.
        """
        who, readers = self._tellings.roster(unit, now), list[str]()
        for person in people:
            reader = who.reached(person, now.date())
            if reader != person:
                for item in self._tellings.mailbox(unit, person, now).hand_on(reader, now):
                    if reader is not None:
                        self._put(unit, reader, item, now, now)
            readers += [reader] if reader is not None else []
        return list(dict.fromkeys(readers))

    def due(self, unit: Unit, person: str, now: datetime) -> list[tuple[Dispatch, Item]]:
        """What still holds of what waits for somebody's digest."""

        def said_of(item: Item) -> Item | None:
            if item["about"] == TAKEN_OVER:
                return self._taken_over(unit, item, now)
            return item if item["about"] == OVERDUE or self._is_open(unit, item, now) else None

        items = self._tellings.mailbox(unit, person, now).send_reminders(said_of, now)
        return [(Dispatch.reminding(item, person), item) for item in items]

    def _taken_over(self, unit: Unit, item: Item, now: datetime) -> Item | None:
        """With the elders whose carer is away today, and until when; None where that leave was called off."""
        if item["is_over"]:
            return item
        who, carer, day = self._tellings.roster(unit, now), item["subject"], now.date()
        ends = who.leave_of(carer, day)
        if ends is None or who.acting_for(carer, day) != item["stand_in"]:
            return None
        carers = [carer, *who.stands_in_for(carer, day)]
        elders = sorted(elder for staff in carers for elder in self._tellings.elders_of(staff))
        return item | {"ends": ends.isoformat(), "elders": elders}

    def _is_open(self, unit: Unit, item: Item, now: datetime) -> bool:
        """The period runs, and the elder is left behind."""
        known = self._tellings.person(unit, item["subject"])
        is_over = known is not None and known.silent_since is not None
        return not is_over and item["closes_on"] >= now.date().isoformat()

    def _reminded(self, unit: Unit, owner: tuple[str, str | None], village: str, at: datetime) -> list[str]:
        policy, who = self._tellings.policy(at), self._tellings.roster(unit, at)
        people = policies.recipients(policy.reminded, owner, village, at.date(), policy, who)
        return [person for _, person in people]

    def _put(self, unit: Unit, person: str, item: Item, due: datetime, at: datetime) -> None:
        self._tellings.mailbox(unit, person, at).remind(item, due, at)
