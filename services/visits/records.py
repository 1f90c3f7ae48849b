"""Where visits' aggregates are found, and by which rules they are judged on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.log import EventLog
from services.chassis.policy import PolicyTable
from services.chassis.unit import Unit
from services.kernel.days import DayBook, day_book_id
from services.kernel.roster import Roster, roster_id
from services.visits import views
from services.visits.domain import CareRecord, care_record_id
from services.visits.policies import DutyPolicy
from services.visits.terms import MergedEntry, NotOnRegister, UnknownSubject
from services.visits.territory import Territory, territory_id

NAME = "visits"


class Records:
    """Care records, territories, the roster and the day book."""

    def __init__(self, log: EventLog, policies: PolicyTable[DutyPolicy]) -> None:
        self._log = log
        self._policies = policies

    def of(self, unit: Unit, elder: str) -> CareRecord:
        """The care record in which something is to be entered; none where another entry is kept instead."""
        found = self.held(unit, elder)
        if found.merged_into is not None:
            raise MergedEntry
        return found

    def held(self, unit: Unit, elder: str) -> CareRecord:
        """The care record of an elder on the register."""
        found = unit.get(CareRecord, care_record_id(elder))
        if found is None:
            raise NotOnRegister
        return found

    def territory(self, unit: Unit, subject: str) -> Territory:
        """The duties of a village, a village group or the township."""
        found = unit.get(Territory, territory_id(subject))
        if found is None:
            raise UnknownSubject
        return found

    def find_territory(self, unit: Unit, subject: str) -> Territory | None:
        """As `territory`, None where it has not begun."""
        return unit.get(Territory, territory_id(subject))

    def roster(self, unit: Unit, at: datetime) -> Roster:
        """Who holds which role."""
        return unit.get(Roster, roster_id(NAME)) or unit.add(Roster.open(NAME, at=at))

    def role_of(self, unit: Unit, staff: str, on: date | None = None) -> str:
        """The role of somebody appointed, now or on a day; raises UnknownStaff, AppointmentOver."""
        roster = unit.get(Roster, roster_id(NAME))
        return (roster or Roster(subject="")).role_of(staff, on)

    def rules(self, unit: Unit, at: datetime) -> tuple[DutyPolicy, Roster]:
        """The policy in force on the day, and who holds which role."""
        return self._policies.on(at.date()), self.roster(unit, at)

    def day_book(self, unit: Unit, at: datetime) -> DayBook:
        """Which days registry, risk and visits have turned."""
        return unit.get(DayBook, day_book_id(NAME)) or unit.add(DayBook.open(NAME, at=at))

    def turn(self, unit: Unit, partition: int, day: date, at: datetime) -> None:
        """Closes what ended before `day` and opens what begins on it, for a whole partition."""
        every = self._policies.changes_on(day)
        rows = (
            self._log.query(views.OF_PARTITION, partition)
            if every
            else self._log.query(views.DUE, partition, day.isoformat())
        )
        rules = self.rules(unit, at)
        elders = [care_record_id(row["subject"]) for row in rows if row["kind"] == "elder"]
        places = [territory_id(row["subject"]) for row in rows if row["kind"] != "elder"]

        def is_due(one: CareRecord | Territory) -> bool:
            wake = self.wake_of(one)
            is_mine = partition_of(one.partition_key, PARTITIONS) == partition
            return is_mine and (every or (wake is not None and wake <= day))

        found = (*unit.all(CareRecord, elders, is_due), *unit.all(Territory, places, is_due))
        for book in found:
            book.turn_day(at, *rules)
            if every:
                book.come_under(rules[0], at)

    def wake_of(self, aggregate: Any) -> date | None:
        """The first day later than its last event on which time alone changes this aggregate."""
        since = aggregate.modified_on.date()
        return self._policies.next_wake(since, lambda policy: aggregate.next_wake(since, policy))
