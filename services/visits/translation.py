"""Visits' stored events as contract events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contracts import visits as told
from contracts.base import Told
from contracts.catalogue import EVENTS
from services.chassis.messaging.relay import RoutedEvent
from services.kernel.terms import INCIDENTS
from services.visits.care import events
from services.visits.duties import events as duty_events
from services.visits.problems import domain as steps
from services.visits.problems.domain import Problem

_DUTY = ("duty", "period")
_MISSED = (*_DUTY, "village", "shortfall", "responsible", "owed_by", "grade", "missed_before")
_NEAR = (*_DUTY, "village", "opens_on", "closes_on", "remaining", "owed_by", "responsible")


def _duty(kind: Callable[..., Told], *fields: str) -> Callable[[Any], Told]:
    def translate(event: Any) -> Told:
        return kind(on=event.on, subject=event.subject, **{key: getattr(event, key) for key in fields})

    return translate


def _elder(kind: Callable[..., Told], *fields: str) -> Callable[[Any], Told]:
    def translate(event: Any) -> Told:
        return kind(on=event.on, elder=event.subject, **{key: getattr(event, key) for key in fields})

    return translate


def _visited(event: Any) -> Told:
    content = event.content
    return told.VisitRecorded(
        on=event.on,
        visit=event.visit,
        elder=event.subject,
        by=content["by"],
        mode=content["mode"],
        occurred_on=content["on"],
        counts_for=event.counts_for,
    )


def _opened(event: Any) -> Told:
    """An incident is told as one, every other problem as a problem."""
    about = {"on": event.on, "elder": event.subject, "kind": event.kind}
    if event.kind in INCIDENTS:
        return told.IncidentReported(incident=event.problem, **about)
    return told.ProblemOpened(problem=event.problem, found_on=event.found_on, **about)


def _fields(kind: type[Told]) -> Iterator[str]:
    """Those that a stored event has under the same names."""
    return (name for name in kind.model_fields if name not in {"on", "elder"})


def _steps(event: type[Any]) -> Iterator[tuple[type[Any], type[Told]]]:
    """What happens to a problem is told under the name that it is stored by, where the contracts have it."""
    for step in event.__subclasses__():
        if step.TOPIC in EVENTS:
            yield step, EVENTS[step.TOPIC]
        yield from _steps(step)


_TELL: dict[type, Callable[[Any], Told]] = {
    events.VisitRecorded: _visited,
    events.EvidenceSeen: _elder(told.EvidenceSeen, "visit", "seen_on", "evidence"),
    duty_events.DutyOpened: _duty(told.DutyOpened, *_DUTY, "opens_on", "closes_on", "count"),
    duty_events.DutyNearlyDue: _duty(told.DutyNearlyDue, *_NEAR),
    duty_events.DutyMet: _duty(told.DutyMet, *_DUTY),
    duty_events.ReminderSettled: _duty(told.ReminderSettled, *_DUTY, "village", "owed_by", "responsible"),
    duty_events.DutySuperseded: _duty(told.DutySuperseded, *_DUTY),
    duty_events.DutyWaived: _duty(told.DutyWaived, *_DUTY),
    duty_events.DutyEnded: _duty(told.DutyEnded, *_DUTY),
    duty_events.VisitMissed: _duty(told.VisitMissed, *_MISSED),
    duty_events.MissReconciled: _duty(told.MissReconciled, *_DUTY, "days_late"),
    events.AgreementSigned: _elder(told.AgreementSigned, "by", "signed_on", "begins", "ends"),
    events.AgreementFiled: _elder(told.AgreementFiled, "by", "filed_on"),
    events.AgreementEnded: _elder(told.AgreementEnded, "ends", "follows_on"),
    events.AgreementBegan: _elder(told.AgreementBegan, "by", "begins"),
    events.LivingSecurityReviewed: _elder(told.LivingSecurityReviewed, "by", "reviewed_on"),
    events.AbsenceNoted: _elder(told.AbsenceNoted, "begins", "ends", "reason"),
    events.AbsenceCorrected: _elder(told.AbsenceCorrected, "begins", "ends"),
    events.NeedFound: _elder(told.NeedFound, "need", "kind", "found_on"),
    events.NeedMet: _elder(told.NeedMet, "need", "kind", "met_on"),
    duty_events.DutyDone: _duty(told.DutyDone, "duty", "by", "done_on"),
    Problem.Created: _opened,
    **{step: _elder(kind, *_fields(kind)) for step, kind in _steps(steps.ProblemEvent)},
}


def translate(event: Any) -> RoutedEvent | None:
    """What the others are told of a stored event; None where it is visits' own."""
    tell = _TELL.get(type(event))
    if tell is None or vars(event).get("count") == 0:
        return None
    return RoutedEvent(tell(event), key=event.subject.partition("/")[0])
