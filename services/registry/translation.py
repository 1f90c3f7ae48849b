"""The registry's stored events as contract events: ids, flags and a masked name, never more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts import registry as told
from contracts.base import Told
from services.chassis.messaging.relay import RoutedEvent
from services.kernel.days import DayBook
from services.kernel.roster import Roster
from services.registry.elders import events
from services.registry.villages.domain import Village


def masked(name: str) -> str:
    """Family name alone: 王小明 is told as 王**."""
    return name[:1] + "*" * (len(name) - 1)


def _enrolled(event: Any) -> Told:
    facts = event.facts
    same = (
        "born",
        "sex",
        "village",
        "group",
        "living",
        "health",
        "evidence",
        "declined_institution",
        "carer",
    )
    return told.ElderEnrolled(
        on=event.on,
        elder=event.subject,
        masked_name=masked(facts.get("name", "")),
        **{key: facts[key] for key in same},
    )


def _leave(event: Any) -> Told:
    return told.LeaveNoted(
        on=event.on, staff=event.staff, stand_in=event.stand_in, begins=event.begins, ends=event.ends
    )


def _corrected(event: Any) -> Told:
    facts = {key: event.facts[key] for key in ("born", "sex", "living") if key in event.facts}
    if "name" in event.facts:
        facts["masked_name"] = masked(event.facts["name"])
    return told.FactsCorrected(on=event.on, elder=event.subject, by=event.by, **facts)


def _status(kind: Callable[..., Told], *fields: str) -> Callable[[Any], Told]:
    def translate(event: Any) -> Told:
        return kind(on=event.on, elder=event.subject, **{key: getattr(event, key) for key in fields})

    return translate


_TELL: dict[type, Callable[[Any], Told]] = {
    Village.Created: lambda e: told.VillageOpened(on=e.on, village=e.subject, name=e.name, groups=e.groups),
    Roster.StaffAppointed: lambda e: told.StaffAppointed(
        on=e.on, staff=e.staff, role=e.role, village=e.village
    ),
    Roster.LeaveNoted: _leave,
    Roster.LeaveCutShort: _leave,
    Roster.AppointmentEnded: lambda e: told.AppointmentEnded(on=e.on, staff=e.staff, last_day=e.last_day),
    events.ElderEnrolled: _enrolled,
    events.EnrolmentRefused: _status(told.EnrolmentRefused, "reason"),
    events.LeftBehindCertified: _status(told.LeftBehindCertified, "spell"),
    events.StatusLapsed: _status(told.StatusLapsed, "spell", "reason"),
    events.StatusEnded: _status(told.StatusEnded, "reason", "happened_on"),
    events.EndUndone: _status(told.EndUndone, "by"),
    events.SupporterLeft: _status(told.SupporterLeft, "supporter", "left_on"),
    events.SupporterReturned: _status(
        told.SupporterReturned, "supporter", "returned_on", "kind", "counts_as"
    ),
    events.FactsChanged: lambda e: told.FactsChanged(on=e.on, elder=e.subject, **e.facts),
    events.FactsCorrected: _corrected,
    events.CarerPaired: _status(told.CarerPaired, "carer", "since"),
    events.PairingEnded: _status(told.PairingEnded, "since"),
    events.ElderTransferred: _status(told.ElderTransferred, "village", "group", "carer", "since"),
    events.ElderMerged: _status(told.ElderMerged, "into", "by"),
    events.MergeUndone: _status(told.MergeUndone, "into", "by"),
    events.InstitutionEntered: _status(told.InstitutionEntered),
    events.InstitutionLeft: _status(told.InstitutionLeft),
    DayBook.DayTurned: lambda e: told.DayTurned(on=e.on, day=e.on, partition=e.partition),
}


def translate(event: Any) -> RoutedEvent | None:
    """What the others are told of a stored event; None where it is the registry's own."""
    tell = _TELL.get(type(event))
    if tell is None:
        return None
    return RoutedEvent(
        tell(event), partition=event.partition if isinstance(event, DayBook.DayTurned) else None
    )
