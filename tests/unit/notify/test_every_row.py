"""The table of section 6, row by row: what happened, who is told and when, what follows, and what stops it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from contracts import registry, risk, visits
from contracts.base import Told
from tests.unit.notify.test_application import MIDNIGHT, NIGHT, NOON, Township, graded, missed, opened

HOUR = timedelta(hours=1)
LATER = timedelta(days=30)
CARER, LEAD, LEADER, OFFICE = "grid", "lead", "leader", "office"
DAY_OF = NOON.date()


@dataclass(frozen=True)
class Row:
    """`first`: who is told at once; `then`: after so many hours, whom, as levels 1, 2, …; `ends`: as what it ends."""

    what: str
    told: Told
    first: list[str]
    then: list[tuple[float, list[str]]]
    ends: str
    is_urgent: bool = False


def incident(kind: str) -> Told:
    return visits.IncidentReported(on=DAY_OF, elder="wang", incident="I-1", kind=kind)


def of_a_place(owed_by: str, holder: str | None, **known: object) -> Told:
    return missed("group_activity", elder="V1", grade=None, owed_by=owed_by, responsible=holder, **known)


AGAIN = [(0.5, [OFFICE])] * 13  # one level up, then twelve times the same
LOWERED = graded("green", previous="red", kind=risk.GradeLowered)
TABLE = [
    Row("incident", incident("fall"), [CARER, LEAD, LEADER], AGAIN, "exhausted", is_urgent=True),
    *(
        Row(kind, incident(kind), [LEAD, LEADER], AGAIN, "exhausted", is_urgent=True)
        for kind in ("abuse", "abandonment", "violence", "unlawful_harm")
    ),
    Row("rise to red", graded("red"), [CARER, LEAD, LEADER], [(24, [OFFICE])], "exhausted", is_urgent=True),
    Row(
        "rise to red of which the carer is not told",
        graded("red", carer_told=False),
        [LEAD, LEADER],
        [(24, [OFFICE])],
        "exhausted",
        is_urgent=True,
    ),
    Row("rise to yellow", graded("yellow"), [CARER, LEAD], [(72, [LEADER]), (72, [OFFICE])], "exhausted"),
    Row("grade lowered", LOWERED, [CARER, LEAD], [], "told"),
    Row("missed, red", missed(grade="red"), [CARER, LEAD, LEADER], [(24, [OFFICE])], "exhausted"),
    Row("look-in missed, red", missed("look_in", grade="red"), [CARER, LEAD, LEADER], [], "told"),
    Row("missed, yellow", missed(grade="yellow"), [CARER, LEAD], [(72, [LEADER])], "told"),
    Row("missed, green", missed(grade="green"), [CARER], [(72, [LEAD])], "told"),
    Row(
        "missed again, green",
        missed(grade="green", missed_before=True),
        [CARER, LEAD],
        [(72, [LEADER])],
        "told",
    ),
    Row("duty of a village, missed", of_a_place("village_lead", LEAD), [LEAD], [(72, [LEADER])], "told"),
    Row("duty of the clinic, missed", of_a_place("clinic", "doctor"), ["doctor"], [(72, [LEAD])], "told"),
    Row(
        "duty of the clinic, missed again",
        of_a_place("clinic", "doctor", missed_before=True),
        ["doctor", LEAD],
        [(72, [LEADER])],
        "told",
    ),
    Row("duty of the office, missed", of_a_place("leading_group_office", OFFICE), [OFFICE], [], "exhausted"),
]
NAMED = pytest.mark.parametrize("row", TABLE, ids=[row.what for row in TABLE])


@pytest.fixture
def township() -> Iterator[Township]:
    with opened() as held:
        yield held


def expected(row: Row, at: datetime) -> list[tuple[str, str, int]]:
    found = [(at, person, 0) for person in row.first]
    for level, (hours, people) in enumerate(row.then, 1):
        at += hours * HOUR
        found += [(at, person, level) for person in people]
    return sorted((moment.isoformat()[5:16], person, level) for moment, person, level in found)


def notices(township: Township) -> list[tuple[str, str, int]]:
    return sorted((at, person, level) for at, person, _, level in township.notices())


@NAMED
def test_who_is_told_and_what_follows_where_nobody_acknowledges(township: Township, row: Row):
    township.hear(row.told, NOON)
    township.until(NOON + LATER)
    assert notices(township) == expected(row, NOON)
    assert [status for _, status, _ in township.stands()] == [row.ends]


@NAMED
def test_at_night_what_is_urgent_goes_out_at_once_and_the_rest_in_the_morning(township: Township, row: Row):
    township.hear(row.told, NIGHT)
    township.until(NIGHT + LATER)
    eight = (NIGHT + timedelta(days=1)).replace(hour=8)
    assert notices(township) == expected(row, NIGHT if row.is_urgent else eight)


@NAMED
def test_one_acknowledgement_stops_it(township: Township, row: Row):
    township.hear(row.told, NOON)
    township.until(NOON)
    about, matter = township.stands()[0][0], {"subject": "wang"}
    if about == "incident":
        matter["incident"] = "I-1"
    if about == "missed":
        assert isinstance(row.told, visits.VisitMissed)
        matter = {"subject": row.told.subject, "duty": row.told.duty, "period": row.told.period}
    assert township.acknowledge(row.first[-1], NOON + 0.1 * HOUR, about=about, **matter).is_taken
    township.until(NOON + LATER)
    assert notices(township) == expected(Row(row.what, row.told, row.first, [], ""), NOON)
    assert [status for _, status, _ in township.stands()] == ["acknowledged"]


@NAMED
def test_however_often_the_event_arrives_it_is_told_once(township: Township, row: Row):
    for hours in range(3):
        township.hear(row.told, NOON)
        township.until(NOON + hours * HOUR / 10)
    assert notices(township) == expected(Row(row.what, row.told, row.first, [], ""), NOON)


def reconciled() -> Told:
    facts = {"subject": "wang", "duty": "home_visit", "period": "2024-02", "days_late": 2}
    return visits.MissReconciled(on=DAY_OF, **facts)


def ended(reason: str) -> Told:
    return registry.StatusEnded(on=DAY_OF, elder="wang", reason=reason, happened_on=DAY_OF)


@pytest.mark.parametrize(
    ("told", "then", "is_stopped"),
    [
        (missed(grade="red"), reconciled(), True),
        (missed(grade="red"), ended("died"), True),
        (graded("red"), ended("moved_out"), True),
        (graded("red"), graded("yellow", previous="red", kind=risk.GradeLowered), True),
        (incident("fall"), ended("died"), False),
        (missed("follow_up", grade="red"), reconciled(), False),
    ],
    ids=["reconciled", "died", "moved", "graded again", "an incident stays", "another duty stays"],
)
def test_what_no_longer_holds_is_cancelled(township: Township, told: Told, then: Told, is_stopped: bool):
    township.hear(told, NOON)
    township.until(NOON)
    township.hear(then, NOON + 0.1 * HOUR)
    township.until(NOON + 0.2 * HOUR)
    statuses = {status for about, status, _ in township.stands()}
    assert ("stopped" in statuses) is is_stopped


def nearly(duty: str, owed_by: str, responsible: str) -> Told:
    facts = {"subject": "wang", "duty": duty, "period": "2024-03", "village": "V1", "remaining": 1}
    days = {"opens_on": DAY_OF, "closes_on": date(2024, 3, 31)}
    return visits.DutyNearlyDue(on=DAY_OF, **facts, **days, owed_by=owed_by, responsible=responsible)


@pytest.mark.parametrize(
    ("duty", "owed_by", "person"),
    [
        ("home_visit", "carer", CARER),
        ("health_check", "clinic", "doctor"),
        ("reassessment", "village_lead", LEAD),
        ("care_agreement", "village_lead", LEAD),
    ],
)
def test_what_is_nearly_due_is_in_the_digest_of_whoever_owes_it_and_nothing_follows(
    township: Township, duty: str, owed_by: str, person: str
):
    township.hear(nearly(duty, owed_by, person), MIDNIGHT)
    township.until(NOON + LATER)
    assert township.digests(person) == [(True, 1)]
    assert township.notices() == []
