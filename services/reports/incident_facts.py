"""What is reported, told and taken up of incidents, in the picture."""

from __future__ import annotations

from collections.abc import Mapping

from services.kernel.terms import INCIDENTS
from services.reports.people import Incident
from services.reports.picture import Picture, Take
from services.reports.sources import Fact


def report(picture: Picture, fact: Fact) -> None:
    """上报突发事件; what is no incident is not among them."""
    name = fact["problem"]
    if fact["kind"] not in INCIDENTS:
        return
    picture.incidents[name] = Incident(name, fact.subject, fact["kind"], fact.recorded_at, fact.id)


def tell(picture: Picture, fact: Fact) -> None:
    """The first notice of an incident."""
    incident = _told_of(picture, fact)
    if incident is not None and incident.told_at is None:
        incident.told_at, incident.told_id = fact.recorded_at, fact.id


def take_up(picture: Picture, fact: Fact) -> None:
    """签收."""
    incident = _told_of(picture, fact)
    if incident is not None and incident.taken_at is None:
        incident.taken_at, incident.taken_id = fact.recorded_at, fact.id


def _told_of(picture: Picture, fact: Fact) -> Incident | None:
    matter = fact["matter"]
    return picture.incidents.get(matter.get("incident") or "") if matter["about"] == "incident" else None


TAKES: Mapping[str, Take] = {
    "visits.IncidentReported": report,
    "notify.NoticesSent": tell,
    "notify.NoticeAcknowledged": take_up,
}
