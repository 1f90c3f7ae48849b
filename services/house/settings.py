"""The settings of a house, read from the environment (SHOUWANG_…), and what a named township has of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from re import fullmatch
from typing import cast

from pydantic import Field

from services.chassis.settings import ServiceSettings, SettingsError, validated

PREFIX = "SHOUWANG_"
POLICIES = Path(__file__).parents[2] / "policies"
DEFAULT_POLICY = POLICIES / "gaoliang-2024.toml"
FLEET = "var/fleet{}/settings.json"
TOWNSHIP_NAME = r"([a-z][a-z0-9_]{0,20})?"


class Settings(ServiceSettings):
    """Those of all services of one house.

    `township` names one of several townships on the same machine and servers: it has a folder, a policy, queues and, in
    full mode, a database of its own. Empty where there is only one.
    """

    township: str = Field(default="", pattern=f"^{TOWNSHIP_NAME}$")
    policy: tuple[Path, ...] = (DEFAULT_POLICY,)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment, and beneath it from the file that a running fleet left.

    Raises SettingsError naming what is wrong and what to do.
    """
    fields = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}
    township = environ.get(f"{PREFIX}TOWNSHIP", "")
    values = of_township(township)
    values |= _left_by_fleet(environ.get(f"{PREFIX}FLEET", FLEET.format(township and f"-{township}")))
    values |= {fields[key]: value for key, value in environ.items() if key in fields}
    if isinstance(values.get("policy"), str):
        values["policy"] = [part for part in str(values["policy"]).split(":") if part]
    return validated(Settings, PREFIX, values)


def of_township(name: str) -> dict[str, object]:
    """What a named township has of its own; its policy is every file `policies/NAME-….toml`. Nothing where none is.

    Raises SettingsError where there is no such file.
    """
    if not name:
        return {}
    if not fullmatch(TOWNSHIP_NAME, name):
        raise SettingsError(
            f"{PREFIX}TOWNSHIP: 应为小写字母、数字 / a-z, 0-9 and _, a letter first, at most 21"
        )
    policy = sorted(POLICIES.glob(f"{name}-*.toml"))
    if not policy:
        raise SettingsError(
            f"{PREFIX}TOWNSHIP={name}: 没有政策文件 / there is no policies/{name}-….toml: add one, or check the name"
        )
    return {"township": name, "data": f"var/{name}", "namespace": f"shouwang.{name}", "policy": policy}


def _left_by_fleet(path: str) -> dict[str, object]:
    """What `shouwang up` left; nothing where no fleet runs, or where the environment names no file."""
    if not path or not Path(path).exists():
        return {}
    try:
        values: object = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise SettingsError(
            f"{path}: 无法读取 / cannot be read: run `shouwang up` again, or remove it"
        ) from error
    if not isinstance(values, dict):
        raise SettingsError(f"{path}: 内容不对 / holds no settings: run `shouwang up` again, or remove it")
    return cast("dict[str, object]", values)
