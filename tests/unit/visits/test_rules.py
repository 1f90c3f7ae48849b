"""What is owed and what satisfies it, rule by rule (section 4)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.kernel.policy_limits import Contradictions
from services.kernel.terms import Owner
from services.visits import policies
from services.visits.terms import Absence, OpenDuty, Owed, Period, PeriodKind, PlaceKind, Situation
from tests.unit.policies import DUTIES

DAY = date(2024, 3, 15)
ALWAYS = {"health_check": "year", "living_security_review": "half_year"}
AT_HOME = {"home_visit": "month", "information_update": "quarter", "health_follow_up": "quarter"}


def situation(born: str = "1960-01-01", **known: Any) -> Situation:
    held = {"is_certified": True, "living": "with_relatives", "grade": "green", **known}
    sets = {key: frozenset(held[key]) for key in ("health", "evidence") if key in held}
    return replace(Situation(date.fromisoformat(born)), **{**held, **sets})


def owed(**known: Any) -> dict[str, str]:
    return {
        duty: rule.kind.value for duty, rule in policies.owed_now(situation(**known), DAY, DUTIES).items()
    }


def test_a_certified_elder_owes_all_that_the_plan_lists():
    assert owed() == {**ALWAYS, **AT_HOME, "follow_up": "quarter"}
    assert policies.owed_now(situation(), DAY, DUTIES)["home_visit"] == DUTIES.home_visit


def test_nothing_is_owed_without_a_certification_and_no_follow_up_without_a_grade():
    assert owed(is_certified=False) == {}
    assert owed(grade=None) == {**ALWAYS, **AT_HOME}


def test_in_an_institution_only_the_check_up_and_the_review_are_owed():
    assert owed(in_institution=True, declined_institution=True, living="alone") == ALWAYS


@pytest.mark.parametrize(
    ("grade", "expected"), [("red", (2, "month")), ("yellow", (1, "month")), ("green", (1, "quarter"))]
)
def test_the_follow_up_goes_by_the_grade(grade: str, expected: tuple[int, str]):
    rule = policies.owed_now(situation(grade=grade), DAY, DUTIES)["follow_up"]
    assert (rule.times, rule.kind.value) == expected
    assert rule.rounds_up is (grade == "red")


@pytest.mark.parametrize(
    "illness", ["hypertension", "type2_diabetes", "tuberculosis", "severe_mental_disorder"]
)
def test_the_clinic_comes_monthly_for_the_four_illnesses(illness: str):
    assert owed(health=[illness])["health_follow_up"] == "month"
    assert owed(health=["severe_disability"])["health_follow_up"] == "quarter"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"living": "alone"}, True),
        ({"living": "couple"}, True),
        ({"living": "with_grandchildren"}, False),
        ({"born": "1944-03-15"}, True),
        ({"born": "1944-03-16"}, False),
        ({"evidence": ["major_illness"]}, True),
        ({"evidence": ["incapacity"]}, True),
        ({"evidence": ["disability"]}, False),
        ({"health": ["severe_disability"]}, True),
        ({"health": ["hypertension"]}, False),
    ],
)
def test_who_declined_an_institution_and_is_alone_old_ill_or_disabled_is_looked_in_on(
    known: dict[str, Any], expected: bool
):
    assert (
        policies.owes_weekly_look_in(situation(declined_institution=True, **known), DAY, DUTIES) is expected
    )
    assert policies.owes_weekly_look_in(situation(declined_institution=False, **known), DAY, DUTIES) is False
    assert (owed(declined_institution=True, **known).get("look_in") == "week") is expected


@pytest.mark.parametrize(
    ("times", "days", "up", "half_up"),
    [
        (2, 31, 2, 2),
        (2, 16, 2, 1),
        (2, 15, 1, 1),
        (2, 7, 1, 0),
        (2, 8, 1, 1),
        (1, 0, 0, 0),
        (3, 31, 3, 3),
        (1, 15, 1, 0),
        (1, 16, 1, 1),
    ],
)
def test_a_part_of_a_period_owes_its_share(times: int, days: int, up: int, half_up: int):
    march = Period.containing(PeriodKind.MONTH, DAY)
    shares = [
        policies.share_of(Owed(PeriodKind.MONTH, times, rounds_up=rounds), days, march)
        for rounds in (True, False)
    ]
    assert shares == [up, half_up]


def test_a_half_is_rounded_up():
    april = Period.containing(PeriodKind.MONTH, date(2024, 4, 1))
    assert policies.share_of(Owed(PeriodKind.MONTH, 1), 15, april) == 1
    assert policies.share_of(Owed(PeriodKind.MONTH, 1), 14, april) == 0


def test_days_away_are_taken_off_both_ends_counted():
    ten = date(2024, 3, 1), date(2024, 3, 10)
    assert policies.present_days(*ten, []) == 10
    assert policies.present_days(*ten, [Absence(date(2024, 3, 3), date(2024, 3, 4))]) == 8
    ends = [Absence(date(2024, 2, 1), date(2024, 3, 1)), Absence(date(2024, 3, 10), DAY)]
    assert policies.present_days(*ten, ends) == 8
    whole = [Absence(date(2024, 3, 1), date(2024, 3, 5)), Absence(date(2024, 3, 4), DAY)]
    assert policies.present_days(*ten, whole) == 0


@pytest.mark.parametrize(
    ("role", "check_up", "confirms", "expected"),
    [
        *(
            (role, False, False, {"home_visit", "follow_up", "look_in"})
            for role in sorted(DUTIES.carer_roles)
        ),
        ("grid_worker", True, True, {"home_visit", "follow_up", "look_in", "information_update"}),
        ("clinic", False, True, {"health_follow_up"}),
        ("clinic", True, False, {"health_follow_up", "health_check"}),
        ("village_lead", True, True, set[str]()),
        ("township_leader", False, False, set[str]()),
    ],
)
def test_one_visit_counts_for_whatever_its_role_owes(
    role: str, check_up: bool, confirms: bool, expected: set[str]
):
    how = {"check_up": check_up, "confirms_facts": confirms, "policy": DUTIES}
    assert policies.satisfied_by_visit(role, "in_person", **how) == expected
    assert policies.satisfied_by_visit(role, "phone", **how) == frozenset()
    assert policies.satisfied_by_visit(role, "video", **how) == frozenset()


def test_the_agreement_is_due_thirty_days_after_certification():
    assert policies.agreement_due(date(2024, 2, 1), DUTIES) == date(2024, 3, 2)


def duty(
    name: str = "home_visit", opens: str = "2024-03-01", closes: str = "2024-03-31", **more: Any
) -> OpenDuty:
    rule = None if name in {"care_agreement", "reassessment"} else Owed(PeriodKind.MONTH, 1)
    held = OpenDuty(name, "2024-03", date.fromisoformat(opens), date.fromisoformat(closes), 1, rule)
    for key, value in more.items():
        setattr(held, key, value)
    return held


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (duty(), "2024-03-24"),
        (duty(opens="2024-03-23"), "2024-03-24"),
        (duty(opens="2024-03-24"), None),
        (duty(owed=Owed(PeriodKind.WEEK, 1)), "2024-03-29"),
        (duty("reassessment"), "2024-03-24"),
        (duty("care_agreement"), "2024-03-24"),
        (duty("care_agreement", closes="2024-04-10"), "2024-03-24"),
        (duty(is_met=True), None),
        (duty(reminded=(date(2024, 3, 24), "carer", "grid")), None),
        (duty(count=0), None),
    ],
)
def test_whoever_owes_it_is_reminded_once_before_it_is_over(held: OpenDuty, expected: str | None):
    assert policies.reminded_on(held, DUTIES) == (date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_a_place_owes_the_rows_of_its_kind(kind: PlaceKind):
    expected = {name: row.owed for name, row in DUTIES.places.items() if row.subject == kind}
    assert policies.owed_for_place(kind, DUTIES) == expected
    assert expected


def test_a_version_knows_the_one_in_force_on_an_earlier_day():
    first = replace(DUTIES, effective_on=date(2024, 1, 1))
    second = policies.follow(replace(DUTIES, effective_on=date(2024, 3, 1), agreement_days=40), first)
    third = policies.follow(replace(DUTIES, effective_on=date(2024, 5, 1), agreement_days=50), second)
    asked = ["2023-01-01", "2024-02-29", "2024-03-01", "2024-04-30", "2024-05-01", "2025-01-01"]
    found = [third.on(date.fromisoformat(day)).agreement_days for day in asked]
    assert found == [30, 30, 40, 40, 50, 50]


@pytest.mark.parametrize("table", ["follow_up", "reminded_before", "owed_by", "clauses"])
def test_a_table_with_a_row_too_few_or_too_many_is_refused_with_all_that_it_must_have(table: str):
    rows = dict(getattr(DUTIES, table))
    allowed = ", ".join(sorted(rows))
    said = f"必须恰好有这些行 {allowed} / {table} must have these rows and no other: {allowed}"
    for wrong in ({**rows, "pink": Owner.CARER}, dict(list(rows.items())[1:])):
        with pytest.raises(Contradictions) as refused:
            replace(DUTIES, **{table: wrong})
        assert [(".".join(one.setting), str(one)) for one in refused.value.found] == [(table, said)]
