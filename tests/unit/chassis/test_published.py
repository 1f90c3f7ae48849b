"""Published policies: kept by their hash, found by every process, never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from services.chassis.policy.files import PolicyFault, PolicyFile, comment_of, faults_of, line_of, parse
from services.chassis.policy.published import Published, refuse_publication
from services.chassis.policy.table import PolicyError, read_policy
from services.kernel.calendar import SHANGHAI

WHOLE = 'version = "first"\neffective_on = 2024-01-26  # a Friday\n\n[shop]  # clause 1\nprice = 60  # yuan\n'
AT = datetime(2024, 2, 1, 12, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Shop:
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: str
    effective_on: date
    price: int


def version(price: int, day: str) -> PolicyFile:
    text = WHOLE.replace("60", str(price)).replace("first", f"at {price}")
    return parse(text, "shop.toml").dated(date.fromisoformat(day))


def publish(data: Path, price: int, day: str) -> None:
    published = Published(data)
    with published.writing():
        published.add(version(price, day), "office", AT)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_what_was_published_is_found_again_with_who_and_when(tmp_path: Path):
    publish(tmp_path, 70, "2024-03-01")
    publish(tmp_path, 80, "2024-04-01")
    found = Published(tmp_path).all()
    assert [(one.version, one.effective_on) for one in found] == [
        ("at 70", "2024-03-01"),
        ("at 80", "2024-04-01"),
    ]
    assert {(one.by, one.at) for one in found} == {("office", "2024-02-01T12:00:00+08:00")}
    assert [Published(tmp_path).file(one).content["shop"] for one in found] == [{"price": 70}, {"price": 80}]


def test_news_are_told_once(tmp_path: Path):
    published = Published(tmp_path)
    assert published.news() is None
    publish(tmp_path, 70, "2024-03-01")
    assert [one.version for one in published.news() or ()] == ["at 70"]
    assert published.news() is None
    publish(tmp_path, 80, "2024-04-01")
    assert [one.version for one in published.news() or ()] == ["at 70", "at 80"]


def test_a_table_looks_for_new_versions_whenever_a_later_day_is_asked_about(base: Path, tmp_path: Path):
    table = read_policy([base], "shop", Shop, data=tmp_path)
    assert table.on(date(2024, 2, 1)).price == 60
    publish(tmp_path, 70, "2024-03-01")
    asked = [
        (table.on(date(2024, *day)).price, table.changes_on(date(2024, *day))) for day in ((2, 1), (2, 29))
    ]
    assert asked == [(60, False), (60, False)]
    assert (table.changes_on(date(2024, 3, 1)), table.on(date(2024, 3, 1)).price) == (True, 70)
    assert table.on(date(2024, 2, 29)).price == 60


def test_a_table_finds_what_was_published_before_it_was_made(base: Path, tmp_path: Path):
    publish(tmp_path, 70, "2024-03-01")
    assert read_policy([base], "shop", Shop, data=tmp_path).on(date(2024, 3, 1)).price == 70


def test_a_version_knows_the_one_before_it(base: Path, tmp_path: Path):
    publish(tmp_path, 70, "2024-03-01")
    publish(tmp_path, 80, "2024-04-01")
    table = read_policy(
        [base],
        "shop",
        Shop,
        data=tmp_path,
        follow=lambda one, before: Shop(one.version, one.effective_on, one.price + before.price),
    )
    assert [table.on(date(2024, month, 1)).price for month in (2, 3, 4)] == [60, 130, 210]


@pytest.mark.parametrize(
    ("since", "wakes", "expected"),
    [
        ("2024-02-01", {60: "2024-02-20", 70: "2024-03-20"}, "2024-02-20"),
        ("2024-02-01", {60: "2024-03-01", 70: "2024-03-20"}, "2024-03-20"),
        ("2024-02-01", {60: "2024-05-01", 70: "2024-02-20"}, None),
        ("2024-02-01", {60: None, 70: None}, None),
        ("2024-02-01", {60: "2020-01-01", 70: "2024-03-20"}, "2020-01-01"),
        ("2024-03-01", {60: "2024-02-20", 70: "2024-03-20"}, "2024-03-20"),
        ("2024-03-01", {60: "2024-03-10", 70: "2024-02-20"}, "2024-02-20"),
    ],
)
def test_each_version_is_asked_about_the_days_on_which_it_is_in_force(
    base: Path, tmp_path: Path, since: str, wakes: dict[int, str | None], expected: str | None
):
    publish(tmp_path, 70, "2024-03-01")
    table = read_policy([base], "shop", Shop, data=tmp_path)

    def wake(shop: Shop) -> date | None:
        told = wakes[shop.price]
        return date.fromisoformat(told) if told else None

    found = table.next_wake(date.fromisoformat(since), wake)
    assert found == (date.fromisoformat(expected) if expected else None)


def test_a_file_that_is_not_what_was_published_is_refused(base: Path, tmp_path: Path):
    publish(tmp_path, 70, "2024-03-01")
    [kept] = (tmp_path / "policies").glob("*.toml")
    kept.write_text(kept.read_text(encoding="utf-8").replace("70", "71"), encoding="utf-8")
    with pytest.raises(PolicyError, match="not what was published"):
        read_policy([base], "shop", Shop, data=tmp_path)
    kept.unlink()
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy([base], "shop", Shop, data=tmp_path)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2024-02-01", "has begun"),
        ("2024-01-01", "has begun"),
        ("2024-03-01", "later day"),
        ("2024-03-02", None),
    ],
)
def test_a_day_must_be_to_come_and_after_the_newest_version(day: str, told: str | None):
    refusal = refuse_publication(date.fromisoformat(day), newest=date(2024, 3, 1), turned=date(2024, 2, 1))
    assert (told is None) == (refusal is None)
    assert told is None or told in str(refusal)


def test_a_file_from_another_day_keeps_its_words():
    later = version(60, "2025-07-01")
    assert later.text == WHOLE.replace("first", "at 60").replace("2024-01-26", "2025-07-01")
    assert parse(later.text, "x").effective_on == later.effective_on == date(2025, 7, 1)


def test_the_comment_of_a_row_is_its_clause():
    assert comment_of(WHOLE, line_of(WHOLE, ["shop", "price"])) == "yuan"
    assert comment_of(WHOLE, line_of(WHOLE, ["shop"])) == "clause 1"
    assert [comment_of(WHOLE, line) for line in (0, 3, 99)] == ["", "", ""]


def test_faults_come_in_the_order_of_lines_each_once():
    text = WHOLE.replace('"first"', "1").replace("60", '"sixty"') + "\n[shpo]\n"
    faults = faults_of(parse(text, "x"), {"shop": Shop, "bar": Shop})
    assert [(fault.line, fault.said.partition(":")[0]) for fault in faults] == [
        (0, "缺少 [bar]：请照 policies/gaoliang-2024.toml 补上 / the section [bar] is missing"),
        (1, "version"),
        (5, "shop.price"),
        (7, "shpo"),
    ]
    assert str(faults[2]).startswith('第5行 / line 5: shop.price: 应为整数, 现为 "sixty"')
    assert str(PolicyFault(0, "said")) == "said"
