"""A place for which something is owed as a whole has a duty book too."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection
from services.visits.duties.views import add_record
from services.visits.places.domain import Territory


def _opened(sql: Sql, recorded: Recorded) -> None:
    event: Territory.Created = recorded.event
    add_record(sql, recorded, event.kind, event.village or recorded.subject)


PROJECTION = Projection((), {Territory.Created: _opened})
