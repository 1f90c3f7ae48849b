"""What a reader may see."""

from datetime import date

import pytest

from services.house.settings import DEFAULT_POLICY
from services.kernel.terms import Role
from services.reports.people import ElderRecord, Grading, Said
from services.reports.policies import read_rules
from services.reports.redaction import Redaction

DAY = date(2024, 3, 1)
RULES = read_rules((DEFAULT_POLICY,)).on(DAY)
NUMBER, PHONE = "530323194001011236", "13888880000"


def grading(grade: str, previous: str | None, number: int, *, is_told: bool = True) -> Grading:
    return Grading("raised", grade, previous, (), "evidence", None, is_told, DAY, f"risk:{number}")


def elder() -> ElderRecord:
    one = ElderRecord("E1")
    one.facts = {
        "name": Said("王小明", DAY, "registry:7"),
        "citizen_number": Said(NUMBER, DAY, "registry:7"),
        "address": Said("一组12号", DAY, "registry:7"),
        "health": Said(["hypertension"], DAY, "registry:8"),
    }
    return one


def test_a_reader_of_no_role_sees_everything_masked():
    redaction = Redaction(None, RULES)
    assert redaction.name(elder()).value == "王**"
    assert redaction.number(elder()).value == "530323************"
    assert redaction.phone(PHONE) == "138****0000"
    assert redaction.private(elder().facts["address"]).value == "*"
    assert redaction.private(elder().facts["health"]).value == "*"
    assert redaction.name(elder()).ids == ("registry:7",), "that something is known is no secret"


def test_a_carer_sees_names_and_not_numbers():
    redaction = Redaction(Role.GRID_WORKER, RULES)
    assert redaction.name(elder()).value == "王小明"
    assert redaction.number(elder()).value == "530323************"
    assert redaction.phone(PHONE) == PHONE
    assert redaction.private(elder().facts["health"]).value == "高血压"


def test_a_village_lead_sees_numbers():
    assert Redaction(Role.VILLAGE_LEAD, RULES).number(elder()).value == NUMBER


@pytest.mark.parametrize("role", [None, Role.GRID_WORKER, Role.CLINIC, Role.OPERATOR])
def test_a_grade_that_carers_were_not_told_is_the_last_one_that_they_were(role: Role | None):
    one = elder()
    one.is_graded = True
    one.gradings = [
        grading("green", None, 1),
        grading("red", "green", 2, is_told=False),
        grading("yellow", "red", 3),
    ]
    redaction = Redaction(role, RULES)
    assert [(held.previous, held.grade) for held in redaction.gradings(one)] == [
        (None, "green"),
        ("green", "yellow"),
    ]
    one.gradings = one.gradings[:2]
    assert redaction.grade(one).value == "绿"
    assert Redaction(Role.VILLAGE_LEAD, RULES).grade(one).value == "红"


def test_confidential_evidence_is_named_to_those_who_may_know_alone():
    one = elder()
    one.evidence = {"violence": Said("incident", DAY, "risk:1"), "disability": Said("visit", DAY, "risk:2")}
    told = Redaction(Role.GRID_WORKER, RULES).because(one)
    assert (told.value, told.ids) == ("残疾", ("risk:2",))
    assert Redaction(Role.TOWNSHIP_LEADER, RULES).because(one).value == "残疾、暴力侵害"
    assert Redaction(None, RULES).because(one).value == "*"
