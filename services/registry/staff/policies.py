"""Staff come and go: leaves with a stand-in, and the end of an appointment. Each rule is one function."""

from __future__ import annotations

from datetime import date, datetime

from services.kernel.calendar import ONE_DAY
from services.kernel.roster import Roster
from services.kernel.terms import CARERS
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
    """Only a carer who stays is paired, section 1; raises UnknownStaff, AppointmentOver, NotACarer."""
    if roster.role_of(staff, date.max) not in CARERS:
        raise NotACarer


def go_on_leave(roster: Roster, staff: str, stand_in: str, begins: date, ends: date, at: datetime) -> None:
    """请假: both are carers on each of these days, and who stands in is there (settled point 22).

    On none of them is the stand-in on leave, nor does whoever goes stand in for another: each day has one carer.
    """
    if ends < begins:
        raise BackwardLeave
    if staff == stand_in:
        raise StandsInForThemselves
    if not {roster.role_of(staff, ends), roster.role_of(stand_in, ends)} <= CARERS:
        raise NotACarer
    if _is_away(roster, staff, begins, ends):
        raise AlreadyOnLeave
    if _is_away(roster, stand_in, begins, ends):
        raise StandInAway
    if _stands_in(roster, staff, begins, ends):
        raise StandsIn
    roster.note_leave(staff, stand_in, begins, ends, at)


def return_from_leave(roster: Roster, staff: str, on: date, at: datetime) -> None:
    """销假: back on `on`, in a leave that would have gone on; on its first day there was none."""
    refuse_future(on, at)
    roster.role_of(staff, on)
    for begins, ends, stand_in in roster.leaves.get(staff, ()):
        if begins <= on <= ends:
            roster.cut_short(staff, stand_in, begins, on - ONE_DAY, at)
            return
    raise NotOnLeave


def end_appointment(roster: Roster, staff: str, last_day: date, at: datetime) -> None:
    """离任: once, and not while they stand in for somebody later."""
    refuse_future(last_day, at)
    roster.role_of(staff, date.max)
    if _stands_in(roster, staff, last_day + ONE_DAY, date.max):
        raise StandsIn
    roster.end(staff, last_day, at)


def _is_away(roster: Roster, staff: str, begins: date, ends: date) -> bool:
    return any(first <= ends and begins <= last for first, last, _ in roster.leaves.get(staff, ()))


def _stands_in(roster: Roster, staff: str, begins: date, ends: date) -> bool:
    leaves = [leave for leaves in roster.leaves.values() for leave in leaves]
    return any(first <= ends and begins <= last and stand_in == staff for first, last, stand_in in leaves)
