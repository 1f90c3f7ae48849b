"""Heard again by a service that was never there: given what was told, in any batches, then the same state."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.reading.read_model import hashes
from services.kernel.calendar import midnight
from tests.properties.histories import ENROLLED, HEARD_ONLY, Line, histories, last_day, lived
from tests.properties.replays import Twin, muddled, told_by, twins

EXAMPLES = max(settings().max_examples // 25, 1)
SIZES = st.integers(1, 60)
CHANCES = st.randoms(use_true_random=False)
AT_THEIR_PLACE = ("seq",)
"""What only says where in the service's own log a row stands: subjects may come there in another order."""


@settings(max_examples=EXAMPLES)
@given(histories(HEARD_ONLY))
def test_risk_that_hears_everything_again_is_as_it_was(lines: list[Line]):
    with lived(lines) as house, twins(house, "risk") as (twin, _):
        live = house.services["risk"]
        assert hashes(live.model, live.log.query) == twin.hear_as_it_was().hashes()


@settings(max_examples=EXAMPLES)
@given(histories(ENROLLED), CHANCES, SIZES)
def test_one_upstream_in_any_batches_with_duplicates_losses_and_reordering_gives_the_same_state(
    lines: list[Line], chance: random.Random, size: int
):
    with lived(lines) as house, twins(house, "risk") as (twin, _):
        for batch in muddled(told_by(house, "registry"), chance, size):
            twin.inboxes["registry"].take(batch)
        twin.service.catch_up()
        live = house.services["risk"]
        assert hashes(live.model, live.log.query) == twin.hashes()


def said(twin: Twin, lines: list[Line]) -> dict[str, list[dict[str, Any]]]:
    """What is known in the end, and, of notify, who was then told."""
    twin.service.advance(midnight(last_day(lines)))
    return twin.state(AT_THEIR_PLACE)


@pytest.mark.parametrize("name", ["risk", "visits", "notify"])
@settings(max_examples=EXAMPLES)
@given(histories(), CHANCES, SIZES)
def test_every_instant_in_any_batches_with_duplicates_losses_and_reordering_gives_the_same_state(
    name: str, lines: list[Line], chance: random.Random, size: int
):
    with lived(lines) as house, twins(house, name) as (in_time, any_how):
        expected = said(in_time.hear_as_it_was(), lines)
        assert expected == said(any_how.hear_muddled(chance, size), lines)
