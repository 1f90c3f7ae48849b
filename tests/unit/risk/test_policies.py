"""Red, yellow, green, rule by rule (二 (四))."""

from dataclasses import replace
from datetime import date

import pytest

from services.kernel.terms import Evidence
from services.risk import policies
from services.risk.terms import RiskGrade
from tests.unit.policies import RISK

RED = {"guardianship_failure", "incapacity", "major_illness", "abuse_or_abandonment", "violence"}


@pytest.mark.parametrize("evidence", list(Evidence))
def test_one_piece_of_evidence_is_red_or_yellow_as_the_plan_lists_it(evidence: Evidence):
    expected = RiskGrade.RED if evidence.value in RED else RiskGrade.YELLOW
    assert policies.indicated_grade([evidence], RISK) is expected


def test_the_most_severe_counts_and_none_is_green():
    assert policies.indicated_grade([Evidence.ADVANCED_AGE, Evidence.VIOLENCE], RISK) is RiskGrade.RED
    assert policies.indicated_grade([Evidence.ADVANCED_AGE, Evidence.DISABILITY], RISK) is RiskGrade.YELLOW
    assert policies.indicated_grade([], RISK) is RiskGrade.GREEN


def test_high_age_is_the_birthday_of_the_policy():
    assert policies.turns_advanced_age_on(date(1944, 2, 29), RISK) == date(2024, 2, 29)
    assert policies.turns_advanced_age_on(date(1944, 3, 1), replace(RISK, advanced_age=75)) == date(
        2019, 3, 1
    )


def test_red_and_yellow_are_reassessed_after_three_months_and_green_never():
    since = date(2024, 1, 31)
    due = [policies.reassessment_due(since, grade, RISK) for grade in RiskGrade]
    by_grade = dict(zip(RiskGrade, due, strict=True))
    assert by_grade[RiskGrade.GREEN] is None
    assert by_grade[RiskGrade.RED] == by_grade[RiskGrade.YELLOW] == date(2024, 4, 30)
    assert policies.reassessment_due(since, RiskGrade.RED, replace(RISK, protection_months=2)) == date(
        2024, 3, 31
    )


@pytest.mark.parametrize(
    ("held_on", "due", "expected"),
    [
        ("2024-04-30", "2024-04-30", True),
        ("2024-05-01", "2024-04-30", True),
        ("2024-04-29", "2024-04-30", False),
        ("2024-04-30", None, False),
    ],
)
def test_a_grade_falls_only_when_its_reassessment_is_due(held_on: str, due: str | None, expected: bool):
    found = policies.may_lower(date.fromisoformat(held_on), date.fromisoformat(due) if due else None)
    assert found is expected


@pytest.mark.parametrize("evidence", list(Evidence))
def test_abuse_and_violence_are_kept_from_the_carer_and_nothing_else(evidence: Evidence):
    known = policies.carer_may_know([evidence, Evidence.DISABILITY], RISK)
    assert known is (evidence.value not in {"abuse_or_abandonment", "violence"})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("abuse", Evidence.ABUSE_OR_ABANDONMENT),
        ("abandonment", Evidence.ABUSE_OR_ABANDONMENT),
        ("violence", Evidence.VIOLENCE),
        ("unlawful_harm", Evidence.VIOLENCE),
        ("critical_illness", Evidence.MAJOR_ILLNESS),
        ("support_failure", Evidence.GUARDIANSHIP_FAILURE),
        ("fall", None),
    ],
)
def test_an_incident_proves_what_section_5_says(kind: str, expected: Evidence | None):
    assert policies.evidence_of_incident(kind, RISK) is expected
