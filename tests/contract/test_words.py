"""The words of policy files and those of contracts are the same."""

from typing import get_args

from contracts import words
from services.kernel.terms import (
    INCIDENTS,
    Duty,
    Evidence,
    HealthFact,
    Living,
    NeedKind,
    Owner,
    ProblemKind,
    Role,
)
from services.visits import commands
from services.visits.policies import ELDER_DUTIES, Finding
from services.visits.terms import PlaceDutyName, Stage


def test_roles_are_those_of_the_contracts():
    assert {role.value for role in Role} == set(get_args(words.Role))
    assert {owner.value for owner in Owner} <= set(get_args(words.OwedBy))


def test_what_a_visit_may_name_is_what_the_rules_know():
    assert {kind.value for kind in NeedKind} == set(get_args(words.NeedKind))
    assert {finding.value for finding in Finding} == set(get_args(commands.Finding))
    assert {*get_args(commands.SeenEvidence), "advanced_age"} == set(get_args(words.EvidenceName))


def test_incidents_problems_and_duties_are_those_of_the_contracts():
    assert {kind.value for kind in INCIDENTS} == set(get_args(words.IncidentKind))
    assert {kind.value for kind in ProblemKind} == set(get_args(words.ProblemKind))
    assert {stage.value for stage in Stage} == set(get_args(words.ProblemStage))
    assert {duty.value for duty in PlaceDutyName} | set(ELDER_DUTIES) == set(get_args(words.Duty))


def test_evidence_living_and_health_are_those_of_the_contracts():
    assert {evidence.value for evidence in Evidence} == set(get_args(words.EvidenceName))
    assert {living.value for living in Living} == set(get_args(words.Living))
    assert {fact.value for fact in HealthFact} == set(get_args(words.HealthFact))
    assert {duty.value for duty in Duty} == set(get_args(words.Duty))
