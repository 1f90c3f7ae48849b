"""Where a service's log is kept: a SQLite file, memory, or a PostgreSQL schema, as the settings say."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from services.chassis.log.connections import Bounds
from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.reading.read_model import ReadModelOutdated
from services.chassis.service import Blueprint, embedded_log
from services.chassis.settings import ServiceSettings, SettingsError

SMALLEST_POOL = 2


def open_log(blueprint: Blueprint, settings: ServiceSettings) -> EventLog:
    """The log of a service; in full mode by the role that the migration made for it.

    Raises ReadModelOutdated in full mode where another version made the read models.
    """
    if settings.roles is None:
        return embedded_log(blueprint, settings.data)
    log = _postgres_log(blueprint, settings.roles, settings.connections)
    if log.size() == 0:
        blueprint.model.bring_up_to_date(log)
    if not blueprint.model.is_current(log):
        log.close()
        raise ReadModelOutdated(f"{blueprint.name}: {ReadModelOutdated.__doc__}")
    return log


def bring_up_to_date(blueprint: Blueprint, roles: Path) -> bool:
    """Makes a service's read models again where another version made them; returns whether it did."""
    with closing(_postgres_log(blueprint, roles, SMALLEST_POOL)) as log:
        return blueprint.model.bring_up_to_date(log)


def _postgres_log(blueprint: Blueprint, roles: Path, connections: int) -> EventLog:
    bounds = Bounds(pool_size=1, max_overflow=connections - 1)
    recorder = PostgresRecorder(role_urls(roles)[blueprint.name], blueprint.name, bounds)
    return blueprint.log(recorder)


def role_urls(path: Path) -> dict[str, str]:
    """Service to URL of its own role; refuses a file that others can read."""
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path}: 他人可读 / others can read it: chmod 600 it")
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: 不存在 / is missing: run `shouwang migrate` first") from error
