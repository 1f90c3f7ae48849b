"""Agreement, absences and needs: given what was entered, when days pass and more is entered, then what stands."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import ONE_DAY, midnight
from services.visits import terms
from services.visits.care.domain import CareRecord
from services.visits.terms import (
    AlreadyFiled,
    AlreadySigned,
    BackwardAbsence,
    BackwardTerm,
    NoAgreement,
    UnknownAbsence,
)
from tests.unit.policies import DUTIES
from tests.unit.visits.test_care_record import PARTIES, WHO, at, certified, said

YEAR = (date(2024, 1, 10), date(2025, 1, 9))


def sign(record: CareRecord, on: str, begins: date | None = None, ends: date | None = None) -> None:
    day = date.fromisoformat(on)
    record.sign_agreement("lead", day, (begins, ends), PARTIES, at(day), DUTIES, WHO)


def names(record: CareRecord) -> list[str]:
    return [type(event).__name__ for event in record.collect_events()]


def live(record: CareRecord, first: str, last: str) -> None:
    """As the house does: turned on the days for which it asked to be woken."""
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        record.turn_day(midnight(day), DUTIES, WHO)
        day = record.next_wake(day, DUTIES) or date.max


def test_the_agreement_names_its_parties_and_its_term():
    record = certified()
    sign(record, "2024-01-09", *YEAR)
    signed, met = record.collect_events()
    told = {key: getattr(signed, key) for key in ("signed_on", "begins", "ends", *PARTIES)}
    assert told == {"signed_on": "2024-01-09", "begins": "2024-01-10", "ends": "2025-01-09"} | PARTIES
    assert met.duty == "care_agreement"


def test_the_short_form_begins_when_it_is_signed_and_has_no_end():
    record = certified()
    sign(record, "2024-01-09")
    signed = record.collect_events()[0]
    assert (signed.begins, signed.ends) == ("2024-01-09", None)
    with pytest.raises(AlreadySigned):
        sign(record, "2025-06-01", date(2025, 6, 1))


def test_when_the_term_is_over_the_agreement_ends_and_is_owed_again():
    record = certified()
    sign(record, "2024-01-09", date(2024, 1, 9), date(2024, 3, 15))
    record.collect_events()
    live(record, "2024-01-10", "2024-03-15")
    assert "AgreementEnded" not in names(record)
    live(record, "2024-03-16", "2024-03-16")
    events = record.collect_events()
    assert [event.ends for event in events if type(event).__name__ == "AgreementEnded"] == ["2024-03-15"]
    assert record.book.duties["care_agreement"].closes_on == date(2024, 4, 15)
    live(record, "2024-03-17", "2024-04-16")
    assert "VisitMissed care_agreement" in said(record)
    sign(record, "2024-04-20")
    assert said(record) == ["MissReconciled care_agreement"]


def test_a_renewal_signed_before_the_end_follows_without_a_gap():
    record = certified()
    sign(record, "2024-01-09", date(2024, 1, 9), date(2024, 3, 15))
    with pytest.raises(AlreadySigned):
        sign(record, "2024-03-01", date(2024, 3, 15), date(2025, 3, 15))
    sign(record, "2024-03-01", date(2024, 3, 16), date(2025, 3, 15))
    record.collect_events()
    live(record, "2024-03-02", "2025-03-15")
    assert "AgreementEnded" not in names(record)
    live(record, "2025-03-16", "2025-03-16")
    assert "AgreementEnded" in names(record)


def stands_on(record: CareRecord, first: str, last: str) -> list[str]:
    """Lives these days one by one, and names those on which an agreement stands."""
    found: list[str] = []
    day, stands = date.fromisoformat(first), True
    while day <= date.fromisoformat(last):
        record.turn_day(midnight(day), DUTIES, WHO)
        for event in record.collect_events():
            name = type(event).__name__
            stands = name == "AgreementBegan" or (stands and name != "AgreementEnded")
        found += [day.isoformat()] * stands
        day += ONE_DAY
    return found


def test_between_the_end_of_a_term_and_a_renewal_that_begins_later_no_agreement_stands_and_none_is_owed():
    record = certified()
    sign(record, "2024-01-09", date(2024, 1, 9), date(2024, 3, 15))
    sign(record, "2024-03-01", date(2024, 3, 19), date(2025, 3, 18))
    record.collect_events()
    assert stands_on(record, "2024-03-14", "2024-03-20") == [
        "2024-03-14",
        "2024-03-15",
        "2024-03-19",
        "2024-03-20",
    ]
    assert "care_agreement" not in record.book.duties
    with pytest.raises(AlreadySigned):
        sign(record, "2024-03-20", date(2024, 3, 20))


def test_the_days_of_a_gap_are_days_on_which_the_record_wakes():
    record = certified()
    sign(record, "2024-01-09", date(2024, 1, 9), date(2024, 3, 15))
    sign(record, "2024-03-01", date(2024, 3, 19), date(2025, 3, 18))
    record.collect_events()
    live(record, "2024-03-02", "2025-03-19")
    named = [one for one in record.collect_events() if type(one).__name__.startswith("Agreement")]
    assert [(type(one).__name__, vars(one)["on"]) for one in named] == [
        ("AgreementEnded", "2024-03-16"),
        ("AgreementBegan", "2024-03-19"),
        ("AgreementEnded", "2025-03-19"),
    ]


def test_one_that_is_signed_ahead_stands_from_its_first_day_and_is_not_owed_before():
    record = certified()
    sign(record, "2024-01-09", date(2024, 2, 1), date(2024, 12, 31))
    assert "AgreementBegan" not in names(record)
    live(record, "2024-01-10", "2024-02-01")
    assert "AgreementBegan" in names(record)


def test_a_term_that_ends_while_nobody_is_certified_owes_nothing():
    record = certified()
    sign(record, "2024-01-09", date(2024, 1, 9), date(2024, 3, 15))
    record.change({"is_certified": False}, at("2024-02-01"), DUTIES, WHO)
    live(record, "2024-02-01", "2024-03-16")
    assert "AgreementEnded" in names(record)
    assert "care_agreement" not in record.book.duties


def test_an_agreement_is_filed_once_and_its_renewal_again():
    record = certified()
    day = date(2024, 1, 20)
    with pytest.raises(NoAgreement):
        record.file_agreement("lead", day, at(day), DUTIES, WHO)
    sign(record, "2024-01-09", date(2024, 1, 9), date(2024, 3, 15))
    record.file_agreement("lead", day, at(day), DUTIES, WHO)
    with pytest.raises(AlreadyFiled):
        record.file_agreement("lead", day, at(day), DUTIES, WHO)
    sign(record, "2024-03-01", date(2024, 3, 16))
    day = date(2024, 3, 2)
    record.collect_events()
    record.file_agreement("lead", day, at(day), DUTIES, WHO)
    assert names(record) == ["AgreementFiled"]


def test_a_term_that_ends_before_it_begins_is_refused():
    with pytest.raises(BackwardTerm):
        sign(certified(), "2024-01-09", date(2024, 1, 9), date(2024, 1, 8))


def away(record: CareRecord, begins: date, ends: date, on: str) -> None:
    record.absent(begins, ends, "with_children", at(on), DUTIES, WHO)


def test_who_comes_home_early_owes_again():
    january = date(2024, 1, 1), date(2024, 1, 31)
    record, corrected = certified(), certified()
    for one in (record, corrected):
        away(one, *january, "2024-01-02")
    corrected.correct_absence(january[0], date(2024, 1, 9), at("2024-01-10"), DUTIES, WHO)
    for one in (record, corrected):
        one.turn_day(at("2024-02-01"), DUTIES, WHO)
    assert "DutyWaived home_visit" in said(record)
    assert "VisitMissed home_visit" in said(corrected)


def test_a_correction_leaves_what_has_closed_and_the_latest_of_two_is_corrected():
    record = certified()
    away(record, date(2024, 1, 1), date(2024, 1, 31), "2024-01-02")
    record.turn_day(at("2024-02-01"), DUTIES, WHO)
    record.collect_events()
    record.correct_absence(date(2024, 1, 1), date(2024, 1, 9), at("2024-02-02"), DUTIES, WHO)
    assert names(record) == ["AbsenceCorrected"]
    away(record, date(2024, 1, 1), date(2024, 2, 20), "2024-02-02")
    record.correct_absence(date(2024, 1, 1), date(2024, 2, 10), at("2024-02-03"), DUTIES, WHO)
    assert [one.ends for one in record.papers.absences] == [date(2024, 1, 9), date(2024, 2, 10)]


def test_what_was_never_noted_is_not_corrected():
    record = certified()
    with pytest.raises(UnknownAbsence):
        record.correct_absence(date(2024, 1, 1), date(2024, 1, 9), at("2024-01-10"), DUTIES, WHO)
    away(record, date(2024, 1, 2), date(2024, 1, 9), "2024-01-02")
    with pytest.raises(BackwardAbsence):
        record.correct_absence(date(2024, 1, 2), date(2024, 1, 1), at("2024-01-10"), DUTIES, WHO)


def test_a_need_is_met_once():
    record, day = certified(), date(2024, 1, 9)
    asked = (at(day), DUTIES, WHO)
    record.find_need(("n1", "meals"), "中午无人做饭", "grid", day, *asked)
    with pytest.raises(terms.NeedTwice):
        record.find_need(("n1", "bathing"), "又一", "grid", day, *asked)
    with pytest.raises(terms.UnknownNeed):
        record.meet_need("n2", "已办", "grid", day, *asked)
    record.meet_need("n1", "已送饭", "lead", day, *asked)
    with pytest.raises(terms.AlreadyMet):
        record.meet_need("n1", "又送饭", "lead", day, *asked)
    with pytest.raises(terms.NotYetHappened):
        record.find_need(("n3", "meals"), "明天", "grid", day + ONE_DAY, *asked)
    assert names(record) == ["NeedFound", "NeedMet"]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(-5, 60), st.none() | st.integers(0, 90)), max_size=12)
)
def test_of_agreements_that_were_taken_no_two_stand_on_one_day(asked: list[tuple[int, int, int | None]]):
    record, day = certified(), date(2024, 1, 1)
    stood: list[tuple[date, date]] = []
    for gap, ahead, lasts in asked:
        day += timedelta(days=gap)
        live(record, day.isoformat(), day.isoformat())
        begins = day + timedelta(days=max(ahead, 0))
        ends = None if lasts is None else begins + timedelta(days=lasts)
        try:
            sign(record, day.isoformat(), begins, ends)
        except AlreadySigned:
            continue
        stood.append((begins, ends or date.max))
    assert all(before[1] < after[0] for before, after in pairwise(stood))
