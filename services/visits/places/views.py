"""A place that is cared for as a whole, a village or the township, stands among the records of care."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection
from services.visits.care.views import add_record
from services.visits.places.domain import Territory


def _opened(sql: Sql, recorded: Recorded) -> None:
    event: Territory.Created = recorded.event
    add_record(sql, recorded, event.kind, event.village or recorded.subject)


PROJECTION = Projection((), {Territory.Created: _opened})
