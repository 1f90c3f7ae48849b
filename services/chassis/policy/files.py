"""One policy file: read as TOML, its sections as typed rows, and what is wrong with it by line, in two languages."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from services.kernel.policy_limits import (
    Contradiction,
    Contradictions,
    EffectiveOn,
    VersionName,
    given,
    text,
)

P = TypeVar("P")
HEAD = frozenset({"title", "version", "effective_on"})
LARGEST = 1_000_000
"""Characters: a file of every row has some ten thousand."""
WHOLE = "policies/gaoliang-2024.toml"
"""A file that has every section, to copy one from."""
_DATED = re.compile(r"^effective_on[ \t]*=[^#\n]*?(?=[ \t]*(#|$))", re.MULTILINE)


@dataclass(frozen=True)
class Head:
    """What stands at the top of a file."""

    version: VersionName
    effective_on: EffectiveOn
    title: Annotated[str, text(100)] = "-"


class PolicyError(ValueError):
    """A policy file cannot be used; the message names file, line and setting, and says what to do."""


class PolicyFault(NamedTuple):
    """One thing that is wrong: its line, 0 where it has none, and what to do."""

    line: int
    said: str

    @property
    def setting(self) -> str:
        """The setting that it is about, as the sentence names it first."""
        return self.said.partition(":")[0]

    def __str__(self) -> str:
        return f"第{self.line}行 / line {self.line}: {self.said}" if self.line else self.said


class PolicyFaults(PolicyError):
    """Everything that is wrong with one file."""

    def __init__(self, name: str, faults: list[PolicyFault]) -> None:
        super().__init__(f"{name}: {'; '.join(map(str, faults))}")
        self.faults = faults


@dataclass(frozen=True)
class PolicyFile:
    """A file that is TOML and says from which day it holds; its sections are not read yet."""

    name: str
    text: str
    content: Mapping[str, Any]

    @property
    def effective_on(self) -> date:
        """The day from which it is in force."""
        return self.content["effective_on"]

    @property
    def version(self) -> str:
        """Its label."""
        return str(self.content.get("version"))

    def section(self, section: str, kind: type[P]) -> P:
        """A service's rows; raises PolicyFaults with all that is wrong in them."""
        rows = self.content.get(section)
        if not isinstance(rows, dict):
            why = f"缺少 [{section}]：请照 {WHOLE} 补上 / the section [{section}] is missing: add it as {WHOLE} has it"
            raise PolicyFaults(self.name, [PolicyFault(0, why)])
        head = {"version": self.content.get("version"), "effective_on": self.effective_on}
        if head.keys() & rows:
            why = "version, effective_on 只写在文件开头 / belong to the top: move them"
            raise PolicyFaults(self.name, [PolicyFault(line_of(self.text, [section]), why)])
        faults = [
            _explain(self.text, (section, *where), f"重复 / is there twice: {given(entry)}")
            for where, entry in _twice(rows)
        ]
        try:
            section_rows = _validated(kind, head | rows)
        except ValidationError as error:
            faults += _faults(self.text, section, error)
            raise PolicyFaults(self.name, faults) from error
        if faults:
            raise PolicyFaults(self.name, faults)
        return section_rows

    def head(self) -> Head:
        """What stands at its top; raises PolicyFaults."""
        try:
            return _validated(Head, {key: self.content[key] for key in HEAD & self.content.keys()})
        except ValidationError as error:
            raise PolicyFaults(self.name, _faults(self.text, "", error)) from error

    def dated(self, day: date) -> PolicyFile:
        """The same rules from another day."""
        text = _DATED.sub(f"effective_on = {day.isoformat()}", self.text, count=1)
        return PolicyFile(self.name, text, {**self.content, "effective_on": day})


