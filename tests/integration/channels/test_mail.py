"""Mail, against a real SMTP server: taken, refused, busy, slow, over TLS, and where it may not go."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from services.kernel.calendar import SHANGHAI
from services.notify.channels.mail import Tls
from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent
from services.notify.channels.sending import send
from services.notify.channels.settings import Mail
from services.notify.channels.texts import GroupText, Letter
from services.notify.terms import About
from tests.integration.channels.servers import CERTIFICATE, Postmaster, post_office, tls

AT = datetime(2024, 3, 1, 9, tzinfo=SHANGHAI)
LETTER = Letter("key-1", GroupText("高良村", {About.MISSED: 2}), "lead@village.example")


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


@pytest.fixture
def port(postmaster: Postmaster) -> Iterator[int]:
    with post_office(postmaster) as number:
        yield number


def mail(port: int, **more: Any) -> Mail:
    plain = {
        "host": "127.0.0.1",
        "tls": Tls.NONE,
        "allow_private": True,
        "sender": "shouwang@township.example",
    }
    return Mail(kind="mail", port=port, **{**plain, **more})


def to_loopback(*_: Any) -> list[tuple[Any, ...]]:
    return [(None, None, None, "", ("127.0.0.1", 0))]


def test_a_mail_is_taken_once_and_named_by_its_key(port: int, postmaster: Postmaster):
    assert send(mail(port), LETTER, AT) == Sent()
    ((to, content),) = postmaster.taken
    assert to == ["lead@village.example"]
    read = message_from_bytes(content, policy=policy.default)
    assert read["Message-ID"] == "<key-1@township.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_body().get_content().strip() == str(LETTER.text)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("550 no such user", Failed("refused")), ("451 try later", Retry("busy"))],
)
def test_a_recipient_that_is_not_taken(port: int, postmaster: Postmaster, answer: str, outcome: Outcome):
    postmaster.answer = answer
    assert send(mail(port), LETTER, AT) == outcome
    assert postmaster.taken == []


def test_a_server_that_hangs_is_given_up(port: int, postmaster: Postmaster):
    postmaster.slow_seconds = 2
    assert send(mail(port, seconds=0.5), LETTER, AT) == Retry("timeout")


def test_nobody_there_is_tried_again_later():
    assert send(mail(9), LETTER, AT) == Retry("no_connection")


def test_loopback_is_refused_unless_configured(port: int, postmaster: Postmaster):
    assert send(mail(port, allow_private=False), LETTER, AT) == Failed("address_refused")
    named = mail(port, host="smtp.example", allow_private=False)
    assert send(named, LETTER, AT, to_loopback) == Failed("address_refused")
    assert postmaster.taken == []


def test_tls_that_is_not_offered_is_not_done_without(port: int, postmaster: Postmaster):
    assert send(mail(port, tls=Tls.STARTTLS), LETTER, AT) == Failed("refused")
    assert postmaster.taken == []


def test_starttls_and_login_go_by_the_name_of_the_certificate(postmaster: Postmaster):
    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, given: Any) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)

    how = {"tls_context": tls(), "authenticator": known, "auth_required": True}
    with post_office(postmaster, **how) as number:
        right = {"host": "smtp.example", "tls": Tls.STARTTLS, "ca_file": str(CERTIFICATE), "user": "u"}
        knows, guesses = (mail(number, **right, password=word) for word in ("right", "wrong"))
        assert send(knows, LETTER, AT, to_loopback) == Sent()
        assert send(guesses, LETTER, AT, to_loopback) == Failed("refused")
        stranger = {**right, "ca_file": None}
        assert send(mail(number, **stranger), LETTER, AT, to_loopback) == Failed("certificate")
    assert len(postmaster.taken) == 1
