"""Dates of care: nothing is entered of a day before the birth, and no absence lasts for ever."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from services.visits.care.domain import CareRecord
from services.visits.terms import BeforeBirth, LongAbsence
from tests.unit.policies import DUTIES
from tests.unit.visits.test_care_record import PARTIES, WHO, at, certified, visit

BORN = date(1955, 3, 1)
NOW = at("2024-01-09")
RULES = (NOW, DUTIES, WHO)
Enter = Callable[[CareRecord, date], Any]

DATED: dict[str, Enter] = {
    "visit": lambda record, on: visit(record, on.isoformat(), recorded="2024-01-09"),
    "review": lambda record, on: record.review_living_security("c", "party_service_centre", on, *RULES),
    "agreement": lambda record, on: record.sign_agreement("lead", on, (None, None), PARTIES, *RULES),
    "term": lambda record, on: record.sign_agreement("l", NOW.date(), (on, None), PARTIES, *RULES),
    "absence": lambda record, on: record.absent(on, on, "hospital", *RULES),
    "need": lambda record, on: record.find_need(("N1", "meals"), "…", "grid", on, *RULES),
}


@pytest.mark.parametrize("enter", DATED.values(), ids=DATED)
def test_nothing_is_entered_of_a_day_before_the_birth(enter: Enter):
    record = certified()
    with pytest.raises(BeforeBirth):
        enter(record, BORN - timedelta(days=1))
    assert record.collect_events() == []
    enter(record, BORN)


def test_an_absence_lasts_a_year_at_most_and_is_renewed():
    record, begins = certified(), date(2024, 1, 10)
    last = begins + timedelta(days=365)
    with pytest.raises(LongAbsence):
        record.absent(begins, last + timedelta(days=1), "with_children", *RULES)
    record.absent(begins, last, "with_children", *RULES)
    with pytest.raises(LongAbsence):
        record.correct_absence(begins, date(2999, 1, 1), *RULES)
    record.absent(last + timedelta(days=1), last + timedelta(days=366), "with_children", *RULES)
