"""One POST to a checked address: no redirect is followed, no proxy used, and all of it ends by the deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

from services.notify.channels.addresses import Deadline, Resolve, check, connect, secure
from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent, of_network

MOST_BYTES = 65536
_TOO_EARLY_OR_MANY = frozenset({408, 425, 429})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """Where a POST goes, and how."""

    url: str
    allow_private: bool
    seconds: float
    ca_file: str | None = None
    resolve: Resolve | None = None


@dataclass(frozen=True)
class Reply:
    """What the other side said; `body` as far as it is short."""

    status: int
    body: bytes
    after: float | None

    def outcome(self) -> Outcome:
        """By the status alone: redirects are refused, since they could lead anywhere."""
        if 200 <= self.status < 300:  # noqa: PLR2004 - HTTP's own ranges
            return Sent()
        if 300 <= self.status < 400:  # noqa: PLR2004
            return Failed("redirected")
        if self.status in _TOO_EARLY_OR_MANY:
            return Retry("rate_limited" if self.status == 429 else "busy", self.after)  # noqa: PLR2004
        if self.status >= 500:  # noqa: PLR2004
            return Retry("server_error", self.after)
        return Failed("refused")


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> Reply | Outcome:
    """The reply, or what became of an attempt that had none."""
    deadline = Deadline(target.seconds)
    try:
        return _post(urlsplit(target.url), target, body, headers, deadline)
    except HTTPException:
        return Retry("no_connection")
    except OSError as error:
        return of_network(error)


def _post(
    url: SplitResult, target: Target, body: bytes, headers: Mapping[str, str], deadline: Deadline
) -> Reply:
    host, port = url.hostname or "", url.port or _PORTS[url.scheme]
    endpoint = check(host, port, deadline, allow_private=target.allow_private, resolve=target.resolve)
    connection = HTTPConnection(host, port)
    connection.default_port = _PORTS[url.scheme]
    connection.auto_open = 0  # it would resolve the name again
    plain = connect(endpoint, deadline)
    try:
        connection.sock = plain if url.scheme == "http" else secure(plain, host, target.ca_file)
        path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        with connection.getresponse() as answer:
            after = _seconds(answer.headers.get("Retry-After"), answer.headers.get("Date"))
            return Reply(answer.status, answer.read(MOST_BYTES), after)
    finally:
        connection.close()
        plain.close()


def _seconds(said: str | None, date: str | None) -> float | None:
    """`Retry-After`, in seconds or as a date by the other side's own clock; None where it cannot be read."""
    if said is None:
        return None
    if said.strip().isdecimal():
        return float(said)
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(date or "")
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
