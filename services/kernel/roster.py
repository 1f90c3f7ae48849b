"""The roster (花名册): who holds which role where, and who stands in for whom. Every service keeps its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate

from services.kernel.refusal import Refusal


class RosterError(Refusal):
    """Something about staff that cannot be taken; the message says what to do."""


class UnknownStaff(RosterError):
    """没有此编号的工作人员：请核对编号，或先任用
    / Nobody with this id is appointed: check the id, or appoint them first.
    """


class AlreadyAppointed(RosterError):
    """此工作人员编号已使用：请换一个编号 / Somebody with this id is appointed already: use another id."""


class AppointmentOver(RosterError):
    """该工作人员当日已离任：请核对编号和日期
    / This person's appointment had ended by then: check the id and the date.
    """


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
        self.last_days: dict[str, date] = {}
        self.leaves: dict[str, list[tuple[date, date, str]]] = {}

    @classmethod
    def open(cls, service: str, *, at: datetime) -> Roster:
        """Opens an empty roster at `at`."""
        on = at.date().isoformat()
        return cls._create(cls.Created, id=roster_id(service), subject="township", timestamp=at, on=on)

    @classmethod
    def empty(cls) -> Roster:
        """One to read where nobody is appointed yet; it is never recorded."""
        return cls.open("", at=datetime.min.replace(tzinfo=UTC))

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

    class LeaveNoted(Aggregate.Event):
        """请假: `stand_in` owes what `staff` owes from `begins` to `ends`, both counted.

        Of the same `begins` again the later says when it ends; before it began, that there was none.
        """

        TOPIC = "kernel.LeaveNoted"
        on: str
        staff: str
        stand_in: str
        begins: str
        ends: str

        def apply(self, aggregate: Roster) -> None:
            """One leave more, or another end of it."""
            begins, ends = date.fromisoformat(self.begins), date.fromisoformat(self.ends)
            held = [leave for leave in aggregate.leaves.get(self.staff, ()) if leave[0] != begins]
            aggregate.leaves[self.staff] = held + [(begins, ends, self.stand_in)] * (begins <= ends)

    class LeaveCutShort(LeaveNoted):
        """销假: back earlier than was said; `ends` is the last day of it, before `begins` where there was none."""

        TOPIC = "kernel.LeaveCutShort"

    class AppointmentEnded(Aggregate.Event):
        """离任: `staff` held their role to the end of `last_day`."""

        TOPIC = "kernel.AppointmentEnded"
        on: str
        staff: str
        last_day: str

        def apply(self, aggregate: Roster) -> None:
            """Holds nothing any more, and is on leave from nothing; the id stays theirs."""
            last = date.fromisoformat(self.last_day)
            leaves = aggregate.leaves.get(self.staff, ())
            aggregate.last_days[self.staff] = last
            aggregate.leaves[self.staff] = [
                (begins, min(ends, last), stand_in) for begins, ends, stand_in in leaves if begins <= last
            ]

    def appoint(self, staff: str, role: str, village: str | None, at: datetime) -> None:
        """Appoints; an id stands for one person for ever."""
        if staff in self.staff:
            raise AlreadyAppointed
        on = at.date().isoformat()
        self.trigger_event(self.StaffAppointed, timestamp=at, on=on, staff=staff, role=role, village=village)

    def note_leave(self, staff: str, stand_in: str, begins: date, ends: date, at: datetime) -> None:
        """Somebody stands in for a while."""
        days = {"begins": begins.isoformat(), "ends": ends.isoformat()}
        on = at.date().isoformat()
        self.trigger_event(self.LeaveNoted, timestamp=at, on=on, staff=staff, stand_in=stand_in, **days)

    def cut_short(self, staff: str, stand_in: str, begins: date, ends: date, at: datetime) -> None:
        """A leave that was noted ends earlier."""
        days = {"begins": begins.isoformat(), "ends": ends.isoformat()}
        on = at.date().isoformat()
        self.trigger_event(self.LeaveCutShort, timestamp=at, on=on, staff=staff, stand_in=stand_in, **days)

    def end(self, staff: str, last_day: date, at: datetime) -> None:
        """The appointment ends with that day."""
        days = {"on": at.date().isoformat(), "last_day": last_day.isoformat()}
        self.trigger_event(self.AppointmentEnded, timestamp=at, staff=staff, **days)

    def role_of(self, staff: str, on: date) -> str:
        """The role that this person holds on a day, the last one included; raises UnknownStaff, AppointmentOver."""
        if staff not in self.staff:
            raise UnknownStaff
        if self.has_left(staff, on):
            raise AppointmentOver
        return self.staff[staff][0]

    def roles_of(self, staff: str, on: date) -> frozenset[str]:
        """Their own role, and those of the people for whom they stand in on that day; raises as `role_of`."""
        others = (self.staff[away][0] for away in self.stands_in_for(staff, on) if away in self.staff)
        return frozenset({self.role_of(staff, on), *others})

    def holder(self, role: str, village: str, on: date) -> str | None:
        """Of those who hold the role on a day: the first appointed for the village, else without one, else nobody."""
        held = self.by_role.get(role, ())
        for where in (village, None):
            for staff in held:
                if self.staff[staff][1] == where and not self.has_left(staff, on):
                    return staff
        return None

    def acting_for(self, staff: str, day: date) -> str:
        """Whoever stands in for them on a day of leave, and so on; else they themselves."""
        for begins, ends, stand_in in self.leaves.get(staff, ()):
            if begins <= day <= ends:
                return self.acting_for(stand_in, day)
        return staff

    def reached(self, staff: str, day: date) -> str | None:
        """Whom a telling for this person reaches on a day: whoever is there for them; nobody after their last day."""
        return None if self.has_left(staff, day) else self.acting_for(staff, day)

    def leave_of(self, staff: str, day: date) -> date | None:
        """The last day of the leave that they are on; None where they are there."""
        return next((ends for begins, ends, _ in self.leaves.get(staff, ()) if begins <= day <= ends), None)

    def stands_in_for(self, staff: str, day: date) -> list[str]:
        """Those who are away on a day and left their elders to somebody, in the order of their ids."""
        return sorted(
            carer
            for carer, leaves in self.leaves.items()
            if any(begins <= day <= ends and stand_in == staff for begins, ends, stand_in in leaves)
        )

    def has_left(self, staff: str, day: date) -> bool:
        """Whether their last day lies before `day`."""
        last = self.last_days.get(staff)
        return last is not None and day > last
