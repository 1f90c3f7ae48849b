"""What no longer holds: given notices, when their cause is gone, then what was pending is cancelled, visibly."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contracts import registry
from services.chassis.reading.read_model import Rebuilt
from services.house.settings import Settings
from services.notify import reads
from services.notify.bootstrap import blueprint
from services.notify.mailbox import views as mailbox_views
from tests.unit.notify.test_application import MORNING, NIGHT, NOON, Township, graded, missed, opened
from tests.unit.notify.test_deliveries import Outbox
from tests.unit.notify.test_every_row import reconciled

HOUR = timedelta(hours=1)


@pytest.fixture
def township() -> Iterator[Township]:
    with opened() as held:
        yield held


def inbox(township: Township, person: str = "grid") -> reads.Inbox:
    (reading,) = reads.READINGS
    found = reading.read(township.log, {"staff": person}, 50)
    assert isinstance(found, reads.Inbox)
    return found


def test_what_was_told_is_struck_out_and_the_message_keeps_what_it_said(township: Township):
    township.hear(missed(), NOON)
    township.until(NOON)
    before = township.log.query(mailbox_views.INBOX, "grid", 1)[0]["items"]
    assert "cancelled" not in inbox(township).messages[0].items[0]
    township.hear(reconciled(), NOON + HOUR)
    assert inbox(township).messages[0].items[0]["cancelled"] == "reconciled"
    assert [(one.reason, one.was_told) for one in inbox(township).cancelled] == [("reconciled", True)]
    assert township.log.query(mailbox_views.INBOX, "grid", 1)[0]["items"] == before


def test_what_was_still_to_be_told_in_the_morning_shows_as_cancelled_and_is_not_told(township: Township):
    township.hear(missed(), NIGHT)
    township.hear(reconciled(), NIGHT + HOUR / 2)
    township.until(MORNING)
    held = inbox(township)
    assert held.messages == []
    ((item, was_told),) = [(one.item, one.was_told) for one in held.cancelled]
    assert (item, was_told) == (
        {"about": "missed", "subject": "wang", "duty": "home_visit", "period": "2024-02"},
        False,
    )
    assert [one.reason for one in inbox(township, "lead").cancelled] == ["reconciled"]
    assert inbox(township, "leader").cancelled == []


def test_a_digest_that_was_sent_keeps_what_it_said_of_the_others(township: Township):
    township.hear(missed(), NIGHT)
    township.hear(missed("follow_up"), NIGHT)
    township.until(MORNING)
    township.hear(reconciled(), MORNING + HOUR)
    (message,) = inbox(township).messages
    assert [item.get("cancelled") for item in message.items] == ["reconciled", None]


def test_all_that_is_pending_of_one_who_died_is_struck_out(township: Township):
    township.hear(missed(), NOON)
    township.hear(graded("yellow"), NOON)
    township.until(NOON)
    gone = registry.StatusEnded(on=NOON.date(), elder="wang", reason="died", happened_on=NOON.date())
    township.hear(gone, NOON + HOUR)
    assert {one.item["about"]: one.reason for one in inbox(township).cancelled} == {
        "missed": "status_over",
        "graded": "status_over",
    }


def test_what_had_not_left_the_house_does_not_leave(tmp_path_factory: pytest.TempPathFactory):
    outbox = Outbox(tmp_path_factory.mktemp("channels"))
    outbox.township.hear(missed(grade="green"), NOON)
    outbox.township.until(NOON)
    outbox.township.hear(reconciled(), NOON + HOUR)
    outbox.go_round(NOON + HOUR)
    assert outbox.sent == []
    assert outbox.stands() == {("dingtalk", "cancelled"): 1, ("mail", "cancelled"): 1}
    outbox.township.log.close()


def test_a_digest_of_which_a_part_still_holds_leaves(tmp_path_factory: pytest.TempPathFactory):
    outbox = Outbox(tmp_path_factory.mktemp("channels"))
    for duty in ("home_visit", "follow_up"):
        outbox.township.hear(missed(duty, grade="green"), NIGHT)
    outbox.township.until(MORNING)
    outbox.township.hear(reconciled(), MORNING + HOUR)
    outbox.go_round(MORNING + HOUR)
    assert outbox.stands() == {("dingtalk", "sent"): 1, ("mail", "sent"): 1}
    outbox.township.log.close()


def test_a_rebuild_shows_the_same(township: Township):
    township.hear(missed(), NOON)
    township.until(NOON)
    township.hear(reconciled(), NOON + HOUR)
    made = Rebuilt(township.log, blueprint(Settings(data=None)).model)
    made.catch_up()
    assert made.differing() == []
    made.close()
