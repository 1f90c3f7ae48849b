"""Of whom notices speak: given an elder, when the status ends or begins again, then what is past and what is not."""

from datetime import datetime, timedelta

from services.kernel.calendar import SHANGHAI
from services.notify.elders.domain import Person, person_id

NOON = datetime(2024, 3, 1, 12, tzinfo=SHANGHAI)
BEFORE, AFTER = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)


def certified() -> Person:
    person = Person.note("wang", "V1", "grid", at=BEFORE)
    person.certify(1, BEFORE)
    return person


def silenced() -> Person:
    person = certified()
    person.silence(NOON)
    return person


def test_of_a_certified_elder_nothing_is_past():
    assert not certified().is_past(BEFORE, None)
    assert not certified().is_past(AFTER, 1)


def test_what_arose_until_the_status_ended_is_past_and_what_arises_later_is_not():
    assert silenced().is_past(BEFORE, None)
    assert silenced().is_past(NOON, None), "at the same instant too"
    assert not silenced().is_past(AFTER, None)


def test_a_new_certification_is_spoken_of_again_and_the_old_one_is_past():
    person = silenced()
    person.certify(2, NOON)
    assert not person.is_past(NOON, None)
    assert not person.is_past(NOON, 2)
    assert person.is_past(AFTER, 1)


def test_a_grade_of_a_certification_that_is_not_heard_of_yet_is_not_past():
    assert not silenced().is_past(NOON, 2)


def test_another_carer_is_told_from_now():
    person = certified()
    person.pair("cadre", NOON)
    assert (person.carer, person.id) == ("cadre", person_id("wang"))
