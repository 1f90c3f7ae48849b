"""Addresses as apprise writes them (`dingtalk://`, `wecombot://`, `mailtos://`): what they say, in our settings' words.

apprise knows the providers' addresses and the mail servers of the common mailbox providers. It is imported only where
such an address is given: it takes 35 MB. Its own sending is not used: docs/adr/0012.
"""

from __future__ import annotations

import warnings
from typing import Any

_TLS = {"ssl": "implicit", "starttls": "starttls", "insecure": "none"}


class NotUnderstood(ValueError):
    """No address of a robot or of a mail server."""


def understood(address: str) -> dict[str, Any]:
    """A channel's settings; raises NotUnderstood."""
    found = _instance(address)
    match type(found).__name__:
        case "NotifyDingTalk":
            url = found.notify_url.format(token=found.token)
            secret = {"secret": found.secret} if found.secret else {}
            return {"kind": "dingtalk", "url": url, **secret}
        case "NotifyWeComBot":
            return {"kind": "wecom", "url": found.api_url}
        case "NotifyEmail":
            login = {"user": found.user, "password": found.password} if found.user else {}
            where = {"host": found.smtp_host, "port": found.port, "tls": _TLS[found.secure_mode]}
            return {"kind": "mail", **where, "sender": found.from_addr[1], **login}
        case _:
            raise NotUnderstood


def _instance(address: str) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # its mail plug-in asks for imghdr
        from apprise import Apprise  # noqa: PLC0415 - costly, and rarely needed

        return Apprise.instantiate(address)
