"""What notify stored stays readable: given events as older versions wrote them, when read, then as today's."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder
from services.notify.deliveries.domain import Delivery
from services.notify.mailbox.domain import Mailbox
from services.notify.tellings.domain import Telling
from tests.unit.chassis.test_upcasting import written

ONE = UUID(int=1)
STAMPS = '"subject":"wang","causation":"x","correlation":"x"'
MATTER = '"matter":{"about":"missed","subject":"wang","duty":"home_visit","period":"2024-02","village":"V1"}'
PLANNED = written(
    "notify.TellingPlanned",
    "2024-03-01",
    '"originator_topic":"notify.Telling","on":"2024-03-01","rule":{},"first":[[0,"grid"]]',
    '"due":"2024-03-01T08:00:00+08:00","is_urgent":false',
    MATTER,
    STAMPS,
)
STOPPED = written(
    "notify.TellingStopped", "2024-03-01", '"on":"2024-03-01","reason":"reconciled"', MATTER, STAMPS
)
DELIVERY = written(
    "notify.DeliveryPlanned",
    "2024-03-01",
    '"originator_topic":"notify.Delivery","on":"2024-03-01","channel":"robot","kind":"wecom","recipient":""',
    '"village":"V1","counts":{"missed":1},"is_urgent":false',
    STAMPS,
)

MAILBOX = written(
    "notify.MailboxOpened", "2024-03-01", '"originator_topic":"notify.Mailbox","on":"2024-03-01"', STAMPS
)
DUE = '"due":"2024-03-01T08:00:00+08:00"'


@pytest.fixture
def log() -> Iterator[EventLog]:
    held = EventLog(SQLiteRecorder(":memory:", ()))
    yield held
    held.close()


def stored(log: EventLog, *texts: tuple[str, str]) -> list[Any]:
    rows = [StoredEvent(ONE, number, topic, text.encode()) for number, (topic, text) in enumerate(texts, 1)]
    log.recorder.insert_events(rows)
    return log.history(ONE)


def test_of_a_telling_of_version_1_no_group_is_told(log: EventLog):
    stored(log, PLANNED)
    telling = log.load(Telling, ONE)
    assert telling is not None
    assert telling.is_confidential


def test_of_notices_of_version_1_whoever_was_told_is_told_again(log: EventLog):
    sent = written(
        "notify.NoticesSent",
        "2024-03-01",
        '"on":"2024-03-01","to":["ann"],"level":0,"rank":0,"repeat":false,"due":null',
        MATTER,
        STAMPS,
    )
    assert stored(log, PLANNED, sent)[-1].addressed == ["ann"]
    telling = log.load(Telling, ONE)
    assert telling is not None
    assert telling.last_told == ["ann"]


def test_a_cancelling_of_version_1_names_nobody(log: EventLog):
    stopped = stored(log, PLANNED, STOPPED)[-1]
    assert (stopped.reason, stopped.to, stopped.was_told) == ("reconciled", [], True)
    telling = log.load(Telling, ONE)
    assert telling is not None
    assert (telling.due, telling.stopped) == (None, "reconciled")


def test_reminders_of_version_1_all_waited_for_one_morning(log: EventLog):
    put = written(
        "notify.ReminderPut", "2024-03-01", '"on":"2024-03-01","item":{"about":"reminder"}', DUE, STAMPS
    )
    sent = written(
        "notify.RemindersSent",
        "2024-03-01",
        '"on":"2024-03-01","items":[{"about":"reminder"}],"dropped":[]',
        STAMPS,
    )
    assert stored(log, MAILBOX, put, sent)[-1].then is None
    box = log.load(Mailbox, ONE)
    assert box is not None
    assert box.waiting == []


def test_a_delivery_of_version_1_leaves_in_any_case(log: EventLog):
    stored(log, DELIVERY)
    delivery = log.load(Delivery, ONE)
    assert delivery is not None
    assert delivery.tellings == []
