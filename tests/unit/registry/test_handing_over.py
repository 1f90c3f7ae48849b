"""Who cares for whom on which day, and in which village: transfers and hand-overs."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.terms import (
    AlreadyThere,
    BeforeThePairing,
    EndReason,
    NotYetHappened,
    RegistryError,
    StatusHasEnded,
)
from tests.unit.registry.elders import at, enrolled, names

BEGINS = date(2024, 1, 2)
CARERS = ("grid", "cadre", "head")


def test_a_hand_over_counts_since_its_day_whenever_it_is_recorded():
    elder = enrolled()
    elder.hand_over("cadre", date(2024, 2, 20), at("2024-02-25"))
    assert [elder.file.carer_on(date(2024, 2, day)) for day in (19, 20, 25)] == ["grid", "cadre", "cadre"]


def test_nobody_hands_over_what_another_held_then_or_what_is_to_come():
    elder = enrolled()
    elder.pair("cadre", at("2024-02-10"))
    elder.collect_events()
    with pytest.raises(BeforeThePairing):
        elder.hand_over("head", date(2024, 2, 9), at("2024-02-12"))
    with pytest.raises(NotYetHappened):
        elder.hand_over("head", date(2024, 2, 13), at("2024-02-12"))
    assert elder.collect_events() == []


def test_a_transfer_ends_the_pairing_unless_a_carer_is_named():
    elder = enrolled()
    elder.transfer("V2", "三组", None, date(2024, 2, 1), at("2024-02-03"))
    assert (elder.file.village, elder.file.group, elder.file.carer) == ("V2", "三组", None)
    assert elder.file.carer_on(date(2024, 1, 31)) == "grid"
    elder.transfer("V3", "一组", "head", date(2024, 2, 4), at("2024-02-04"))
    assert (elder.file.village, elder.file.carer) == ("V3", "head")


def test_a_transfer_to_where_the_elder_lives_or_of_one_who_has_died_is_refused():
    elder = enrolled()
    elder.transfer("V2", "三组", None, date(2024, 2, 1), at("2024-02-01"))
    with pytest.raises(AlreadyThere):
        elder.transfer("V2", "三组", "head", date(2024, 2, 2), at("2024-02-02"))
    ended = enrolled()
    ended.end(EndReason.DIED, date(2024, 2, 1), at("2024-02-01"))
    with pytest.raises(StatusHasEnded):
        ended.transfer("V2", "三组", None, date(2024, 2, 2), at("2024-02-02"))
    assert names(ended)[-1] == "StatusEnded"


STEPS = st.tuples(st.integers(0, 20), st.integers(-2, 30), st.sampled_from(CARERS), st.booleans())


@given(st.lists(STEPS, max_size=12))
def test_each_day_has_exactly_one_carer_and_no_hand_over_rewrites_an_earlier_holder(
    steps: list[tuple[int, int, str, bool]],
):
    elder, today, expected = enrolled(), BEGINS, {BEGINS: "grid"}
    for gap, back, taker, moves in steps:
        for _ in range(gap):
            today += timedelta(days=1)
            expected[today] = expected[today - timedelta(days=1)]
        since = today - timedelta(days=back)
        began = elder.file.carers[-1][0]
        try:
            if moves:
                elder.transfer(f"V{len(elder.file.carers)}", "一组", taker, since, at(today.isoformat()))
            else:
                elder.hand_over(taker, since, at(today.isoformat()))
        except RegistryError:
            assert since > today or since < began
        else:
            assert began <= since <= today
            expected |= {day: taker for day in expected if day >= since}
        assert {day: elder.file.carer_on(day) for day in expected} == expected
