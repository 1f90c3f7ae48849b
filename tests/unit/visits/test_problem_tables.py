"""The table of problems: what a township may not leave out or contradict, said so that it can be mended."""

from dataclasses import replace
from typing import Any

import pytest

from services.kernel.policy_limits import Contradictions
from services.kernel.terms import ProblemKind, Role
from tests.unit.policies import DUTIES

PROBLEMS = DUTIES.problems
TWO = (ProblemKind.FALL, ProblemKind.FRAUD)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            {"kinds": {kind: row for kind, row in PROBLEMS.kinds.items() if kind not in TWO}},
            "problems.kinds must have a row for every kind; missing: fall, fraud",
        ),
        (
            {"seen_by": PROBLEMS.seen_by | {Role.GRID_WORKER}},
            "problems.seen_by names whom problems.kept_from keeps it from: grid_worker",
        ),
        ({"referred_to": "nobody"}, "problems.referred_to must be one of problems.units, is nobody"),
        (
            {"confidential_desk": Role.CLINIC},
            "problems.confidential_desk must be one of problems.seen_by, is clinic",
        ),
    ],
)
def test_a_table_that_lacks_or_contradicts_is_refused(rows: dict[str, Any], said: str):
    with pytest.raises(Contradictions) as refused:
        replace(PROBLEMS, **rows)
    assert [str(found).partition(" / ")[2] for found in refused.value.found] == [said]
    assert [found.setting for found in refused.value.found] == [tuple(rows)]
