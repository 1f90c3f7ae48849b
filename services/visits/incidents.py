"""Incidents (突发事件): reported once, told at once."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate


def incident_id(incident: str) -> UUID:
    """The aggregate's id, from the incident's."""
    return uuid5(NAMESPACE_URL, f"visits:incident:{incident}")


class Incident(Aggregate):
    """突发事件: about one elder (`subject`)."""

    TOPIC = "visits.Incident"

    def __init__(self, subject: str, incident: str, kind: str) -> None:
        self.subject = subject
        self.incident = incident
        self.kind = kind

    class Created(Aggregate.Created):
        """上报: of one of the thirteen urgent kinds (section 5)."""

        TOPIC = "visits.IncidentReported"
        on: str
        subject: str
        incident: str
        kind: str

    @classmethod
    def report(cls, incident: str, elder: str, kind: str, *, at: datetime) -> Incident:
        """Reports at `at`."""
        return cls._create(
            cls.Created,
            id=incident_id(incident),
            subject=elder,
            incident=incident,
            kind=kind,
            on=at.date().isoformat(),
            timestamp=at,
        )
