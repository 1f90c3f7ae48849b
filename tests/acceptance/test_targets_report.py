"""Targets, figures that people enter, and harm by half-year, as a report."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.house.house import House
from services.kernel.calendar import ONE_DAY, midnight
from services.registry.figures.commands import CorrectFigure, EnterFigure
from services.registry.terms import FigureKind
from services.reports.figures import as_json
from services.reports.scope import ReportRequest
from tests.acceptance.test_looking import played
from tests.acceptance.test_reports import OFFICE, report_of, rows_of


def enter(house: House, figure: str, kind: FigureKind, value: str, on: date, at: date) -> None:
    command = EnterFigure(figure=figure, kind=kind, value=Decimal(value), on=on, by="office", note="")
    assert house.take(command, midnight(at)).is_taken


def targets_of(house: House, day: date) -> dict[str, tuple[Any, str]]:
    rows = rows_of(report_of(house, "targets", ReportRequest(day, day, reader=OFFICE)), "targets")
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
        made = report_of(house, "targets", ReportRequest(day, day, reader=OFFICE))
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
        asked = ReportRequest(day, day, reader=OFFICE)
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
        asked = ReportRequest(date(2024, 8, 1), date(2024, 8, 1))
        open_rows = rows_of(report_of(house, "targets", asked), "harm")
        office_rows = rows_of(report_of(house, "targets", replace(asked, reader=OFFICE)), "harm")
    assert open_rows == [{"half": "2024年上半年", "fraud": 0}, {"half": "2024年下半年", "fraud": 1}]
    assert office_rows == [row | {"unlawful_harm": 0} for row in open_rows]
