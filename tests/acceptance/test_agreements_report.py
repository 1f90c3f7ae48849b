"""The list of agreements: parties, term and filing, who has none, and the share signed."""

from datetime import date
from typing import Any

import pytest

from services.house.house import opened
from services.house.settings import Settings
from services.kernel.terms import Role
from services.reports.scope import ReportRequest
from services.visits import commands as care
from tests.acceptance.test_ledgers import Desk, day
from tests.acceptance.test_reports import OFFICE, report_of, rows_of
from tests.unit.http.village import BEGIN, enrol, people

PARTIES: dict[str, Any] = {"supporter": "S1", "caretaker": "周**", "relation": "邻居"}


def listed(number: int, reader: Role | None = OFFICE) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Of two elders one signs for six days, files, and signs again after the term."""
    with opened(Settings(data=None)) as house:
        people(house, 2)
        desk = Desk(house)
        who: dict[str, Any] = {"elder": "E000", "by": "lead"}
        desk.take(4, care.SignAgreement(**who, on=day(4), ends=day(9), **PARTIES))
        desk.take(5, care.FileAgreement(**who, on=day(5)))
        desk.take(12, care.SignAgreement(**who, on=day(12), **PARTIES))
        made = report_of(
            desk.through(15), "agreements", ReportRequest(day(number), day(number), reader=reader)
        )
    return rows_of(made, "list"), rows_of(made, "coverage")


def test_an_agreement_is_a_row_with_its_parties_its_term_and_its_filing():
    (first, none), (coverage,) = listed(8)
    assert {name: first[name] for name in (*PARTIES, "elder", "by")} == PARTIES | {
        "elder": "E000",
        "by": "lead",
    }
    dates = [first[name] for name in ("signed_on", "begins", "ends", "filed_on")]
    assert dates == ["2024-03-04", "2024-03-04", "2024-03-09", "2024-03-05"]
    assert (none["elder"], none["signed_on"], none["state"]) == ("E001", None, "未签")
    assert (coverage["signed"], coverage["rate"], coverage["target"]) == (1, 50.0, 100)


def test_how_many_were_signed_and_filed_is_summed_up():
    with opened(Settings(data=None)) as house:
        people(house, 2)
        desk = Desk(house)
        desk.take(4, care.SignAgreement(elder="E000", by="lead", on=day(4)))
        desk.take(5, care.FileAgreement(elder="E000", by="lead", on=day(5)))
        (table, _) = report_of(
            desk.through(8), "agreements", ReportRequest(day(7), day(7), reader=OFFICE)
        ).tables
    totals = dict(zip([one.name for one in table.columns], table.totals, strict=True))
    assert (totals["elder"].value, totals["signed_on"].value, totals["filed_on"].value) == ("合计 1", 1, 1)
    assert (totals["state"].value, len(totals["state"].ids)) == ("未签 1", 1)


@pytest.mark.parametrize(
    ("number", "states"),
    [(8, ["有效", "未签"]), (11, ["已到期", "未签", "未签"]), (13, ["已到期", "有效", "未签"])],
)
def test_what_is_over_stays_listed_and_is_wanted_again(number: int, states: list[str]):
    rows, _ = listed(number)
    assert [row["state"] for row in rows] == states
    assert all(date.fromisoformat(row["signed_on"]) <= day(number) for row in rows if row["signed_on"])


@pytest.mark.parametrize(
    ("number", "states", "signed"),
    [(9, ["已续签", "未生效"], 1), (10, ["已到期", "未生效", "未签"], 0), (12, ["已到期", "有效"], 1)],
)
def test_in_the_gap_before_a_renewal_nobody_is_covered(number: int, states: list[str], signed: int):
    with opened(Settings(data=None)) as house:
        people(house, 1)
        desk = Desk(house)
        who: dict[str, Any] = {"elder": "E000", "by": "lead"}
        desk.take(4, care.SignAgreement(**who, on=day(4), ends=day(9), **PARTIES))
        desk.take(5, care.SignAgreement(**who, on=day(5), begins=day(12), **PARTIES))
        made = report_of(
            desk.through(15), "agreements", ReportRequest(day(number), day(number), reader=OFFICE)
        )
    (coverage,) = rows_of(made, "coverage")
    assert ([row["state"] for row in rows_of(made, "list")], coverage["signed"]) == (states, signed)


def test_a_supporter_is_called_by_the_name_that_the_register_has():
    with opened(Settings(data=None)) as house:
        people(house, 0)
        mine = {"id": "S1", "name": "王大", "relation": "儿子", "left_county_on": "2023-01-01"}
        assert house.take(enrol("E1", supporters=[mine]), BEGIN).is_taken
        desk = Desk(house)
        desk.take(4, care.SignAgreement(elder="E1", by="lead", on=day(4), supporter="S1", caretaker="周**"))
        made = report_of(desk.through(6), "agreements", ReportRequest(day(5), day(5), reader=OFFICE))
    (row,) = rows_of(made, "list")
    assert (row["supporter"], row["caretaker"]) == ("王大", "周**")


def test_without_a_role_the_parties_are_hidden():
    rows, _ = listed(8, None)
    assert {rows[0][name] for name in PARTIES} == {"*"}
