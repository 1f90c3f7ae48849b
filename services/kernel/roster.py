"""The roster (花名册): who holds which role, for which village. Every service keeps its own."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.kernel.refusal import Refusal


class RosterError(Refusal):
    """Something about staff that cannot be taken; the message says what to do."""


class UnknownStaff(RosterError):
    """Nobody with this id is appointed: check the id, or appoint them first."""


class AlreadyAppointed(RosterError):
    """Somebody with this id is appointed already: use another id."""


@lru_cache(maxsize=4096)
def roster_id(service: str) -> UUID:
    """The aggregate's id: one roster a service."""
    return uuid5(NAMESPACE_URL, f"{service}:roster")


class Roster(Aggregate):
    """花名册: staff id to (role, village), in the order of appointment; no village for township roles."""

    TOPIC = "kernel.Roster"

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.staff: dict[str, tuple[str, str | None]] = {}
        self.by_role: dict[str, list[str]] = {}

    @classmethod
    def open(cls, service: str, *, at: datetime) -> Roster:
        """Opens an empty roster at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=roster_id(service), subject="township", timestamp=at, on=on)

    class Created(Aggregate.Created):
        """The roster is opened."""

        TOPIC = "kernel.RosterOpened"
        subject: str
        on: str

    class StaffAppointed(Aggregate.Event):
        """任用: `staff` holds `role`, for `village` or for the township, from `on` (local ISO date)."""

        TOPIC = "kernel.StaffAppointed"
        on: str
        staff: str
        role: str
        village: str | None

        def apply(self, aggregate: Roster) -> None:
            """One more on the roster."""
            aggregate.staff[self.staff] = (self.role, self.village)
            aggregate.by_role.setdefault(self.role, []).append(self.staff)

    def appoint(self, staff: str, role: str, village: str | None, at: datetime) -> None:
        """Appoints; an id stands for one person for ever."""
        if staff in self.staff:
            raise AlreadyAppointed
        on = at.date().isoformat()
        self.trigger_event(self.StaffAppointed, timestamp=at, on=on, staff=staff, role=role, village=village)

    def role_of(self, staff: str) -> str:
        """The role that this person holds."""
        if staff not in self.staff:
            raise UnknownStaff
        return self.staff[staff][0]

    def holder(self, role: str, village: str) -> str | None:
        """The first appointed for the village, else the first without a village, else nobody."""
        held = self.by_role.get(role, ())
        for where in (village, None):
            for staff in held:
                if self.staff[staff][1] == where:
                    return staff
        return None
