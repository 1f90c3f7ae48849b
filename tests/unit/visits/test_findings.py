"""Which need or problem a finding opens, by the rows of the version in force."""

from pathlib import Path

import pytest

from services.chassis.policy.files import read_file
from services.chassis.policy.table import PolicyError, read_policy
from services.house.settings import DEFAULT_POLICY
from services.kernel.terms import NeedKind, ProblemKind
from services.policy_lab.versions import check
from services.visits.policies import DutyPolicy, Finding, Opens, follow, opened_by
from tests.acceptance.revised import revised
from tests.unit.policies import DUTIES

ROWS = DUTIES.findings
TABLE = "[visits.findings]"


def without_rows(folder: Path, name: str, effective_on: str) -> Path:
    """A version from before the rows were asked for."""
    path = revised(folder, name, effective_on)
    before, _, after = path.read_text(encoding="utf-8").partition(TABLE)
    path.write_text(before + after[after.index("[visits.problems]") :], encoding="utf-8")
    return path


def test_every_finding_has_the_row_of_section_3():
    assert {finding.value: str(row.need or row.problem) for finding, row in ROWS.items()} == {
        "unwell": "medical",
        "short_of_medicine": "medical",
        "short_of_food": "goods",
        "lonely": "company",
        "injured": "fall",
        "house_unsafe": "housing",
        "strangers_selling": "other",
    }


def test_two_findings_of_one_kind_open_it_once_and_both_are_named():
    opened = opened_by(["unwell", "injured", "short_of_medicine", "unwell"], ROWS)
    assert opened == {
        Opens(problem=ProblemKind.FALL): ["injured"],
        Opens(need=NeedKind.MEDICAL): ["short_of_medicine", "unwell"],
    }
    assert opened_by([], ROWS) == opened_by(["unwell"], {}) == {}


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('lonely = { need = "company" }', "", "findings"),
        ('lonely = { need = "company" }', "lonely = {}", "lonely"),
        ('lonely = { need = "company" }', 'lonely = { need = "company", problem = "fall" }', "lonely"),
        ('lonely = { need = "company" }', 'lonely = { need = "friends" }', "lonely"),
        ('lonely = { need = "company" }', 'alone = { need = "company" }', "findings"),
    ],
)
def test_a_row_that_is_missing_or_wrong_is_refused_by_its_name(
    tmp_path: Path, right: str, wrong: str, told: str
):
    path = revised(tmp_path, "wrong", "2025-01-01", (right, wrong))
    with pytest.raises(PolicyError, match=told):
        read_policy([path], "visits", DutyPolicy)


def test_a_version_of_before_the_rows_goes_on_as_the_one_before_it_and_a_new_one_must_have_them(
    tmp_path: Path,
):
    old = without_rows(tmp_path, "old", "2025-01-01")
    table = read_policy([DEFAULT_POLICY, old], "visits", DutyPolicy, follow=follow)
    later = read_file(old).effective_on
    assert table.on(later).version == "old"
    assert table.on(later).findings == ROWS
    alone = read_policy([old], "visits", DutyPolicy, follow=follow).on(later)
    assert alone.findings == {}, "nothing says what a finding opens, so nothing is opened by itself"
    (fault,) = check(old)
    assert "visits.findings" in fault.said
    assert "policies/gaoliang-2024.toml" in fault.said
    assert set(Finding) == set(ROWS)
