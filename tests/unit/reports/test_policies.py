"""What reports go by on a day: clauses, owners and versions, from the township's own file."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.policy.files import PolicyFaults, read_file
from services.chassis.policy.published import Published
from services.house.settings import DEFAULT_POLICY
from services.kernel.calendar import SHANGHAI
from services.reports.policies import read_rules

DAY = date(2024, 3, 1)
ELDERS = [
    *("home_visit", "follow_up", "look_in", "information_update", "health_follow_up", "health_check"),
    *("living_security_review", "reassessment", "care_agreement"),
]


def later(folder: Path) -> Path:
    """Another version from 1 March."""
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    path = folder / "later.toml"
    dated = text.replace("effective_on = 2024-01-26", "effective_on = 2024-03-01")
    path.write_text(dated.replace('"gaoliang-2024"', '"later"', 1), encoding="utf-8")
    return path


def test_every_duty_has_its_clause_and_who_owes_it():
    rules = read_rules([DEFAULT_POLICY]).on(DAY)
    assert (rules.clause_of("follow_up"), rules.owed_by("follow_up")) == ("二(四)", "carer")
    assert (rules.clause_of("spot_check"), rules.owed_by("spot_check")) == ("三(一)1", "party_service_centre")
    assert (rules.clause_of("nothing"), rules.owed_by("nothing")) == ("", "")
    assert isinstance(rules.owed_by("follow_up"), str)


def test_duties_stand_in_the_order_of_the_file_an_elders_first():
    order = read_rules([DEFAULT_POLICY]).on(DAY).order
    assert order[:9] == ELDERS
    assert order[9:11] == ["full_screening", "group_activity"]
    assert order[-1] == "commendation"


def test_every_section_is_read_by_the_version_in_force(tmp_path: Path):
    book = read_rules([DEFAULT_POLICY, later(tmp_path)])
    for day, version in ((DAY - timedelta(days=1), "gaoliang-2024"), (DAY, "later")):
        rules = book.on(day)
        found = {one.version for one in (rules.reports, rules.duties, rules.risk, rules.notices)}
        assert found == {version}


def test_the_versions_of_some_days_are_named_once_in_their_order(tmp_path: Path):
    book = read_rules([DEFAULT_POLICY, later(tmp_path)])
    assert book.versions(date(2024, 2, 1), date(2024, 3, 31)) == "gaoliang-2024, later"
    assert book.versions(DAY - timedelta(days=1), DAY) == "gaoliang-2024, later"
    assert book.versions(DAY, DAY) == "later"
    assert book.versions(date(2024, 2, 1), date(2024, 2, 29)) == "gaoliang-2024"
    assert book.versions(DAY, DAY - timedelta(days=5)) == "gaoliang-2024"


def test_what_was_published_into_a_folder_is_read_too(tmp_path: Path):
    published = Published(tmp_path)
    with published.writing():
        published.add(read_file(later(tmp_path)), "office", datetime(2024, 2, 1, tzinfo=SHANGHAI))
    rules = read_rules([DEFAULT_POLICY], tmp_path).on(DAY)
    assert {rules.reports.version, rules.duties.version, rules.risk.version, rules.notices.version} == {
        "later"
    }


def test_a_policy_without_readers_and_targets_says_where_to_copy_them_from(tmp_path: Path):
    path = tmp_path / "bare.toml"
    path.write_text(DEFAULT_POLICY.read_text(encoding="utf-8").partition("\n[reports]")[0], encoding="utf-8")
    with pytest.raises(PolicyFaults, match=r"\[reports\].*policies/gaoliang-2024\.toml"):
        read_rules([path])


def test_the_head_of_reports_has_the_townships_name_where_the_policy_says_it(tmp_path: Path):
    path = tmp_path / "nameless.toml"
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^township = .*\n", "", text), encoding="utf-8")
    names = [read_rules([one]).on(DAY).reports.township for one in (DEFAULT_POLICY, path)]
    assert names == ["高良乡", ""]
