"""Reminders: given what is nearly due, when the morning comes, then one digest, which nobody need acknowledge."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import registry, visits
from contracts.base import Told
from contracts.notify import RemindersSent
from services.chassis.reading.read_model import Rebuilt
from services.house.facts import of
from services.house.settings import Settings
from services.notify import translation
from services.notify.bootstrap import blueprint
from services.notify.elders import views as ward_views
from services.notify.mailbox import views as mailbox_views
from services.notify.tellings import views as telling_views
from tests.unit.notify.test_application import MIDNIGHT, MORNING, NIGHT, NOON, Township, missed, opened

EIGHT = NOON.replace(hour=8)
DAY = timedelta(days=1)


@pytest.fixture
def township() -> Iterator[Township]:
    with opened() as held:
        yield held


def nearly(
    duty: str = "home_visit", *, subject: str = "wang", closes: date = date(2024, 3, 8), **known: Any
) -> Told:
    facts = {"period": "2024-03", "village": "V1", "opens_on": date(2024, 3, 1), "remaining": 1}
    owed = {"owed_by": "carer", "responsible": "grid", **known}
    return visits.DutyNearlyDue(on=NOON.date(), subject=subject, duty=duty, closes_on=closes, **facts, **owed)


def reminded(township: Township, person: str = "grid") -> list[tuple[str, str, list[str]]]:
    rows = township.log.query(mailbox_views.INBOX, person, 100)
    found = [(row["posted_at"][5:16], json.loads(row["items"])) for row in rows if row["is_digest"]]
    return sorted((at, items[0]["about"], [item["duty"] for item in items]) for at, items in found)


def test_what_is_nearly_due_is_in_the_digest_of_that_morning_for_whoever_owes_it(township: Township):
    for duty in ("home_visit", "follow_up"):
        township.hear(nearly(duty))
    township.until(EIGHT - timedelta(seconds=1))
    assert reminded(township) == []
    township.until(EIGHT + 3 * DAY)
    assert reminded(township) == [("03-01T08:00", "reminder", ["follow_up", "home_visit"])]
    assert reminded(township, "lead") == reminded(township, "leader") == []


def test_what_is_over_first_stands_first_whatever_was_heard_first(township: Township):
    for duty, closes in (("home_visit", 31), ("look_in", 3), ("follow_up", 31)):
        township.hear(nearly(duty, closes=date(2024, 3, closes)))
    township.until(EIGHT)
    assert reminded(township) == [("03-01T08:00", "reminder", ["look_in", "follow_up", "home_visit"])]


def test_what_arises_in_the_day_is_in_the_next_mornings_digest(township: Township):
    township.hear(nearly(), NOON)
    township.until(MORNING)
    assert reminded(township) == [("03-02T08:00", "reminder", ["home_visit"])]


@pytest.mark.parametrize("duty", ["reassessment", "care_agreement"])
def test_a_reassessment_and_an_agreement_are_the_village_leads(township: Township, duty: str):
    township.hear(nearly(duty, owed_by="village_lead", responsible="lead"))
    township.until(EIGHT)
    assert reminded(township, "lead") == [("03-01T08:00", "reminder", [duty])]
    assert reminded(township) == []


def test_a_duty_of_a_village_reminds_whoever_holds_the_role(township: Township):
    owed = {"owed_by": "village_lead", "responsible": "lead"}
    township.hear(nearly("group_activity", subject="V1", **owed))
    township.hear(nearly("health_education", subject="V1", owed_by="clinic", responsible=None))
    township.until(EIGHT)
    assert reminded(township, "lead") == [("03-01T08:00", "reminder", ["group_activity"])]


def test_notices_that_waited_and_reminders_are_one_digest(township: Township):
    township.hear(missed(), MIDNIGHT)
    township.hear(nearly("follow_up"))
    township.until(EIGHT)
    ((_, about, duties),) = reminded(township)
    assert (about, duties) == ("missed", ["home_visit", "follow_up"])


def test_a_reminder_is_no_notice_and_nothing_follows_of_it(township: Township):
    township.hear(nearly())
    township.until(EIGHT + 30 * DAY)
    assert township.notices() == []
    assert township.stands() == []
    assert township.log.query(telling_views.WAITING) == []
    assert township.acknowledge("grid", NOON, about="missed", subject="wang").reason == "NotTold"


def test_a_reminder_that_arrives_twice_is_told_once(township: Township):
    township.hear(nearly())
    township.hear(nearly())
    township.until(EIGHT)
    assert reminded(township) == [("03-01T08:00", "reminder", ["home_visit"])]


def test_a_reminder_of_somebody_who_is_no_longer_left_behind_is_dropped_and_kept_as_such(township: Township):
    township.hear(nearly(), MIDNIGHT)
    township.hear(nearly(subject="li"), MIDNIGHT)
    lapsed = registry.StatusLapsed(on=NOON.date(), elder="wang", reason="permanent_return", spell=1)
    township.hear(lapsed, MIDNIGHT + timedelta(hours=1))
    township.until(EIGHT)
    (sent,) = [one.event for one in township.log.events(0) if type(one.event).__name__ == "RemindersSent"]
    assert [item["subject"] for item in sent.items] == ["li"]
    assert [item["subject"] for item in sent.dropped] == ["wang"]


def test_who_was_merged_and_is_two_people_after_all_is_reminded_of_again(township: Township):
    said: dict[str, Any] = {"on": NOON.date(), "elder": "wang", "into": "li", "by": "lead"}
    township.hear(registry.ElderMerged.model_validate(said), MIDNIGHT)
    township.hear(nearly(), MIDNIGHT)
    township.until(EIGHT)
    assert reminded(township) == []
    township.hear(registry.MergeUndone.model_validate(said), NOON)
    assert township.log.query(ward_views.OF_CARER, "grid")[-1]["elder"] == "wang"
    township.hear(nearly("follow_up"), NOON)
    township.until(EIGHT + DAY)
    assert reminded(township) == [("03-02T08:00", "reminder", ["follow_up"])]


def test_of_who_was_silent_before_a_merge_nothing_is_told_after_it(township: Township):
    said: dict[str, Any] = {"on": NOON.date(), "elder": "wang", "into": "li", "by": "lead"}
    lapsed = registry.StatusLapsed(on=NOON.date(), elder="wang", reason="permanent_return", spell=1)
    for told in (
        lapsed,
        registry.ElderMerged.model_validate(said),
        registry.MergeUndone.model_validate(said),
    ):
        township.hear(told, MIDNIGHT)
    township.hear(nearly(), MIDNIGHT)
    township.until(EIGHT)
    assert reminded(township) == []
    assert [row["elder"] for row in township.log.query(ward_views.OF_CARER, "grid")] == ["li"]


def done(duty: str = "home_visit", **known: Any) -> Told:
    facts = {"period": "2024-03", "village": "V1", "owed_by": "carer", "responsible": "grid", **known}
    return visits.ReminderSettled(on=NOON.date(), subject="wang", duty=duty, **facts)


def test_what_is_done_before_the_morning_is_not_read_of_and_the_rest_is(township: Township):
    township.hear(nearly(), MIDNIGHT)
    township.hear(nearly("follow_up"), MIDNIGHT)
    township.hear(done(), EIGHT - timedelta(hours=1))
    township.until(EIGHT)
    assert reminded(township) == [("03-01T08:00", "reminder", ["follow_up"])]


def test_where_nothing_is_left_nothing_is_due(township: Township):
    township.hear(nearly(), MIDNIGHT)
    township.hear(done(), EIGHT - timedelta(hours=1))
    assert township.notify.next_due() is None
    made = Rebuilt(township.log, blueprint(Settings(data=None)).model)
    made.catch_up()
    assert made.differing() == []
    made.close()


def test_what_is_done_after_the_morning_changes_nothing(township: Township):
    township.hear(nearly(), MIDNIGHT)
    township.until(EIGHT)
    size = township.log.size()
    township.hear(done(), NOON)
    assert (reminded(township), township.log.size()) == ([("03-01T08:00", "reminder", ["home_visit"])], size)


def test_after_an_outage_nothing_is_reminded_of_whose_period_is_over(township: Township):
    township.hear(nearly(closes=date(2024, 3, 3)), MIDNIGHT)
    township.notify.advance(EIGHT + 9 * DAY)
    assert reminded(township) == []
    assert township.notify.next_due() is None


def test_others_are_told_and_the_scenarios_read_a_fact_of_it(township: Township):
    township.hear(nearly())
    township.until(EIGHT)
    told = [found.told for one in township.log.events(0) if (found := translation.translate(one.event))]
    (sent,) = [one for one in told if isinstance(one, RemindersSent)]
    assert (sent.to, sent.reminders[0].subject, sent.reminders[0].remaining) == ("grid", "wang", 1)

    class Served:
        log = township.log
        translate = staticmethod(translation.translate)

    (fact,) = of(Served())
    assert fact == {
        "fact": "reminder",
        "at": EIGHT.isoformat(),
        "to": "grid",
        "subject": "wang",
        "duty": "home_visit",
        "period": "2024-03",
        "closes_on": "2024-03-08",
        "remaining": 1,
    }


def test_a_rebuild_shows_the_same(township: Township):
    township.hear(nearly())
    township.until(EIGHT)
    township.hear(nearly("follow_up"), NIGHT)
    made = Rebuilt(township.log, blueprint(Settings(data=None)).model)
    made.catch_up()
    assert made.differing() == []
    made.close()


def test_a_group_reads_how_many_and_no_more(tmp_path: Path):
    path = tmp_path / "channels.toml"
    path.write_text(
        '[township]\nchannels = ["robot"]\n[channels.robot]\nkind = "wecom"\nurl = "https://robot.example/"\n'
    )
    path.chmod(0o600)
    township = Township(path)
    township.hear(nearly("health_follow_up"))
    township.until(EIGHT)
    (planned,) = [one.event for one in township.log.events(0) if hasattr(one.event, "counts")]
    assert planned.counts == {"reminder": 1}
    township.log.close()
