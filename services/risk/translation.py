"""Risk's stored events as contract events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts import risk as told
from contracts.base import Told
from services.chassis.messaging.relay import RoutedEvent
from services.kernel.days import DayBook
from services.risk.domain import RiskFile

_GRADING = ("spell", "grade", "previous", "because", "cause", "due", "carer_told", "clauses")


def _same(kind: Callable[..., Told], *fields: str) -> Callable[[Any], Told]:
    def translate(event: Any) -> Told:
        return kind(on=event.on, elder=event.subject, **{key: getattr(event, key) for key in fields})

    return translate


_TELL: dict[type, Callable[[Any], Told]] = {
    RiskFile.GradeSet: _same(told.GradeSet, *_GRADING),
    RiskFile.GradeRaised: _same(told.GradeRaised, *_GRADING),
    RiskFile.GradeLowered: _same(told.GradeLowered, *_GRADING),
    RiskFile.Reassessed: _same(told.Reassessed, "spell", "grade", "held_on", "by", "counted", "due"),
    RiskFile.EvidenceObserved: _same(told.EvidenceObserved, "evidence", "observed_on", "source", "held"),
    RiskFile.EvidenceCleared: _same(told.EvidenceCleared, "evidence", "cleared_on", "held"),
    DayBook.DayTurned: lambda e: told.DayTurned(on=e.on, day=e.on, partition=e.partition),
}


def translate(event: Any) -> RoutedEvent | None:
    """What the others are told of a stored event; None where it is risk's own."""
    tell = _TELL.get(type(event))
    if tell is None:
        return None
    return RoutedEvent(
        tell(event), partition=event.partition if isinstance(event, DayBook.DayTurned) else None
    )
