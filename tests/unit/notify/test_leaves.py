"""A carer's leave: given a stand-in, when the days come, then whoever is there is told, and of whose elders."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contracts import registry
from contracts.notify import RemindersSent
from services.chassis.reading.read_model import Rebuilt
from services.house.facts import of
from services.house.settings import Settings
from services.notify import translation
from services.notify.bootstrap import blueprint
from tests.unit.notify.test_application import (
    MIDNIGHT,
    NIGHT,
    NOON,
    Township,
    graded,
    missed,
    opened,
    reported,
)
from tests.unit.notify.test_reminders import nearly

EIGHT = NOON.replace(hour=8)
DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def township() -> Iterator[Township]:
    with opened() as held:
        for staff in ("grid", "ann", "ben"):
            role = {"role": "grid_worker", "village": "V1"}
            held.hear(registry.StaffAppointed.model_validate({"on": TODAY, "staff": staff, **role}))
        yield held


def leave(
    township: Township,
    begins: date,
    ends: date,
    staff: str = "grid",
    stand_in: str = "ann",
    at: datetime = MIDNIGHT,
) -> None:
    said = {"staff": staff, "stand_in": stand_in, "begins": begins, "ends": ends}
    township.hear(registry.LeaveNoted.model_validate({"on": at.date(), **said}), at)


def taken_over(township: Township) -> list[tuple[str, str, str, str, list[str], bool]]:
    rows = township.log.query(
        "SELECT recipient, items, posted_at FROM messages ORDER BY posted_at, recipient"
    )
    found = [
        (row, item) for row in rows for item in json.loads(row["items"]) if item["about"] == "taken_over"
    ]
    return [
        (
            row["posted_at"][5:16],
            row["recipient"],
            item["subject"],
            item["ends"],
            item["elders"],
            item["is_over"],
        )
        for row, item in found
    ]


def reminded(township: Township) -> list[tuple[str, str, str]]:
    rows = township.log.query("SELECT recipient, items, posted_at FROM messages ORDER BY posted_at")
    found = [(row, item) for row in rows for item in json.loads(row["items"]) if item["about"] == "reminder"]
    return [(row["posted_at"][5:16], row["recipient"], item["duty"]) for row, item in found]


def test_on_the_first_morning_the_stand_in_reads_whose_elders_they_have_and_until_when(township: Township):
    leave(township, TODAY + 3 * DAY, TODAY + 9 * DAY)
    township.hear(nearly(responsible="ann"))
    township.until(EIGHT + 2 * DAY)
    assert taken_over(township) == []
    township.enrol("zhang")
    township.until(EIGHT + 20 * DAY)
    elders = ["li", "wang", "zhang"]
    assert taken_over(township) == [("03-04T08:00", "ann", "grid", "2024-03-10", elders, False)]


def test_of_a_leave_that_begins_today_they_read_at_once_and_by_night_in_the_morning(township: Township):
    leave(township, TODAY, TODAY + DAY, at=NOON)
    leave(township, TODAY, TODAY + DAY, staff="ben", stand_in="office", at=NIGHT)
    township.until(EIGHT + 2 * DAY)
    assert [row[:2] for row in taken_over(township)] == [("03-01T12:00", "ann"), ("03-02T08:00", "office")]


def test_elders_who_are_no_longer_left_behind_or_somebody_elses_are_not_named(township: Township):
    lapsed = registry.StatusLapsed(on=TODAY, elder="wang", reason="permanent_return", spell=1)
    township.hear(lapsed)
    township.hear(registry.CarerPaired(on=TODAY, elder="li", carer="ben", since=TODAY))
    leave(township, TODAY, TODAY)
    township.until(EIGHT)
    assert [row[4] for row in taken_over(township)] == [[]]


def test_who_stood_in_for_another_leaves_those_elders_too(township: Township):
    leave(township, TODAY, TODAY + 9 * DAY)
    township.until(EIGHT)
    leave(township, TODAY + DAY, TODAY + 2 * DAY, staff="ann", stand_in="ben", at=NOON)
    township.until(EIGHT + DAY)
    assert taken_over(township)[-1] == ("03-02T08:00", "ben", "ann", "2024-03-03", ["li", "wang"], False)


def test_a_leave_that_was_called_off_before_it_began_is_told_to_nobody(township: Township):
    leave(township, TODAY + 3 * DAY, TODAY + 9 * DAY)
    leave(township, TODAY + 3 * DAY, TODAY + 2 * DAY, at=NOON)
    township.until(EIGHT + 20 * DAY)
    assert taken_over(township) == []
    assert township.notify.next_due() is None


def test_of_a_leave_that_is_cut_short_the_stand_in_reads_that_it_is_over(township: Township):
    leave(township, TODAY, TODAY + 9 * DAY)
    township.until(NOON)
    leave(township, TODAY, TODAY + DAY, at=NOON + 2 * DAY)
    township.until(NOON + 2 * DAY)
    assert [(row[1], row[3], row[5]) for row in taken_over(township)] == [
        ("ann", "2024-03-10", False),
        ("ann", "2024-03-02", True),
    ]


@pytest.mark.parametrize("told", [graded("red"), reported(), missed()], ids=["grade", "incident", "miss"])
def test_what_is_told_on_a_day_of_the_leave_goes_to_whoever_is_there_that_day(township: Township, told: Any):
    """A miss of yesterday is still the carer's; it is read by who can go and see the elder."""
    leave(township, TODAY, TODAY)
    township.hear(told, MIDNIGHT)
    township.until(EIGHT)
    assert {"ann", "lead"} <= set(township.people())
    assert "grid" not in township.people()


