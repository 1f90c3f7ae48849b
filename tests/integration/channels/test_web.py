"""What leaves by HTTP, against real servers: one that takes it, and those that fail, hang, drip, redirect and limit."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.kernel.calendar import SHANGHAI
from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent
from services.notify.channels.sending import send
from services.notify.channels.settings import DingTalk, Sms, Webhook, WeCom
from services.notify.channels.texts import GroupText, Letter
from services.notify.terms import About
from tests.integration.channels.servers import CERTIFICATE, Receiver, receiving, tls

AT = datetime(2024, 3, 1, 9, tzinfo=SHANGHAI)
TEXT = GroupText("高良村", {About.INCIDENT: 1})
LETTER = Letter("key-1", TEXT)
SECRET = "0123456789abcdef"  # noqa: S105 - made up
HALF = 0.5


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def hook(url: str, **more: Any) -> Webhook:
    return Webhook(kind="webhook", url=url, secret=SECRET, **{"allow_private": True, "seconds": 8, **more})


def to_loopback(*_: Any) -> list[tuple[Any, ...]]:
    return [(None, None, None, "", ("127.0.0.1", 0))]


def to_public(*_: Any) -> list[tuple[Any, ...]]:
    return [(None, None, None, "", ("93.184.216.34", 0))]


def test_a_webhook_is_signed_over_its_time_and_body(receiver: Receiver):
    assert send(hook(receiver.url("/hook")), LETTER, AT) == Sent()
    (seen,) = receiver.seen
    stamp = str(int(AT.timestamp()))
    signed = hmac.new(SECRET.encode(), stamp.encode() + b"." + seen.body, hashlib.sha256).hexdigest()
    assert seen.headers["X-Shouwang-Signature"] == f"sha256={signed}"
    assert seen.headers["X-Shouwang-Timestamp"] == stamp
    assert seen.headers["Idempotency-Key"] == "key-1" == seen.content["id"]
    assert seen.content["text"] == str(TEXT)


def test_an_sms_goes_to_a_number(receiver: Receiver):
    gateway = Sms(kind="sms", url=receiver.url("/sms"), secret=SECRET, allow_private=True)
    assert send(gateway, Letter("key-2", TEXT, "13800000000"), AT) == Sent()
    assert receiver.seen[0].content["to"] == "13800000000"


def test_a_dingtalk_robot_is_signed_as_its_documents_say(receiver: Receiver):
    robot = DingTalk(
        kind="dingtalk",
        url=receiver.url("/robot?access_token=t"),
        secret="SEC1",  # noqa: S106 - made up
        allow_private=True,
    )
    assert send(robot, LETTER, AT) == Sent()
    (seen,) = receiver.seen
    asked = parse_qs(urlsplit(seen.path).query)
    stamp = str(int(AT.timestamp() * 1000))
    signed = base64.b64encode(hmac.digest(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256)).decode()
    assert asked == {"access_token": ["t"], "timestamp": [stamp], "sign": [signed]}
    assert seen.content == {"msgtype": "text", "text": {"content": str(TEXT)}}


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"errcode": 0, "errmsg": "ok"}, Sent()),
        ({"errcode": 45009}, Retry("rate_limited", 60.0)),
        ({"errcode": -1}, Retry("busy")),
        ({"errcode": 93000, "errmsg": "invalid webhook url"}, Failed("refused")),
        ({"errmsg": "no code"}, Failed("not_understood")),
        (["no object"], Failed("not_understood")),
    ],
)
def test_a_robot_says_in_its_answer_what_became_of_it(receiver: Receiver, said: Any, outcome: Outcome):
    receiver.said = said
    robot = WeCom(kind="wecom", url=receiver.url("/robot?key=k"), allow_private=True)
    assert send(robot, LETTER, AT) == outcome


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/status/500", Retry("server_error")),
        ("/status/408", Retry("busy")),
        ("/status/404", Failed("refused")),
        ("/limit", Retry("rate_limited", 7.0)),
        ("/hang", Retry("timeout")),
        ("/drip", Retry("timeout")),
        ("/redirect", Failed("redirected")),
    ],
)
def test_what_does_not_go_well_is_known_for_what_it_is(receiver: Receiver, path: str, outcome: Outcome):
    seconds = HALF if outcome == Retry("timeout") else 8
    assert send(hook(receiver.url(path), seconds=seconds), LETTER, AT) == outcome
    assert [one.path for one in receiver.seen] == [path]  # a redirect to loopback is not followed


def test_a_date_to_come_again_is_read_by_the_servers_own_clock(receiver: Receiver):
    outcome = send(hook(receiver.url("/limit-by-date")), LETTER, AT)
    assert isinstance(outcome, Retry)
    assert outcome.after is not None
    assert 80 < outcome.after <= 91


def test_nobody_there_is_tried_again_later(receiver: Receiver):
    url = receiver.url("/hook")
    receiver.server_close()
    assert send(hook(url), LETTER, AT) == Retry("no_connection")


def test_loopback_is_refused_unless_configured(receiver: Receiver):
    url = receiver.url("/hook").replace("http:", "https:")
    assert send(hook(url, allow_private=False), LETTER, AT) == Failed("address_refused")
    named = url.replace("127.0.0.1", "localhost")
    assert send(hook(named, allow_private=False), LETTER, AT) == Failed("address_refused")
    assert receiver.seen == []


def test_a_name_is_resolved_once_and_what_was_checked_is_used(receiver: Receiver):
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[tuple[Any, ...]]:
        asked.append(host)
        return to_loopback() if len(asked) == 1 else to_public()

    url = receiver.url("/hook", "gateway.example")
    assert send(hook(url), LETTER, AT, rebinding) == Sent()
    assert asked == ["gateway.example"]
    assert receiver.seen[0].headers["Host"] == f"gateway.example:{receiver.server_port}"


def test_a_name_that_resolves_to_a_private_range_is_refused(receiver: Receiver):
    url = receiver.url("/hook", "gateway.example").replace("http:", "https:")
    assert send(hook(url, allow_private=False), LETTER, AT, to_loopback) == Failed("address_refused")

    def both(*_: Any) -> list[tuple[Any, ...]]:
        return [*to_public(), *to_loopback()]

    assert send(hook(url, allow_private=False), LETTER, AT, both) == Failed("address_refused")
    assert receiver.seen == []


def test_a_name_service_that_hangs_or_fails_is_tried_again_later(receiver: Receiver):
    def hanging(*_: Any) -> list[tuple[Any, ...]]:
        receiver.ending.wait(30)
        return []

    def failing(*_: Any) -> list[tuple[Any, ...]]:
        raise OSError

    url = "https://gateway.example/hook"
    assert send(hook(url, seconds=HALF), LETTER, AT, hanging) == Retry("name_unknown")
    assert send(hook(url), LETTER, AT, failing) == Retry("name_unknown")


def test_a_certificate_is_checked_against_the_name():
    with receiving(tls()) as receiver:
        known = {"ca_file": str(CERTIFICATE), "seconds": 5}
        right, wrong = (receiver.url("/hook", host) for host in ("gateway.example", "other.example"))
        assert send(hook(right, **known), LETTER, AT, to_loopback) == Sent()
        assert send(hook(wrong, **known), LETTER, AT, to_loopback) == Failed("certificate")
        assert send(hook(right, seconds=5), LETTER, AT, to_loopback) == Failed("certificate")
        assert len(receiver.seen) == 1
