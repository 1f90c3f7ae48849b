"""Reports: what they count is recounted from the facts, and a past date has the same answer for ever."""

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.commands import Asked as Order
from services.chassis.policy import DEFAULT
from services.kernel.calendar import ONE_DAY, midnight
from services.kernel.words import Role
from services.registry.figure_commands import CorrectFigure, EnterFigure
from services.registry.terms import FigureKind
from services.reports import paper
from services.reports.bulletin import percentage
from services.reports.catalogue import KINDS, make
from services.reports.figures import Report, as_json, as_plain
from services.reports.policies import read_rules
from services.reports.scope import Asked, NotReportable
from services.reports.words import said
from services.reports.workbook import workbook
from services.township.house import House
from tests.acceptance.test_looking import SCENARIOS, played

BOOK = read_rules((DEFAULT,))
OFFICE = Role.LEADING_GROUP_OFFICE
ENDS = {
    "first-quarter": date(2024, 4, 2),
    "spring-festival": date(2024, 9, 1),
    "abuse-report": date(2024, 8, 1),
    "ten-elders": date(2025, 5, 20),
}
COUNTED = ("owed", "met", "waived", "missed", "reconciled", "open", "closed")
Line = dict[str, Any]


def report_of(house: House, name: str, asked: Asked) -> Report:
    return make(name, {one: service.log for one, service in house.services.items()}, BOOK, asked)


def rows_of(report: Report, table: str) -> list[dict[str, Any]]:
    plain = next(one for one in as_plain(report)["tables"] if one["name"] == table)
    return [{name: cell["value"] for name, cell in row.items()} for row in plain["rows"]]


