"""Typed settings: one object, read from the environment (SHOUWANG_…), passed in everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.chassis.policy import DEFAULT

PREFIX = "SHOUWANG_"
FLEET = "var/fleet/settings.json"


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what to do."""


class Settings(BaseModel):
    """Where things are kept and how they are reached.

    `data` is the folder of the embedded logs, None for logs in memory (a rehearsal that leaves nothing behind).
    `metrics_port` is where this process shows its metrics (0: a free one), to callers of `metrics_host`; none where it
    is not set.
    `channels` is the private file of the ways out of the house; without it nothing leaves.
    `roles` is the file of the services' PostgreSQL roles: where it is set the house is full, else embedded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = Path("var/township")
    amqp_url: str = Field(default="memory://", repr=False)
    namespace: str = "shouwang"
    roles: Path | None = None
    channels: Path | None = None
    connections: int = Field(default=8, ge=2, le=64)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    policy: tuple[Path, ...] = (DEFAULT,)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment, and beneath it from the file that a running fleet left.

    Raises SettingsError naming what is wrong and what to do.
    """
    known = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    values: dict[str, object] = _left_by_fleet(environ.get(f"{PREFIX}FLEET", FLEET))
    values |= {known[key]: value for key, value in environ.items() if key in known}
    if isinstance(values.get("policy"), str):
        values["policy"] = [part for part in str(values["policy"]).split(":") if part]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        told = "; ".join(f"{PREFIX}{one['loc'][0]!s}".upper() + f": {one['msg']}" for one in error.errors())
        raise SettingsError(f"请更正环境变量 / correct the environment: {told}") from error


def _left_by_fleet(path: str) -> dict[str, object]:
    """What `shouwang up` left; nothing where no fleet runs, or where the environment names no file."""
    if not path or not Path(path).exists():
        return {}
    try:
        found: object = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise SettingsError(
            f"{path}: 无法读取 / cannot be read: run `shouwang up` again, or remove it"
        ) from error
    if not isinstance(found, dict):
        raise SettingsError(f"{path}: 内容不对 / holds no settings: run `shouwang up` again, or remove it")
    return cast("dict[str, object]", found)
