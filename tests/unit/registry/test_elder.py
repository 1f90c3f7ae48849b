"""Who is left behind: given facts, when something is entered or a day turns, then events."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import add_months
from services.registry import policies
from services.registry.terms import (
    AlreadyOnRegister,
    AlreadyTemporarilyBack,
    EndReason,
    InstitutionMismatch,
    NotYetHappened,
    ReturnKind,
    StatusHasEnded,
    Supporter,
    SupporterNotAway,
    UnknownSupporter,
)
from tests.unit.policies import REGISTRY as POLICY
from tests.unit.registry.elders import at, enrolled, names


def test_all_away_for_six_months_is_certified_at_enrolment():
    assert names(enrolled()) == ["ElderEnrolled", "LeftBehindCertified"]


def test_no_supporters_is_refused_and_may_be_enrolled_later():
    elder = enrolled(left=())
    assert names(elder) == ["EnrolmentRefused"]
    rows = [{"id": "s0", "left_county_on": "2023-01-01"}]
    elder.enrol({"born": "1950-01-01", "carer": "grid", "supporters": rows}, at("2024-02-01"), POLICY)
    assert elder.file.is_certified


def test_the_day_before_the_sixtieth_birthday_is_under_age():
    assert names(enrolled("2024-01-02", born="1964-01-03")) == ["EnrolmentRefused"]
    assert names(enrolled("2024-01-03", born="1964-01-03"))[0] == "ElderEnrolled"


def test_six_months_end_on_the_last_day_of_a_shorter_month():
    elder = enrolled(left=("2023-08-31",))
    assert elder.next_wake(POLICY) == date(2024, 2, 29)
    elder.turn_day(at("2024-02-28", 0), POLICY)
    assert not elder.file.is_certified
    elder.turn_day(at("2024-02-29", 0), POLICY)
    assert elder.file.is_certified


def test_a_supporter_in_the_county_leaves_nothing_to_wait_for():
    assert enrolled(left=("2023-01-01", None)).next_wake(POLICY) is None


def test_a_temporary_return_is_carried_over_by_last_years_status_known_or_not():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    assert elder.file.is_certified


def test_a_carried_temporary_return_becomes_permanent_after_six_months():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    elder.collect_events()
    elder.turn_day(at("2024-08-04", 0), POLICY)
    assert elder.file.is_certified
    elder.turn_day(at("2024-08-05", 0), POLICY)
    lapse = elder.collect_events()[-1]
    assert (lapse.reason, lapse.on) == ("temporary_became_permanent", "2024-08-05")


def test_leaving_again_ends_the_temporary_return_and_restarts_nothing():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    elder.supporter_left("s0", date(2024, 2, 20), at("2024-02-20"), POLICY)
    assert elder.file.is_certified
    assert elder.next_wake(POLICY) is None


def test_a_temporary_return_lapses_one_who_was_not_left_behind_last_year():
    elder = enrolled(left=("2023-12-01",))
    elder.turn_day(at("2024-06-01", 0), POLICY)
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 9, 15), at("2024-09-16"), POLICY)
    assert elder.collect_events()[-1].reason == "temporary_return"
    elder.supporter_left("s0", date(2024, 10, 1), at("2024-10-01"), POLICY)
    assert elder.next_wake(POLICY) == date(2025, 4, 1)


def test_a_permanent_return_lapses_and_a_second_spell_is_counted():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.PERMANENT, date(2024, 3, 1), at("2024-03-01"), POLICY)
    assert not elder.file.is_certified
    elder.supporter_left("s0", date(2024, 3, 2), at("2024-10-02"), POLICY)
    assert elder.collect_events()[-1].spell == 2


def test_what_cannot_be_is_refused_and_changes_nothing():
    elder = enrolled()
    elder.collect_events()
    with pytest.raises(UnknownSupporter):
        elder.supporter_left("nobody", date(2024, 1, 2), at("2024-01-02"), POLICY)
    with pytest.raises(NotYetHappened):
        elder.supporter_left("s0", date(2024, 1, 3), at("2024-01-02"), POLICY)
    with pytest.raises(AlreadyOnRegister):
        elder.enrol({}, at("2024-01-02"), POLICY)
    with pytest.raises(InstitutionMismatch):
        elder.institution(enters=False, on=date(2024, 1, 2), at=at("2024-01-02"))
    assert elder.collect_events() == []
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    with pytest.raises(AlreadyTemporarilyBack):
        elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 6), at("2024-02-06"), POLICY)
    elder.supporter_returned("s0", ReturnKind.PERMANENT, date(2024, 2, 7), at("2024-02-07"), POLICY)
    with pytest.raises(SupporterNotAway):
        elder.supporter_returned("s0", ReturnKind.PERMANENT, date(2024, 2, 8), at("2024-02-08"), POLICY)


def test_after_the_end_nothing_more_is_entered():
    elder = enrolled()
    elder.end(EndReason.DIED, date(2024, 5, 1), at("2024-05-02"))
    assert not elder.file.is_certified
    for again in (
        lambda: elder.end(EndReason.DIED, date(2024, 5, 1), at("2024-05-03")),
        lambda: elder.pair("cadre", at("2024-05-03")),
    ):
        with pytest.raises(StatusHasEnded):
            again()


def test_pairing_the_present_carer_changes_nothing():
    elder = enrolled()
    elder.collect_events()
    elder.pair("grid", at("2024-02-01"))
    assert elder.collect_events() == []
    elder.pair("cadre", at("2024-02-01"))
    elder.change_facts({"living": "alone"}, at("2024-02-01"))
    elder.institution(enters=True, on=date(2024, 2, 1), at=at("2024-02-01"))
    kinds = [type(event).__name__ for event in elder.collect_events()]
    assert kinds == ["CarerPaired", "FactsChanged", "InstitutionEntered"]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 1200))
def test_months_are_added_to_the_same_day_or_the_months_last(day: date, months: int):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(
    st.dates(date(1920, 1, 1), date(1970, 1, 1)),
    st.lists(st.dates(date(2015, 1, 1), date(2030, 1, 1)), min_size=1),
)
def test_certifiable_on_is_the_first_day_on_which_all_holds(born: date, leavings: list[date]):
    supporters = [Supporter(str(n), on) for n, on in enumerate(leavings)]
    first = policies.certifiable_on(born, supporters, POLICY)
    assert first is not None
    conditions = [add_months(born, 60 * 12), *(add_months(on, 6) for on in leavings)]
    assert all(day <= first for day in conditions)
    assert first in conditions
