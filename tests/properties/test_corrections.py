"""Corrections, and ends taken back, never change what an earlier day is known to have known: given any history."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.commands.command import Command
from services.history.state import ElderState, state_of
from services.house.house import House
from services.kernel.calendar import midnight
from services.registry.elders.commands import CorrectFacts, NoteDeath, UndoEnd
from services.registry.elders.domain import Elder
from services.registry.terms import EndReason, RegistryError, ReturnKind
from tests.properties.histories import BEGINS, ELDERS, SPAN, Line, histories, last_day, lived
from tests.unit.policies import REGISTRY as POLICY
from tests.unit.registry.elders import at, enrolled

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
    told = {"elder": "E0", "by": "LEAD", "reason": "book"}
    unchanged(lines, back, [CorrectFacts.model_validate(told | facts, strict=False) for facts in right])


@settings(max_examples=EXAMPLES)
@given(histories(), BACK)
def test_an_end_and_its_taking_back_never_change_an_earlier_known_by_read(lines: list[Line], back: list[int]):
    today = last_day(lines) + timedelta(days=SPAN + 1)
    undone = UndoEnd(elder="E0", by="LEAD", reason="another person")
    unchanged(lines, back, [undone, NoteDeath(elder="E0", on=today), undone])


def unchanged(lines: list[Line], back: list[int], commands: list[Command]) -> None:
    """Whatever is said after a history, what was known before stays as it was known."""
    with lived(lines) as house:
        before = seen(house, lines, back)
        now = midnight(last_day(lines) + timedelta(days=SPAN + 1))
        for command in commands:
            house.take(command, now)
        house.settle()
        assert seen(house, lines, back) == before


ACTS = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(("left", "temporary", "permanent")),
        st.sampled_from(("s0", "s1")),
    ),
    max_size=6,
)


@given(ACTS, st.integers(0, 60))
def test_an_end_taken_back_on_its_day_leaves_the_status_as_it_was_but_for_a_new_spell(
    acts: list[tuple[int, str, str]], after: int
):
    """And whatever time brings later, it brings on the same day."""
    day, pair = at("2024-01-02"), [enrolled(left=("2023-01-01", "2023-05-01")) for _ in range(2)]
    for days, act, supporter in acts:
        day += timedelta(days=days)
        for elder in pair:
            elder.turn_day(day, POLICY)
            _act(elder, act, supporter, day)
    day += timedelta(days=after)
    for elder in pair:
        elder.turn_day(day, POLICY)
    pair[0].end(EndReason.DIED, day.date(), day)
    pair[0].undo_end("lead", "another person", day, POLICY, has_left=False)
    assert len(pair[0].file.spells) == len(pair[1].file.spells) + pair[1].file.is_certified
    for _ in range(4):
        assert (pair[0].file.is_certified, pair[0].next_wake(POLICY)) == (
            pair[1].file.is_certified,
            pair[1].next_wake(POLICY),
        )
        day += timedelta(days=61)
        for elder in pair:
            elder.turn_day(day, POLICY)


def _act(elder: Elder, act: str, supporter: str, day: Any) -> None:
    try:
        if act == "left":
            elder.supporter_left(supporter, day.date(), day, POLICY)
        else:
            elder.supporter_returned(supporter, ReturnKind(act), day.date(), day, POLICY)
    except RegistryError:
        pass
