"""Faults under load: whatever befalls the fleet, the checker finds nothing afterwards.

By default the short part. SHOUWANG_FAULTS=all has all of them, or names some with commas; SHOUWANG_SEED replays one.
"""

import os

import pytest

from tests.faults import faults
from tests.faults.stand import Stand

CHOSEN = os.environ.get("SHOUWANG_FAULTS", "")
SEED = int(os.environ.get("SHOUWANG_SEED", "1"))


def chosen() -> list[str]:
    if CHOSEN in {"", "all"}:
        return [name for name, one in faults.ALL.items() if CHOSEN or one.is_short]
    return CHOSEN.split(",")


@pytest.mark.parametrize("name", chosen())
def test_nothing_is_lost_and_nothing_happens_twice(
    stand: Stand, name: str, capsys: pytest.CaptureFixture[str]
):
    try:
        figures = stand.undergo(name, SEED, faults.ALL[name].inject)
    except AssertionError as error:
        with capsys.disabled():
            print(f"\n{name} (seed {SEED}): FAILED: {str(error)[:1000]}")  # noqa: T201 - at once, not at the end
        raise
    told = "; ".join(f"{what}: {figure}" for what, figure in figures.items())
    with capsys.disabled():
        print(f"\n{name} (seed {SEED}): {told}")  # noqa: T201 - figures are for people to read
