"""Dates of facts: given a person, when something is entered, then it lies between their birth and today."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.registry.elders.domain import Elder
from services.registry.terms import BeforeBirth, BeforeEnrolment, EndReason, NotYetHappened, ReturnKind
from tests.unit.policies import REGISTRY as POLICY
from tests.unit.registry.elders import at, enrolled

BORN = date(1950, 1, 1)
EVE = date(1949, 12, 31)
NOW = at("2024-03-01")
Enter = Callable[[Elder, date], Any]

DATED: dict[str, Enter] = {
    "left": lambda elder, on: elder.supporter_left("s0", on, NOW, POLICY),
    "returned": lambda elder, on: elder.supporter_returned("s0", ReturnKind.PERMANENT, on, NOW, POLICY),
    "institution": lambda elder, on: elder.institution(enters=True, on=on, at=NOW),
    "corrected leaving": lambda elder, on: elder.correct(
        "lead", "book", {"supporters": [{"id": "s0", "left_county_on": on.isoformat()}]}, NOW, POLICY
    ),
}


@pytest.mark.parametrize("enter", DATED.values(), ids=DATED)
def test_nothing_of_a_life_comes_before_it_or_is_to_come(enter: Enter):
    for on, refusal in ((EVE, BeforeBirth), (date(2024, 3, 2), NotYetHappened)):
        elder = enrolled()
        elder.collect_events()
        with pytest.raises(refusal):
            enter(elder, on)
        assert elder.collect_events() == []
    enter(enrolled(), BORN)


@pytest.mark.parametrize("reason", EndReason)
def test_an_end_does_not_precede_the_enrolment(reason: EndReason):
    elder = enrolled("2024-01-02")
    with pytest.raises(BeforeEnrolment):
        elder.end(reason, date(2024, 1, 1), NOW)
    elder.end(reason, date(2024, 1, 2), NOW)


def test_nobody_is_enrolled_who_is_to_be_born_or_whose_supporter_left_before():
    for born, left, refusal in (
        ("2024-03-02", "2023-01-01", NotYetHappened),
        ("1950-01-01", "1949-12-31", BeforeBirth),
    ):
        elder = Elder.open("wang", at=NOW)
        rows = [{"id": "s0", "left_county_on": left}]
        with pytest.raises(refusal):
            elder.enrol({"born": born, "carer": "grid", "supporters": rows}, NOW, POLICY)


@pytest.mark.parametrize("born", ["2023-01-02", "2024-01-03"])
def test_a_birth_is_not_corrected_to_a_day_after_what_has_happened(born: str):
    """A supporter left on 1 January 2023, and the elder was enrolled a year and a day later."""
    elder = enrolled()
    with pytest.raises(BeforeBirth):
        elder.correct("lead", "book", {"born": born}, NOW, POLICY)
