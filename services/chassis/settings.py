"""Typed settings: one object, read from the environment (SHOUWANG_…), passed in everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from re import fullmatch
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.chassis.commands.malformed import faults_of
from services.chassis.policy.table import DEFAULT

PREFIX = "SHOUWANG_"
FLEET = "var/fleet{}/settings.json"
NAMED = r"([a-z][a-z0-9_]{0,20})?"


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what to do."""


class Settings(BaseModel):
    """Where things are kept and how they are reached.

    `township` names one of several townships on the same machine and servers: it has a folder, a policy, queues and, in
    full mode, a database of its own. Empty where there is only one.
    `data` is the folder of the embedded logs, None for logs in memory (a rehearsal that leaves nothing behind).
    `metrics_port` is where this process shows its metrics (0: a free one), to callers of `metrics_host`; none where it
    is not set.
    `channels` is the private file of the ways out of the house; without it nothing leaves.
    `roles` is the file of the services' PostgreSQL roles: where it is set the house is full, else embedded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    township: str = Field(default="", pattern=f"^{NAMED}$")
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
    township = environ.get(f"{PREFIX}TOWNSHIP", "")
    values = of_township(township)
    values |= _left_by_fleet(environ.get(f"{PREFIX}FLEET", FLEET.format(township and f"-{township}")))
    values |= {known[key]: value for key, value in environ.items() if key in known}
    if isinstance(values.get("policy"), str):
        values["policy"] = [part for part in str(values["policy"]).split(":") if part]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        told = "; ".join(
            f"{PREFIX}{one.field.partition('.')[0].upper()}: {one.message}"
            for one in faults_of(error, Settings)
        )
        raise SettingsError(f"请更正环境变量 / correct the environment: {told}") from error


def of_township(name: str) -> dict[str, object]:
    """What a named township has of its own; its policy is every file `policies/NAME-….toml`. Nothing where none is.

    Raises SettingsError where there is no such file.
    """
    if not name:
        return {}
    if not fullmatch(NAMED, name):
        raise SettingsError(
            f"{PREFIX}TOWNSHIP: 应为小写字母、数字 / a-z, 0-9 and _, a letter first, at most 21"
        )
    found = sorted(DEFAULT.parent.glob(f"{name}-*.toml"))
    if not found:
        raise SettingsError(
            f"{PREFIX}TOWNSHIP={name}: 没有政策文件 / there is no policies/{name}-….toml: add one, or check the name"
        )
    return {"township": name, "data": f"var/{name}", "namespace": f"shouwang.{name}", "policy": found}


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
