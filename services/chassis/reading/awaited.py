"""The read model of those elders for whom commands wait (docs/adr/0011), the same in every service that keeps some."""

from __future__ import annotations

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.kernel.awaited import AwaitedElder

AWAITED = Table("awaited", {"elder": str})
AFTER = "SELECT elder FROM awaited WHERE elder > ? ORDER BY elder LIMIT ?"
_AWAIT = AWAITED.insert_new()
_FORGET = "DELETE FROM awaited WHERE elder = ?"


def _kept(sql: Sql, recorded: Recorded) -> None:
    sql.run(_AWAIT, recorded.subject)


def _decided(sql: Sql, recorded: Recorded) -> None:
    event: AwaitedElder.CommandDecided = recorded.event
    if event.left == 0:
        sql.run(_FORGET, recorded.subject)


PROJECTION = Projection((AWAITED,), {AwaitedElder.CommandKept: _kept, AwaitedElder.CommandDecided: _decided})
