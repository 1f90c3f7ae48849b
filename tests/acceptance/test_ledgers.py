"""The ledgers of problems and needs: rows of a small house, who sees them, and that the past stays as it was."""

import io
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from services.chassis.commands.command import Command
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.kernel.terms import Role
from services.registry.elders.commands import Appoint
from services.reports.figures import as_json
from services.reports.folding import picture_of
from services.reports.matters import UnitPart
from services.reports.people import Said
from services.reports.problem_ledger import shown_problems
from services.reports.scope import ReportRequest, Scope
from services.reports.sources import read
from services.reports.workbook import workbook
from services.visits import commands as care
from tests.acceptance.test_reports import BOOK, OFFICE, report_of, rows_of
from tests.unit.http.village import BEGIN, enrol, people

ROOF = {"problem": "P1", "elder": "E900", "kind": "housing", "by": "grid", "text": "屋顶漏雨"}
HARM = {"problem": "P2", "elder": "E900", "kind": "abuse", "by": "lead", "text": "身上有伤"}
MEALS = {"need": "N1", "elder": "E900", "by": "grid"}


def day(number: int) -> date:
    return date(2024, 3, number)


class Desk:
    """The small house, taken forward day by day; every command must be taken."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._conductor = Conductor(house, day(2))

    def take(self, number: int, *commands: Command) -> None:
        moment = datetime(2024, 3, number, 10, tzinfo=SHANGHAI)
        self._conductor.until(moment)
        for command in commands:
            answer = self.house.take(command, moment)
            assert answer.is_taken, answer
        self.house.settle()

    def through(self, number: int) -> House:
        self._conductor.through(day(number))
        return self.house


def step(name: type[Command], by: str, **given: object) -> Command:
    return name.model_validate({"problem": "P1", "by": by} | given, strict=False)


@contextmanager
def told(until: int) -> Generator[Desk, None, None]:
    """A leaking roof handed to two units, one of them late, closed, verified and reopened; abuse; two needs."""
    story: dict[int, list[Command]] = {
        5: [
            care.OpenProblem.model_validate(ROOF | {"on": day(4)}, strict=False),
            step(care.AcceptProblem, "centre"),
            step(care.HandProblem, "centre", units=["clinic", "housing"], due=day(7)),
            care.OpenProblem.model_validate(HARM | {"on": day(5)}, strict=False),
            care.NoteNeed.model_validate(
                MEALS | {"kind": "meals", "on": day(4), "text": "做不了饭"}, strict=False
            ),
        ],
        6: [step(care.HandleProblem, "clinic", unit="clinic", text="已看过")],
        9: [step(care.HandleProblem, "centre", unit="housing", text="已修")],
        10: [
            step(care.CloseProblem, "centre", text="已翻修"),
            care.MeetNeed.model_validate(MEALS | {"on": day(10), "text": "已送餐"}, strict=False),
        ],
        11: [step(care.VerifyProblem, "lead")],
        13: [
            step(care.ReopenProblem, "lead", text="雨后仍漏"),
            care.NoteNeed(need="N2", elder="E000", kind="legal_aid", by="grid", on=day(13), text="问田地"),
        ],
    }
    with opened(Settings(data=None)) as house:
        people(house, 1)
        assert house.take(enrol("E900", name="王小明"), BEGIN).is_taken
        house.settle()
        desk = Desk(house)
        for number, commands in story.items():
            if number <= until:
                desk.take(number, *commands)
        desk.through(until)
        yield desk


def asked(number: int, reader: Role | None = OFFICE) -> ReportRequest:
    return ReportRequest(day(number), day(number), reader=reader)


def test_a_problem_is_one_row_with_its_units_and_what_was_late():
    with told(14) as desk:
        made = report_of(desk.house, "problem-ledger", asked(12))
        roof, harm = rows_of(made, "problems")
        again = rows_of(report_of(desk.house, "problem-ledger", asked(13)), "problems")[0]
        now = rows_of(report_of(desk.house, "problem-ledger", asked(8)), "problems")[0]
        events = {f"visits:{one.position}": one for one in desk.house.services["visits"].log.events(0, 999)}
    assert roof == {
        "problem": "P1",
        "elder": "E900",
        "name": "王小明",
        "village": "试村",
        "group": "一组",
        "kind": "住房",
        "found_on": "2024-03-04",
        "found_by": "grid",
        "accepted_on": "2024-03-05",
        "units": "卫生院 限 2024-03-07 2024-03-06 已办\n住建 限 2024-03-07 2024-03-09 已办（超期）",
        "overdue": "办理（住建） 限 2024-03-07",
        "closed_on": "2024-03-10",
        "verified_on": "2024-03-11",
        "reopened": 0,
        "state": "已核实",
    }
    assert (harm["kind"], harm["accepted_on"], harm["state"]) == ("虐待", None, "已发现（超期）")
    assert (again["reopened"], again["state"], again["verified_on"]) == (1, "重新办理", None)
    assert (now["closed_on"], now["state"]) == (None, "办理中（超期）")
    cells = dict(zip([one.name for one in made.tables[0].columns], made.tables[0].rows[0], strict=True))
    topics = {
        name: [type(events[one].event).TOPIC.removeprefix("visits.") for one in cells[name].ids]
        for name in ("problem", "accepted_on", "units", "overdue", "closed_on", "verified_on", "state")
    }
    assert topics == {
        "problem": ["IncidentReported"],
        "accepted_on": ["ProblemAccepted"],
        "units": ["ProblemHanded", "ProblemHandled", "ProblemOverdue", "ProblemHandled"],
        "overdue": ["ProblemOverdue"],
        "closed_on": ["ProblemClosed"],
        "verified_on": ["ProblemVerified"],
        "state": ["ProblemVerified"],
    }


@pytest.mark.parametrize("reader", [None, Role.GRID_WORKER, Role.CLINIC, Role.PARTY_SERVICE_CENTRE])
def test_who_may_not_know_finds_no_trace_of_a_confidential_problem(reader: Role | None):
    with told(12) as desk:
        made = report_of(desk.house, "problem-ledger", asked(11, reader))
        bulletin = rows_of(report_of(desk.house, "bulletin", asked(11, reader)), "problems")
        all_of_it = rows_of(report_of(desk.house, "bulletin", asked(11)), "problems")
    assert [row["problem"] for row in rows_of(made, "problems")] == ["P1"]
    assert "P2" not in as_json(made).decode()
    assert [(row["found"], row["pending"], row["late"]) for row in bulletin] == [(1, 0, 0)]
    assert [(row["found"], row["pending"], row["late"]) for row in all_of_it] == [(2, 1, 1)]
    assert [(row["solved"], row["verified"]) for row in all_of_it] == [(1, 1)]


def handed_abuse(reader: Role | None) -> tuple[list[str], list[int]]:
    """What a reader finds in the ledger, and counts in the bulletin, once the clinic has the abuse to handle."""
    with told(12) as desk:
        assert desk.house.take(Appoint(staff="office", role="leading_group_office"), BEGIN).is_taken
        desk.house.settle()
        step_of_it = {"problem": "P2", "by": "office"}
        desk.take(
            12,
            care.AcceptProblem.model_validate(step_of_it),
            care.HandProblem.model_validate(step_of_it | {"units": ["clinic"]}),
        )
        house = desk.through(14)
        rows = rows_of(report_of(house, "problem-ledger", asked(13, reader)), "problems")
        counts = rows_of(report_of(house, "bulletin", asked(13, reader)), "problems")
    return [row["problem"] for row in rows], [row["found"] for row in counts]


def test_the_unit_that_handles_a_confidential_problem_finds_it_as_it_does_in_visits():
    assert handed_abuse(Role.CLINIC) == (["P1", "P2"], [2])


CARERS = tuple(Role(one) for one in sorted(BOOK.on(date.max).duties.carer_roles))


@pytest.mark.parametrize("reader", [None, *CARERS, Role.PARTY_SERVICE_CENTRE])
def test_neither_carer_nor_family_nor_another_unit_finds_it_however_it_is_handed_on(reader: Role | None):
    assert handed_abuse(reader) == (["P1"], [1])


def test_a_carer_among_the_handlers_finds_it_no_more_than_any():
    """The rule of visits keeps it from them even so."""
    with told(12) as desk:
        logs = {name: desk.house.services[name].log for name in ("registry", "visits")}
        picture = picture_of(read(logs, day(11), day(11)).facts)
    harm = picture.matters.problems["P2"]
    harm.parts.append(UnitPart("group_cadre", "2024-03-20", Said("centre", day(11), "visits:1")))
    for reader, found in ((Role.GROUP_CADRE, {"P1"}), (Role.VILLAGE_LEAD, {"P1", "P2"})):
        scope = Scope(asked(11, reader), picture, BOOK)
        assert {one.problem for one, _ in shown_problems(scope)} == found


def test_without_a_role_the_name_and_what_may_be_an_ailment_are_masked():
    with told(12) as desk:
        (problem,) = rows_of(report_of(desk.house, "problem-ledger", asked(11, None)), "problems")
        (need,) = rows_of(report_of(desk.house, "needs-ledger", asked(11, None)), "needs")
    assert (problem["name"], problem["kind"]) == ("王**", "*")
    assert (need["name"], need["kind"]) == ("王**", "*")


def test_needs_are_listed_with_how_long_they_were_open():
    with told(14) as desk:
        made = report_of(desk.house, "needs-ledger", asked(13, Role.GRID_WORKER))
        early = rows_of(report_of(desk.house, "needs-ledger", asked(9)), "needs")
        lone = report_of(desk.house, "needs-ledger", ReportRequest(day(13), day(13), elder="E000"))
    meals, aid = rows_of(made, "needs")
    assert (meals["kind"], meals["found_on"], meals["met_on"], meals["met_by"], meals["days_open"]) == (
        *("助餐", "2024-03-04", "2024-03-10", "grid"),
        6,
    )
    assert (aid["elder"], aid["kind"], aid["met_on"], aid["days_open"]) == ("E000", "法律援助", None, 0)
    assert [(row["met_on"], row["days_open"]) for row in early] == [(None, 5)]
    assert [row["need"] for row in rows_of(lone, "needs")] == ["N2"]
    cells = dict(zip([one.name for one in made.tables[0].columns], made.tables[0].rows[0], strict=True))
    assert cells["days_open"].ids == (*cells["found_on"].ids, *cells["met_on"].ids)
    assert len(cells["days_open"].ids) == 2


def test_what_stands_in_the_ledgers_is_summed_up():
    with told(14) as desk:
        (problems,) = report_of(desk.house, "problem-ledger", asked(12)).tables
        (needs,) = report_of(desk.house, "needs-ledger", asked(13)).tables
        (none,) = report_of(desk.house, "needs-ledger", asked(3)).tables
    sums = dict(zip([one.name for one in problems.columns], problems.totals, strict=True))
    steps = [sums[name].value for name in ("accepted_on", "overdue", "closed_on", "verified_on", "reopened")]
    assert (sums["problem"].value, steps, sums["state"].value) == (
        "合计 2",
        [1, 2, 1, 1, 0],
        "在办 1（超期 1）",
    )
    assert len(sums["problem"].ids) == 2
    assert (needs.totals[0].value, needs.totals[8].value) == ("合计 2", 1)
    assert none.totals == ()


@pytest.mark.parametrize("name", ["problem-ledger", "needs-ledger"])
def test_what_comes_later_changes_no_byte_of_an_earlier_ledger(name: str):
    with told(9) as desk:
        then = report_of(desk.house, name, asked(8))
    with told(14) as desk:
        now = report_of(desk.house, name, asked(8))
        assert now.is_final
        assert as_json(report_of(desk.house, name, asked(13))) != as_json(then)
    assert (as_json(now), workbook(now)) == (as_json(then), workbook(then))


def test_the_workbook_of_problems_opens_with_its_rows_and_their_events():
    with told(12) as desk:
        book = load_workbook(io.BytesIO(workbook(report_of(desk.house, "problem-ledger", asked(11)))))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[3]][:3] == ["问题编号", "编号", "姓名"]
    assert [sheet.cell(row, 1).value for row in (4, 5)] == ["P1", "P2"]
    assert "住建" in str(sheet["J4"].value)
    assert "visits:" in "".join(str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row)
