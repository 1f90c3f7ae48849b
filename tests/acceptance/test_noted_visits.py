"""What a carer writes is read somewhere: given visits, needs and problems, when reported, then who reads what."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.terms import Role
from services.reports.figures import as_json
from services.reports.scope import ReportRequest
from services.visits import commands as care
from tests.acceptance.test_ledgers import Desk, asked, day
from tests.acceptance.test_reports import OFFICE, report_of, rows_of
from tests.unit.http.village import people

NOTED = {
    "done": ["talked", "measured_blood_pressure"],
    "mood": "low",
    "findings": ["short_of_medicine", "injured"],
}
SEEN = ["violence", "incapacity"]
CARER, LEAD = Role.GRID_WORKER, Role.VILLAGE_LEAD


def visit(name: str, on: date, **noted: Any) -> care.RecordVisit:
    told = {"visit": name, "elder": "E000", "by": "grid", "on": on, "mode": "in_person"}
    return care.RecordVisit.model_validate(
        told | {"check_up": False, "confirms_facts": False} | noted, strict=False
    )


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A visit that noted much, one that noted nothing; what the first opened, one of it met."""
    with opened(Settings(data=None)) as made:
        people(made, 1)
        desk = Desk(made)
        desk.take(4, visit("V1", day(4), evidence=SEEN, **NOTED))
        desk.take(5, visit("V2", day(5)))
        met = {"need": "V1:medical", "elder": "E000", "by": "lead", "on": day(6), "text": "已送药"}
        desk.take(6, care.MeetNeed.model_validate(met, strict=False))
        desk.take(
            6, care.NoteNeed(need="N2", elder="E000", kind="meals", by="grid", on=day(6), text="做不了饭")
        )
        yield desk.through(8)


def written(house: House, reader: Role | None) -> list[tuple[str, str, str]]:
    rows = rows_of(report_of(house, "elder-file", asked(7, reader)), "file")
    kept = ("走访记录", "需求", "问题")
    return [(row["section"], row["item"], row["content"]) for row in rows if row["section"] in kept]


def test_the_file_holds_what_a_visit_noted_and_what_came_of_it(house: House):
    assert written(house, LEAD) == [
        ("走访记录", "入户 grid", "谈心、量血压；精神：低落；发现：缺药、受伤；依据：失能、暴力侵害"),
        ("需求", "助医", "缺药；已送药（已办结）"),
        ("需求", "助餐", "做不了饭（未办结）"),
        ("问题", "跌倒", "受伤（已发现）"),
    ]


def test_to_a_carer_nothing_names_violence_though_they_saw_it_themselves(house: House):
    for name in ("elder-file", "care-card", "village-ledger", "care-plan", "grades", "bulletin"):
        told = as_json(report_of(house, name, asked(7, CARER))).decode()
        assert "暴力" not in told, name
        assert "violence" not in told, name
    assert written(house, CARER)[0][2] == "谈心、量血压；精神：低落；发现：缺药、受伤；依据：失能"


def test_without_a_role_what_ails_somebody_is_masked(house: House):
    assert written(house, None) == [
        ("走访记录", "入户 grid", "谈心、量血压；*"),
        ("需求", "*", "*（已办结）"),
        ("需求", "*", "*（未办结）"),
        ("问题", "*", "*（已发现）"),
    ]
    (row,) = rows_of(report_of(house, "village-ledger", asked(7, None)), "care")
    assert row["found"] == "*"


def test_care_card_and_village_ledger_hold_it_too(house: House):
    card = rows_of(report_of(house, "care-card", asked(7, LEAD)), "visits")
    assert [row["noted"] for row in card] == [
        "谈心、量血压；精神：低落；发现：缺药、受伤；依据：失能、暴力侵害",
        "",
    ]
    (row,) = rows_of(report_of(house, "village-ledger", asked(7, LEAD)), "care")
    assert (row["found"], row["last_visit"]) == ("2024-03-04 缺药、受伤", "2024-03-05")


def test_what_a_visit_opened_stands_in_both_ledgers_on_the_day_of_the_visit(house: House):
    needs = rows_of(report_of(house, "needs-ledger", asked(7, OFFICE)), "needs")
    problems = rows_of(report_of(house, "problem-ledger", asked(7, OFFICE)), "problems")
    assert [(row["need"], row["found_on"], row["found_by"]) for row in needs] == [
        ("V1:medical", "2024-03-04", "grid"),
        ("N2", "2024-03-06", "grid"),
    ]
    assert [(row["problem"], row["found_on"], row["found_by"]) for row in problems] == [
        ("V1:fall", "2024-03-04", "grid")
    ]


def test_on_the_day_before_none_of_it_was_known(house: House):
    rows = rows_of(report_of(house, "elder-file", ReportRequest(day(3), day(3), reader=LEAD)), "file")
    assert not {row["section"] for row in rows} & {"走访记录", "需求", "问题"}
