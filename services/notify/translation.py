"""Notify's stored events as contract events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts import notify as told
from contracts.base import Told
from services.chassis.messaging.relay import RoutedEvent
from services.notify.mailbox.domain import Mailbox
from services.notify.tellings.domain import Telling
from services.notify.terms import OVERDUE, REMINDER, TAKEN_OVER


def _matter(kind: Callable[..., Told], *fields: str) -> Callable[[Any], Told]:
    def translate(event: Any) -> Told:
        matter = {key: value for key, value in event.matter.items() if key != "village"}
        return kind(on=event.on, **matter, **{key: getattr(event, key) for key in fields})

    return translate


def _reminders(event: Mailbox.RemindersSent) -> Told:
    said: dict[str, Any] = {"on": event.on, "to": vars(event)["subject"]}
    for field, kind in (("reminders", REMINDER), ("overdue", OVERDUE), ("taken_over", TAKEN_OVER)):
        said[field] = [item for item in event.items if item["about"] == kind]
    return told.RemindersSent.model_validate(said)


_TELL: dict[type, Callable[[Any], Told]] = {
    Telling.NoticesSent: _matter(told.NoticesSent, "to", "level"),
    Telling.NoticeAcknowledged: _matter(told.NoticeAcknowledged, "by"),
    Telling.TellingStopped: _matter(told.TellingStopped, "reason"),
    Telling.EscalationExhausted: _matter(told.EscalationExhausted),
    Mailbox.RemindersSent: _reminders,
}


def translate(event: Any) -> RoutedEvent | None:
    """What the others are told of a stored event; None where it is notify's own."""
    tell = _TELL.get(type(event))
    if isinstance(event, Mailbox.RemindersSent) and not event.items:
        return None
    return None if tell is None else RoutedEvent(tell(event))
