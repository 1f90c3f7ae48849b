"""Leaves and endings: given a roster, when a carer goes, then somebody owes on each day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.house.house import opened
from services.house.settings import Settings
from services.kernel.roster import AppointmentOver, Roster, UnknownStaff
from services.registry.figures.commands import EnterFigure
from services.registry.staff import policies as staff
from services.registry.terms import (
    AlreadyOnLeave,
    BackwardLeave,
    FigureKind,
    NotACarer,
    NotOnLeave,
    NotYetHappened,
    RegistryError,
    StandInAway,
    StandsIn,
    StandsInForThemselves,
)
from services.visits.commands import AcceptProblem, DoDuty, FileAgreement
from tests.unit.registry.elders import at

FIRST = date(2024, 3, 1)
CARERS = ("ann", "ben", "cai", "dan")
NOW = at("2024-03-10")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def roster() -> Roster:
    made = Roster.open("registry", at=NOW)
    for one in CARERS:
        made.appoint(one, "grid_worker", "V1", NOW)
    made.appoint("lead", "village_lead", "V1", NOW)
    made.collect_events()
    return made


def test_the_stand_in_acts_on_each_day_of_the_leave_and_on_no_other():
    held = roster()
    staff.go_on_leave(held, "ann", "ben", day(3), day(5), NOW)
    acting = [held.acting_for("ann", day(number)) for number in range(2, 7)]
    assert acting == ["ann", "ben", "ben", "ben", "ann"]


def test_who_comes_back_early_acts_from_that_day():
    held = roster()
    staff.go_on_leave(held, "ann", "ben", day(3), day(8), NOW)
    staff.return_from_leave(held, "ann", day(5), NOW)
    assert [held.acting_for("ann", day(number)) for number in (3, 4, 5)] == ["ben", "ben", "ann"]
    staff.return_from_leave(held, "ann", day(3), NOW)
    assert held.acting_for("ann", day(3)) == "ann"
    with pytest.raises(NotOnLeave):
        staff.return_from_leave(held, "ann", day(3), NOW)


def test_leaves_that_cannot_be_are_refused_and_change_nothing():
    held = roster()
    staff.go_on_leave(held, "ann", "ben", day(3), day(8), NOW)
    held.collect_events()
    for refusal, who, stand_in, begins, ends in (
        (BackwardLeave, "cai", "ben", 4, 3),
        (StandsInForThemselves, "cai", "cai", 3, 4),
        (NotACarer, "cai", "lead", 3, 4),
        (UnknownStaff, "cai", "nobody", 3, 4),
        (AlreadyOnLeave, "ann", "cai", 8, 9),
        (StandInAway, "cai", "ann", 1, 3),
        (StandsIn, "ben", "cai", 8, 9),
        (StandsIn, "ben", "cai", 1, 3),
    ):
        with pytest.raises(refusal):
            staff.go_on_leave(held, who, stand_in, day(begins), day(ends), NOW)
    assert held.collect_events() == []


def test_who_stands_in_may_be_away_before_and_after_and_somebody_on_leave_may_stand_in_then():
    held = roster()
    staff.go_on_leave(held, "ann", "ben", day(3), day(8), NOW)
    staff.go_on_leave(held, "ben", "cai", day(1), day(2), NOW)
    staff.go_on_leave(held, "ben", "ann", day(9), day(9), NOW)
    acting = [held.acting_for("ben", day(number)) for number in (2, 3, 8, 9)]
    assert acting == ["cai", "ben", "ben", "ann"]


def test_the_stand_in_acts_in_both_roles_and_only_on_these_days():
    held = roster()
    held.appoint("cadre", "group_cadre", "V2", NOW)
    staff.go_on_leave(held, "cadre", "ann", day(3), day(5), NOW)
    roles = [sorted(held.roles_of("ann", day(number))) for number in (2, 3, 5, 6)]
    both = ["grid_worker", "group_cadre"]
    assert roles == [["grid_worker"], both, both, ["grid_worker"]]


def test_a_leave_ends_with_the_appointment_and_so_does_standing_in_for_it():
    held = roster()
    staff.go_on_leave(held, "ann", "ben", day(3), day(8), NOW)
    staff.go_on_leave(held, "ann", "ben", day(12), day(14), NOW)
    staff.end_appointment(held, "ann", day(5), NOW)
    assert [held.stands_in_for("ben", day(number)) for number in (5, 6, 12)] == [["ann"], [], []]
    staff.end_appointment(held, "ben", day(5), NOW)
    with pytest.raises(AppointmentOver):
        staff.go_on_leave(held, "ann", "cai", day(5), day(6), NOW)
    staff.return_from_leave(held, "ann", day(5), NOW)
    assert held.acting_for("ann", day(5)) == "ann"


def test_until_the_last_day_is_over_they_enter_what_they_may_and_take_on_nobody():
    held = roster()
    staff.end_appointment(held, "ann", day(5), NOW)
    assert held.role_of("ann", day(5)) == "grid_worker"
    with pytest.raises(AppointmentOver):
        staff.check_carer(held, "ann")


def test_an_appointment_ends_with_its_last_day():
    held = roster()
    staff.end_appointment(held, "lead", day(5), NOW)
    assert held.holder("village_lead", "V1", day(5)) == "lead"
    assert held.holder("village_lead", "V1", day(6)) is None
    assert [held.reached("lead", day(number)) for number in (5, 6)] == ["lead", None]
    assert held.role_of("lead", day(5)) == "village_lead"
    with pytest.raises(AppointmentOver):
        held.role_of("lead", day(6))
    with pytest.raises(AppointmentOver):
        staff.end_appointment(held, "lead", day(6), NOW)


def test_nobody_leaves_while_standing_in_or_before_the_day_has_come():
    held = roster()
    staff.go_on_leave(held, "ann", "ben", day(3), day(8), NOW)
    with pytest.raises(StandsIn):
        staff.end_appointment(held, "ben", day(7), NOW)
    staff.end_appointment(held, "ben", day(8), NOW)
    with pytest.raises(NotYetHappened):
        staff.end_appointment(held, "cai", day(30), NOW)


LEAVES = st.tuples(
    st.sampled_from(CARERS), st.sampled_from(CARERS), st.integers(0, 20), st.integers(-1, 12), st.booleans()
)


@given(st.lists(LEAVES, max_size=15))
def test_whatever_leaves_are_taken_each_day_has_one_carer_who_is_there(
    leaves: list[tuple[str, str, int, int, bool]],
):
    held = roster()
    for who, stand_in, begins, lasts, returns in leaves:
        try:
            if returns:
                staff.return_from_leave(held, who, day(begins), NOW)
            else:
                staff.go_on_leave(held, who, stand_in, day(begins), day(begins + lasts), NOW)
        except RegistryError:
            continue
    for number in range(40):
        for one in CARERS:
            acting = held.acting_for(one, day(number))
            assert held.acting_for(acting, day(number)) == acting
            assert not any(begins <= day(number) <= ends for begins, ends, _ in held.leaves.get(acting, ()))
            away = held.leave_of(one, day(number)) is not None
            assert not (away and held.stands_in_for(one, day(number))), "nobody on leave stands in"


def test_where_nobody_is_appointed_yet_nobody_is_known():
    with opened(Settings(data=None)) as house:
        figure = EnterFigure(
            figure="F1",
            kind=FigureKind.SPECIAL_FUND_BUDGET,
            value=Decimal(1),
            on=date(2024, 3, 1),
            by="nobody",
        )
        agreement = FileAgreement(elder="E1", by="nobody", on=date(2024, 3, 1))
        done = DoDuty(duty="group_activity", subject="V1", by="nobody", on=date(2024, 3, 1))
        accept = AcceptProblem(problem="P1", by="nobody")
        reasons = [house.take(command, NOW).reason for command in (figure, agreement, done, accept)]
    assert reasons == ["UnknownStaff", "NotOnRegister", "UnknownSubject", "UnknownStaff"]
    with pytest.raises(UnknownStaff):
        Roster.empty().role_of("nobody", FIRST)
