"""Local days: every date is a date in Asia/Shanghai, every month a calendar month."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)


FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
"""Nobody's life; beyond it a month more or a year less may be no date at all."""


def is_in_calendar(day: date) -> bool:
    """Whether the day may be spoken of."""
    return FIRST_DAY <= day <= LAST_DAY


def local(moment: datetime) -> datetime:
    """The same instant by the local clock; raises ValueError where it has no offset, or is of nobody's life."""
    if moment.tzinfo is None:
        raise ValueError("缺少时区，如 +08:00 / an offset is needed, such as +08:00")
    if not is_in_calendar(moment.date()) or not is_in_calendar((here := moment.astimezone(SHANGHAI)).date()):
        raise ValueError(f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间 / from {FIRST_DAY} to {LAST_DAY}")
    return here


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
