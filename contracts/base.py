"""What every told event has: a type, a version, and the day from which it takes effect."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Told(BaseModel):
    """A fact that one service tells the others; fields that a reader does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1

    on: date
