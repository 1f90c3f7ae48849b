"""Mail by SMTP, to the checked address of the server, over TLS unless the channel says otherwise."""

from __future__ import annotations

import smtplib
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

from services.notify.channels.addresses import (
    Deadline,
    Resolve,
    check,
    connect,
    secure,
    tls_context,
)
from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent, of_network
from services.notify.channels.texts import Letter

_SUBJECT = "守望通知 Shouwang notice"
_PERMANENT = 500


class Tls(StrEnum):
    """How the connection is secured."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    tls: Tls
    sender: str
    user: str | None
    password: str | None
    allow_private: bool
    seconds: float
    ca_file: str | None = None
    resolve: Resolve | None = None


def to_mail(server: MailServer, letter: Letter, at: datetime) -> Outcome:
    """Hands one mail in; its Message-ID is made of the key, so that a second one can be known as the same."""
    try:
        return _handed_in(server, _message(server, letter, at))
    except OSError as error:  # smtplib's are OSErrors too; it says of a timeout that the server disconnected
        code = _code_of(error)
        late = error.__context__ if isinstance(error.__context__, TimeoutError) else error
        return of_network(late) if code is None else _by_code(code)


def _code_of(error: OSError) -> int | None:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min(code for code, _ in error.recipients.values())
    return _PERMANENT if isinstance(error, smtplib.SMTPNotSupportedError) else None


def _by_code(code: int) -> Outcome:
    return Failed("refused") if code >= _PERMANENT else Retry("busy")


def _message(server: MailServer, letter: Letter, at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = _SUBJECT, server.sender, letter.to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.key}@{server.sender.rsplit('@', 1)[1]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(str(letter.text))
    return message


class _Client(smtplib.SMTP):
    """smtplib's, on a connection that was made elsewhere."""

    def __init__(self, sock: object, host: str) -> None:
        super().__init__(local_hostname="shouwang")
        self.sock = sock  # pyright: ignore[reportAttributeAccessIssue] - typed after it was connected by name
        self._host = host

    def greeted(self) -> None:
        """Waits for the server's greeting."""
        code, said = self.getreply()
        if code != 220:  # noqa: PLR2004 - service ready
            raise smtplib.SMTPConnectError(code, said)


def _handed_in(server: MailServer, message: EmailMessage) -> Outcome:
    deadline = Deadline(server.seconds)
    endpoint = check(
        server.host, server.port, deadline, allow_private=server.allow_private, resolve=server.resolve
    )
    with connect(endpoint, deadline) as plain:
        first = secure(plain, server.host, server.ca_file) if server.tls is Tls.IMPLICIT else plain
        with first, closing(_Client(first, server.host)) as client:
            client.greeted()
            if server.tls is Tls.STARTTLS:
                client.starttls(context=tls_context(server.ca_file, deadline))
            if server.user is not None:
                client.login(server.user, server.password or "")
            client.send_message(message)
            with suppress(smtplib.SMTPException, OSError):  # it was taken: how we part changes nothing
                client.quit()
            return Sent()