def read_file(path: Path) -> PolicyFile:
    """A file's text as TOML; raises PolicyError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: 无法读取 / cannot be read: {error}") from error
    return parse(text, path.name)


def parse(text: str, name: str) -> PolicyFile:
    """As `read_file`, of a text that is at hand."""
    if len(text) > LARGEST:
        raise PolicyError(f"{name}: 太大, 最多 {LARGEST} 个字 / too large: at most {LARGEST} characters")
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # the latter, and other than its own: what has no end
        line = re.search(r"at line (\d+)", str(error))
        fault = PolicyFault(int(line[1]) if line else 0, f"无法读取 / cannot be read: {error}")
        raise PolicyFaults(name, [fault]) from error
    if type(content.get("effective_on")) is not date:
        reason = "effective_on 应为日期 / must be a date such as 2024-01-26"
        raise PolicyFaults(name, [PolicyFault(line_of(text, ["effective_on"]), reason)])
    return PolicyFile(name, text, content)


def faults_of(file: PolicyFile, sections: Mapping[str, type[Any]]) -> list[PolicyFault]:
    """Everything that is wrong with a file, in the order of its lines; `sections` are all that there may be.

    Every section has the head's settings too: what is wrong with one of those is said once.
    """
    unknown = [key for key in file.content if key not in HEAD and key not in sections]
    faults = {PolicyFault(line_of(file.text, [key]), f"{key}: {_ADVICE[_UNKNOWN]}") for key in unknown}
    try:
        file.head()
    except PolicyFaults as error:
        faults |= set(error.faults)
    said = {fault.setting for fault in faults}
    for section, kind in sections.items():
        try:
            file.section(section, kind)
        except PolicyFaults as error:
            faults |= {fault for fault in error.faults if fault.setting not in said}
        faults |= set(_not_yet_asked(file, section, kind))
    return sorted(faults)


def _not_yet_asked(file: PolicyFile, section: str, kind: type[Any]) -> Iterator[PolicyFault]:
    """Rows that a version of before may lack, since nobody asked for them then, and a new one may not."""
    rows: Any = file.content.get(section)
    asked = [setting.name for setting in fields(kind) if setting.metadata.get("is_asked")]
    for name in asked if isinstance(rows, dict) else ():
        if name not in rows:
            said = f"缺少 [{section}.{name}]：请照 {WHOLE} 补上 / is missing: add it as {WHOLE} has it"
            yield PolicyFault(line_of(file.text, [section]), f"{section}.{name}: {said}")


def comment_of(text: str, line: int) -> str:
    """What is written behind a line's setting: the clause that it rests on."""
    lines = text.splitlines()
    return lines[line - 1].partition("#")[2].strip() if 0 < line <= len(lines) else ""


def line_of(text: str, wanted: list[str]) -> int:
    """The line of a setting, or of the table nearest to it; 0 where neither stands in the file."""
    table: list[str] = []
    best, best_depth = 0, 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("#")[0].strip()
        if line.startswith("["):
            table = _names(line.strip("[]"))
            path = table
        else:
            path = [*table, *_names(line.split("=")[0])]
        depth = len(path) if path == wanted[: len(path)] else 0
        if depth > best_depth:
            best, best_depth = number, depth
    return best


_UNKNOWN = "unexpected_keyword_argument"
_ADVICE = {
    "missing": "缺少 / is missing: add it",
    _UNKNOWN: "没有这一项 / is no setting: remove it, or check its spelling",
}
_CHINESE = {
    "int": "应为整数",
    "string": "应为文字",
    "bool": "应为 true 或 false",
    "date": "应为日期, 如 2024-01-26",
    "time": "应为钟点, 如 08:00:00",
    "time_delta": "应为时长, 如 PT30M",
    "enum": "只能是所列之一",
    "literal": "只能是所列之一",
    "list": "应为列表",
    "tuple": "应为列表",
    "frozen_set": "应为列表",
    "dict": "应为表",
    "mapping": "应为表",
    "dataclass": "应为表",
    "value": "不符合要求",
    "greater": "太小",
    "less": "太大",
}


def _names(key: str) -> list[str]:
    return [name.strip(" \t\"'") for name in key.split(".")]


def _validated(kind: type[P], rows: Mapping[str, Any]) -> P:
    """A file's rows as JSON has them: dates and times are texts there, which a strict reading takes."""
    return _reader(kind).validate_json(json.dumps(rows, default=str), strict=True)


@cache
def _reader(kind: type[P]) -> TypeAdapter[P]:
    return TypeAdapter(kind)


def _twice(rows: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Whatever stands twice in one list; no list of a policy counts how often."""
    if isinstance(rows, dict):
        for key, value in rows.items():
            yield from _twice(value, (*above, key))
    elif isinstance(rows, list):
        yield from ((above, entry) for place, entry in enumerate(rows) if entry in rows[:place])


def _faults(text: str, section: str, error: ValidationError) -> list[PolicyFault]:
    faults: list[PolicyFault] = []
    for detail in error.errors():
        where = (section, *map(str, detail["loc"])) if section else tuple(map(str, detail["loc"]))
        cause = detail.get("ctx", {}).get("error")
        causes = cause.found if isinstance(cause, Contradictions) else [cause]
        for contradiction in causes:
            if isinstance(contradiction, Contradiction):
                faults.append(_explain(text, (*where, *contradiction.setting), str(contradiction)))
            else:
                faults.append(_explain(text, where, _said(detail)))
    return faults


def _said(error: Any) -> str:
    kind = str(error["type"])
    if kind in _ADVICE:
        return _ADVICE[kind]
    fitting = [word for word in _CHINESE if kind.startswith(word)]
    value = given(error["input"])
    chinese = _CHINESE[max(fitting, key=len)] if fitting else "不对"
    return f"{chinese}, 现为 {value} / {error['msg']}, is {value}"


def _explain(text: str, where: Sequence[str], said: str) -> PolicyFault:
    """`version` belongs to the top, whichever section asks for it."""
    names = [where[-1]] if where[-1] in {"version", "effective_on"} and len(where) < 3 else list(where)  # noqa: PLR2004
    return PolicyFault(line_of(text, names), f"{'.'.join(names)}: {said}")
