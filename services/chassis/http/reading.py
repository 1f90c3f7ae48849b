"""What callers send, read into commands; everything that is wrong with it is named field by field."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, TypeVar, cast

from litestar import Litestar
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from services.chassis.commands import Command
from services.chassis.http.problems import Caller, Kind, Problem, new_id
from services.chassis.malformed import Fault, faults_of, said
from services.kernel.fields import name_of

C = TypeVar("C", bound=Command)
KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 200
LONGEST_ID = 128
_IN_BODY = "body"
# Nobody's life; beyond it a month more or a year less may be no date at all.
_FIRST, _LAST = date(1800, 1, 1), date(2999, 12, 31)


class Faulty(ValueError):
    """Something that cannot be read: `faults` name each field and what is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(said(faults))
        self.faults = faults

    @property
    def problem(self) -> Problem:
        """As the caller is told."""
        return Problem(
            Kind.MALFORMED, f"{Kind.MALFORMED.title}: {self}", errors=[asdict(one) for one in self.faults]
        )


def fault(field: str, message: str) -> Faulty:
    """One thing that is wrong."""
    return Faulty([_fault(field, message)])


def _fault(field: str, message: str) -> Fault:
    return Fault(field, name_of(field), message)


def lose_patience(app: Litestar) -> None:
    """Waits no longer for what callers have not sent by now."""
    now = asyncio.get_running_loop().time()
    for patience in app.state.patience:
        patience.reschedule(now)


async def whole_body(request: Caller) -> bytes:
    """The body; raises Problem where it did not come in time, or less came than was announced."""
    patience = asyncio.timeout(request.app.state.body_seconds)
    request.app.state.patience.add(patience)
    try:
        async with patience:
            body = await request.body()
    except TimeoutError:
        raise Problem(Kind.INCOMPLETE) from None
    finally:
        request.app.state.patience.discard(patience)
    announced = request.content_length
    if announced is not None and announced != len(body):
        raise Problem(Kind.INCOMPLETE)
    return body


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; none is an empty one."""
    try:
        read: object = from_json(body or b"{}", allow_inf_nan=False)
    except ValueError as error:
        raise fault(_IN_BODY, f"不是有效的 JSON / not JSON: {error}") from None
    if not isinstance(read, dict):
        raise fault(_IN_BODY, "应为 JSON 对象 / a JSON object is wanted")
    return cast("dict[str, Any]", read)


def command_of(kind: type[C], given: Mapping[str, Any], in_path: Mapping[str, str]) -> C:
    """The command that path and body make together."""
    faults = [_twice(name) for name in in_path if name in given]
    faults += [_unfit(name) for name, value in in_path.items() if not is_fit_id(value)]
    if faults:
        raise Faulty(faults)
    text = to_json({**given, **in_path})
    if b"\\u0000" in text and _has_null({**given, **in_path}):
        raise fault(_IN_BODY, "不得含空字符 / no character of code 0")
    try:
        command = kind.model_validate_json(text)
    except ValidationError as error:
        raise Faulty(faults_of(error, kind)) from None
    if faults := [_out_of_calendar(name) for name, day in _dates(command) if not _FIRST <= day <= _LAST]:
        raise Faulty(faults)
    return command


def _dates(model: BaseModel) -> Iterator[tuple[str, date]]:
    """Every date in it, by the name of its field."""
    for name, value in model:
        if isinstance(value, date):
            yield name, value
        elif isinstance(value, list):
            inner = [one for one in cast("list[Any]", value) if isinstance(one, BaseModel)]
            yield from (
                (f"{name}.{place}.{found}", day)
                for place, one in enumerate(inner)
                for found, day in _dates(one)
            )


def _out_of_calendar(name: str) -> Fault:
    told = f"日期应在 {_FIRST} 至 {_LAST} 之间 / a date from {_FIRST} to {_LAST}"
    return _fault(name, told)


def _twice(name: str) -> Fault:
    return _fault(name, "已在网址中，正文中不要重复 / stands in the URL: leave it out of the body")


def _unfit(name: str) -> Fault:
    return _fault(name, f"1–{LONGEST_ID} 个可见字符 / 1–{LONGEST_ID} visible characters")


def is_fit_id(text: str) -> bool:
    """Whether a text may stand as an id in a URL."""
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


def _has_null(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_null(one) for pair in cast("dict[str, Any]", value).items() for one in pair)
    return isinstance(value, list) and any(_has_null(one) for one in cast("list[Any]", value))


def key_of(request: Caller) -> str:
    """The caller's Idempotency-Key, or a new one."""
    given = request.headers.get(KEY_HEADER)
    if given is None:
        return new_id()
    if not (0 < len(given) <= LONGEST_KEY and given.isascii() and given.isprintable()):
        raise fault(
            KEY_HEADER, f"1–{LONGEST_KEY} 个可见 ASCII 字符 / 1–{LONGEST_KEY} visible ASCII characters"
        )
    return given