def lines_of(name: str) -> list[Line]:
    text = (SCENARIOS / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def last_day(label: str) -> date:
    """Of a period, by its label; a duty that is owed once is labelled by its due date."""
    if "W" in label:
        return date.fromisocalendar(int(label[:4]), int(label[6:]), 7)
    if "Q" in label or "H" in label:
        month = int(label[5]) * (3 if "Q" in label else 6)
        return date(int(label[:4]), month, monthrange(int(label[:4]), month)[1])
    parts = [int(part) for part in label.split("-")]
    year, month, day = [*parts, *[12, 31][len(parts) - 1 :]] if len(parts) != 2 else [*parts, 0]
    return date(year, month, day or monthrange(year, month)[1])


class Recount:
    """Duties by their endings, from a scenario's facts alone."""

    def __init__(self, facts: list[Line], lines: list[Line], as_of: date) -> None:
        villages = {line["elder"]: line["village"] for line in lines if line["do"] == "enrol"}
        held: dict[tuple[str, str, str], list[str]] = {}
        for fact in facts:
            if "duty" not in fact or fact["fact"] in {"notice", "escalation_exhausted"}:
                continue
            if date.fromisoformat(fact["on"]) <= as_of:
                held.setdefault((fact["subject"], fact["duty"], fact["period"]), []).append(fact["fact"])
        self.counts: dict[tuple[str, str, str], Counter[str]] = {}
        for (subject, duty, period), story in held.items():
            village = "" if subject == "township" else villages.get(subject, subject.partition("/")[0])
            month = f"{last_day(period):%Y-%m}"
            self.counts.setdefault((village, duty, month), Counter()).update(_counted(story))

    def of(self, month: str) -> dict[tuple[str, str], Counter[str]]:
        return {(where, duty): held for (where, duty, one), held in self.counts.items() if one == month}


def _counted(story: list[str]) -> Counter[str]:
    tally = Counter(story)
    closed = tally["superseded"] + tally["ended_duty"]
    over = tally["met"] + tally["waived"] + tally["missed"]
    counts = {name: tally[name] for name in ("met", "waived", "missed", "reconciled")}
    return Counter(
        counts | {"closed": closed, "owed": tally["opened"] - closed, "open": tally["opened"] - closed - over}
    )


def months(begins: date, ends: date) -> list[date]:
    days = [begins + number * ONE_DAY for number in range((ends - begins).days)]
    return sorted({day.replace(day=1) for day in days})


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("days_after", [0, 3, 400])
def test_the_bulletin_counts_what_the_facts_say(name: str, days_after: int):
    lines = lines_of(name)
    facts = [
        json.loads(line)
        for line in (SCENARIOS / f"{name}.facts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    begins = datetime.fromisoformat(lines[0]["at"]).date()
    seen = 0
    with played(name) as play:
        house = play.through(ENDS[name])
        for month in months(begins, ENDS[name]):
            as_of = min(last_day(f"{month:%Y-%m}") + timedelta(days=days_after), ENDS[name])
            report = report_of(house, "bulletin", Asked(as_of, as_of, month=month, reader=OFFICE))
            expected = Recount(facts, lines, as_of).of(f"{month:%Y-%m}")
            names = {house_name: code for code, house_name in _village_names(lines).items()}
            found = {
                (names.get(row["village"], ""), _duty_names()[row["duty"]]): Counter(
                    {one: row[one] for one in COUNTED}
                )
                for row in rows_of(report, "duties")
            }
            assert found == expected, (month, as_of)
            for row in rows_of(report, "summary"):
                mine = [held for (_, duty), held in expected.items() if duty == _duty_names()[row["duty"]]]
                assert {one: row[one] for one in COUNTED} == {
                    one: sum(held[one] for held in mine) for one in COUNTED
                }
            seen += sum(held["owed"] for held in found.values())
    assert seen > 20, "the scenarios owe something"


def _village_names(lines: list[Line]) -> dict[str, str]:
    return {line["village"]: line["name"] for line in lines if line["do"] == "open_village"}


def _duty_names() -> dict[str, str]:
    return {said(name): name for name in BOOK.on(date.max).order}


@pytest.fixture(scope="module")
def stopping() -> Iterator[tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]]]:
    """Ten elders stopped the day after some days: their reports then, and the house as it went on.

    At the end a village's ledger comes late, dated long ago.
    """
    then: dict[tuple[str, date], tuple[bytes, bytes]] = {}
    with played("ten-elders") as play:
        for day in DAYS:
            house = play.through(day + ONE_DAY)
            for name in KINDS:
                made = report_of(house, name, Asked(day, day, reader=OFFICE))
                assert made.is_final, (name, day)
                then[name, day] = as_json(made), workbook(made)
        house = play.through(ENDS["ten-elders"])
        late = house.read("enrol", json.dumps({key: LATE[key] for key in LATE if key not in {"at", "do"}}))
        assert house.take_many([Order(late, midnight(DAYS[0]))])[0].is_taken
        house.settle()
        yield house, then


DAYS = [date(2024, 7, 31), date(2024, 11, 6), date(2025, 1, 31), date(2025, 3, 2)]
LATE = next(line for line in lines_of("ten-elders") if line["do"] == "enrol") | {
    "elder": "late",
    "born": "1940-01-01",
    "supporters": [{"id": "S", "left_county_on": "2023-01-01"}],
}


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.sampled_from(DAYS))
def test_a_report_of_a_past_day_is_byte_for_byte_what_it_was(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]], name: str, day: date
):
    house, then = stopping
    now = report_of(house, name, Asked(day, day, reader=OFFICE))
    assert as_json(now) == then[name, day][0]
    assert workbook(now) == then[name, day][1]


