"""Reports: a past date has the same answer for ever, every figure opens, and nobody reads what they may not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.commands.command import Asked as Order
from services.house.house import House
from services.house.settings import DEFAULT_POLICY
from services.kernel.calendar import ONE_DAY, midnight
from services.kernel.terms import Role
from services.reports import paper
from services.reports.catalogue import KINDS, make
from services.reports.figures import Report, as_json, as_plain
from services.reports.policies import read_rules
from services.reports.scope import NotReportable, ReportRequest
from services.reports.workbook import workbook
from tests.acceptance.test_looking import SCENARIOS, played

BOOK = read_rules((DEFAULT_POLICY,))
OFFICE = Role.LEADING_GROUP_OFFICE
ENDS = {
    "first-quarter": date(2024, 4, 2),
    "spring-festival": date(2024, 9, 1),
    "abuse-report": date(2024, 8, 1),
    "ten-elders": date(2025, 5, 20),
}
COUNTED = ("owed", "met", "waived", "missed", "reconciled", "open", "closed")
Line = dict[str, Any]


def report_of(house: House, name: str, asked: ReportRequest) -> Report:
    return make(name, {one: service.log for one, service in house.services.items()}, BOOK, asked)


def rows_of(report: Report, table: str) -> list[dict[str, Any]]:
    plain = next(one for one in as_plain(report)["tables"] if one["name"] == table)
    return [{name: cell["value"] for name, cell in row.items()} for row in plain["rows"]]


def lines_of(name: str) -> list[Line]:
    text = (SCENARIOS / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


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
                made = report_of(house, name, ReportRequest(day, day, reader=OFFICE))
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
    now = report_of(house, name, ReportRequest(day, day, reader=OFFICE))
    assert as_json(now) == then[name, day][0]
    assert workbook(now) == then[name, day][1]


def test_what_came_late_is_in_todays_report_and_not_in_one_of_what_was_known(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    today = ENDS["ten-elders"]
    now = rows_of(report_of(house, "village-ledger", ReportRequest(today, today, reader=OFFICE)), "ledger")
    assert "late" in {row["elder"] for row in now}
    before = ReportRequest(today, today - ONE_DAY, reader=OFFICE)
    known = rows_of(report_of(house, "village-ledger", before), "ledger")
    assert "late" not in {row["elder"] for row in known}
    assert not report_of(house, "village-ledger", ReportRequest(today, today)).is_final


def test_every_counted_figure_opens_to_as_many_subjects_as_it_says(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    day = DAYS[2]
    report = report_of(house, "bulletin", ReportRequest(day, day, reader=OFFICE))
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
        report = report_of(house, name, ReportRequest(DAYS[1], DAYS[1], reader=OFFICE))
        ids = [one for table in report.tables for row in table.rows for cell in row for one in cell.ids]
        assert bool(ids) == (name not in {"needs-ledger", "comparison"}), (
            name,
            "neither is in this scenario",
        )
        assert all(0 < int(one.partition(":")[2]) <= sizes[one.partition(":")[0]] for one in ids)


def test_every_report_is_printed_so_that_it_can_be_read(
    stopping: tuple[House, dict[tuple[str, date], tuple[bytes, bytes]]],
):
    house, _ = stopping
    for name in KINDS:
        tables = report_of(house, name, ReportRequest(DAYS[1], DAYS[1], reader=OFFICE)).tables
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
            asked = ReportRequest(ABUSED_ON, ABUSED_ON, month=ABUSED_ON, reader=reader)
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


def test_a_report_that_cannot_be_made_says_what_to_do():
    with played("first-quarter") as play:
        house = play.through(date(2024, 1, 3))
        day = date(2024, 1, 2)
        for name, asked, what in (
            ("gossip", ReportRequest(day, day), "bulletin"),
            ("bulletin", ReportRequest(day, day, village="V9"), "V1"),
            ("elder-file", ReportRequest(day, day, elder="nobody"), "以后才录入的"),
        ):
            with pytest.raises(NotReportable, match=what):
                report_of(house, name, asked)
