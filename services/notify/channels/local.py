"""Channels inside the house: the inbox is the read model itself; the log channel gets a line a message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import structlog


class Channel(Protocol):
    """Takes a message (`recipient`, `message`, `items` as JSON, `posted_at`) and says what became of it."""

    name: str

    def send(self, message: Mapping[str, Any]) -> str:
        """Sends; the answer is kept with the message."""
        ...


class LogChannel:
    """日志通道: a line of the service's log a message; ids and counts only, never what it says of a person."""

    name = "log"

    def __init__(self) -> None:
        self._log = structlog.get_logger("shouwang.notices")

    def send(self, message: Mapping[str, Any]) -> str:
        """Writes the line."""
        items = json.loads(message["items"])
        kinds = sorted({item["about"] for item in items})
        self._log.info("notice", message=message["message"], notices=len(items), about=kinds)
        return "logged"
