"""The duties of a village, a village group or the township: screenings, activities, meetings, reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from services.visits import policies
from services.visits.duties import events
from services.visits.duties.domain import DutySubject
from services.visits.policies import DutyPolicy
from services.visits.terms import (
    Directory,
    NotOwedHere,
    NotYetHappened,
    Owed,
    PlaceDutyName,
    PlaceKind,
    WrongRoleForDuty,
)


def territory_id(subject: str) -> UUID:
    """The aggregate's id, from `village`, `village/group` or `township`."""
    return uuid5(NAMESPACE_URL, f"visits:territory:{subject}")


class Territory(DutySubject):
    """村委会、村小组、乡: one place and what is owed for it; `village` is empty for the township."""

    TOPIC = "visits.Territory"

    def __init__(self, subject: str, village: str, kind: str) -> None:
        super().__init__(village)
        self.subject = subject
        self.kind = PlaceKind(kind)

    class Created(DutySubject.Created):
        """The place's duties begin."""

        TOPIC = "visits.TerritoryOpened"
        subject: str
        village: str
        kind: str
        on: str

    @classmethod
    def open(cls, subject: str, village: str, kind: PlaceKind, *, at: datetime) -> Territory:
        """Opens at `at`; `turn_day` then opens its duties."""
        return cls._create(
            cls.Created,
            id=territory_id(subject),
            subject=subject,
            village=village,
            kind=kind.value,
            on=at.date().isoformat(),
            timestamp=at,
        )

    @property
    def partition_key(self) -> str:
        """What its partition is found by: groups go with their village."""
        return self.book.village or self.subject

    def owed_on(self, day: date, policy: DutyPolicy) -> Mapping[str, Owed]:
        """Every duty owed for this kind of place."""
        del day
        return policies.owed_for_place(self.kind, policy)

    def owed_by(self, duty: str, policy: DutyPolicy) -> str:
        """The role that owes a duty."""
        return policy.places[PlaceDutyName(duty)].owed_by

    def do(
        self,
        duty: str,
        by: str,
        roles: frozenset[str],
        on: date,
        at: datetime,
        policy: DutyPolicy,
        who: Directory,
    ) -> None:
        """办结: done on `on` by a holder of the role that owes it, or their stand-in (settled points 12 and 22)."""
        if on > at.date():
            raise NotYetHappened
        version = self.version_of(duty, policy)
        if duty not in self.owed_on(on, version):
            raise NotOwedHere
        if self.owed_by(duty, version) not in roles:
            raise WrongRoleForDuty
        self.close_before(at, policy, who)
        self.record(events.DutyDone, at, duty=duty, by=by, done_on=on.isoformat())
        self.settle(at)
