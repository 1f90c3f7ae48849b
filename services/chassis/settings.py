"""Typed settings: one object, read from the environment (SHOUWANG_…), passed in everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.chassis.policy import DEFAULT

PREFIX = "SHOUWANG_"


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what to do."""


class Settings(BaseModel):
    """Where things are kept and how they are reached.

    `data` is the folder of the embedded logs, None for logs in memory (a rehearsal that leaves nothing behind).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = Path("var/township")
    amqp_url: str = "memory://"
    namespace: str = "shouwang"
    policy: tuple[Path, ...] = (DEFAULT,)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment; raises SettingsError naming what is wrong and what to do."""
    known = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    given = {known[key]: value for key, value in environ.items() if key in known}
    values: dict[str, object] = dict(given)
    if "policy" in given:
        values["policy"] = [part for part in given["policy"].split(":") if part]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        told = "; ".join(f"{PREFIX}{one['loc'][0]!s}".upper() + f": {one['msg']}" for one in error.errors())
        raise SettingsError(f"请更正环境变量 / correct the environment: {told}") from error
