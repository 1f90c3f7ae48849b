"""Policy as data: whole dated files; each service reads its own section, and judges a day by the file in force then."""

from __future__ import annotations

import json
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

DEFAULT = Path(__file__).parents[2] / "policies" / "gaoliang-2024.toml"
P = TypeVar("P")


class PolicyError(ValueError):
    """A policy file cannot be used; the message names file, line and setting, and says what to do."""


@dataclass(frozen=True)
class PolicyTable(Generic[P]):
    """The versions of one service's policy, by the day from which each is in force."""

    days: tuple[date, ...]
    versions: tuple[P, ...]

    def on(self, day: date) -> P:
        """The version in force on a day; before the first one's date the first applies."""
        return self.versions[max(bisect_right(self.days, day) - 1, 0)]

    def changes_on(self, day: date) -> bool:
        """Whether a later version comes into force that day."""
        return day in self.days[1:]


def read_policy(paths: Sequence[Path], section: str, kind: type[P]) -> PolicyTable[P]:
    """The section of every file, sorted by `effective_on`; raises PolicyError."""
    found: dict[date, P] = {}
    for path in paths:
        day, version = _read(path, section, kind)
        if day in found:
            raise PolicyError(
                f"{path.name}: 生效日期重复 / another file takes effect on {day} too: change one"
            )
        found[day] = version
    if not found:
        raise PolicyError("没有政策文件 / no policy file given: name at least one")
    days = sorted(found)
    return PolicyTable(tuple(days), tuple(found[day] for day in days))


def _read(path: Path, section: str, kind: type[P]) -> tuple[date, P]:
    try:
        text = path.read_text(encoding="utf-8")
        held: dict[str, Any] = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path}: 无法读取 / cannot be read: {error}") from error
    day = held.get("effective_on")
    if type(day) is not date:
        raise PolicyError(f"{path.name}: effective_on 应为日期 / must be a date such as 2024-01-26")
    rows = held.get(section)
    if not isinstance(rows, dict):
        raise PolicyError(f"{path.name}: 缺少 [{section}] / the section [{section}] is missing: add it")
    head = {"version": held.get("version"), "effective_on": day}
    if head.keys() & rows:
        told = f"第{_line_of(text, section, [])}行 / line {_line_of(text, section, [])}"
        raise PolicyError(
            f"{path.name}: {told}: version, effective_on 只写在文件开头 / belong to the top: move them"
        )
    try:
        return day, TypeAdapter(kind).validate_json(json.dumps(head | rows, default=str), strict=True)
    except ValidationError as error:
        told = "; ".join(
            _explain(text, section, one["loc"], _ADVICE.get(one["type"], one["msg"]))
            for one in error.errors()
        )
        raise PolicyError(f"{path.name}: {told}") from error


_ADVICE = {
    "missing": "缺少 / is missing: add it",
    "unexpected_keyword_argument": "没有这一项 / is no setting: remove it, or check its spelling",
}


def _explain(text: str, section: str, where: tuple[int | str, ...], said: str) -> str:
    names = [str(part) for part in where]
    if names == ["version"]:
        return f"version: 应为文字, 写在文件开头 / must be text, at the top: {said}"
    line = _line_of(text, section, names)
    at = f"第{line}行 / line {line}: " if line else ""
    return f"{at}{'.'.join([section, *names])}: {said}"


def _line_of(text: str, section: str, names: list[str]) -> int:
    """The line of a setting, or of the table nearest to it; 0 where neither stands in the file."""
    wanted = [section, *names]
    table: list[str] = []
    best, best_depth = 0, 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("#")[0].strip()
        if line.startswith("["):
            table = line.strip("[]").split(".")
            path = table
        else:
            path = [*table, line.split("=")[0].strip()]
        depth = len(path) if path == wanted[: len(path)] else 0
        if depth > best_depth:
            best, best_depth = number, depth
    return best
