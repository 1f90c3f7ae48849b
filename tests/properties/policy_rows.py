"""The rows of the township's policy file with the limit that each was declared with, and files that differ in some."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, time, timedelta
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from services.chassis.policy.files import HEAD, Head, PolicyFile, line_of, parse, read_file
from services.house.settings import DEFAULT_POLICY
from services.kernel.policy_limits import Between, Limit
from services.policy_lab.versions import SECTIONS, rows_of

OWN = read_file(DEFAULT_POLICY)
Row = tuple[str, ...]


def limit_of(kind: Any, path: Row) -> Any:
    """What a row's declaration says of it: a Limit, or its bare type where it has none."""
    if get_origin(kind) is Annotated:
        notes = [note for note in kind.__metadata__ if isinstance(note, Limit)]
        return notes[0] if notes else limit_of(kind.__origin__, path)
    if NoneType in get_args(kind):
        return limit_of(next(one for one in get_args(kind) if one is not NoneType), path)
    if not path:
        return kind
    if is_dataclass(kind):
        return limit_of(get_type_hints(kind, include_extras=True)[path[0]], path[1:])
    assert issubclass(get_origin(kind), Mapping), kind
    return limit_of(get_args(kind)[1], path[1:])


def every_row() -> Iterator[tuple[Row, Any]]:
    """Each row of the file, with its Limit or its bare type."""
    for row, _ in rows_of(OWN.content):
        yield row, limit_of(Head, row) if row[0] in HEAD else limit_of(SECTIONS[row[0]], row[1:])


LIMITED = {row: limit for row, limit in every_row() if isinstance(limit, Limit)}
RANGES = {row: limit for row, limit in LIMITED.items() if isinstance(limit, Between) and row[0] not in HEAD}


def written(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, timedelta):
        return f'"PT{value.total_seconds():.0f}S"'.replace("PT-", "-PT")
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return value.isoformat() if isinstance(value, time | date) else str(value)


def with_row(file: PolicyFile, row: Row, value: str) -> PolicyFile:
    """The file with one row saying something else, on the same line."""
    lines = file.text.splitlines()
    number = line_of(file.text, list(row)) - 1
    said = rf'(\b{row[-1]} *= *)("[^"]*"|\[[^\]]*\]|[^ ,}}#]+)'
    lines[number], hits = re.subn(said, lambda found: found[1] + value, lines[number], count=1)
    assert hits == 1, row
    return parse("\n".join(lines) + "\n", file.name)


def beyond(limit: Between) -> list[Any]:
    """The values next to the edges that are not allowed any more."""
    step: Any = 1 if isinstance(limit.lowest, int) else 0.01
    if isinstance(limit.lowest, timedelta):
        step = timedelta(minutes=1)
    if isinstance(limit.lowest, time):
        return [_minutes(limit.lowest, -1), _minutes(limit.highest, 1), replace_second(limit.lowest)]
    return [limit.lowest - step, limit.highest + step]


def _minutes(value: time, more: int) -> time:
    minutes = (value.hour * 60 + value.minute + more) % (24 * 60)
    return time(minutes // 60, minutes % 60)


def replace_second(value: time) -> time:
    """Not on the minute."""
    return value.replace(second=1)
