"""Finding and planning tellings: who is told what, by the policy in force when its cause arises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.roster import Roster, roster_id
from services.notify import policies
from services.notify.elders import views as ward_views
from services.notify.elders.domain import Person, person_id
from services.notify.mailbox.domain import Mailbox, mailbox_id
from services.notify.policies import NotifyPolicy
from services.notify.tellings import views as telling_views
from services.notify.tellings.domain import Telling, telling_id
from services.notify.terms import TellingRule

NAME = "notify"


class Tellings:
    """The tellings of a service, found by what they are about."""

    def __init__(self, log: EventLog, policies: PolicyTable[NotifyPolicy]) -> None:
        self._log = log
        self._policies = policies

    def policy(self, at: datetime) -> NotifyPolicy:
        """The version in force on the day."""
        return self._policies.on(at.date())

    def roster(self, unit: Unit, at: datetime) -> Roster:
        """Who holds which role."""
        return unit.get(Roster, roster_id(NAME)) or unit.add(Roster.open(NAME, at=at))

    def person(self, unit: Unit, elder: str) -> Person | None:
        """What is known of an elder; None where the subject is none."""
        return unit.get(Person, person_id(elder))

    def elders_of(self, carer: str) -> list[str]:
        """Whoever is left behind and paired with a carer."""
        return [row["elder"] for row in self._log.query(ward_views.OF_CARER, carer)]

    def about(self, unit: Unit, matter: dict[str, Any], keep: Callable[[Telling], bool]) -> list[Telling]:
        """The tellings of a matter: those whose content has everything that `matter` names."""

        def is_about(one: Telling) -> bool:
            return all(one.matter.get(key) == value for key, value in matter.items()) and keep(one)

        rows = self._log.query(telling_views.ABOUT, matter["subject"], matter["about"])
        wanted = [row for row in rows if all(row[key] == matter[key] for key in _KEYS if key in matter)]
        return unit.all(Telling, [UUID(row["telling"]) for row in wanted], is_about)

    def is_planned(self, unit: Unit, cause: str) -> bool:
        """Whether this cause was heard before."""
        return unit.get(Telling, telling_id(cause)) is not None

    def plan(
        self,
        unit: Unit,
        matter: dict[str, Any],
        rule: TellingRule,
        owner: tuple[str, str | None],
        at: datetime,
        cause: str,
        *,
        is_confidential: bool = False,
    ) -> Telling | None:
        """Plans the telling of a cause, once; `owner` is the role that owes the matter and who held it."""
        if self.is_planned(unit, cause):
            return None
        policy, who = self.policy(at), self.roster(unit, at)
        people = policies.recipients(rule, owner, matter["village"], at.date(), policy, who)
        planned = Telling.plan(cause, matter, rule, people, at, policy, is_confidential=is_confidential)
        return unit.add(planned)

    def mailbox(self, unit: Unit, person: str, at: datetime) -> Mailbox:
        """The mailbox of a recipient, opened where there is none."""
        return unit.get(Mailbox, mailbox_id(person)) or unit.add(Mailbox.open(person, at=at))

    def stop(self, unit: Unit, reason: str, at: datetime, **matter: str) -> None:
        """Cancels, visibly, what is still pending of a matter and arose until `at`."""
        for telling in self.about(unit, matter, lambda one: one.due is not None and one.created_on <= at):
            telling.stop(reason, at)


_KEYS = ("duty", "period", "incident")
