"""What leaves the house: given notices and channels, when the postman goes round, then each message once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import registry, visits
from contracts.base import Told
from services.chassis.commands.command import Outcome as Answered
from services.chassis.reading.read_model import Rebuilt
from services.house.settings import Settings
from services.notify.bootstrap import blueprint
from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent
from services.notify.channels.settings import Outside, read_channels
from services.notify.channels.texts import Letter
from services.notify.commands import Resend
from services.notify.deliveries import views as delivery_views
from services.notify.deliveries.sender import LOST_AFTER, Postman
from tests.unit.notify.test_application import MIDNIGHT, MORNING, NIGHT, NOON, Township, graded, missed

CHANNELS = """
[township]
channels = ["robot", "mail", "sms"]
[villages.V1]
channels = ["robot", "mail", "sms"]
label = "高良村"
[people.lead]
mail = "lead@village.example"
phone = "13800000000"
[people.grid]
mail = "grid@village.example"
[channels.robot]
kind = "dingtalk"
url = "https://robot.example/send?access_token=t"
[channels.mail]
kind = "mail"
host = "smtp.example"
port = 465
sender = "shouwang@township.example"
attempts = 3
[channels.sms]
kind = "sms"
url = "https://sms.example/send"
secret = "0123456789abcdef"
urgent_only = true
"""
SECOND = timedelta(seconds=1)


def incident(number: int = 1, kind: str = "fall") -> Told:
    return visits.IncidentReported(on=NOON.date(), elder="wang", incident=f"I-{number}", kind=kind)


class Outbox:
    """A postman whose network answers as it is told."""

    def __init__(self, folder: Path) -> None:
        path = folder / "channels.toml"
        path.write_text(CHANNELS, encoding="utf-8")
        path.chmod(0o600)
        self.township = Township(path)
        self.channels = read_channels(path)
        self.answers: list[Outcome] = []
        self.sent: list[tuple[str, str | None, str, str]] = []
        self.postman = Postman(self.township.log, self.channels, self.send)

    def send(self, channel: Outside, letter: Letter, _at: datetime) -> Outcome:
        self.sent.append((channel.kind, letter.to, str(letter.text).split("。")[0], letter.key))
        return self.answers.pop(0) if self.answers else Sent()

    def go_round(self, at: datetime) -> "Outbox":
        """Until nothing is left that may be sent at that moment."""
        while self.postman.advance(lambda: at):
            pass
        return self

    def said(self) -> list[tuple[str, str | None, str]]:
        return sorted(one[:3] for one in self.sent)

    def stands(self) -> dict[tuple[str, str], int]:
        rows = self.township.log.query(delivery_views.BY_STATUS)
        return {(row["kind"], row["status"]): row["number"] for row in rows}

    def words(self) -> dict[tuple[str, str], int]:
        rows = self.township.log.query(delivery_views.ATTEMPTS_BY_WORD)
        return {(row["kind"], row["outcome"]): row["number"] for row in rows}

    def failed(self) -> list[str]:
        return [row["delivery"] for row in self.township.log.query(delivery_views.FAILED, 10)]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    held = Outbox(tmp_path)
    yield held
    held.township.log.close()


def test_an_incident_goes_to_everyone_told_who_can_be_reached_and_once_to_the_group(outbox: Outbox):
    outbox.township.hear(incident(), NIGHT)
    outbox.township.until(NIGHT)
    assert outbox.go_round(NIGHT).said() == [
        ("dingtalk", None, "【守望】高良村：紧急事件1件"),
        ("mail", "grid@village.example", "【守望】高良村：紧急事件1件"),
        ("mail", "lead@village.example", "【守望】高良村：紧急事件1件"),
        ("sms", "13800000000", "【守望】高良村：紧急事件1件"),
    ]


def test_however_often_the_event_arrives_each_message_leaves_once(outbox: Outbox):
    for _ in range(3):
        outbox.township.hear(incident(), NIGHT)
        outbox.township.until(NIGHT)
        outbox.go_round(NIGHT)
    assert len(outbox.sent) == len({one[3] for one in outbox.sent}) == 4


@pytest.mark.parametrize("kind", ["abuse", "abandonment", "violence", "unlawful_harm"])
def test_no_group_hears_of_what_is_confidential(outbox: Outbox, kind: str):
    outbox.township.hear(incident(kind=kind), NIGHT)
    outbox.township.hear(graded("red", carer_told=False), NIGHT)
    outbox.township.until(NIGHT)
    assert [one[0] for one in outbox.go_round(NIGHT).said()] == ["mail", "mail", "sms", "sms"]


def test_what_waited_for_the_morning_is_one_message_and_costs_no_sms(outbox: Outbox):
    for elder in ("wang", "li"):
        outbox.township.hear(missed(elder=elder), NIGHT)
    outbox.township.hear(graded("yellow"), NIGHT)
    outbox.township.until(MORNING)
    assert outbox.go_round(MORNING).said() == [
        ("dingtalk", None, "【守望】高良村：风险定级变动1件，逾期未办2件"),
        ("mail", "grid@village.example", "【守望】高良村：风险定级变动1件，逾期未办2件"),
        ("mail", "lead@village.example", "【守望】高良村：风险定级变动1件，逾期未办2件"),
    ]


def test_a_repeated_step_is_a_message_of_its_own(outbox: Outbox):
    outbox.township.hear(incident(), NOON)
    outbox.township.until(NOON + timedelta(minutes=30))
    outbox.go_round(NOON + timedelta(minutes=30))
    assert [one[0] for one in outbox.said()].count("dingtalk") == 2


def test_what_fails_for_now_is_tried_again_later_and_at_last_by_a_person(outbox: Outbox):
    outbox.township.hear(missed(grade="green"), NOON)
    outbox.township.until(NOON)
    outbox.answers = [Retry("timeout")] * 2
    outbox.go_round(NOON)
    assert outbox.stands() == {("dingtalk", "waiting"): 1, ("mail", "waiting"): 1}
    outbox.go_round(NOON + SECOND)
    assert len(outbox.sent) == 2
    outbox.answers = [Retry("timeout"), Sent()]  # mail, robot
    outbox.go_round(NOON + timedelta(hours=1))
    outbox.answers = [Retry("busy")]
    outbox.go_round(NOON + timedelta(hours=2))
    assert outbox.stands() == {("dingtalk", "sent"): 1, ("mail", "failed"): 1}
    assert outbox.words() == {
        ("dingtalk", "sent"): 1,
        ("dingtalk", "timeout"): 1,
        ("mail", "timeout"): 2,
        ("mail", "busy"): 1,
    }
    (delivery,) = outbox.failed()
    answer = outbox.township.desk.take(Resend(delivery=UUID(delivery)), NOON + timedelta(hours=3))
    assert answer.outcome is Answered.ACCEPTED
    outbox.go_round(NOON + timedelta(hours=3))
    assert outbox.stands()["mail", "sent"] == 1
    assert {key for kind, _, _, key in outbox.sent if kind == "mail"} == {delivery}


def test_only_what_failed_is_sent_again(outbox: Outbox):
    outbox.township.hear(missed(grade="green"), NOON)
    outbox.township.until(NOON)
    outbox.go_round(NOON)
    key = UUID(outbox.sent[0][3])
    assert outbox.township.desk.take(Resend(delivery=key), NOON).reason == "NotFailed"
    assert outbox.township.desk.take(Resend(delivery=UUID(int=1)), NOON).reason == "NoDelivery"


def test_a_robot_is_told_twenty_times_a_minute_whoever_counts(outbox: Outbox):
    for number in range(25):
        outbox.township.hear(incident(number), NOON)
    outbox.township.until(NOON)
    outbox.go_round(NOON)
    others = Postman(outbox.township.log, outbox.channels, outbox.send)  # of another process
    assert [
        one.channel for one in others.claim(NOON + SECOND) if one.channel == outbox.channels.channels["robot"]
    ] == []
    assert outbox.words()["dingtalk", "sent"] == 20
    outbox.go_round(NOON + timedelta(seconds=61))
    assert outbox.words()["dingtalk", "sent"] == 25


def test_a_robot_that_says_it_is_too_much_is_left_alone_until_it_said(outbox: Outbox):
    for number in range(2):
        outbox.township.hear(incident(number, "fall"), NOON)
    outbox.township.until(NOON)
    only = "robot"
    outbox.answers = [Retry("rate_limited", 300.0)]
    assert outbox.postman.advance(lambda: NOON, only=only) == 1
    assert outbox.postman.advance(lambda: NOON + SECOND, only=only) == 0
    outbox.postman.advance(lambda: NOON, only="mail")
    while outbox.postman.advance(lambda: NOON + SECOND):
        pass
    assert not outbox.postman.is_due(NOON + SECOND)  # nobody asks again and again
    assert outbox.postman.advance(lambda: NOON + timedelta(seconds=299), only=only) == 0
    assert outbox.postman.advance(lambda: NOON + timedelta(seconds=400), only=only) == 1


def test_an_attempt_of_which_nothing_more_is_known_is_made_again_by_the_same_key(outbox: Outbox):
    outbox.township.hear(missed(grade="green"), NOON)
    outbox.township.until(NOON)
    lost = outbox.postman.claim(NOON)  # and the process dies
    assert len(lost) == 2
    outbox.go_round(NOON + SECOND)
    assert outbox.sent == []
    outbox.go_round(NOON + LOST_AFTER)
    assert outbox.words() == {
        ("dingtalk", "sent"): 1,
        ("dingtalk", "unknown"): 1,
        ("mail", "sent"): 1,
        ("mail", "unknown"): 1,
    }
    assert {one[3] for one in outbox.sent} == {str(parcel.delivery) for parcel in lost}
    outbox.postman.settle([(lost[0], Failed("refused"))], NOON + LOST_AFTER)  # it was only slow: too late
    assert outbox.failed() == []


def test_a_channel_or_an_address_that_is_gone_is_said(outbox: Outbox):
    outbox.township.hear(missed(grade="green"), NOON)
    outbox.township.until(NOON)
    bare = outbox.channels.model_copy(
        update={"people": {}, "channels": {"mail": outbox.channels.channels["mail"]}}
    )
    Postman(outbox.township.log, bare, outbox.send).advance(lambda: NOON)
    assert outbox.words() == {("dingtalk", "no_channel"): 1, ("mail", "no_address"): 1}
    assert outbox.stands() == {("dingtalk", "failed"): 1, ("mail", "failed"): 1}


def test_what_waits_for_another_attempt_does_not_leave_to_who_has_left(outbox: Outbox):
    outbox.township.hear(missed(), NOON)
    outbox.township.until(NOON)
    outbox.answers = [Retry("refused")] * 3
    outbox.go_round(NOON)
    ended = registry.AppointmentEnded(on=NOON.date(), staff="grid", last_day=NOON.date())
    outbox.township.hear(ended, NOON)
    sent = len(outbox.sent)
    outbox.go_round(NOON + timedelta(days=1))
    assert {to for _, to, *_ in outbox.sent[sent:]} == {None, "lead@village.example"}
    assert outbox.stands()["mail", "cancelled"] == 1


def test_of_two_processes_one_makes_the_attempt(outbox: Outbox):
    outbox.township.hear(missed(grade="green"), NOON)
    outbox.township.until(NOON)
    first = outbox.postman.claim(NOON)
    second = Postman(outbox.township.log, outbox.channels, outbox.send).claim(NOON)
    assert (len(first), second) == (2, [])


def test_a_rebuild_sends_nothing_and_shows_the_same(outbox: Outbox):
    outbox.township.hear(incident(), NOON)
    outbox.township.until(NOON)
    outbox.go_round(NOON)
    before = list(outbox.sent)
    made = Rebuilt(outbox.township.log, blueprint(Settings(data=None)).model)
    made.catch_up()
    assert made.differing() == []
    made.close()
    assert outbox.go_round(NOON + timedelta(hours=1)).sent == before


def test_without_channels_nothing_is_planned():
    township = Township()
    township.hear(incident(), NOON)
    township.until(NOON)
    assert township.log.query(delivery_views.BY_STATUS) == []
    township.log.close()


@given(st.lists(st.sampled_from(["incident", "abuse", "red", "hidden", "missed"]), min_size=1, max_size=6))
def test_nothing_that_leaves_names_a_person_a_grade_a_duty_or_a_kind(tmp_path_factory, kinds: list[str]):
    outbox = Outbox(tmp_path_factory.mktemp("channels"))
    for number, kind in enumerate(kinds):
        told = {
            "incident": incident(number, "critical_illness"),
            "abuse": incident(number, "abuse"),
            "red": graded("red"),
            "hidden": graded("red", carer_told=False),
            "missed": missed("health_follow_up", period=f"2024-{number + 1:02}"),
        }[kind]
        outbox.township.hear(told, MIDNIGHT + timedelta(minutes=number))
    outbox.township.until(MORNING)
    outbox.go_round(MORNING)
    words = {"wang", "red", "health_follow_up", "2024", "illness", "abuse", "I-"}
    assert not [one for one in outbox.sent if any(word in one[2] for word in words)]
    if set(kinds) <= {"abuse", "hidden"}:
        assert "dingtalk" not in {one[0] for one in outbox.sent}
    outbox.township.log.close()
