"""How many connections to PostgreSQL a fleet may want, and whether the server has them: who comes late finds none."""

from __future__ import annotations

from services.chassis.migrations.databases import connections
from services.fleet.settings import FleetSettings
from services.fleet.wiring import Refused
from services.house.settings import Settings

LEAN = 4
"""What a relay or a worker can use of a pool: it asks one thing at a time, and answers and shows something beside."""
SPARE = 8
"""For people at the command line, and for backups."""


def lean(settings: Settings) -> Settings:
    """The same with the pool of a process that does not serve many at once."""
    return settings.model_copy(update={"connections": min(settings.connections, LEAN)})


def wanted(fleet: FleetSettings, settings: Settings) -> int:
    """At most, of all processes together, with the locks by which one leads or keeps the time."""
    few = lean(settings).connections + 1
    steady = sum(few * len(group) for groups in (fleet.workers, fleet.relays) for group in groups)
    return steady + settings.connections * sum(len(group) for group in fleet.apis) + SPARE


def audit_connections(url: str, fleet: FleetSettings, settings: Settings) -> None:
    """Refuses where the server allows fewer than the fleet may want beside what other databases there have in use."""
    most = wanted(fleet, settings)
    allowed, others = connections(url)
    if most > allowed - others:
        shortage = f"PostgreSQL 连接数不够 / too few connections: {most} may be wanted, {allowed} are allowed"
        remedy = "or give SHOUWANG_CONNECTIONS or fewer processes"
        raise Refused(
            f"{shortage}, {others} are used by others: raise max_connections by {most - allowed + others}, {remedy}"
        )
