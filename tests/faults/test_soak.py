"""Two villages' phones post at once and without pause, nothing else happens: nothing is lost, and nothing twice.

By default for a few seconds. SHOUWANG_SOAK_SECONDS says for how long (`make soak`: sixty), SHOUWANG_SEED which load.
"""

import os
import time
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.faults.stand import Stand

SECONDS = float(os.environ.get("SHOUWANG_SOAK_SECONDS", "6"))
SEED = int(os.environ.get("SHOUWANG_SEED", "1"))
CLIENTS = 64


def wait(stand: Stand, chance: Random) -> dict[str, Any]:
    """No fault but the load."""
    del stand, chance
    time.sleep(SECONDS)
    return {}


def test_two_villages_post_at_once_and_nothing_is_lost_or_doubled(
    stand: Stand, capsys: pytest.CaptureFixture[str]
):
    figures = replace(stand, pause=0).undergo("soak", SEED, wait, CLIENTS)
    told = "; ".join(f"{what}: {figure}" for what, figure in figures.items())
    with capsys.disabled():
        print(f"\nsoak of {CLIENTS} clients for {SECONDS:.0f} s (seed {SEED}): {told}")  # noqa: T201 - for people
