"""What a report is asked for: place, time, person and reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from services.kernel.calendar import ONE_DAY, add_months
from services.kernel.terms import Role
from services.reports.people import DutyRecord, ElderRecord, by_place
from services.reports.picture import Picture
from services.reports.policies import RuleBook, Rules
from services.reports.redaction import Redaction


class NotReportable(ValueError):
    """A report that cannot be made; the message says what to do."""


def half_year(day: date) -> str:
    """2024年上半年."""
    return f"{day.year}年{'上' if day.month <= 6 else '下'}半年"  # noqa: PLR2004


@dataclass(frozen=True)
class ReportRequest:
    """`month` is any day of it; a report that needs none takes the month of `as_of`. Empty means the township."""

    as_of: date
    known_by: date
    village: str | None = None
    month: date | None = None
    elder: str | None = None
    reader: Role | None = None


@dataclass(frozen=True)
class Scope:
    """What was asked, with the picture of it and the rules."""

    asked: ReportRequest
    picture: Picture
    book: RuleBook

    @cached_property
    def rules(self) -> Rules:
        """What is in force on `as_of`."""
        return self.book.on(self.asked.as_of)

    @property
    def redaction(self) -> Redaction:
        """What the reader may see."""
        return Redaction(self.asked.reader, self.rules)

    @property
    def begins(self) -> date:
        """The first day of the month."""
        return (self.asked.month or self.asked.as_of).replace(day=1)

    @property
    def ends(self) -> date:
        """Its last day."""
        return add_months(self.begins, 1) - ONE_DAY

    def has_month(self, day: date) -> bool:
        """Whether a day lies in the month."""
        return self.begins <= day <= self.ends

    @property
    def villages(self) -> list[str]:
        """The villages asked for, by code."""
        return [self.asked.village] if self.asked.village else sorted(self.picture.villages)

    @property
    def elders(self) -> list[ElderRecord]:
        """Everybody on the register who was asked for, by place."""
        wanted = set(self.villages)
        return by_place(
            elder
            for elder in self.picture.enrolled
            if elder.village in wanted and self.asked.elder in {None, elder.elder}
        )

    @property
    def certified(self) -> list[ElderRecord]:
        """Those of them who are left behind."""
        return [elder for elder in self.elders if elder.is_certified]

    def duties_of(self, village: str) -> list[DutyRecord]:
        """The duties of a village that close in the month; of the township where it is empty."""
        return [
            duty for duty in self.picture.duties if duty.village == village and self.has_month(duty.closes_on)
        ]

    @property
    def township(self) -> str:
        """Its name: the register's own, else the policy's."""
        return self.picture.township or self.rules.reports.township

    def village_name(self, village: str) -> str:
        """Its name."""
        return self.picture.village_name(village)
