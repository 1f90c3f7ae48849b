"""`shouwang compare`: a department's Excel file, from enrolment to decisions, evidence and the duty that is done."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.chassis.commands.command import Asked
from services.history.timeline import history
from services.house.house import opened
from services.house.settings import Settings
from services.registry.comparisons import views as comparison_views
from services.registry.elders.commands import Appoint, NoteDeath
from services.risk.commands import Clear, Observe
from services.risk.domain import RiskFile, risk_file_id
from services.visits.places.domain import Territory, territory_id
from tests.acceptance.test_cli import Said, shouwang
from tests.unit.http.village import BEGIN, enrol, people

WANG, LI, STRANGER = "530399195003021224", "530399194811120015", "530399195001010011"
HEADERS = ("序号", "姓名", "身份证号码", "类别")
DAY = "2024-03-05"


def book(path: Path, rows: Sequence[Sequence[object]], headers: Sequence[object] = HEADERS) -> Path:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "民政名单"
    sheet.append(["2024年上半年重点对象"])
    sheet.append(headers)
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """E-wang and E-li are left behind; the office of the leading group is there."""
    folder = tmp_path / "data"
    with opened(Settings(data=folder)) as house:
        people(house, 0)
        asked = [
            Appoint(staff="office", role="leading_group_office"),
            enrol("E-wang", citizen_number=WANG, born="1950-03-02", evidence=["disability"]),
            enrol("E-li", citizen_number=LI, born="1948-11-12", sex="m", evidence=["economic_hardship"]),
        ]
        assert all(one.is_taken for one in house.take_many([Asked(command, BEGIN) for command in asked]))
        house.settle()
    return folder


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def compared(file: Path, data: Path, by: str = "office", name: str = "C1") -> Said:
    named = ("--department", "民政", "--on", DAY, "--by", by, "--comparison", name)
    return shouwang("compare", file, *named, data=data)


def decided(data: Path, number: int, decision: str) -> Said:
    why = ("--decision", decision, "--reason", "核对", "--by", "office")
    return shouwang("differences", "decide", "C1", number, *why, data=data)


def kinds(data: Path) -> list[tuple[str, str | None, str, str]]:
    with opened(Settings(data=data)) as house:
        rows = house.views("registry", comparison_views.OF_COMPARISON, "", "", 100)
    return [(row["kind"], row["elder"], row["category"], row["tail"]) for row in rows]


def times_done(data: Path) -> int:
    with opened(Settings(data=data)) as house:
        territory = house.services["visits"].log.load(Territory, territory_id("township"))
        assert territory is not None
        lines = [one for one in history(house, "township") if one.event == "DutyDone"]
    return sum(one.details["duty"] == "data_comparison" for one in lines)


ROWS = (
    (1, "王", WANG, "残疾"),
    (2, "李", LI, "高龄"),
    (3, "张", STRANGER, "经济困难"),
)
EXPECTED = [
    ("on_theirs", "E-li", "advanced_age", "0015"),
    ("not_registered", None, "economic_hardship", "0011"),
    ("on_ours", "E-li", "economic_hardship", ""),
]


def test_from_a_list_to_decisions_evidence_and_a_duty_that_is_done(tmp_path: Path, data: Path):
    file = book(tmp_path / "list.xlsx", ROWS)
    said = compared(file, data)
    assert said.code == 0, said.text
    assert "一致 same 1" in said.text
    assert kinds(data) == EXPECTED
    assert times_done(data) == 1
    listed = shouwang("differences", "list", "--open", "--comparison", "C1", data=data).text
    assert "differences: 3" in listed
    assert not [number for number in (WANG, LI, STRANGER) if number in said.text + listed]
    told = decided(data, 1, "accepted")
    assert (told.code, "evidence recorded: E-li" in told.text) == (0, True), told.text
    assert "shouwang import" in decided(data, 2, "accepted").text
    assert decided(data, 3, "to_be_visited").code == 0
    with opened(Settings(data=data)) as house:
        file_of = house.services["risk"].log.load(RiskFile, risk_file_id("E-li"))
        assert file_of is not None
        assert "advanced_age" in file_of.evidence
        observed = [one for one in history(house, "E-li") if one.event == "EvidenceObserved"][-1]
    assert (observed.details["source"], str(observed.happened_on)) == ("imported_list", DAY)
    assert observed.cause == "comparison:C1/1"
    assert "differences: 1" in shouwang("differences", "list", "--open", data=data).text
    assert "采纳 accepted, office: 核对" in shouwang("differences", "list", data=data).text
    again = decided(data, 3, "rejected")
    assert (again.code, "不采纳" in again.text) == (0, True), again.text
    assert "differences: 0" in shouwang("differences", "list", "--open", data=data).text
    last = decided(data, 3, "accepted")
    assert (last.code, "rejected, office" in last.text) == (1, True)
    shown = shouwang("history", "C1", data=data).text
    assert [shown.count(word) for word in ("ComparisonMade", "DifferenceDecided", "入户核实")] == [
        1,
        4,
        1,
    ]


def test_the_same_list_again_records_nothing_twice(tmp_path: Path, data: Path):
    file = book(tmp_path / "list.xlsx", ROWS)
    compared(file, data)
    said = compared(file, data)
    assert (said.code, "taken before" in said.text) == (0, True), said.text
    assert (kinds(data), times_done(data)) == (EXPECTED, 1)


def test_a_row_in_error_says_where_and_what_to_do_and_the_others_go_on(tmp_path: Path, data: Path):
    rows = (
        *ROWS,
        (4, "王", int(WANG), "残疾"),
        (5, "王", "53039919500302122", "残疾"),
        (6, "王", WANG, "困境"),
        (7, "王", None, "高龄"),
        (8, "王", WANG, "残疾"),
        (9, "王", '=A1&"x"', "残疾"),
    )
    said = compared(book(tmp_path / "list.xlsx", rows), data)
    assert said.code == 0, said.text
    assert kinds(data) == EXPECTED
    for row, column, advice in (
        (6, "身份证号 C6", "Format the column as text"),
        (7, "身份证号 C7", "has not 18 characters"),
        (8, "类别 D8", "Choose one of"),
        (9, "身份证号 C9", "must be filled in"),
        (10, "身份证号 C10", "sheet 民政名单, row 3"),
        (11, "身份证号 C11", "Copy the cell and paste it back as values"),
    ):
        (line,) = (line for line in said.text.splitlines() if f"第 {row} 行" in line and column in line)
        assert line.startswith("民政名单")
        assert advice in line


@pytest.mark.parametrize("headers", [("citizen number", "name", "id", "kind"), ("类别", "b", "c", "d")])
def test_a_list_without_the_columns_is_refused_as_a_whole(
    tmp_path: Path, data: Path, headers: tuple[str, ...]
):
    said = compared(book(tmp_path / "list.xlsx", ROWS, headers), data)
    assert (said.code, "Name the two columns" in said.text) == (2, True), said.text
    assert ("list.xlsx" in said.text, "sheet 民政名单" in said.text) == (True, True), said.text
    assert kinds(data) == []


def empty(path: Path) -> Path:
    Workbook().save(path)
    return path


def text(path: Path) -> Path:
    path.write_text("身份证号,类别", encoding="utf-8")
    return path


def long(path: Path) -> Path:
    workbook = Workbook()
    workbook.worksheets[0]["A100001"] = "身份证号"
    workbook.save(path)
    return path


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (empty, "The workbook holds nothing"),
        (text, "save it as .xlsx"),
        (long, "sheet Sheet: 工作表超过 100000 行"),
        (lambda path: book(path, ()), "no comparison is recorded"),
        (lambda path: book(path, [(1, "王", "5303", "残疾")]), "no comparison is recorded"),
    ],
)
def test_a_file_without_a_row_to_compare_is_named_and_nothing_is_recorded(
    tmp_path: Path, data: Path, make: Callable[[Path], Path], advice: str
):
    said = compared(make(tmp_path / "list.xlsx"), data)
    assert said.code == 2, said.text
    assert ("list.xlsx" in said.text, advice in said.text) == (True, True), said.text
    assert (kinds(data), times_done(data)) == ([], 0)


def test_a_row_that_cannot_be_read_is_named_even_where_no_other_is_there(tmp_path: Path, data: Path):
    said = compared(book(tmp_path / "list.xlsx", [(1, "王", "5303", "残疾")]), data)
    assert "民政名单 第 3 行 row 3 身份证号 C3" in said.text


@pytest.mark.parametrize("option", ["--department", "--by"])
def test_an_empty_option_is_said_by_its_name(tmp_path: Path, data: Path, option: str):
    named = {"--department": "民政", "--on": DAY, "--by": "office"} | {option: " "}
    words = (word for pair in named.items() for word in pair)
    said = shouwang("compare", book(tmp_path / "list.xlsx", ROWS), *words, data=data)
    assert (said.code, option in said.text, "must not be empty" in said.text) == (2, True, True), said.text
    assert kinds(data) == []


def test_a_list_of_a_past_day_is_compared_with_the_register_of_that_day(tmp_path: Path, data: Path):
    """民政 dates its list 5 March; on the 8th E-wang has died, E-zhang is new, and E-li's hardship is over."""
    with opened(Settings(data=data)) as house:
        later = BEGIN.replace(day=8)
        asked = [
            enrol(
                "E-zhang", citizen_number=STRANGER, born="1950-01-01", sex="m", evidence=["economic_hardship"]
            ),
            NoteDeath(elder="E-wang", on=later.date()),
            Clear(elder="E-li", evidence="economic_hardship", on=later.date()),
            Observe(elder="E-li", evidence="disability", on=later.date()),
        ]
        assert all(house.take(command, later).is_taken for command in asked)
        house.settle()
    rows = [
        (1, "王", WANG, "残疾"),
        (2, "李", LI, "经济困难"),
        (3, "张", STRANGER, "经济困难"),
        (4, "李", LI, "残疾"),
    ]
    file = book(tmp_path / "list.xlsx", rows)
    said = compared(file, data)
    assert (said.code, "一致 same 2" in said.text) == (0, True), said.text
    assert kinds(data) == [
        ("not_registered", "E-zhang", "economic_hardship", "0011"),
        ("on_theirs", "E-li", "disability", "0015"),
    ]
    assert "shouwang history E-zhang" in decided(data, 1, "accepted").text


def test_of_a_day_to_come_nothing_is_compared(tmp_path: Path, data: Path):
    named = ("--department", "民政", "--on", "2999-01-01", "--by", "office")
    said = shouwang("compare", book(tmp_path / "list.xlsx", ROWS), *named, data=data)
    assert (said.code, kinds(data), times_done(data)) == (1, [], 0), said.text


def test_english_headers_and_names_are_read_too(tmp_path: Path, data: Path):
    rows = [(number, name, "-", WANG) for number, name in ((1, "disability"), (2, "Incapacity"))]
    said = compared(book(tmp_path / "l.xlsx", rows, ("no", "Category", "x", "Citizen Number")), data)
    assert (said.code, "一致 same 1" in said.text) == (0, True), said.text
    assert kinds(data) == [("on_theirs", "E-wang", "incapacity", "1224")]


def test_by_another_role_the_differences_are_kept_and_the_duty_is_done_by_the_office(
    tmp_path: Path, data: Path
):
    file = book(tmp_path / "list.xlsx", ROWS)
    said = compared(file, data, by="lead")
    assert (said.code, "the duty is not done yet" in said.text) == (1, True), said.text
    assert (kinds(data), times_done(data)) == (EXPECTED, 0)
