"""What a service is told by whoever starts it: one typed object, passed in everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.chassis.commands.malformed import faults_of

M = TypeVar("M", bound=BaseModel)


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what to do."""


class ServiceSettings(BaseModel):
    """Where things are kept and how they are reached.

    `data` is the folder of the embedded logs, None for logs in memory (a rehearsal that leaves nothing behind).
    `metrics_port` is where this process shows its metrics (0: a free one), to callers of `metrics_host`; none where it
    is not set.
    `channels` is the private file of the ways out of the house; without it nothing leaves.
    `roles` is the file of the services' PostgreSQL roles: where it is set the house is full, else embedded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: tuple[Path, ...]
    data: Path | None = Path("var/township")
    amqp_url: str = Field(default="memory://", repr=False)
    namespace: str = "shouwang"
    roles: Path | None = None
    channels: Path | None = None
    connections: int = Field(default=8, ge=2, le=64)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")


def validated(kind: type[M], prefix: str, values: Mapping[str, object]) -> M:
    """Settings of this kind; raises SettingsError naming each variable, which is its field after `prefix`."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{prefix}{fault.field.partition('.')[0].upper()}: {fault.message}"
            for fault in faults_of(error, kind)
        )
        raise SettingsError(f"请更正环境变量 / correct the environment: {faults}") from None
