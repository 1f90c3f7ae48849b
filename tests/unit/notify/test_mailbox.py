"""What a recipient was sent: given notices, when channels take them, then each message once and for good."""

import io
import json
from datetime import datetime

import pytest
import structlog

from services.chassis import logs
from services.kernel.calendar import SHANGHAI
from services.notify.channels import LogChannel
from services.notify.mailbox.domain import Mailbox, mailbox_id

AT = datetime(2024, 3, 1, 8, tzinfo=SHANGHAI)
ITEM = {"about": "graded", "subject": "wang", "grade": "red", "level": 0}


def posted(*channels: str) -> Mailbox:
    box = Mailbox.open("lead", at=AT)
    box.post([ITEM], list(channels), AT, is_digest=False)
    box.post([ITEM, ITEM], list(channels), AT, is_digest=True)
    return box


def test_messages_are_numbered_by_their_recipient():
    box = posted()
    messages = [event for event in box.collect_events() if isinstance(event, Mailbox.MessagePosted)]
    assert [(event.message, event.is_digest, len(event.items)) for event in messages] == [
        ("lead-1", False, 1),
        ("lead-2", True, 2),
    ]
    assert (box.id, box.messages) == (mailbox_id("lead"), 2)


def test_without_a_channel_nothing_is_on_its_way():
    assert posted().pending == {}


def test_each_channel_delivers_each_message_once():
    box = posted("log", "sms")
    box.collect_events()
    box.deliver("lead-1", "sms", "sent", AT)
    box.deliver("lead-1", "sms", "sent", AT)
    assert box.pending == {"log": ["lead-1", "lead-2"], "sms": ["lead-2"]}
    assert [type(event).__name__ for event in box.collect_events()] == ["MessageDelivered"]


@pytest.mark.parametrize(("message", "channel"), [("lead-9", "log"), ("lead-1", "pigeon")])
def test_what_was_never_on_its_way_is_not_delivered(message: str, channel: str):
    box = posted("log")
    box.collect_events()
    box.deliver(message, channel, "sent", AT)
    assert not box.collect_events()


def test_the_log_says_how_much_was_sent_and_about_what_and_nothing_of_anybody():
    stream = io.StringIO()
    logs.configure("INFO", stream)
    items = [
        ITEM | {"because": ["violence"], "name": "王小明", "citizen_number": "510722195006301234"},
        {"about": "missed", "subject": "wang", "duty": "home_visit", "period": "2024-02"},
        {"about": "incident", "subject": "wang", "incident": "abuse-of-wang"},
    ]
    said = LogChannel().send({"message": "lead-1", "recipient": "lead", "items": json.dumps(items)})
    structlog.reset_defaults()
    line = json.loads(stream.getvalue())
    assert (said, line["notices"], line["about"]) == ("logged", 3, ["graded", "incident", "missed"])
    assert line.keys() == {"event", "level", "time", "message", "notices", "about"}
    told = ("wang", "王小明", "5107", "violence", "red", "home_visit", "abuse")
    assert not [word for word in told if word in stream.getvalue()]
