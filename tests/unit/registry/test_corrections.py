"""Corrections: given a file, when somebody says what was wrong, then it is decided again and nothing is forgotten."""

from datetime import date
from typing import Any

import pytest

from services.registry.elders.domain import Elder
from services.registry.terms import (
    EndReason,
    NothingToCorrect,
    NotYetHappened,
    NumberDisagrees,
    ReturnKind,
    StatusHasEnded,
)
from tests.unit.policies import REGISTRY as POLICY
from tests.unit.registry.elders import at, enrolled

WOMAN_OF_1950 = "530399195001011225"


def corrected(elder: Elder, day: str = "2024-03-01", **facts: Any) -> list[Any]:
    elder.collect_events()
    elder.correct("lead", "the household book", facts, at(day), POLICY)
    return elder.collect_events()


def rows(*left: str | None) -> list[dict[str, str | None]]:
    return [{"id": f"s{number}", "left_county_on": day} for number, day in enumerate(left)]


def said(happened: list[Any]) -> list[str]:
    return [type(one).__name__ for one in happened]


def test_what_was_believed_is_kept_beside_what_was_so_all_along_and_who_says_so_and_why():
    (happened,) = corrected(enrolled(), born="1951-01-01", living="alone")
    assert happened.facts == {"born": "1951-01-01", "living": "alone"}
    assert happened.before == {"born": "1950-01-01", "living": None}
    assert (happened.by, happened.reason, happened.on) == ("lead", "the household book", "2024-03-01")


def test_one_who_is_too_young_by_the_right_date_is_left_behind_no_longer_until_of_age():
    elder = enrolled()
    happened = corrected(elder, born="1964-03-20")
    assert said(happened) == ["StatusLapsed", "FactsCorrected"]
    assert happened[0].reason == "corrected"
    assert elder.next_wake(POLICY) == date(2024, 3, 20)
    elder.turn_day(at("2024-03-20", 0), POLICY)
    assert elder.file.is_certified


def test_a_leaving_that_was_later_lapses_and_one_that_was_earlier_certifies():
    elder = enrolled(left=("2023-01-01", "2023-11-01"))
    assert not elder.file.is_certified
    happened = corrected(elder, supporters=rows("2023-01-01", "2023-06-01"))
    assert said(happened) == ["FactsCorrected", "LeftBehindCertified"]
    assert happened[0].facts["supporters"] == [{"id": "s1", "left_county_on": "2023-06-01"}]
    assert happened[0].before["supporters"] == [{"id": "s1", "left_county_on": "2023-11-01"}]
    assert said(corrected(elder, supporters=rows("2023-12-01"))) == ["StatusLapsed", "FactsCorrected"]


def test_a_supporter_who_was_forgotten_and_lives_in_the_county_ends_the_status():
    elder = enrolled()
    happened = corrected(elder, supporters=[{"id": "s9", "left_county_on": None}])
    assert said(happened) == ["StatusLapsed", "FactsCorrected"]
    assert happened[1].before == {"supporters": []}
    assert "s9" in elder.file.contacts


def test_a_visit_home_that_counts_for_nothing_counts_for_nothing_in_a_correction():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    assert said(corrected(elder, name="王小明")) == ["FactsCorrected"]
    assert elder.file.is_certified


def test_the_living_arrangement_is_corrected_since_it_was_noted():
    elder = enrolled()
    elder.change_facts({"living": "couple"}, at("2024-02-01"))
    corrected(elder, living="alone")
    assert [elder.file.living_on(date(2024, month, 15)) for month in (1, 2, 3)] == ["", "alone", "alone"]


def test_what_agrees_already_is_no_correction():
    elder = enrolled()
    elder.collect_events()
    with pytest.raises(NothingToCorrect):
        elder.correct(
            "lead", "book", {"born": "1950-01-01", "supporters": rows("2023-01-01")}, at("2024-03-01"), POLICY
        )
    assert elder.collect_events() == []


def test_birth_date_and_sex_agree_with_the_number():
    elder = enrolled()
    corrected(elder, citizen_number=WOMAN_OF_1950, sex="f")
    for facts in ({"born": "1950-01-02"}, {"sex": "m"}):
        with pytest.raises(NumberDisagrees):
            elder.correct("lead", "book", facts, at("2024-03-02"), POLICY)


def test_nothing_is_corrected_to_the_future_or_after_the_end():
    elder = enrolled()
    for facts in ({"born": "2024-03-02"}, {"supporters": rows("2024-03-02")}):
        with pytest.raises(NotYetHappened):
            elder.correct("lead", "book", facts, at("2024-03-01"), POLICY)
    elder.end(EndReason.REMOVED_FOR_ERROR, date(2024, 3, 1), at("2024-03-01"), by="lead", note="twice")
    ended = elder.collect_events()[-1]
    assert (ended.reason, ended.by, ended.note) == ("removed_for_error", "lead", "twice")
    with pytest.raises(StatusHasEnded):
        elder.correct("lead", "book", {"name": "王"}, at("2024-03-02"), POLICY)
