"""Group robots: DingTalk (钉钉) and WeCom (企业微信). They take a GroupText and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from services.notify.channels.outcomes import Failed, Outcome, Retry, Sent
from services.notify.channels.texts import GroupText
from services.notify.channels.web import Reply, Target, post

_JSON = {"Content-Type": "application/json; charset=utf-8"}
# What their documents say of `errcode`: a robot that spoke too often, and a server that is busy.
_TOO_OFTEN = frozenset({130101, 410100, 45009})
_BUSY = -1
_PAUSE_SECONDS = 60.0


def to_dingtalk(target: Target, secret: str | None, text: GroupText, at: datetime) -> Outcome:
    """A text message, signed where the robot was set up with a secret (加签)."""
    if secret is not None:
        stamp = str(int(at.timestamp() * 1000))
        signed = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
        sign = quote(base64.b64encode(signed), safe="")
        join = "&" if "?" in target.url else "?"
        target = replace(target, url=f"{target.url}{join}timestamp={stamp}&sign={sign}")
    return _answered(post(target, _body(text), _JSON))


def to_wecom(target: Target, text: GroupText) -> Outcome:
    """A text message; the key in the address is the whole credential."""
    return _answered(post(target, _body(text), _JSON))


def _body(text: GroupText) -> bytes:
    return json.dumps({"msgtype": "text", "text": {"content": str(text)}}, ensure_ascii=False).encode()


def _answered(reply: Reply | Outcome) -> Outcome:
    """Both answer 200 to everything: what became of it is in `errcode`."""
    if not isinstance(reply, Reply):
        return reply
    outcome = reply.outcome()
    if not isinstance(outcome, Sent):
        return outcome
    try:
        said: Any = json.loads(reply.body)
        code = said["errcode"]
    except (ValueError, KeyError, TypeError):
        return Failed("not_understood")
    if code == 0:
        return Sent()
    if code in _TOO_OFTEN:
        return Retry("rate_limited", reply.after or _PAUSE_SECONDS)
    return Retry("busy") if code == _BUSY else Failed("refused")
