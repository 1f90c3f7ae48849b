"""The duties of one subject: open, done, missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from services.kernel.calendar import ONE_DAY
from services.visits.terms import OpenDuty, Period

FOREVER = date.max - ONE_DAY


@dataclass
class DutyBook:
    """应办事项: of a subject in `village`; `days` holds, by duty, the days on which it was done.

    `taken_in` holds the same of entries that were merged into this one; `missed` is by duty and period.
    """

    village: str
    duties: dict[str, OpenDuty] = field(default_factory=dict[str, OpenDuty])
    missed: dict[tuple[str, str], OpenDuty] = field(default_factory=dict[tuple[str, str], OpenDuty])
    days: dict[str, set[date]] = field(default_factory=dict[str, set[date]])
    taken_in: dict[str, dict[str, set[date]]] = field(default_factory=dict[str, dict[str, set[date]]])

    def count_day(self, duties: Iterable[str], day: date) -> None:
        """At most one visit per duty and day counts: days are a set."""
        for duty in duties:
            self.days.setdefault(duty, set()).add(day)

    def days_of(self, duty: str) -> set[date]:
        """The days on which a duty was done; merged entries are one person: a day of several counts once."""
        return self.days.get(duty, set()).union(*(days.get(duty, ()) for days in self.taken_in.values()))

    def done(self, duty: OpenDuty) -> int:
        """How often the duty was done between its opening and its last day."""
        return sum(duty.opens_on <= day <= duty.closes_on for day in self.days_of(duty.duty))

    def first_ending(self) -> date:
        """The first last day of what is open."""
        return min((duty.closes_on for duty in self.duties.values()), default=FOREVER)

    def missed_before(self, duty: OpenDuty) -> bool:
        """Whether the same duty was missed in the period before."""
        if duty.owed is None:
            return False
        before = Period.containing(duty.owed.kind, duty.opens_on).starts_on - ONE_DAY
        return any(name == duty.duty and miss.closes_on == before for (name, _), miss in self.missed.items())
