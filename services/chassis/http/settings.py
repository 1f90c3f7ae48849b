"""How the http face listens and what it bears: read from SHOUWANG_HTTP_…"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.chassis.settings import SettingsError, validated

PREFIX = "SHOUWANG_HTTP_"


class HttpSettings(BaseModel):
    """`token` is what every caller must show; the sizes bound what one process takes in at a time.

    `instance` is shown by `/healthz` and `/readyz`: whoever started this process knows by it that it is theirs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(min_length=16)
    instance: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=1, le=65535)
    runtime_threads: int = Field(default=2, ge=1, le=64)
    connections: int = Field(default=1024, ge=128)
    pool: int = Field(default=4, ge=2, le=64)
    queue: int = Field(default=2000, ge=500)
    batch: int = Field(default=200, ge=1, le=1000)
    body_bytes: int = Field(default=1_048_576, ge=1024)
    body_seconds: float = Field(default=30, gt=0)
    answer_seconds: float = Field(default=30, gt=0)
    drain_seconds: float = Field(default=5, gt=0)
    ready_seconds: float = Field(default=2, gt=0)


def read_http_settings(environ: Mapping[str, str]) -> HttpSettings:
    """Settings from the environment; raises SettingsError naming what is wrong and what to do."""
    given = {key[len(PREFIX) :].lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    file = given.pop("token_file", None)
    if (file is None) == ("token" not in given):
        raise SettingsError(
            f"请设置 {PREFIX}TOKEN_FILE 或 {PREFIX}TOKEN 之一，否则不启动 / set one of the two: without a token nobody"
            " may call"
        )
    if file is not None:
        given["token"] = _token_in(Path(file))
    return validated(HttpSettings, PREFIX, given)


def _token_in(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"无法读取令牌文件 / cannot read the token file {file}: {error.strerror}"
        ) from error
    if mode & stat.S_IRWXO:
        raise SettingsError(
            f"令牌文件人人可读，请先 chmod o= {file} / everybody can read it: first chmod o= {file}"
        )
    return text
