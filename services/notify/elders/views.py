"""The read model of elders as notify knows them: who cares for whom that is certified."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.notify.elders.domain import Person

WARDS = Table(
    "wards", {"elder": str, "carer": str | None, "is_certified": int}, indexes={"wards_by_carer": ("carer",)}
)

OF_CARER = "SELECT elder FROM wards WHERE carer = ? AND is_certified = 1 ORDER BY elder"

_ADD = WARDS.insert()
_CARER = "UPDATE wards SET carer = ? WHERE elder = ?"
_CERTIFIED = "UPDATE wards SET is_certified = ? WHERE elder = ?"


def _noted(sql: Sql, recorded: Recorded) -> None:
    sql.run(_ADD, recorded.subject, recorded.event.carer, 0)


def _changed(sql: Sql, recorded: Recorded) -> None:
    event, elder = recorded.event, recorded.subject
    match event:
        case Person.CarerNoted() | Person.Moved():
            sql.run(_CARER, event.carer, elder)
        case Person.CarerGone():
            sql.run(_CARER, None, elder)
        case Person.Certified() | Person.Silenced():
            sql.run(_CERTIFIED, int(isinstance(event, Person.Certified)), elder)
        case Person.SetAside():
            sql.run(_CERTIFIED, int(event.is_certified), elder)
        case _:
            pass


PROJECTION = Projection((WARDS,), {Person.Created: _noted, Person.Event: _changed})
