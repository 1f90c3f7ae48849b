"""The state of one elder on a day, as it was known on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.history.timeline import replay
from services.house.house import House
from services.notify.tellings import views as telling_views

CANCELLED_SHOWN = timedelta(days=31)


@dataclass(frozen=True)
class DutyState:
    """A duty of the day: how often it was owed and how often it had been done."""

    duty: str
    period: str
    opens_on: date
    closes_on: date
    owed: int
    done: int
    status: str


@dataclass(frozen=True)
class NoticeState:
    """A matter of which somebody is still to be told, or of which that was `cancelled` lately, and why."""

    about: str
    what: str
    told: int
    due: datetime | None
    cancelled: str | None


@dataclass(frozen=True)
class ElderState:
    """What was the case on `as_of`, by what was known on `known_by`."""

    elder: str
    as_of: date
    known_by: date
    status: str
    since: date | None
    carer: str | None
    born: date
    living: str
    grade: str | None
    because: tuple[str, ...]
    reassessment_due: date | None
    duties: tuple[DutyState, ...]
    missed: tuple[DutyState, ...]
    visits: int
    notices: tuple[NoticeState, ...]


def state_of(house: House, elder: str, as_of: date, known_by: date | None = None) -> ElderState | None:
    """The state on a day; None where the elder was not on the register then.

    What was owed is read as it stood on `as_of`; how often it had been done counts whatever was known on
    `known_by` of visits that had occurred by `as_of`.
    """
    known = known_by or as_of
    seen = min(as_of, known)
    registered = replay(house, "registry", elder, seen)
    if registered is None or registered.file.enrolled_on is None:
        return None
    file, file_later = registered.file, replay(house, "registry", elder, known).file
    risk, care = replay(house, "risk", elder, seen), replay(house, "visits", elder, seen)
    later = replay(house, "visits", elder, known)
    status, since, _ = file.standing
    return ElderState(
        elder=elder,
        as_of=as_of,
        known_by=known,
        status="merged" if file.merged_into else status,
        since=since,
        carer=file_later.carer_on(as_of),
        born=file_later.born,
        living=file_later.living_on(as_of),
        grade=None if risk is None or risk.grade is None else risk.grade.value,
        because=() if risk is None else tuple(sorted(item.value for item in risk.evidence)),
        reassessment_due=None if risk is None else risk.due,
        duties=() if care is None else tuple(_open(care, later, as_of)),
        missed=() if care is None else tuple(_missed(care, later, as_of)),
        visits=0
        if later is None
        else sum(content["on"] <= as_of.isoformat() for content in later.state.visits.values()),
        notices=tuple(_notices(house, elder, seen)),
    )


def enrolled(house: House, elder: str) -> tuple[date, datetime] | None:
    """Since which day an elder is or was on the register, and when that was recorded; None of whoever never was."""
    for file in house.services["registry"].application.files_of(elder):
        for event in house.services["registry"].log.history(file):
            if type(event).TOPIC == "registry.ElderEnrolled":
                return date.fromisoformat(event.on), event.timestamp
    return None


def _notices(house: House, elder: str, seen: date) -> Iterator[NoticeState]:
    """What was pending at the end of a day, and what was cancelled in the weeks before."""
    log = house.services["notify"].log
    for row in log.query(telling_views.OF_SUBJECT, elder):
        telling: Any = None
        for event in log.history(UUID(row["telling"])):
            if event.timestamp.date() <= seen:
                telling = event.mutate(telling)
        if telling is None or (telling.due is None and telling.stopped is None):
            continue
        if telling.stopped is None or seen - telling.modified_on.date() <= CANCELLED_SHOWN:
            named = (telling.matter.get(key) for key in ("grade", "duty", "period", "incident"))
            what = " ".join(str(one) for one in named if one)
            yield NoticeState(telling.matter["about"], what, telling.steps, telling.due, telling.stopped)


def _open(care: Any, later: Any, as_of: date) -> list[DutyState]:
    held = sorted(care.book.duties.values(), key=lambda duty: (duty.closes_on, duty.duty))
    return [_duty(duty, later.book.days_of(duty.duty), as_of) for duty in held if duty.count]


def _missed(care: Any, later: Any, as_of: date) -> list[DutyState]:
    held = sorted(care.book.missed.values(), key=lambda duty: (duty.closes_on, duty.duty))
    return [_duty(duty, later.book.days_of(duty.duty), as_of, missed=True) for duty in held]


def _duty(duty: Any, days: set[date], as_of: date, *, missed: bool = False) -> DutyState:
    done = sum(duty.opens_on <= day <= min(duty.closes_on, as_of) for day in days)
    is_done = done >= duty.count or duty.is_met
    open_or_overdue = "overdue" if duty.closes_on < as_of else "open"
    status = (
        ("missed, recorded later" if is_done else "missed")
        if missed
        else "met"
        if is_done
        else open_or_overdue
    )
    return DutyState(duty.duty, duty.label, duty.opens_on, duty.closes_on, duty.count, done, status)
