"""What services concluded, in the words of the scenarios: read from their logs, by what they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contracts import notify, registry, risk, visits
from contracts.base import Told
from services.chassis.service import Service

Fact = dict[str, Any]
CHUNK = 1000


def of(service: Service) -> Iterator[Fact]:
    """Every fact of a service's log, in the order in which it was recorded."""
    after = 0
    while recorded := service.log.events(after, CHUNK):
        for one in recorded:
            telling = service.translate(one.event)
            if telling is not None and type(telling.told) in _FACTS:
                yield from _FACTS[type(telling.told)](telling.told, one.event.timestamp.isoformat())
        after = recorded[-1].position


Write = Callable[[Any, str], list[Fact]]


def _plain(name: str, *fields: str, **renamed: str) -> Write:
    def write(told: Any, _: str) -> list[Fact]:
        fact: Fact = {"fact": name, "on": told.on.isoformat()}
        fact |= {key: getattr(told, key) for key in fields}
        return [fact | {key: getattr(told, value) for key, value in renamed.items()}]

    return write


def _graded(told: risk.GradeSet | risk.GradeRaised | risk.GradeLowered, _: str) -> list[Fact]:
    fact: Fact = {"fact": "graded", "on": told.on.isoformat(), "elder": told.elder, "grade": told.grade}
    return [fact | {"from": told.previous, "because": sorted(told.because), "cause": told.cause}]


def _notices(told: notify.NoticesSent, at: str) -> list[Fact]:
    fact = {"fact": "notice", "level": told.level, **_matter(told, at)}
    return [fact | {"to": person} for person in told.to]


def _exhausted(told: notify.EscalationExhausted, at: str) -> list[Fact]:
    return [{"fact": "escalation_exhausted", **_matter(told, at)}]


def _reminders(told: notify.RemindersSent, at: str) -> list[Fact]:
    fact = {"fact": "reminder", "at": at, "to": told.to}
    said = [one.model_dump(mode="json") for one in told.reminders]
    for about, found in (("overdue", told.overdue), ("taken_over", told.taken_over)):
        said += [{"about": about} | one.model_dump(mode="json") for one in found]
    return [fact | one for one in said]


def _matter(told: Any, at: str) -> Fact:
    keys = ("about", "subject", "grade", "duty", "period", "incident")
    known = {key: getattr(told, key) for key in keys}
    return {"at": at} | {key: value for key, value in known.items() if value is not None}


_DUTY = ("subject", "duty", "period")
_FACTS: dict[type[Told], Write] = {
    registry.LeftBehindCertified: _plain("certified", "elder"),
    registry.EnrolmentRefused: _plain("refused", "elder", "reason"),
    registry.StatusLapsed: _plain("lapsed", "elder", "reason"),
    registry.StatusEnded: _plain("ended", "elder", "reason"),
    risk.GradeSet: _graded,
    risk.GradeRaised: _graded,
    risk.GradeLowered: _graded,
    visits.DutyOpened: _plain("opened", *_DUTY, "count"),
    visits.DutyMet: _plain("met", *_DUTY),
    visits.DutySuperseded: _plain("superseded", *_DUTY),
    visits.DutyWaived: _plain("waived", *_DUTY),
    visits.DutyEnded: _plain("ended_duty", *_DUTY),
    visits.VisitMissed: _plain("missed", *_DUTY, "shortfall", "responsible"),
    visits.MissReconciled: _plain("reconciled", *_DUTY, "days_late"),
    notify.NoticesSent: _notices,
    notify.EscalationExhausted: _exhausted,
    notify.RemindersSent: _reminders,
}
