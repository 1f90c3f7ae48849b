"""What waits for somebody's morning digest: what is nearly due, and what is overdue. Nobody acknowledges it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts import visits
from services.chassis.unit import Unit
from services.kernel.roster import Roster
from services.kernel.words import CARERS
from services.notify import policies
from services.notify.matters import Tellings
from services.notify.routing import Step
from services.notify.terms import OVERDUE, REMINDER

Item = dict[str, Any]


class Reminders:
    """汇总提醒: put into mailboxes as it arises, told in the morning where it holds then."""

    def __init__(self, tellings: Tellings) -> None:
        self._tellings = tellings

    def nearly_due(self, unit: Unit, told: visits.DutyNearlyDue, at: datetime) -> None:
        """临期提醒: for whoever owes the duty."""
        item: Item = {
            "about": REMINDER,
            "subject": told.subject,
            "duty": told.duty,
            "period": told.period,
            "closes_on": told.closes_on.isoformat(),
            "remaining": told.remaining,
            "village": told.village,
        }
        policy, who = self._tellings.policy(at), self._tellings.roster(unit, at)
        owner = told.owed_by, told.responsible
        for _, person in policies.recipients(policy.reminded, owner, told.village, policy, who):
            self._put(unit, person, item, policies.next_digest(at, policy), at)

    def overdue(self, unit: Unit, told: visits.ProblemOverdue, village: str, at: datetime) -> None:
        """问题超期: for the desk, the unit or who verifies; of the four confidential kinds for no carer (section 5)."""
        policy, who = self._tellings.policy(at), self._tellings.roster(unit, at)
        is_confidential = told.kind in policy.confidential_incidents
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
        for person in policies.told_overdue(told.owed_by, village, policy, who):
            acting = who.acting_for(person, at.date())
            if not (is_confidential and _is_carer(who, acting)):
                self._put(unit, acting, item, policies.next_digest(at, policy), at)

    def due(self, unit: Unit, person: str, now: datetime) -> list[tuple[Step, Item]]:
        """What still holds of what waits for somebody's digest."""

        def holds(item: Item) -> bool:
            return item["about"] != REMINDER or self._is_open(unit, item, now)

        items = self._tellings.mailbox(unit, person, now).send_reminders(holds, now)
        return [(Step.reminding(item, person), item) for item in items]

    def _is_open(self, unit: Unit, item: Item, now: datetime) -> bool:
        """The period runs, and the elder is left behind."""
        known = self._tellings.person(unit, item["subject"])
        is_over = known is not None and known.silent_since is not None
        return not is_over and item["closes_on"] >= now.date().isoformat()

    def _put(self, unit: Unit, person: str, item: Item, due: datetime, at: datetime) -> None:
        self._tellings.mailbox(unit, person, at).remind(item, due, at)


def _is_carer(who: Roster, staff: str) -> bool:
    return staff in who.staff and who.staff[staff][0] in CARERS
