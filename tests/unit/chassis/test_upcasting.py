"""What was stored stays readable: given events as older versions wrote them, when read, then as today's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder
from services.visits import translation
from services.visits.care.domain import CareRecord, care_record_id
from services.visits.duties import events as duty_events
from services.visits.problems.domain import Problem, problem_id
from services.visits.terms import Absence

WANG = care_record_id("wang")
STAMPS = '"subject":"wang","causation":"day:2024-02-01","correlation":"day:2024-02-01"'


def written(topic: str, day: str, *fields: str) -> tuple[str, str]:
    """A topic and its text, as they stand in a log."""
    at = f'"timestamp":{{"_type_":"datetime_iso","_data_":"{day}T00:00:00+08:00"}}'
    return topic, "{" + ",".join((at, *fields)) + "}"


OPENED = written(
    "visits.CareRecordOpened",
    "2024-01-01",
    '"originator_topic":"visits.CareRecord","village":"V1","elder":"wang","born":"1955-03-01","on":"2024-01-01"',
    STAMPS,
)
OWED = written(
    "visits.DutyOpened",
    "2024-01-01",
    '"on":"2024-01-01","duty":"home_visit","period":"2024-01","opens_on":"2024-01-01","closes_on":"2024-01-31"',
    '"count":1,"owed":{"kind":"month","times":1,"rounds_up":false}',
    STAMPS,
)
_MISS = '"on":"2024-02-01","duty":"home_visit","period":"2024-01"'
_SHORT = '"shortfall":1,"responsible":"grid","owed_by":"carer","grade":"green","missed_before":false'
MISSED_V1 = written("visits.VisitMissed", "2024-02-01", _MISS, _SHORT, STAMPS)
MISSED_V2 = written(
    "visits.VisitMissed", "2024-02-01", _MISS, '"village":"V1"', _SHORT, STAMPS, '"class_version":2'
)


SIGNED_V1 = written(
    "visits.AgreementSigned", "2024-02-01", '"on":"2024-02-01","signed_on":"2024-01-30","by":"lead"', STAMPS
)
AWAY_V1 = written(
    "visits.AbsenceNoted", "2024-02-01", '"on":"2024-02-01","begins":"2024-02-03","ends":"2024-02-09"', STAMPS
)
FALL = problem_id("i1")
FELL_V1 = written(
    "visits.IncidentReported",
    "2024-02-01",
    '"originator_topic":"visits.Incident","on":"2024-02-01","subject":"wang","incident":"i1","kind":"fall"',
    STAMPS.replace('"subject":"wang",', ""),
)


@pytest.fixture
def log() -> Iterator[EventLog]:
    held = EventLog(SQLiteRecorder(":memory:", ()))
    yield held
    held.close()


def stored(log: EventLog, *texts: tuple[str, str]) -> list[Any]:
    """Puts texts into the log as they stood there once; the events that they are read as."""
    rows = [StoredEvent(WANG, n, topic, text.encode()) for n, (topic, text) in enumerate(texts, 1)]
    log.recorder.insert_events(rows)
    return log.history(WANG)


def test_a_miss_of_version_1_is_read_without_its_village(log: EventLog):
    missed = stored(log, OPENED, OWED, MISSED_V1)[-1]
    assert (type(missed), missed.village) == (duty_events.VisitMissed, "")
    assert (missed.duty, missed.shortfall, missed.responsible) == ("home_visit", 1, "grid")


def test_a_miss_of_version_1_stands_in_the_record_as_one_of_version_2(log: EventLog):
    stored(log, OPENED, OWED, MISSED_V1)
    old = log.load(CareRecord, WANG)
    twin = EventLog(SQLiteRecorder(":memory:", ()))
    stored(twin, OPENED, OWED, MISSED_V2)
    assert vars(old) == vars(twin.load(CareRecord, WANG))
    assert old is not None
    assert list(old.book.missed) == [("home_visit", "2024-01")]
    twin.close()


def test_a_miss_of_version_1_is_told_with_no_village_to_whoever_replays_it(log: EventLog):
    telling = translation.translate(stored(log, OPENED, OWED, MISSED_V1)[-1])
    assert telling is not None
    assert telling.told.model_dump(include={"subject", "village"}) == {"subject": "wang", "village": ""}


@pytest.mark.parametrize("then", [OPENED, OWED, MISSED_V2], ids=lambda pair: pair[0])
def test_what_is_stored_today_is_to_the_letter_what_was_stored_then(log: EventLog, then: tuple[str, str]):
    read = stored(log, then)[0]
    again = log._mapper.to_stored_event(read)
    assert (again.topic, again.state.decode()) == then


def test_an_event_of_version_1_is_stored_again_as_version_2(log: EventLog):
    read = stored(log, OPENED, OWED, MISSED_V1)[-1]
    again = log._mapper.to_stored_event(read)
    assert '"village":""' in again.state.decode()
    assert '"class_version":2' in again.state.decode()


def test_an_incident_of_version_1_is_a_problem_of_which_no_more_is_known(log: EventLog):
    topic, text = FELL_V1
    log.recorder.insert_events([StoredEvent(FALL, 1, topic, text.encode())])
    fall = log.load(Problem, FALL)
    assert fall is not None
    assert (fall.problem, fall.kind, fall.stage, fall.due) == ("i1", "fall", "opened", None)
    assert fall.next_wake() is None, "what was reported before there were deadlines has none"
    [event] = log.history(FALL)
    assert (event.found_on, event.by, event.visit, event.text) == ("2024-02-01", "", "", "")
    assert event.findings == []
    telling = translation.translate(event)
    assert telling is not None
    assert telling.told.model_dump(mode="json") == {
        "on": "2024-02-01",
        "incident": "i1",
        "elder": "wang",
        "kind": "fall",
    }


def test_a_pairing_of_version_1_counts_since_it_was_recorded(log: EventLog):
    paired = written("registry.CarerPaired", "2024-02-01", '"on":"2024-02-01","carer":"cadre"', STAMPS)
    assert stored(log, paired)[0].since == "2024-02-01"


def test_an_agreement_and_an_absence_of_version_1_have_neither_term_nor_reason(log: EventLog):
    *_, signed, away = stored(log, OPENED, SIGNED_V1, AWAY_V1)
    assert (signed.begins, signed.ends, signed.supporter, signed.relation) == ("2024-01-30", None, "", "")
    assert away.reason == "other"
    record = log.load(CareRecord, WANG)
    assert record is not None
    assert (record.papers.signed_on, record.papers.agreement_ends) == (date(2024, 1, 30), None)
    assert record.papers.absences == [Absence(date(2024, 2, 3), date(2024, 2, 9))]


def test_the_id_of_a_record_never_changes():
    assert str(WANG) == "0a6dca78-c48c-56fc-a5b6-1e5cbcc2be47"
    assert str(FALL) == "0911e04f-0b38-5b28-aa53-548f6bffd701"


def test_a_problem_of_version_2_and_a_need_of_version_1_were_opened_by_no_visit(log: EventLog):
    _, text = FELL_V1
    known = text.replace('"incident":"i1"', '"problem":"i1","due":null,"found_on":"2024-02-01","by":"grid"')
    known = known[:-1] + ',"visit":"v1","text":"摔倒","class_version":2}'
    log.recorder.insert_events([StoredEvent(FALL, 1, FELL_V1[0], known.encode())])
    [event] = log.history(FALL)
    assert (event.by, event.visit, event.text, event.findings) == ("grid", "v1", "摔倒", [])
    need = written(
        "visits.NeedFound",
        "2024-02-01",
        '"on":"2024-02-01","need":"n1","kind":"meals","found_on":"2024-01-30","by":"grid","text":"无人做饭"',
        STAMPS,
    )
    found = stored(log, OPENED, need)[-1]
    assert (found.need, found.text, found.visit, found.findings) == ("n1", "无人做饭", "", [])