def test_what_waits_for_the_morning_goes_to_whoever_is_there_in_the_morning(township: Township):
    leave(township, TODAY + DAY, TODAY + DAY)
    township.hear(graded("yellow"), NIGHT)
    township.until(EIGHT + DAY)
    assert sorted(township.people()) == ["ann", "lead"]
    township.hear(graded("yellow", elder="li"), NIGHT + DAY)
    township.until(EIGHT + 2 * DAY)
    assert sorted(township.people()[2:]) == ["grid", "lead"]
    assert township.acknowledge("ann", NOON + DAY, about="graded", subject="wang").is_taken


def test_a_reminder_of_this_morning_goes_to_whoever_is_there_at_eight(township: Township):
    """Who calls in at seven is not reminded, the stand-in is; who comes back at seven is, and the stand-in is not."""
    for duty in ("home_visit", "follow_up"):
        township.hear(nearly(duty, responsible="grid"))
    leave(township, TODAY, TODAY + 9 * DAY, at=EIGHT - timedelta(hours=1))
    township.until(NOON)
    assert reminded(township) == [("03-01T08:00", "ann", "follow_up"), ("03-01T08:00", "ann", "home_visit")]
    township.hear(nearly("look_in", responsible="grid"), MIDNIGHT + DAY)
    leave(township, TODAY, TODAY, at=EIGHT + DAY - timedelta(hours=1))
    township.until(NOON + DAY)
    assert reminded(township)[2:] == [("03-02T08:00", "grid", "look_in")]
    made = Rebuilt(township.log, blueprint(Settings(data=None)).model)
    made.catch_up()
    assert made.differing() == []
    made.close()


def test_who_has_left_takes_up_nothing_after_their_last_day(township: Township):
    township.hear(reported(), NOON)
    township.until(NOON)
    township.hear(registry.AppointmentEnded(on=TODAY, staff="lead", last_day=TODAY), NOON)
    matter = {"about": "incident", "subject": "wang", "incident": "i1"}
    answers = [township.acknowledge("lead", at, **matter).reason for at in (MIDNIGHT + DAY, NIGHT)]
    assert answers == ["AppointmentOver", ""]


def test_nobody_reads_a_digest_after_their_last_day(township: Township):
    township.hear(nearly(responsible="grid"), NOON)
    township.hear(registry.AppointmentEnded(on=TODAY, staff="grid", last_day=TODAY), NIGHT)
    township.until(EIGHT + 2 * DAY)
    assert township.digests("grid") == []
    assert township.notify.next_due() is None


def test_a_miss_recorded_after_the_owners_last_day_is_told_to_who_answers_now_and_who_stands_in_for_them(
    township: Township,
):
    township.hear(registry.AppointmentEnded(on=TODAY, staff="grid", last_day=TODAY), NIGHT)
    township.hear(registry.CarerPaired(on=TODAY, elder="wang", carer="ben", since=TODAY), NIGHT)
    leave(township, TODAY + DAY, TODAY + DAY, staff="ben", stand_in="ann")
    township.hear(missed(grade="green", responsible="grid"), MIDNIGHT + DAY)
    township.hear(
        missed("group_activity", elder="V1", grade=None, owed_by="clinic", responsible="grid"), MIDNIGHT + DAY
    )
    township.until(EIGHT + DAY)
    assert township.people() == ["ann"]


def test_others_are_told_and_a_rebuild_shows_the_same(township: Township):
    leave(township, TODAY, TODAY + DAY)
    leave(township, TODAY + 5 * DAY, TODAY + 6 * DAY)
    township.hear(nearly(responsible="ann"))
    township.until(NOON)
    told = [found.told for one in township.log.events(0) if (found := translation.translate(one.event))]
    (sent,) = [one for one in told if isinstance(one, RemindersSent)]
    assert (len(sent.reminders), sent.taken_over[0].elders, sent.taken_over[0].ends) == (
        1,
        ["li", "wang"],
        TODAY + DAY,
    )

    class Served:
        log = township.log
        translate = staticmethod(translation.translate)

    assert [(fact["fact"], fact.get("about")) for fact in of(Served())] == [
        ("reminder", None),
        ("reminder", "taken_over"),
    ]
    made = Rebuilt(township.log, blueprint(Settings(data=None)).model)
    made.catch_up()
    assert made.differing() == []
    made.close()
    due = township.notify.next_due()
    assert due == EIGHT + 5 * DAY
