"""What a policy file may say: the range of every number and the form of every text, noted on their fields.

A note is a hook of pydantic's, written without it: rules know no framework. A refusal names what is allowed and what
was given and, where settings contradict each other, which of them is to be changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Any

SHOWN = 40
_WRITTEN = frozenset({date, time, timedelta})
"""What a file has as text: only a JSON reader, not a function, may make them of it."""


class Contradiction(ValueError):
    """One setting that is not as it must be: `setting` is its path below the table that refuses it, with dots."""

    def __init__(self, setting: str, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")
        self.setting = tuple(setting.split(".")) if setting else ()


class Contradictions(ValueError):
    """All settings of one table of a policy that do not go with each other."""

    def __init__(self, found: Iterable[Contradiction]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(map(str, self.found)))


def refuse(found: Iterable[Contradiction]) -> None:
    """Raises Contradictions where there are any."""
    if contradictions := tuple(found):
        raise Contradictions(contradictions)


def given(value: object) -> str:
    """What a file says, as it stands there, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@dataclass(frozen=True)
class Limit:
    """`chinese` and `english` say what is allowed; `kind` is the type that a value has once it is read."""

    kind: type[Any]
    chinese: str
    english: str
    admits: Callable[[Any], bool]

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> dict[str, Any]:
        """A number or text of another type is refused in the same words; a date's or time's form pydantic tells."""
        kind, check = ("after", self._fitting) if self.kind in _WRITTEN else ("wrap", self._checked)
        function = {"type": "no-info", "function": check}
        return {"type": f"function-{kind}", "function": function, "schema": handler(source)}

    def _checked(self, value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            found = read(value)
        except ValueError:
            raise self._refusal(value) from None
        if not self.admits(found):
            raise self._refusal(value)
        return found

    def _fitting(self, found: Any) -> Any:
        if not self.admits(found):
            raise self._refusal(_iso(found) if isinstance(found, timedelta) else found)
        return found

    def _refusal(self, value: object) -> Contradiction:
        told = given(value)
        return Contradiction("", f"应为 {self.chinese}, 现为 {told}", f"must be {self.english}, is {told}")


@dataclass(frozen=True)
class Between(Limit):
    """From `lowest` to `highest`, both allowed."""

    lowest: Any
    highest: Any


def whole(lowest: int, highest: int) -> Between:
    """A whole number."""
    chinese, english = f"{lowest} 到 {highest} 的整数", f"a whole number from {lowest} to {highest}"
    return Between(int, chinese, english, lambda value: lowest <= value <= highest, lowest, highest)


def number(lowest: float, highest: float) -> Between:
    """A number; `nan` lies outside of every range."""
    chinese, english = f"{lowest} 到 {highest} 的数", f"a number from {lowest} to {highest}"
    return Between(float, chinese, english, lambda value: lowest <= value <= highest, lowest, highest)


def clock(earliest: time, latest: time) -> Between:
    """A time of day to the minute."""
    first, last = f"{earliest:%H:%M:%S}", f"{latest:%H:%M:%S}"

    def admits(value: time) -> bool:
        is_minute = value.second == value.microsecond == 0
        return value.tzinfo is None and is_minute and earliest <= value <= latest

    chinese, english = f"{first} 到 {last} 的整分钟点", f"a whole minute from {first} to {last}"
    return Between(time, chinese, english, admits, earliest, latest)


def span(shortest: timedelta, longest: timedelta) -> Between:
    """A span of time in whole minutes, in a file as ISO 8601."""
    least, most = _iso(shortest), _iso(longest)

    def admits(value: timedelta) -> bool:
        return shortest <= value <= longest and value % timedelta(minutes=1) == timedelta()

    chinese, english = f"{least} 到 {most} 的时长(整分钟)", f"a span of whole minutes from {least} to {most}"
    return Between(timedelta, chinese, english, admits, shortest, longest)


def day(first: date, last: date) -> Between:
    """A date."""
    chinese, english = f"{first} 到 {last} 的日期", f"a date from {first} to {last}"
    return Between(date, chinese, english, lambda value: first <= value <= last, first, last)


def _iso(value: timedelta) -> str:
    seconds = value.total_seconds()
    if seconds % 3600 == 0:
        return f"PT{seconds / 3600:.0f}H"
    return f"PT{seconds / 60:.0f}M" if seconds % 60 == 0 else f"PT{seconds:g}S"


def text(most: int, least: int = 1) -> Limit:
    """Text of one line: no character that cannot be seen, and no space at either end."""
    chinese, english = f"{least} 到 {most} 个字的一行文字", f"a line of {least} to {most} characters"
    chinese += ", 首尾无空格"
    english += " without spaces around it"

    def admits(value: str) -> bool:
        return least <= len(value) <= most and value.isprintable() and value == value.strip()

    return Limit(str, chinese, english, admits)


def code(pattern: str, chinese: str, english: str) -> Limit:
    """Text of a form."""
    form = re.compile(pattern)
    return Limit(str, chinese, english, lambda value: form.fullmatch(value) is not None)


_NAME = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
VersionName = Annotated[
    str,
    code(
        _NAME,
        "1 到 64 个字母、数字或 - _ . : (写在文件开头)",
        "1 to 64 letters, digits or - _ . :, at the top of the file",
    ),
]
EffectiveOn = Annotated[date, day(date(2000, 1, 1), date(2100, 12, 31))]
Clause = Annotated[str, text(60)]
"""条款: what a row rests on."""

Years = Annotated[int, whole(50, 110)]
Months = Annotated[int, whole(1, 60)]
