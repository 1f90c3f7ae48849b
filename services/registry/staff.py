"""Staff come and go: leaves with a stand-in, and the end of an appointment. Each rule is one function."""

from __future__ import annotations

from datetime import date, datetime

from services.kernel.calendar import ONE_DAY
from services.kernel.roster import Roster
from services.kernel.words import CARERS
from services.registry.terms import (
    AlreadyOnLeave,
    BackwardLeave,
    NotACarer,
    NotOnLeave,
    StandInAway,
    StandsIn,
    StandsInForThemselves,
    refuse_future,
)


def check_carer(roster: Roster, staff: str) -> None:
    """Only a carer is paired, section 1; raises UnknownStaff, AppointmentOver, NotACarer."""
    if roster.role_of(staff) not in CARERS:
        raise NotACarer


def go_on_leave(roster: Roster, staff: str, stand_in: str, begins: date, ends: date, at: datetime) -> None:
    """请假: somebody owes meanwhile; who stands in is there on each of these days, so that each day has one carer."""
    if ends < begins:
        raise BackwardLeave
    if staff == stand_in:
        raise StandsInForThemselves
    if not {roster.role_of(staff, begins), roster.role_of(stand_in, ends)} <= CARERS:
        raise NotACarer
    if _is_away(roster, staff, begins, ends):
        raise AlreadyOnLeave
    if _is_away(roster, stand_in, begins, ends):
        raise StandInAway
    roster.note_leave(staff, stand_in, begins, ends, at)


def return_from_leave(roster: Roster, staff: str, on: date, at: datetime) -> None:
    """销假: back on `on`, in a leave that would have gone on; on its first day there was none."""
    refuse_future(on, at)
    roster.role_of(staff)
    for begins, ends, stand_in in roster.leaves.get(staff, ()):
        if begins <= on <= ends:
            roster.cut_short(staff, stand_in, begins, on - ONE_DAY, at)
            return
    raise NotOnLeave


def end_appointment(roster: Roster, staff: str, last_day: date, at: datetime) -> None:
    """离任: not while they stand in for somebody."""
    refuse_future(last_day, at)
    roster.role_of(staff)
    leaves = [one for held in roster.leaves.values() for one in held]
    if any(stand_in == staff and ends > last_day for _, ends, stand_in in leaves):
        raise StandsIn
    roster.end(staff, last_day, at)


def _is_away(roster: Roster, staff: str, begins: date, ends: date) -> bool:
    return any(first <= ends and begins <= last for first, last, _ in roster.leaves.get(staff, ()))
