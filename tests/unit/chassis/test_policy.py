"""Policy files: given versions, when a day is judged, then by the one in force; a wrong file says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from services.chassis.policy.table import PolicyError, read_policy
from services.house.settings import DEFAULT_POLICY
from services.kernel.policy_limits import VersionName
from services.risk.policies import RiskPolicy
from services.visits.policies import DutyPolicy

WHOLE = """
version = "first"
effective_on = 2024-01-26

[shop]
price = 60  # yuan
opens = 08:00:00

[shop.waits.long]
after = "PT24H"
"""


@dataclass(frozen=True)
class Wait:
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    after: timedelta


@dataclass(frozen=True)
class Shop:
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: VersionName
    effective_on: date
    price: int
    opens: time
    waits: Mapping[str, Wait]

    def __post_init__(self) -> None:
        if self.price < 0:
            raise ValueError("a price is never negative")


@pytest.fixture
def write(tmp_path: Path):
    def written(text: str, name: str = "policy.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def later(day: str, price: int) -> str:
    return WHOLE.replace("2024-01-26", day).replace("= 60", f"= {price}").replace("first", day)


def test_a_section_becomes_the_policy(write):
    expected = Shop("first", date(2024, 1, 26), 60, time(8), {"long": Wait(timedelta(hours=24))})
    assert expected == read_policy([write(WHOLE)], "shop", Shop).on(date(2024, 1, 26))


def test_a_day_is_judged_by_the_version_in_force_then_whatever_the_order_of_files(write):
    files = [write(later("2026-01-01", 80), "c"), write(WHOLE, "a"), write(later("2025-07-01", 70), "b")]
    table = read_policy(files, "shop", Shop)
    days = ["2020-01-01", "2024-01-26", "2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01"]
    assert [table.on(date.fromisoformat(day)).price for day in days] == [60, 60, 60, 70, 70, 80]
    assert table.on(date.min).price == 60
    assert table.on(date.max).price == 80


def test_only_a_later_version_changes_anything_on_its_day(write):
    table = read_policy([write(WHOLE, "a"), write(later("2025-07-01", 70), "b")], "shop", Shop)
    days = ["2024-01-26", "2025-06-30", "2025-07-01", "2025-07-02"]
    assert [table.changes_on(date.fromisoformat(day)) for day in days] == [False, False, True, False]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("price = 60", 'price = "60"', ("line 6", "shop.price", "integer")),
        ("price = 60", "price = true", ("line 6", "shop.price", "integer")),
        ("price = 60", "price = 60.0", ("line 6", "shop.price", "integer")),
        ("price = 60", "", ("line 5", "shop.price", "add it")),
        ("price = 60", "price = 60\npriec = 61", ("line 7", "shop.priec", "spelling")),
        ("price = 60", "price = -1", ("line 5", "shop", "never negative")),
        ("opens = 08:00:00", "opens = 8", ("line 7", "shop.opens", "time")),
        ('"PT24H"', '"a day"', ("line 10", "shop.waits.long.after", "duration")),
        ('"PT24H"', '"PT24H"\ntwice = true', ("line 11", "shop.waits.long.twice", "remove it")),
        ("[shop]", "[shop]\neffective_on = 2025-01-01", ("line 5", "effective_on", "top")),
        ('version = "first"', "version = 1", ("version", "at the top")),
        ("effective_on = 2024-01-26", "effective_on = 2024-01-26T08:00:00", ("effective_on", "date")),
        ("effective_on = 2024-01-26", "", ("effective_on", "date")),
        ("[shop]", "[shop", ("cannot be read", "line 5")),
    ],
)
def test_a_wrong_setting_is_refused_by_name_and_line(write, right: str, wrong: str, told: tuple[str, ...]):
    with pytest.raises(PolicyError) as refused:
        read_policy([write(WHOLE.replace(right, wrong, 1))], "shop", Shop)
    assert [part for part in ("policy.toml", *told) if part not in str(refused.value)] == []


@pytest.mark.parametrize(
    "text", ['version = "x"\neffective_on = 2024-01-26\n', WHOLE.partition("[")[0] + "shop = 3"]
)
def test_a_file_without_the_section_is_refused(write, text: str):
    with pytest.raises(PolicyError, match=r"policy\.toml.*\[shop\].*add it"):
        read_policy([write(text)], "shop", Shop)


def test_two_files_for_one_day_no_file_and_a_lost_file_are_refused(write, tmp_path: Path):
    for paths in ([write(WHOLE, "a"), write(WHOLE, "b")], [], [tmp_path / "lost.toml"]):
        with pytest.raises(PolicyError):
            read_policy(paths, "shop", Shop)


def test_the_townships_own_file_is_found():
    assert DEFAULT_POLICY.name == "gaoliang-2024.toml"
    assert DEFAULT_POLICY.is_file()


@pytest.mark.parametrize(
    ("section", "kind", "right", "wrong"),
    [
        ("risk", RiskPolicy, "abuse = ", "abus = "),
        ("visits", DutyPolicy, 'owed_by = "group_cadre"', 'owed_by = "group_cader"'),
        ("visits", DutyPolicy, "[visits.places.spot_check]", "[visits.places.spot_chek]"),
    ],
)
def test_a_slip_in_a_word_is_refused(tmp_path: Path, section: str, kind: type, right: str, wrong: str):
    path = tmp_path / "slip.toml"
    path.write_text(DEFAULT_POLICY.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    with pytest.raises(PolicyError, match=section):
        read_policy([path], section, kind)
