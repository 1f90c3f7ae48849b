"""The checker itself: a clean house has no findings, and each of the planted faults is found."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.commands.command import Asked
from services.house.house import House, opened
from services.house.settings import Settings
from services.importing.township import read_township
from services.kernel.calendar import SHANGHAI
from services.visits.commands import RecordVisit, ReportIncident
from tests.faults.checker import findings, nothing_is_lost
from tests.faults.gathered import Acknowledged, Gathered, gather, is_settled, read_record
from tests.faults.test_kill_embedded import TOWNSHIP, enrol

BEGIN = datetime(2024, 1, 1, 7, tzinfo=SHANGHAI)
DAYS = 33


def said(number: int, on: date) -> dict:
    return {
        "by": ("grid", "cadre")[number % 2],
        "on": on.isoformat(),
        "mode": "in_person",
        "check_up": False,
        "confirms_facts": True,
    }


def live(house: House, folder: Path) -> list[Acknowledged]:
    """Enrolments, then days on which some are visited and others missed."""
    file = folder / "township.toml"
    file.write_text(TOWNSHIP, encoding="utf-8")
    house.take_many([Asked(command, BEGIN) for command in read_township(file).commands()])
    house.take_many([Asked(enrol(number), BEGIN) for number in range(8)])
    taken: list[Acknowledged] = []
    for day in range(0, DAYS, 2):
        now = BEGIN + timedelta(days=day)
        house.settle()
        while any(one.advance(now) for one in house.services.values()) or house.settle():
            pass
        for number in range(0, 8, 2):
            elder, visit, content = f"E{number:02}", f"v-{day}-{number}", said(number, now.date())
            command = RecordVisit.model_validate({"visit": visit, "elder": elder} | content, strict=False)
            answer = house.take(command, now)
            taken.append(
                Acknowledged("visit", visit, elder, content, answer.outcome.value, "phone", len(taken))
            )
    house.take(ReportIncident(incident="I-1", elder="E00", kind="fall"), BEGIN + timedelta(days=DAYS))
    while house.settle() or any(one.advance(BEGIN + timedelta(days=DAYS)) for one in house.services.values()):
        pass
    return taken


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Gathered]]:
    folder = tmp_path_factory.mktemp("checked")
    with opened(Settings(data=folder / "data")) as house:
        taken = live(house, folder)
        yield house, gather(house, taken)


@pytest.fixture
def found(clean: tuple[House, Gathered]) -> Gathered:
    return deepcopy(clean[1])


def place_of(found: Gathered, service: str, kind: str) -> int:
    return next(place for place, one in enumerate(found.events[service]) if one.kind == kind)


def test_an_incident_that_was_acknowledged_is_found_and_one_that_is_not_there_is_missed(found: Gathered):
    for number in (1, 2):
        said = {"incident": f"I-{number}", "kind": "fall"}
        one = Acknowledged("incident", f"I-{number}", "E00", said, "accepted", "phone", number)
        found.acknowledged.append(one)
        found.answers["visits"].add(one.key)
    assert [*nothing_is_lost(found)] == [
        "lost or doubled: incident I-2 was acknowledged and is recorded 0 times"
    ]


def test_a_clean_house_has_no_findings(clean: tuple[House, Gathered]):
    house, found = clean
    assert is_settled(house, BEGIN + timedelta(days=DAYS))
    assert findings(found) == []
    assert len(found.acknowledged) > 50
    assert any(row["status"] == "missed" for row in found.tables["duties"]), "nothing was missed to compare"
    assert found.tables["notices"], "nobody was told anything"


def lose_a_visit(found: Gathered) -> str:
    lost = found.events["visits"].pop(place_of(found, "visits", "VisitRecorded"))
    return f"visit {lost.content['visit']} was acknowledged and is recorded 0 times"


def lose_an_answer(found: Gathered) -> str:
    found.answers["visits"].discard(found.acknowledged[3].key)
    return f"{found.acknowledged[3].key} was acknowledged and has no answer"


def double_a_visit(found: Gathered) -> str:
    one = found.events["visits"][place_of(found, "visits", "VisitRecorded")]
    end = found.events["visits"][-1].position
    found.events["visits"].append(replace(one, position=end + 1, id=f"{one.aggregate}/999", is_told=False))
    return f"twice: visit recorded {one.content['visit']}"


def change_what_was_said(found: Gathered) -> str:
    place = place_of(found, "visits", "VisitRecorded")
    one = found.events["visits"][place]
    other = {**one.content, "content": {**one.content["content"], "mode": "phone"}}
    found.events["visits"][place] = replace(one, content=other)
    return f"changed: visit {one.content['visit']}"


def double_a_notice(found: Gathered) -> str:
    found.tables["notices"].append({**found.tables["notices"][0], "seq": 10**9})
    return "twice: notice "


def lose_a_telling(found: Gathered) -> str:
    missed = next(row for row in found.tables["tellings"] if row["about"] == "missed")
    found.tables["tellings"].remove(missed)
    return "missed and not told as missed"


def swap_two_visits(found: Gathered) -> str:
    """Of one elder by one phone: recorded the other way round."""
    one, other = [
        place
        for place, event in enumerate(found.events["visits"])
        if event.kind == "VisitRecorded" and event.subject == "E00"
    ][:2]
    held = found.events["visits"]
    first, second = held[one], held[other]
    held[one] = replace(second, position=first.position)
    held[other] = replace(first, position=second.position)
    return "order: visits of E00"


def swap_two_effects(found: Gathered) -> str:
    """Two events of a consumer, of one subject, brought by two of an upstream."""
    told = {one.id: one for one in found.events["visits"]}
    held = found.events["notify"]
    by_subject: dict[str, list[int]] = {}
    for place, one in enumerate(held):
        if one.cause in told:
            places = by_subject.setdefault(told[one.cause].subject, [])
            if not places or held[places[-1]].cause != one.cause:
                places.append(place)
    one, other = next(places for places in by_subject.values() if len(places) > 1)[:2]
    held[one], held[other] = held[other], held[one]
    return "order: notify handled"


def handle_an_event_twice(found: Gathered) -> str:
    place = place_of(found, "risk", "RiskFile.GradeSet")
    one = found.events["risk"][place]
    doubled = replace(one, position=found.events["risk"][-1].position + 1, id=f"{one.aggregate}/99")
    found.events["risk"].append(doubled)
    return "twice: effect in risk"


def open_a_duty_twice(found: Gathered) -> str:
    place = place_of(found, "visits", "DutyOpened")
    one = found.events["visits"][place]
    found.events["visits"].insert(place + 1, replace(one, id=f"{one.aggregate}/99", cause="clock"))
    return "twice: duty opened"


def lose_a_grade(found: Gathered) -> str:
    graded = next(row for row in found.tables["grades"] if row["grade"] is not None)
    graded["grade"] = None
    return "certified and not graded"


def leave_a_position_behind(found: Gathered) -> str:
    place = next(place for place, position in found.heard.items() if position)
    found.heard[place] -= 1
    return "not heard: "


def park_a_message(found: Gathered) -> str:
    found.parked.append(("notify", "visits/3/17", "KeyError: 'x'"))
    return "parked: in notify visits/3/17"


def skip_a_telling(found: Gathered) -> str:
    found.told["registry"].pop(2)
    return "not told: registry left out"


PLANTED = (
    lose_a_visit,
    lose_an_answer,
    double_a_visit,
    change_what_was_said,
    double_a_notice,
    lose_a_telling,
    swap_two_visits,
    swap_two_effects,
    handle_an_event_twice,
    open_a_duty_twice,
    lose_a_grade,
    leave_a_position_behind,
    park_a_message,
    skip_a_telling,
)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda one: one.__name__)
def test_a_planted_fault_is_found(found: Gathered, plant):
    expected = plant(found)
    told = findings(found)
    assert any(expected in one for one in told), told


# and in the databases themselves


CORRUPTIONS = {
    "read model: visits: duties": (
        "visits",
        "UPDATE duties SET count = count + 1 WHERE seq = (SELECT MIN(seq) FROM duties)",
    ),
    "read model: registry: elders": ("registry", "UPDATE elders SET carer = 'nobody' WHERE elder = 'E01'"),
    "certified and not graded": ("risk", "UPDATE grades SET grade = NULL WHERE elder = 'E02'"),
    "twice: notice": (
        "notify",
        "INSERT INTO notices SELECT seq + 1000000, recipient, telling, level, sent_at FROM notices LIMIT 1",
    ),
    "missed and not told as missed": ("notify", "DELETE FROM tellings WHERE about = 'missed'"),
    "has no answer": ("visits", "DELETE FROM answers WHERE command = 'visit:v-4-2'"),
    "is recorded 0 times": ("visits", "DELETE FROM stored_events WHERE topic LIKE '%VisitRecorded%'"),
    "not heard: ": ("notify", "DELETE FROM tracking WHERE application_name LIKE 'visits/_'"),
    "parked: in risk": (
        "risk",
        "INSERT INTO parked VALUES ('registry/1/5', 'registry', 1, 5, 'E01', x'00', 'x', NULL)",
    ),
    "not told: registry left out": (
        "registry",
        "DELETE FROM told WHERE position = (SELECT MIN(position) FROM told)",
    ),
}


@pytest.mark.parametrize("expected", CORRUPTIONS)
def test_a_database_that_was_corrupted_is_found_out(tmp_path: Path, expected: str):
    with opened(Settings(data=tmp_path / "data")) as house:
        taken = live(house, tmp_path)
        assert findings(gather(house, taken)) == []
        service, statement = CORRUPTIONS[expected]
        house.services[service].log.recorder.transact(lambda sql: sql.run(statement), commit=True)
        told = findings(gather(house, taken))
    assert any(expected in one for one in told), told


def test_a_message_that_was_planted_must_be_kept_and_is_no_finding(found: Gathered):
    assert findings(found, frozenset({"visits/1/aa"})) == [
        "not parked: visits/1/aa was planted, and nobody kept it"
    ]
    found.parked.append(("notify", "visits/1/aa", "not an envelope of this queue"))
    assert findings(found, frozenset({"visits/1/aa"})) == []


def test_a_line_that_was_cut_short_was_not_written_down(tmp_path: Path):
    one = {
        "kind": "visit",
        "id": "v",
        "elder": "E",
        "content": {},
        "outcome": "accepted",
        "phone": "p",
        "place": 0,
    }
    (tmp_path / "record").write_text(json.dumps(one) + "\n" + json.dumps(one)[:20])
    assert [held.id for held in read_record(tmp_path / "record")] == ["v"]
