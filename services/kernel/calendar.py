"""Local days: every date is a date in Asia/Shanghai, every month a calendar month."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)


def midnight(day: date) -> datetime:
    """00:00 of a local day."""
    return datetime.combine(day, time(), SHANGHAI)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day where there is none."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


def birthday(born: date, age: int) -> date:
    """The day on which someone born on `born` turns `age`; 28 February stands in for the 29th."""
    return add_months(born, age * 12)
