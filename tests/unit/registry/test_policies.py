"""Who is left behind, rule by rule, at the days on which each begins and ends to hold (一 (三))."""

from dataclasses import replace
from datetime import date

import pytest

from services.registry import policies
from services.registry.terms import LapseReason, RefusalReason, ReturnKind, Supporter
from tests.unit.policies import REGISTRY

BORN = date(1954, 5, 20)
AWAY = Supporter("S1", date(2023, 8, 10))
LATER = Supporter("S2", date(2023, 9, 15))
BACK = replace(AWAY, back_on=date(2024, 2, 8))
AT_HOME = Supporter("S3", None)


@pytest.mark.parametrize(
    ("born", "supporters", "on", "expected"),
    [
        ("1964-02-01", [AWAY], "2024-02-01", None),
        ("1964-02-02", [AWAY], "2024-02-01", RefusalReason.UNDER_AGE),
        ("1964-02-02", [], "2024-02-01", RefusalReason.NO_SUPPORTERS),
        ("1950-01-01", [], "2024-02-01", RefusalReason.NO_SUPPORTERS),
        ("1950-01-01", [AT_HOME], "2024-02-01", None),
    ],
)
def test_who_has_no_supporter_or_is_not_sixty_that_day_is_refused(
    born: str, supporters: list[Supporter], on: str, expected: RefusalReason | None
):
    asked = date.fromisoformat(born), supporters, date.fromisoformat(on)
    assert policies.refusal_at_enrolment(*asked, REGISTRY) is expected


@pytest.mark.parametrize(
    ("born", "supporters", "expected"),
    [
        ("1954-05-20", [AWAY], "2024-02-10"),
        ("1954-05-20", [AWAY, LATER], "2024-03-15"),
        ("1964-05-20", [AWAY, LATER], "2024-05-20"),
        ("1954-05-20", [AWAY, AT_HOME], None),
        ("1954-05-20", [BACK], None),
        ("1954-05-20", [AWAY, BACK], None),
        ("1954-05-20", [], None),
    ],
)
def test_six_months_after_the_last_of_them_left_and_not_before_sixty(
    born: str, supporters: list[Supporter], expected: str | None
):
    found = policies.certifiable_on(date.fromisoformat(born), supporters, REGISTRY)
    assert found == (date.fromisoformat(expected) if expected else None)


def test_a_return_for_a_while_becomes_one_for_good_after_six_months():
    assert policies.becomes_permanent_on(BACK, REGISTRY) == date(2024, 8, 8)
    assert policies.becomes_permanent_on(AWAY, REGISTRY) is None
    longer = replace(REGISTRY, temporary_return_months=7)
    assert policies.becomes_permanent_on(BACK, longer) == date(2024, 9, 8)


@pytest.mark.parametrize(
    ("supporters", "certified", "expected"),
    [
        ([AWAY], False, "2024-02-10"),
        ([AWAY], True, None),
        ([BACK], True, "2024-08-08"),
        ([BACK, AWAY], False, "2024-08-08"),
        ([AT_HOME], False, None),
        ([], False, None),
        ([BACK, replace(LATER, back_on=date(2024, 2, 1))], True, "2024-08-01"),
    ],
)
def test_time_alone_changes_the_status_next_on_the_first_day_of_any(
    supporters: list[Supporter], certified: bool, expected: str | None
):
    found = policies.next_change(BORN, supporters, REGISTRY, certified=certified)
    assert found == (date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize(
    ("kind", "carried_over", "expected"),
    [
        (ReturnKind.PERMANENT, False, LapseReason.PERMANENT_RETURN),
        (ReturnKind.PERMANENT, True, LapseReason.PERMANENT_RETURN),
        (ReturnKind.TEMPORARY, False, LapseReason.TEMPORARY_RETURN),
        (ReturnKind.TEMPORARY, True, None),
    ],
)
def test_a_return_lapses_unless_it_is_for_a_while_and_last_years_status_carries_over(
    kind: ReturnKind, carried_over: bool, expected: LapseReason | None
):
    assert policies.lapse_by_return(kind, carried_over=carried_over) is expected


def test_the_last_day_of_the_year_before():
    assert policies.previous_year_end(date(2024, 2, 29)) == date(2023, 12, 31)


def test_a_village_is_of_the_township_whose_code_its_own_begins_with():
    huaxi = replace(REGISTRY, area="530323991")
    assert policies.is_of_township("530323991201", huaxi) is True
    assert policies.is_of_township("530323990201", huaxi) is False
    assert policies.is_of_township("530323990201", REGISTRY) is True


@pytest.mark.parametrize(
    ("number", "born", "sex", "expected"),
    [
        ("530323195405200025", "1954-05-20", "f", True),
        ("530323195405200025", "1954-05-20", "m", False),
        ("530323195405200017", "1954-05-20", "m", True),
        ("530323195405200025", "1954-05-21", "f", False),
    ],
)
def test_a_number_states_the_birth_date_and_by_its_seventeenth_digit_the_sex(
    number: str, born: str, sex: str, expected: bool
):
    assert policies.agrees_with_number(number, born, sex) is expected


@pytest.mark.parametrize(
    ("supporters", "on", "expected"),
    [
        ([AWAY], "2024-02-10", True),
        ([AWAY], "2024-02-09", False),
        ([BACK], "2024-02-10", True),
        ([AWAY, AT_HOME], "2024-06-01", False),
    ],
)
def test_a_certification_stands_from_the_day_on_which_the_dates_bear_it_out(
    supporters: list[Supporter], on: str, expected: bool
):
    assert policies.is_left_behind_by(BORN, supporters, date.fromisoformat(on), REGISTRY) is expected
