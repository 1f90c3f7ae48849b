"""The bulletin: what it counts is recounted from the facts."""

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from services.house.house import House
from services.kernel.calendar import ONE_DAY
from services.kernel.labels import chinese
from services.reports.bulletin import percentage
from services.reports.scope import ReportRequest
from tests.acceptance.test_looking import SCENARIOS, played
from tests.acceptance.test_reports import (
    ABUSED_ON,
    BOOK,
    COUNTED,
    ENDS,
    OFFICE,
    Line,
    lines_of,
    report_of,
    rows_of,
)


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


@pytest.fixture(scope="module", params=ENDS)
def lived(request: pytest.FixtureRequest) -> Iterator[tuple[str, House]]:
    with played(request.param) as play:
        yield request.param, play.through(ENDS[request.param])


@pytest.mark.parametrize("days_after", [0, 3, 400])
def test_the_bulletin_counts_what_the_facts_say(lived: tuple[str, House], days_after: int):
    name, house = lived
    lines = lines_of(name)
    facts = [
        json.loads(line)
        for line in (SCENARIOS / f"{name}.facts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    begins = datetime.fromisoformat(lines[0]["at"]).date()
    seen = 0
    for month in months(begins, ENDS[name]):
        as_of = min(last_day(f"{month:%Y-%m}") + timedelta(days=days_after), ENDS[name])
        report = report_of(house, "bulletin", ReportRequest(as_of, as_of, month=month, reader=OFFICE))
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
    return {chinese(name): name for name in BOOK.on(date.max).order}


def test_the_response_to_an_incident_is_timed_from_its_report():
    with played("abuse-report") as play:
        house = play.through(ABUSED_ON + 2 * ONE_DAY)
        day = ABUSED_ON + ONE_DAY
        made = report_of(house, "bulletin", ReportRequest(day, day, reader=OFFICE))
    (row,) = rows_of(made, "incidents")
    assert (row["incidents"], row["told"], row["taken"], row["untaken"]) == (1, 1, 1, 0)
    assert (row["told_minutes"], row["taken_minutes"]) == (0, 50)


@pytest.mark.parametrize(
    ("signed", "owed", "rate"), [(3, 3, 100.0), (2, 3, 66.6), (9999, 10000, 99.9), (0, 5, 0.0), (0, 0, None)]
)
def test_agreements_are_a_share_of_those_who_owe_one_cut_and_not_rounded(
    signed: int, owed: int, rate: float | None
):
    assert percentage(signed, owed) == rate
