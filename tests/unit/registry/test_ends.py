"""Ends taken back: given a file that ended by mistake, when somebody says so, then it stands as it would."""

from datetime import date
from typing import Any

import pytest

from services.registry.elders.domain import Elder
from services.registry.terms import EndReason, ReturnKind, StatusHasEnded, StatusHasNotEnded
from tests.unit.policies import REGISTRY as POLICY
from tests.unit.registry.elders import at, enrolled


def ended(elder: Elder, day: str, reason: EndReason = EndReason.DIED) -> Elder:
    elder.end(reason, date.fromisoformat(day), at(day))
    elder.collect_events()
    return elder


def undone(elder: Elder, day: str, *, has_left: bool = False) -> list[Any]:
    elder.undo_end("lead", "another person", at(day), POLICY, has_left=has_left)
    return elder.collect_events()


def said(happened: list[Any]) -> list[str]:
    return [type(one).__name__ for one in happened]


@pytest.mark.parametrize("reason", EndReason)
def test_who_was_certified_is_so_again_that_day_in_a_new_spell_with_both_facts_kept(reason: EndReason):
    elder = ended(enrolled(), "2024-02-10", reason)
    happened = undone(elder, "2024-02-20")
    assert said(happened) == ["EndUndone", "LeftBehindCertified"]
    assert (happened[0].by, happened[0].reason, happened[1].spell) == ("lead", "another person", 2)
    assert elder.file.spells == [(date(2024, 1, 2), date(2024, 2, 10)), (date(2024, 2, 20), None)]
    assert (elder.file.is_open, elder.file.carer) == (True, "grid")


def test_one_who_has_not_ended_is_refused_and_one_who_has_is_taken_back_once():
    elder = enrolled()
    with pytest.raises(StatusHasNotEnded):
        undone(elder, "2024-02-20")
    undone(ended(elder, "2024-02-21"), "2024-02-22")
    with pytest.raises(StatusHasNotEnded):
        undone(elder, "2024-02-23")


def test_who_has_ended_is_not_enrolled_again_but_told_that_an_end_may_be_taken_back():
    elder = ended(enrolled(), "2024-02-10")
    with pytest.raises(StatusHasEnded) as told:
        elder.enrol({"born": "1950-01-01", "carer": "grid", "supporters": []}, at("2024-02-11"), POLICY)
    assert "taken back" in told.value.advice


def test_one_who_was_not_certified_stands_as_before_and_is_certified_when_the_rule_holds():
    elder = ended(enrolled(left=("2023-11-01",)), "2024-02-10")
    (happened,) = undone(elder, "2024-02-20")
    assert (happened.status, happened.since, happened.because) == ("enrolled", "2024-01-02", None)
    assert elder.next_wake(POLICY) == date(2024, 5, 1)


def test_one_who_became_certifiable_in_between_is_certified_on_the_day_of_taking_back():
    elder = ended(enrolled(left=("2023-11-01",)), "2024-02-10")
    assert said(undone(elder, "2024-05-20")) == ["EndUndone", "LeftBehindCertified"]


def test_who_had_lapsed_before_has_lapsed_still():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.PERMANENT, date(2024, 2, 1), at("2024-02-01"), POLICY)
    (happened,) = undone(ended(elder, "2024-02-10"), "2024-02-20")
    assert (happened.status, happened.since, happened.because) == (
        "lapsed",
        "2024-02-01",
        "permanent_return",
    )


def test_a_visit_home_that_had_not_lapsed_the_status_does_not_keep_it_from_standing_again():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    ended(elder, "2024-02-10")
    assert said(undone(elder, "2024-02-20")) == ["EndUndone", "LeftBehindCertified"]
    elder.turn_day(at("2024-08-05", 0), POLICY)
    assert said(elder.collect_events()) == ["SupporterReturned", "StatusLapsed"]


def test_a_visit_home_that_became_one_for_good_in_between_does():
    elder = enrolled()
    elder.supporter_returned("s0", ReturnKind.TEMPORARY, date(2024, 2, 5), at("2024-02-05"), POLICY)
    ended(elder, "2024-02-10")
    happened = undone(elder, "2024-08-05")
    assert said(happened) == ["EndUndone", "SupporterReturned"]
    assert (happened[0].status, happened[0].since) == ("enrolled", "2024-08-05")


def test_whoever_has_left_is_paired_no_longer_and_nobody_is():
    elder = ended(enrolled(), "2024-02-10")
    assert said(undone(elder, "2024-02-20", has_left=True)) == [
        "EndUndone",
        "PairingEnded",
        "LeftBehindCertified",
    ]
    assert [elder.file.carer_on(date(2024, 2, day)) for day in (19, 20)] == ["grid", None]
