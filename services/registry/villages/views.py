"""The read model of villages."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.registry.villages.domain import Village

VILLAGES = Table("villages", {"village": str, "name": str})

EVERY = "SELECT village, name FROM villages ORDER BY village"

_OPEN = VILLAGES.insert()


def _opened(sql: Sql, recorded: Recorded) -> None:
    sql.run(_OPEN, recorded.subject, recorded.event.name)


PROJECTION = Projection((VILLAGES,), {Village.Created: _opened})
