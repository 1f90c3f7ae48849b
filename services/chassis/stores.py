"""Where a service's log is kept: a SQLite file, memory, or a PostgreSQL schema, as the settings say."""

from __future__ import annotations

import json
from pathlib import Path

from services.chassis.connections import Bounds
from services.chassis.log import EventLog
from services.chassis.postgres import PostgresRecorder
from services.chassis.service import Blueprint, embedded_log
from services.chassis.settings import Settings, SettingsError


def open_log(blueprint: Blueprint, settings: Settings) -> EventLog:
    """The log of a service; in full mode by the role that the migration made for it."""
    if settings.roles is None:
        return embedded_log(blueprint, settings.data)
    bounds = Bounds(pool_size=1, max_overflow=settings.connections - 1)
    recorder = PostgresRecorder(role_urls(settings.roles)[blueprint.name], blueprint.name, bounds)
    return EventLog(recorder, apply=blueprint.model.apply)


def role_urls(path: Path) -> dict[str, str]:
    """Service to URL of its own role; refuses a file that others can read."""
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path}: 他人可读 / others can read it: chmod 600 it")
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: 不存在 / is missing: run `shouwang migrate` first") from error
