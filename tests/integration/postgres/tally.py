"""A service that tallies: the smallest aggregate with a read model."""

from datetime import datetime, timedelta, timezone

from eventsourcing.domain import Aggregate

from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresSql
from services.chassis.log.recorder import Recorded, Sql
from services.chassis.migrations.migrate import Migration, shipped
from services.chassis.reading.read_model import ReadModel
from services.chassis.reading.table import Position, Projection, Table

SERVICE = "tally"
AT = datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=8)))
TOTALS = Table("totals", {"tally": str, "total": int, "last": Position})
_ADD = (
    f"{TOTALS.insert()} ON CONFLICT (tally) DO UPDATE"
    " SET total = totals.total + excluded.total, last = excluded.last"
)
TOTAL = "SELECT total, last FROM totals WHERE tally = ?"


class Tally(Aggregate):
    def __init__(self) -> None:
        self.total = 0

    class Added(Aggregate.Event):
        amount: int

        def apply(self, aggregate: "Tally") -> None:
            aggregate.total += self.amount


def add(tally: Tally, amount: int) -> Tally:
    tally.trigger_event(Tally.Added, timestamp=AT, amount=amount)
    return tally


def started(log: EventLog, amount: int = 0) -> Tally:
    """A tally that is in the log."""
    with log.unit() as unit:
        return unit.add(add(Tally(), amount))


def _added(sql: Sql, recorded: Recorded) -> None:
    event = recorded.event
    sql.run(_ADD, str(event.originator_id), getattr(event, "amount", 0), recorded.position)


MODEL = ReadModel(Projection((TOTALS,), {Tally.Created: _added, Tally.Added: _added}))
apply = MODEL.apply


def plan(service: str) -> list[Migration]:
    return [
        *shipped(service),
        Migration(f"{service}/0001_totals", "; ".join(MODEL.ddl(PostgresSql.text_type))),
    ]
