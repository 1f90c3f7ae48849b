"""The half-yearly comparison as a report: each list, each kind of key person, each difference with its decision."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.house.house import opened
from services.house.settings import Settings
from services.kernel.terms import Role
from services.registry.comparisons.commands import CompareList, DecideDifference
from services.reports.figures import as_json
from services.reports.scope import ReportRequest
from services.reports.workbook import workbook
from tests.acceptance.test_ledgers import Desk, day
from tests.acceptance.test_reports import OFFICE, report_of, rows_of
from tests.unit.http.village import BEGIN, VILLAGE, enrol, people

DIFFERENCES: list[dict[str, Any]] = [
    {"kind": "on_theirs", "category": "advanced_age", "elder": "E000", "place": "民政 3", "tail": "0015"},
    {"kind": "on_ours", "category": "disability", "elder": "E900"},
    {"kind": "not_registered", "category": "disability", "place": "民政 5", "tail": "0011"},
]


def compared(name: str, on: date, same: int, differences: list[dict[str, Any]]) -> CompareList:
    held = {"department": "民政", "by": "lead", "same": same, "differences": differences}
    return CompareList.model_validate({"comparison": name, "on": on} | held, strict=False)


def decided(number: int, decision: str, reason: str) -> DecideDifference:
    said = {
        "comparison": "C1",
        "difference": str(number),
        "decision": decision,
        "reason": reason,
        "by": "lead",
    }
    return DecideDifference.model_validate(said)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A list of this half-year, two of its three differences decided, one after a visit; and a list of the last."""
    with opened(Settings(data=None)) as house:
        people(house, 1)
        assert house.take(enrol("E900", name="王小明"), BEGIN).is_taken
        house.settle()
        held = Desk(house)
        held.take(
            5,
            compared("C1", day(4), 12, DIFFERENCES),
            compared("C0", date(2023, 12, 20), 7, [DIFFERENCES[1] | {"category": "incapacity"}]),
            decided(1, "to_be_visited", "名单较早"),
            decided(2, "accepted", "证件已注销"),
        )
        held.take(9, decided(1, "rejected", "入户核实，未满八十"))
        held.through(12)
        yield held


def table(desk: Desk, name: str, asked: ReportRequest) -> list[dict[str, Any]]:
    return rows_of(report_of(desk.house, "comparison", asked), name)


def asked(number: int, reader: Role | None = OFFICE, **given: Any) -> ReportRequest:
    return ReportRequest(day(number), day(number), reader=reader, **given)


def test_each_list_of_the_half_year_is_counted_by_difference_and_by_decision(desk: Desk):
    made = report_of(desk.house, "comparison", asked(11))
    assert (made.heading, made.reader) == ("试乡重点对象数据比对情况（2024年上半年）", "领导小组办公室")
    (row,) = rows_of(made, "lists")
    assert (row["comparison"], row["department"], row["compared_on"]) == ("C1", "民政", "2024-03-04")
    counts = ("same", "on_theirs", "on_ours", "not_registered", "differences")
    assert [row[name] for name in counts] == [12, 1, 1, 1, 3]
    decisions = ("accepted", "rejected", "to_be_visited", "undecided")
    assert [row[name] for name in decisions] == [1, 1, 0, 1]
    (before,) = table(desk, "lists", asked(8))
    assert [before[name] for name in decisions] == [1, 0, 1, 1]


def test_they_are_counted_by_kind_of_key_person(desk: Desk):
    rows = table(desk, "categories", asked(11))
    counts = ("on_theirs", "on_ours", "not_registered")
    assert [(row["category"], *(row[name] for name in counts)) for row in rows] == [
        ("高龄", 1, 0, 0),
        ("残疾", 0, 1, 1),
    ]


def test_each_difference_has_its_decision_and_the_visit_before_it(desk: Desk):
    made = report_of(desk.house, "comparison", asked(11))
    theirs, ours, stranger = rows_of(made, "differences")
    assert (theirs["kind"], theirs["elder"], theirs["place"], theirs["tail"]) == (
        *("名单有、本册无", "E000"),
        *("民政 3", "0015"),
    )
    assert (theirs["to_be_visited_on"], theirs["decision"], theirs["decided_on"], theirs["reason"]) == (
        *("2024-03-05", "不采纳"),
        *("2024-03-09", "入户核实，未满八十"),
    )
    assert (ours["name"], ours["decision"], ours["to_be_visited_on"]) == ("王小明", "采纳", None)
    assert (stranger["elder"], stranger["decision"], stranger["by"]) == (None, "未作结论", None)
    cells = dict(zip([one.name for one in made.tables[2].columns], made.tables[2].rows[0], strict=True))
    events = {f"registry:{one.position}": one for one in desk.house.services["registry"].log.events(0, 99)}
    topics = [type(events[one].event).TOPIC for one in cells["decision"].ids]
    assert topics == ["registry.DifferenceDecided"] * 2


def test_what_is_to_be_visited_is_no_conclusion_yet(desk: Desk):
    (theirs, *_) = table(desk, "differences", asked(8))
    assert (theirs["decision"], theirs["decided_on"], theirs["reason"]) == ("待入户核实", None, "名单较早")


def test_another_half_year_is_asked_for_by_one_of_its_months(desk: Desk):
    made = report_of(desk.house, "comparison", asked(11, month=date(2023, 12, 1)))
    assert made.heading.endswith("（2023年下半年）")
    assert [row["comparison"] for row in rows_of(made, "lists")] == ["C0"]


def test_of_a_village_are_the_differences_of_those_who_live_there(desk: Desk):
    asking = asked(11, village=VILLAGE)
    assert [row["elder"] for row in table(desk, "differences", asking)] == ["E000", "E900"]
    assert [(row["same"], row["differences"]) for row in table(desk, "lists", asking)] == [(None, 2)]


def test_without_a_role_nothing_says_what_ails_somebody_or_whose_number_it_was(desk: Desk):
    made = report_of(desk.house, "comparison", asked(11, None))
    text = as_json(made).decode()
    assert not [word for word in ("王小明", "残疾", "高龄", "0015", "0011", "证件") if word in text]
    assert [row["category"] for row in rows_of(made, "categories")] == ["*"]
    carer = table(desk, "differences", asked(11, Role.GRID_WORKER))
    assert [(row["category"], row["tail"]) for row in carer] == [("高龄", "*"), ("残疾", ""), ("残疾", "*")]


def test_what_is_decided_later_changes_no_byte_of_an_earlier_report():
    with opened(Settings(data=None)) as house:
        people(house, 1)
        held = Desk(house)
        held.take(5, compared("C1", day(4), 12, [DIFFERENCES[0]]))
        then = report_of(held.through(7), "comparison", asked(6))
        held.take(9, decided(1, "accepted", "属实"))
        now = report_of(held.through(10), "comparison", asked(6))
        assert then.is_final
        assert as_json(report_of(house, "comparison", asked(9))) != as_json(then)
    assert (as_json(now), workbook(now)) == (as_json(then), workbook(then))
