"""What a visit finds besides evidence, and what each finding opens (section 3, Decision)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from services.kernel.words import NeedKind, ProblemKind


class Finding(StrEnum):
    """走访发现: the words that a visit's form has for it."""

    UNWELL = "unwell"
    INJURED = "injured"
    HOUSE_UNSAFE = "house_unsafe"
    SHORT_OF_FOOD = "short_of_food"
    SHORT_OF_MEDICINE = "short_of_medicine"
    LONELY = "lonely"
    STRANGERS_SELLING = "strangers_selling"


@dataclass(frozen=True)
class Opens:
    """A row: the kind of need, or of problem (an incident is one), that a finding opens."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    need: NeedKind | None = None
    problem: ProblemKind | None = None

    def __post_init__(self) -> None:
        """One of both."""
        if (self.need is None) == (self.problem is None):
            raise ValueError("只能有 need 或 problem 之一 / must have a need or a problem, and not both")


def opened_by(findings: Iterable[str], rows: Mapping[Finding, Opens]) -> dict[Opens, list[str]]:
    """What these findings open, each kind once, with those that ask for it; a version without rows opens nothing."""
    opened: dict[Opens, list[str]] = {}
    for finding in sorted(set(findings)):
        if (opens := rows.get(Finding(finding))) is not None:
            opened.setdefault(opens, []).append(finding)
    return opened
