"""Duties of villages, groups and the township: given a place, when days pass and work is done, then duties."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.calendar import ONE_DAY, midnight
from services.kernel.refusal import Refusal
from services.kernel.roster import Roster
from services.visits.duties.events import DutyMet, DutyNearlyDue, DutyOpened, MissReconciled, VisitMissed
from services.visits.places.domain import Territory
from services.visits.terms import NotOwedHere, NotYetHappened, Owed, PeriodKind, PlaceKind, WrongRoleForDuty
from tests.unit.policies import DUTIES

SCENARIOS = Path(__file__).parents[2] / "acceptance" / "scenarios"
FACTS: dict[type, tuple[str, tuple[str, ...]]] = {
    DutyOpened: ("opened", ("count",)),
    DutyMet: ("met", ()),
    VisitMissed: ("missed", ("shortfall", "responsible")),
    MissReconciled: ("reconciled", ("days_late",)),
}


class Staff:
    def holder(self, role: str, village: str, on: date) -> str | None:
        del on
        return f"{role} of {village or 'township'}"

    def acting_for(self, staff: str, day: date) -> str:
        del day
        return staff


WHO = Staff()


def at(day: str) -> datetime:
    return midnight(date.fromisoformat(day))


def opened(subject: str, day: str, kind: PlaceKind = PlaceKind.VILLAGE) -> Territory:
    village = "" if kind is PlaceKind.TOWNSHIP else subject.partition("/")[0]
    place = Territory.open(subject, village, kind, at=at(day))
    place.turn_day(at(day), DUTIES, WHO)
    return place


def done(
    place: Territory, duty: str, on: str, *, role: str | None = None, recorded: str | None = None
) -> None:
    role = role or DUTIES.places[duty].owed_by
    place.do(duty, "somebody", frozenset({role}), date.fromisoformat(on), at(recorded or on), DUTIES, WHO)


def facts_of(place: Territory) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for event in place.collect_events():
        name, fields = FACTS.get(type(event), (type(event).__name__, ()))
        if type(event) in FACTS and (name != "opened" or event.count):
            fact = {"fact": name, "on": event.on, "subject": place.subject}
            fact |= {"duty": event.duty, "period": event.period}
            found.append(fact | {key: getattr(event, key) for key in fields})
    return found


def said(place: Territory) -> list[str]:
    return [f"{fact['on']} {fact['fact']} {fact['duty']} {fact['period']}" for fact in facts_of(place)]


def test_a_village_that_opens_late_in_a_period_owes_its_share_of_it():
    assert said(opened("V1", "2024-01-17")) == [
        "2024-01-17 opened dispute_screening 2024H1",
        "2024-01-17 opened health_education 2024Q1",
        "2024-01-17 opened spot_check 2024",
    ]


def test_a_share_of_nothing_opens_with_the_next_period():
    place = opened("V1", "2024-01-17")
    place.collect_events()
    place.turn_day(at("2024-02-01"), DUTIES, WHO)
    assert said(place) == ["2024-02-01 opened group_activity 2024-02"]


def test_a_group_owes_the_screening_alone():
    assert said(opened("V1/G1", "2024-01-01", PlaceKind.GROUP)) == ["2024-01-01 opened full_screening 2024Q1"]


def test_what_was_not_done_is_missed_by_whoever_holds_the_role():
    place = opened("V1", "2024-01-01")
    place.collect_events()
    place.turn_day(at("2024-02-01"), DUTIES, WHO)
    [missed] = [event for event in place.collect_events() if isinstance(event, VisitMissed)]
    assert (missed.duty, missed.period, missed.shortfall) == ("group_activity", "2024-01", 1)
    assert (missed.owed_by, missed.responsible) == ("village_lead", "village_lead of V1")
    assert (missed.grade, missed.village, missed.missed_before) == (None, "V1", False)


def test_whoever_stands_in_on_the_last_day_answers_for_a_places_miss_and_is_not_the_one_reminded():
    class Away(Staff):
        def acting_for(self, staff: str, day: date) -> str:
            return f"stand-in of {staff}" if day == date(2024, 1, 31) else staff

    place = opened("V1", "2024-01-01")
    place.collect_events()
    for day in ("2024-01-24", "2024-02-01"):
        place.turn_day(at(day), DUTIES, Away())
    told = [
        (type(event), event.responsible) for event in place.collect_events() if hasattr(event, "responsible")
    ]
    lead = "village_lead of V1"
    assert told == [(DutyNearlyDue, lead), (VisitMissed, f"stand-in of {lead}")]


def test_a_duty_is_done_in_whatever_role_the_one_who_says_so_acts():
    place, on = opened("V1/G1", "2024-01-01", PlaceKind.GROUP), date(2024, 1, 20)
    with pytest.raises(WrongRoleForDuty):
        place.do("full_screening", "grid", frozenset({"grid_worker"}), on, at("2024-01-20"), DUTIES, WHO)
    both = frozenset({"grid_worker", "group_cadre"})
    place.do("full_screening", "grid", both, on, at("2024-01-20"), DUTIES, WHO)
    assert said(place)[-1] == "2024-01-20 met full_screening 2024Q1"


def test_a_late_report_reconciles_the_miss_and_the_next_is_no_second_in_a_row():
    place = opened("V1", "2024-01-01")
    place.turn_day(at("2024-02-01"), DUTIES, WHO)
    place.collect_events()
    done(place, "group_activity", "2024-01-20", recorded="2024-02-10")
    [reconciled] = [event for event in place.collect_events() if isinstance(event, MissReconciled)]
    assert (reconciled.period, reconciled.days_late) == ("2024-01", 10)
    place.turn_day(at("2024-03-01"), DUTIES, WHO)
    [missed] = [event for event in place.collect_events() if isinstance(event, VisitMissed)]
    assert missed.missed_before is False
    place.turn_day(at("2024-04-01"), DUTIES, WHO)
    again = {
        event.duty: event.missed_before for event in place.collect_events() if isinstance(event, VisitMissed)
    }
    assert again == {"group_activity": True, "health_education": False}


def test_a_report_first_closes_what_ended_before_it():
    place = opened("V1", "2024-01-01")
    place.collect_events()
    done(place, "group_activity", "2024-02-03")
    assert said(place) == [
        "2024-02-01 missed group_activity 2024-01",
        "2024-02-01 opened group_activity 2024-02",
        "2024-02-03 met group_activity 2024-02",
    ]


def test_done_twice_on_one_day_counts_once():
    row = DUTIES.places["group_activity"]
    twice = replace(row, owed=Owed(PeriodKind.MONTH, 2))
    policy = replace(DUTIES, places={**DUTIES.places, "group_activity": twice})
    place = Territory.open("V1", "V1", PlaceKind.VILLAGE, at=at("2024-01-01"))
    place.turn_day(at("2024-01-01"), policy, WHO)
    place.collect_events()
    met: list[int] = []
    for day in ("2024-01-10", "2024-01-10", "2024-01-11", "2024-01-12"):
        on = date.fromisoformat(day)
        place.do("group_activity", "lead", frozenset({"village_lead"}), on, at("2024-01-15"), policy, WHO)
        met.append(sum(isinstance(event, DutyMet) for event in place.collect_events()))
    assert met == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("duty", "on", "role", "refusal"),
    [
        ("group_activity", "2024-01-10", "clinic", WrongRoleForDuty),
        ("group_activity", "2024-01-11", "village_lead", NotYetHappened),
        ("commendation", "2024-01-10", "leading_group_office", NotOwedHere),
        ("full_screening", "2024-01-10", "group_cadre", NotOwedHere),
        ("home_visit", "2024-01-10", "grid_worker", NotOwedHere),
        ("dance", "2024-01-10", "village_lead", NotOwedHere),
    ],
)
def test_what_is_refused_changes_nothing(duty: str, on: str, role: str, refusal: type[Refusal]):
    place = opened("V1", "2024-01-01")
    place.collect_events()
    with pytest.raises(refusal):
        done(place, duty, on, role=role, recorded="2024-01-10")
    assert said(place) == []


def test_it_wakes_to_remind_and_when_the_first_period_is_over():
    place, woken = opened("V1", "2024-01-01"), [date(2024, 1, 1)]
    while (day := place.next_wake(woken[-1], DUTIES)) is not None and day <= date(2024, 4, 1):
        place.turn_day(midnight(day), DUTIES, WHO)
        woken.append(day)
    february, march = (date(2024, 2, 22), date(2024, 3, 1)), (date(2024, 3, 24), date(2024, 4, 1))
    assert woken[1:] == [date(2024, 1, 24), date(2024, 2, 1), *february, *march]


@given(
    gaps=st.lists(st.integers(1, 120), min_size=1, max_size=12),
    begins=st.dates(date(2024, 1, 1), date(2025, 1, 1)),
)
def test_days_that_nobody_turned_leave_the_same_facts_as_days_turned_one_by_one(
    gaps: list[int], begins: date
):
    daily, seldom = opened("V1", begins.isoformat()), opened("V1", begins.isoformat())
    until = begins
    for gap in gaps:
        for _ in range(gap):
            until += ONE_DAY
            daily.turn_day(midnight(until), DUTIES, WHO)
        seldom.turn_day(midnight(until), DUTIES, WHO)
    assert facts_of(daily) == facts_of(seldom)


# the scenarios, as far as they are about places


class Places:
    """What opens villages, appoints and reports duties, played on territories alone."""

    def __init__(self) -> None:
        self.places: dict[str, Territory] = {}
        self.roster = Roster.open("visits", at=at("2024-01-01"))
        self.facts: list[dict[str, Any]] = []

    def play(self, lines: list[dict[str, Any]], until: date) -> None:
        day = datetime.fromisoformat(lines[0]["at"]).date()
        numbered = list(enumerate(lines, 1))
        while day <= until:
            for place in self.places.values():
                place.turn_day(midnight(day), DUTIES, self.roster)
            while numbered and numbered[0][1]["at"][:10] == day.isoformat():
                number, line = numbered.pop(0)
                self.enter(number, line, datetime.fromisoformat(line["at"]))
            day += ONE_DAY
        self.facts += [fact for place in self.places.values() for fact in facts_of(place)]

    def enter(self, number: int, line: dict[str, Any], moment: datetime) -> None:
        try:
            if line["do"] == "open_village" and line["village"] not in self.places:
                self.open(line, moment)
            elif line["do"] == "appoint":
                self.roster.appoint(line["staff"], line["role"], line.get("village"), moment)
            elif line["do"] == "duty_done":
                self.report(line, moment)
        except (Refusal, KeyError, ValueError):
            if line["do"] == "duty_done":
                day = moment.date().isoformat()
                self.facts.append({"fact": "refused_line", "line": number, "on": day})

    def open(self, line: dict[str, Any], moment: datetime) -> None:
        village = line["village"]
        wanted = [("township", "", PlaceKind.TOWNSHIP), (village, village, PlaceKind.VILLAGE)]
        wanted += [(f"{village}/{group}", village, PlaceKind.GROUP) for group in line["groups"]]
        for subject, where, kind in wanted:
            if subject not in self.places:
                self.places[subject] = Territory.open(subject, where, kind, at=moment)
                self.places[subject].turn_day(moment, DUTIES, self.roster)

    def report(self, line: dict[str, Any], moment: datetime) -> None:
        on = date.fromisoformat(line.get("on", line["at"][:10]))
        roles = self.roster.roles_of(line["by"], on)
        self.places[line["subject"]].do(line["duty"], line["by"], roles, on, moment, DUTIES, self.roster)


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SCENARIOS / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("first-quarter", "2024-04-02"),
        ("spring-festival", "2025-03-01"),
        ("abuse-report", "2024-08-01"),
        ("ten-elders", "2025-05-20"),
    ],
)
def test_the_scenarios_facts_about_places_come_out_exactly(name: str, until: str):
    lines = read(f"{name}.jsonl")
    played = Places()
    played.play(lines, date.fromisoformat(until))
    told = {name for name, _ in FACTS.values()} | {"superseded", "waived", "ended_duty"}
    reports = {number for number, line in enumerate(lines, 1) if line["do"] == "duty_done"}
    expected = [
        fact
        for fact in read(f"{name}.facts.jsonl")
        if (fact["fact"] in told and fact["subject"] in played.places) or fact.get("line") in reports
    ]
    assert len(expected) > 20
    assert _as_set(expected) == _as_set(played.facts)


def _as_set(facts: list[dict[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(fact, sort_keys=True) for fact in facts)
