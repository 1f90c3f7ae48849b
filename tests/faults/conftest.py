"""One fleet to do harm to, for all tests of this folder."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.stand import Stand, standing_in

PAUSE = float(os.environ.get("SHOUWANG_PAUSE", "0.25"))


@pytest.fixture(scope="package")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing_in(tmp_path_factory.mktemp("faults"), PAUSE) as held:
        yield held
