"""A system of the township's own, signed by HMAC, and an SMS gateway: both by HTTP, both told an idempotency key."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from services.notify.channels.outcomes import Outcome
from services.notify.channels.texts import Letter
from services.notify.channels.web import Reply, Target, post


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, in hex."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def to_webhook(target: Target, secret: str, letter: Letter, at: datetime) -> Outcome:
    """JSON with the text and its key; the receiver checks `X-Shouwang-Signature`, and drops a key that it has had."""
    return _post(target, {"id": letter.key, "text": str(letter.text)}, letter.key, secret, at)


def to_sms(target: Target, secret: str, letter: Letter, at: datetime) -> Outcome:
    """The same with the phone number, for a gateway that hands on to the carrier."""
    content = {"id": letter.key, "to": letter.to, "text": str(letter.text)}
    return _post(target, content, letter.key, secret, at)


def _post(target: Target, content: dict[str, Any], key: str, secret: str, at: datetime) -> Outcome:
    body = json.dumps(content, ensure_ascii=False).encode()
    stamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        "X-Shouwang-Timestamp": stamp,
        "X-Shouwang-Signature": f"sha256={signature(secret, stamp, body)}",
    }
    reply = post(target, body, headers)
    return reply.outcome() if isinstance(reply, Reply) else reply
