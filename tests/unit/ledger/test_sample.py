"""The sample township: made again it is the same, and its troubles are those that were planted."""

import re
import time
import tomllib
from collections import Counter

import pytest
from openpyxl import load_workbook
from stdnum.cn import ric

from samples import make_gaoliang, people, troubles
from samples.township import as_toml
from services.ledger.facts import Accepted, Rejected
from services.ledger.reader import Ledger, read_ledger
from services.ledger.report import RowOutcome, Tally

SAMPLE = make_gaoliang.HERE / "gaoliang.xlsx"
SETTINGS = tomllib.loads((make_gaoliang.HERE / "gaoliang.toml").read_text(encoding="utf-8"))
VILLAGES = {village["name"]: village["code"] for village in SETTINGS["village"]}


@pytest.fixture(scope="module")
def ledger():
    return Ledger(SAMPLE)


@pytest.fixture(scope="module")
def rows(ledger):
    return list(ledger.rows(VILLAGES))


def cells_of(book):
    return {
        page.title: (
            [[cell.value for cell in row] for row in page.iter_rows()],
            sorted(str(area) for area in page.merged_cells.ranges),
        )
        for page in book.worksheets
    }


def test_made_again_it_has_the_same_contents(tmp_path):
    made, sheets = make_gaoliang.township()
    make_gaoliang.workbook(sheets).save(tmp_path / "again.xlsx")
    assert cells_of(load_workbook(tmp_path / "again.xlsx")) == cells_of(load_workbook(SAMPLE))
    assert (make_gaoliang.HERE / "gaoliang.toml").read_text(encoding="utf-8") == as_toml(made)


def test_its_outcomes_add_up(ledger, rows):
    tally = Tally(ledger.noted, ledger.empty_sheets)
    for row in rows:
        tally.read(row)
        if isinstance(row, Accepted):
            tally.note(row, RowOutcome.ENROLLED)
    tally.check()
    totals = {"rows": 1200, "enrolled": 1121, "in_part": 0, "already": 0, "refused": 0, "rejected": 79}
    assert tally.totals() == totals
    assert tally.empty_sheets == ("备用",)


def test_every_planted_trouble_is_found_and_nothing_else(rows):
    found = Counter(one.column for row in rows if isinstance(row, Rejected) for one in row.problems)
    planted = {plan.__name__: count for plan, count in troubles.PLANTED.items()}
    assert found == {
        "身份证号码": planted["wrong_check_digit"] + planted["rounded_number"] + troubles.DUPLICATES,
        "出生日期": planted["born_disagrees"],
        "性别": planted["sex_disagrees"],
        "家庭住址": planted["formula"],
        "赡养人一外出日期": planted["unreadable_date"],
        "姓名": planted["nameless"],
        "居住状况": planted["nameless"],
        "村委会": troubles.LATE_WITHOUT_VILLAGE + 1,
    }


def test_what_the_registry_will_refuse_or_flag_is_accepted_here(rows):
    facts = [row.facts for row in rows if isinstance(row, Accepted)]
    turned_60 = people.ON.replace(year=people.ON.year - 60).isoformat()
    assert sum(not one.supporters for one in facts) == troubles.PLANTED[troubles.no_supporters]
    assert sum(one.born > turned_60 for one in facts) == troubles.UNDER_AGE
    assert sum(one.temporary for one in facts) == troubles.PLANTED[troubles.temporary]


def test_most_are_certifiable_and_the_grades_are_plausible(rows):
    facts = [row.facts for row in rows if isinstance(row, Accepted)]
    away = [[one.left_county_on or "9999" for one in row.supporters] for row in facts]
    certifiable = sum(bool(left) and max(left) <= "2023-07-31" for left in away)
    red = sum(
        bool({"incapacity", "major_illness", "guardianship_failure"} & set(one.evidence)) for one in facts
    )
    yellow = sum(bool(one.evidence) or one.born <= "1944-01-31" for one in facts) - red
    assert 0.88 < certifiable / len(facts) < 0.92
    assert 0.07 < red / len(facts) < 0.09
    assert 0.28 < yellow / len(facts) < 0.32


def test_its_numbers_belong_to_nobody(rows):
    numbers = [
        row.facts.citizen_number for row in rows if isinstance(row, Accepted) and row.facts.citizen_number
    ]
    assert all(number.startswith("530399") for number in numbers)
    with pytest.raises((KeyError, ValueError)):  # the table of counties has none of this code
        ric.get_birth_place(numbers[0])


def test_its_villages_are_eleven_and_staffed(ledger):
    assert ledger.villages() == list(VILLAGES)
    assert all(re.fullmatch("530323[0-9]{6}", code) for code in VILLAGES.values())
    assert len(set(VILLAGES.values())) == 11
    carers = {
        "grid_worker",
        "resident_member",
        "civil_affairs_assistant",
        "elders_association_head",
        "group_cadre",
    }
    for village in SETTINGS["village"]:
        roles = Counter(staff["role"] for staff in village["roster"])
        assert (roles["village_lead"], roles["township_leader"]) == (1, 1)
        assert carers <= set(roles)
        assert 6 <= sum(roles[role] for role in carers) <= 8


def test_every_row_has_a_carer_and_a_group_of_its_village(rows):
    staff = {v["name"]: {s[key] for s in v["roster"] for key in ("id", "name")} for v in SETTINGS["village"]}
    groups = {village["name"]: set(village["groups"]) for village in SETTINGS["village"]}
    for row in rows:
        if isinstance(row, Accepted):
            assert row.facts.carer in staff[row.facts.village]
            assert row.facts.group in groups[row.facts.village]


def seconds_to_read() -> float:
    begun = time.process_time()
    assert sum(1 for _ in read_ledger(SAMPLE, VILLAGES)) == 1200
    return time.process_time() - begun


def test_a_township_is_read_in_moments():
    """The best of three, as other work on the machine is not the reader's."""
    assert any(seconds_to_read() < 3 for _ in range(3))