def test_what_came_late_is_in_todays_report_and_not_in_one_of_what_was_known(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    today = ENDS["ten-elders"]
    now = rows_of(report_of(house, "village-ledger", Asked(today, today, reader=OFFICE)), "ledger")
    assert "late" in {row["elder"] for row in now}
    before = Asked(today, today - ONE_DAY, reader=OFFICE)
    known = rows_of(report_of(house, "village-ledger", before), "ledger")
    assert "late" not in {row["elder"] for row in known}
    assert not report_of(house, "village-ledger", Asked(today, today)).is_final


def test_every_counted_figure_opens_to_as_many_subjects_as_it_says(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    day = DAYS[2]
    report = report_of(house, "bulletin", Asked(day, day, reader=OFFICE))
    events = {
        f"{name}:{one.position}": one.event
        for name, service in house.services.items()
        for one in service.log.events(0, 100_000)
    }
    opened = 0
    for table in report.tables:
        for row in (*table.rows, table.totals):
            for cell, column in zip(row, table.columns, strict=True):
                topics = [type(events[one]).TOPIC for one in cell.ids]
                if column.name in {*COUNTED, "unreconciled"}:
                    assert topics.count("visits.DutyOpened") == cell.value
                elif column.name in {"certified", "red", "yellow", "green", "signed", "incidents"}:
                    assert len(topics) == cell.value
                opened += len(topics)
    assert opened > 50


def test_every_report_rests_on_events_that_are_there(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    sizes = {name: service.log.size() for name, service in house.services.items()}
    for name in KINDS:
        report = report_of(house, name, Asked(DAYS[1], DAYS[1], reader=OFFICE))
        ids = [one for table in report.tables for row in table.rows for cell in row for one in cell.ids]
        assert bool(ids) == (name != "needs-ledger"), (name, "no need is found in this scenario")
        assert all(0 < int(one.partition(":")[2]) <= sizes[one.partition(":")[0]] for one in ids)


def test_every_report_is_printed_so_that_it_can_be_read(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    for name in KINDS:
        tables = report_of(house, name, Asked(DAYS[1], DAYS[1], reader=OFFICE)).tables
        size = paper.UPRIGHT if paper.is_upright(tables) else paper.ACROSS
        for table in tables:
            assert paper.scale(table.columns, size) >= paper.SMALLEST, (name, table.name)
            for column in table.columns:
                assert paper.lines(column.header, paper.wide(column)) <= 3, (name, column.name)


ABUSED_ON = date(2024, 3, 19)


@pytest.mark.parametrize("reader", [None, Role.GRID_WORKER, Role.CLINIC, Role.PARTY_SERVICE_CENTRE])
def test_who_may_not_know_finds_nothing_of_an_abuse_report(reader: Role | None):
    with played("abuse-report") as play:
        house = play.through(ABUSED_ON + ONE_DAY)
        for name in KINDS:
            asked = Asked(ABUSED_ON, ABUSED_ON, month=ABUSED_ON, reader=reader)
            made = report_of(house, name, asked)
            text = as_json(made).decode()
            assert not any(word in text for word in ("虐待", "abuse", "暴力")), name
        bulletin = report_of(house, "bulletin", asked)
        assert rows_of(bulletin, "incidents")[0]["incidents"] == 0
        assert (rows_of(bulletin, "grades")[0]["red"], rows_of(bulletin, "grades")[0]["green"]) == (0, 1)
        leader = replace(asked, reader=Role.TOWNSHIP_LEADER)
        assert rows_of(report_of(house, "bulletin", leader), "incidents")[0]["incidents"] == 1
        assert rows_of(report_of(house, "bulletin", leader), "grades")[0]["red"] == 1
        assert "虐待遗弃" in as_json(report_of(house, "elder-file", leader)).decode()


def test_the_response_to_an_incident_is_timed_from_its_report():
    with played("abuse-report") as play:
        house = play.through(ABUSED_ON + 2 * ONE_DAY)
        day = ABUSED_ON + ONE_DAY
        made = report_of(house, "bulletin", Asked(day, day, reader=OFFICE))
    (row,) = rows_of(made, "incidents")
    assert (row["incidents"], row["told"], row["taken"], row["untaken"]) == (1, 1, 1, 0)
    assert (row["told_minutes"], row["taken_minutes"]) == (0, 50)


def test_a_report_that_cannot_be_made_says_what_to_do():
    with played("first-quarter") as play:
        house = play.through(date(2024, 1, 3))
        day = date(2024, 1, 2)
        for name, asked, what in (
            ("gossip", Asked(day, day), "bulletin"),
            ("bulletin", Asked(day, day, village="V9"), "V1"),
            ("elder-file", Asked(day, day, elder="nobody"), "check id"),
        ):
            with pytest.raises(NotReportable, match=what):
                report_of(house, name, asked)


@pytest.mark.parametrize(
    ("signed", "owed", "rate"), [(3, 3, 100.0), (2, 3, 66.6), (9999, 10000, 99.9), (0, 5, 0.0), (0, 0, None)]
)
def test_agreements_are_a_share_of_those_who_owe_one_cut_and_not_rounded(
    signed: int, owed: int, rate: float | None
):
    assert percentage(signed, owed) == rate


def enter(house: House, figure: str, kind: FigureKind, value: str, on: date, at: date) -> None:
    command = EnterFigure(figure=figure, kind=kind, value=Decimal(value), on=on, by="office", note="")
    assert house.take(command, midnight(at)).is_taken


def targets_of(house: House, day: date) -> dict[str, tuple[Any, str]]:
    rows = rows_of(report_of(house, "targets", Asked(day, day, reader=OFFICE)), "targets")
    return {row["target"]: (row["reached"], row["state"]) for row in rows}


def test_what_is_entered_is_set_against_its_target():
    day = date(2024, 3, 25)
    with played("abuse-report") as play:
        house = play.through(day)
        enter(house, "C1", FigureKind.TOWNSHIP_FACILITIES, "84.99", date(2024, 3, 1), day)
        enter(house, "B1", FigureKind.SPECIAL_FUND_BUDGET, "60000", date(2024, 1, 5), day)
        enter(house, "B2", FigureKind.SPECIAL_FUND_BUDGET, "40000.50", date(2024, 2, 5), day)
        enter(house, "B0", FigureKind.SPECIAL_FUND_BUDGET, "1", date(2023, 12, 31), day)
        enter(house, "S1", FigureKind.SPECIAL_FUND_SPENT, "30000", date(2024, 3, 5), day)
        assert targets_of(house, day) == {
            "委托照顾协议签订率": (100.0, "达到"),
            "乡区域养老服务设施覆盖率": (84.99, "未达到"),
            "村养老服务设施覆盖率": (None, "未填报"),
            "年度专项经费": (100000.5, "达到"),
        }
        made = report_of(house, "targets", Asked(day, day, reader=OFFICE))
        assert [list(row.values()) for row in rows_of(made, "fund")] == [
            [2023, 1, None, 1],
            [2024, 100000.5, 30000, 70000.5],
        ]


def test_a_corrected_figure_shows_what_it_was_and_the_past_keeps_it():
    day = date(2024, 3, 25)
    with played("abuse-report") as play:
        house = play.through(day)
        enter(house, "C1", FigureKind.VILLAGE_FACILITIES, "91", date(2024, 3, 1), day)
        house = play.through(day + ONE_DAY)
        asked = Asked(day, day, reader=OFFICE)
        before = as_json(report_of(house, "targets", asked))
        told = {"figure": "C1", "on": date(2024, 3, 1), "by": "office", "reason": "误填"}
        assert house.take(CorrectFigure(**told, value=Decimal(89)), midnight(day + ONE_DAY)).is_taken
        assert as_json(report_of(house, "targets", asked)) == before
        now = targets_of(house, day + ONE_DAY)
        (entry,) = rows_of(
            report_of(house, "targets", replace(asked, as_of=day, known_by=day + ONE_DAY)), "entries"
        )
    assert now["村养老服务设施覆盖率"] == (89, "未达到")
    assert (entry["value"], entry["before"], entry["note"]) == (89, "91", "误填")


def test_harm_is_counted_by_half_year_for_those_who_may_know():
    with played("abuse-report") as play:
        house = play.through(date(2024, 8, 1))
        fraud = house.read("incident", json.dumps({"incident": "i9", "elder": "wang", "kind": "fraud"}))
        assert house.take(fraud, midnight(date(2024, 8, 1))).is_taken
        asked = Asked(date(2024, 8, 1), date(2024, 8, 1))
        open_rows = rows_of(report_of(house, "targets", asked), "harm")
        office_rows = rows_of(report_of(house, "targets", replace(asked, reader=OFFICE)), "harm")
    assert open_rows == [{"half": "2024年上半年", "fraud": 0}, {"half": "2024年下半年", "fraud": 1}]
    assert office_rows == [row | {"unlawful_harm": 0} for row in open_rows]
