"""Where visits' aggregates are found, and by which rules they are judged on a day."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.log.event_log import EventLog
from services.chassis.log.unit import Unit
from services.chassis.policy.table import PolicyTable
from services.kernel.days import DayBook, day_book_id
from services.kernel.roster import Roster, roster_id
from services.kernel.texts import derived_id
from services.visits import views
from services.visits.care.domain import CareRecord, care_record_id
from services.visits.places.domain import Territory, territory_id
from services.visits.policies import DutyPolicy
from services.visits.problems import views as problem_views
from services.visits.problems.domain import Problem, problem_id
from services.visits.problems.policies import Reader
from services.visits.terms import MergedEntry, NotOnRegister, UnknownSubject

NAME = "visits"
_ID_OF = {"elder": care_record_id, "place": territory_id, "problem": problem_id}


class Records:
    """Care records, territories, the roster and the day book."""

    def __init__(self, log: EventLog, policies: PolicyTable[DutyPolicy]) -> None:
        self._log = log
        self._policies = policies

    def of(self, unit: Unit, elder: str) -> CareRecord:
        """The care record in which something is to be entered; none where another entry is kept instead."""
        found = self.held(unit, elder)
        if found.state.merged_into is not None:
            raise MergedEntry
        return found

    def held(self, unit: Unit, elder: str) -> CareRecord:
        """The care record of an elder on the register."""
        found = unit.get(CareRecord, care_record_id(elder))
        if found is None:
            raise NotOnRegister
        return found

    def kept(self, unit: Unit, elder: str) -> list[CareRecord]:
        """The care record of an entry that is kept, and of the one that it was merged into itself, and so on."""
        chain = [self.held(unit, elder)]
        while (into := chain[-1].state.merged_into) is not None and all(
            record.elder != into for record in chain
        ):
            chain.append(self.held(unit, into))
        return chain

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

    def role_of(self, unit: Unit, staff: str, on: date) -> str:
        """The role of somebody appointed, on a day; raises UnknownStaff, AppointmentOver."""
        return self._known(unit).role_of(staff, on)

    def roles_of(self, unit: Unit, staff: str, on: date) -> frozenset[str]:
        """In which roles somebody acts on a day, standing in for others too; raises as `role_of`."""
        return self._known(unit).roles_of(staff, on)

    def problems_of(self, elder: str) -> list[str]:
        """The problems of an elder, as the read model has them."""
        return [row["problem"] for row in self._log.query(problem_views.OF_ELDER, elder)]

    def open_referral(self, unit: Unit, record: CareRecord) -> Problem | None:
        """The referral of the elder that is open; None where there is none."""
        latest = record.state.referrals[-1:]
        found = unit.get(Problem, problem_id(latest[0])) if latest else None
        return found if found is not None and found.is_open else None

    def refer(self, unit: Unit, record: CareRecord, at: datetime) -> None:
        """转诊: straight to the clinic for a serious illness, one at a time (section 5, 三(三)1)."""
        if self.open_referral(unit, record) is None:
            name = self._free_name(unit, record)
            policy = self.policy(at).problems
            unit.add(Problem.refer(name, record.elder, at=at, policy=policy))
            record.refer(name, at, *self.rules(unit, at))

    def _free_name(self, unit: Unit, record: CareRecord) -> str:
        """The next referral's; whoever opens a problem may have taken it."""
        numbers = count(len(record.state.referrals) + 1)
        names = (derived_id("referral", record.elder, str(number)) for number in numbers)
        return next(name for name in names if unit.get(Problem, problem_id(name)) is None)

    def reader(self, unit: Unit, staff: str, on: date) -> Reader:
        """Somebody appointed, as who looks at problems on a day; raises UnknownStaff, AppointmentOver."""
        roster = self._known(unit)
        return Reader(roster.role_of(staff, on), roster.staff[staff][1])

    def _known(self, unit: Unit) -> Roster:
        """The roster, to be read; empty where nobody is appointed yet."""
        return unit.get(Roster, roster_id(NAME)) or Roster.empty()

    def rules(self, unit: Unit, at: datetime) -> tuple[DutyPolicy, Roster]:
        """The policy in force on the day, and who holds which role."""
        return self._policies.on(at.date()), self.roster(unit, at)

    def policy(self, at: datetime) -> DutyPolicy:
        """The policy in force on the day."""
        return self._policies.on(at.date())

    def day_book(self, unit: Unit, at: datetime) -> DayBook:
        """Which days registry, risk and visits have turned."""
        return unit.get(DayBook, day_book_id(NAME)) or unit.add(DayBook.open(NAME, at=at))

    def turn(self, unit: Unit, partition: int, day: date, at: datetime) -> None:
        """Closes what ended before `day` and opens what begins on it, for a whole partition."""
        every = self._policies.changes_on(day)
        rows = (
            self._log.query(views.OF_PARTITION, partition, partition)
            if every
            else self._log.query(views.DUE, partition, day.isoformat(), partition, day.isoformat())
        )
        rules = self.rules(unit, at)
        ids: dict[str, list[UUID]] = {"elder": [], "problem": [], "place": []}
        for row in rows:
            kind = row["kind"] if row["kind"] in ids else "place"
            ids[kind].append(_ID_OF[kind](row["subject"]))

        def is_due(one: CareRecord | Territory | Problem) -> bool:
            wake = wake_of(self._policies, one)
            is_mine = partition_of(one.partition_key, PARTITIONS) == partition
            return is_mine and (every or (wake is not None and wake <= day))

        found = (*unit.all(CareRecord, ids["elder"], is_due), *unit.all(Territory, ids["place"], is_due))
        for book in found:
            book.turn_day(at, *rules)
            if every:
                book.come_under(rules[0], at)
        for problem in unit.all(Problem, ids["problem"], is_due):
            problem.turn_day(at, rules[0].problems)


def wake_of(policies: PolicyTable[DutyPolicy], aggregate: Any) -> date | None:
    """The first day later than its last event on which time alone changes an aggregate."""
    if isinstance(aggregate, Problem):
        return aggregate.next_wake()
    if not isinstance(aggregate, (CareRecord, Territory)):
        return None
    since = aggregate.modified_on.date()
    return policies.next_wake(since, lambda policy: aggregate.next_wake(since, policy))
