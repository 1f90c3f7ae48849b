"""Corrections never change what an earlier day is known to have known: given any history, when more is corrected."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.calendar import midnight
from services.registry.commands import CorrectFacts
from services.township.house import House
from services.township.state import ElderState, state_of
from tests.properties.histories import BEGINS, ELDERS, SPAN, Line, histories, last_day, lived

EXAMPLES = max(settings().max_examples // 20, 1)
BACK = st.lists(st.integers(0, 400), min_size=3, max_size=6)
RIGHT = st.fixed_dictionaries(
    {},
    optional={
        "born": st.sampled_from(("1940-01-01", "1950-06-30", "1966-01-01")),
        "living": st.sampled_from(("alone", "couple")),
        "supporters": st.lists(
            st.sampled_from((None, "2022-02-06", "2023-12-31")), min_size=1, max_size=2
        ).map(lambda days: [{"id": f"S{n}", "left_county_on": day} for n, day in enumerate(days)]),
    },
)


def seen(house: House, lines: list[Line], back: list[int]) -> list[ElderState | None]:
    """Every elder's state on some days, as each of these days knew it."""
    days = sorted({max(BEGINS, last_day(lines) - timedelta(days=one)) for one in back})
    pairs = [(as_of, known) for as_of in days for known in days]
    return [state_of(house, elder, *pair) for elder in ELDERS for pair in pairs]


@settings(max_examples=EXAMPLES)
@given(histories(), BACK, st.lists(RIGHT, min_size=1, max_size=4))
def test_a_correction_never_changes_an_earlier_known_by_read(
    lines: list[Line], back: list[int], right: list[dict]
):
    with lived(lines) as house:
        before = seen(house, lines, back)
        now = midnight(last_day(lines) + timedelta(days=SPAN + 1))
        for facts in right:
            said = {"elder": "E0", "by": "LEAD", "reason": "book"} | facts
            house.take(CorrectFacts.model_validate(said, strict=False), now)
        house.settle()
        assert seen(house, lines, back) == before
