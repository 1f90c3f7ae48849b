"""The envelope of every told event: CloudEvents 1.0, and what ordering and healing need."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Envelope(BaseModel):
    """One told event: `position` is its place in the upstream's log, `previous` that of the one before.

    `previous` counts within the partition (0 for the first), so that a gap shows by itself.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    partition: int
    position: int
    previous: int
    correlation: str
    causation: str
    data: dict[str, Any]


def partition_of(subject: str, partitions: int) -> int:
    """The partition of a subject (elder, else village): stable for ever, by SHA-256."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8]) % partitions
