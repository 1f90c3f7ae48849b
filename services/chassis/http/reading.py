"""What callers send, read into commands; everything that is wrong with it is named field by field."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar, cast

from litestar import Litestar
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from services.chassis.commands.command import Command
from services.chassis.commands.malformed import Fault, faults_of, said
from services.chassis.http.problems import Caller, ProblemDetails, ProblemType, new_id
from services.kernel.form_labels import name_of
from services.kernel.texts import ID, UnfitText

C = TypeVar("C", bound=Command)
KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_IN_BODY = "body"
_PLACE = re.compile(r"at line (\d+) column (\d+)")


class Faulty(ValueError):
    """Something that cannot be read: `faults` name each field and what is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(said(faults))
        self.faults = faults

    @property
    def problem(self) -> ProblemDetails:
        """As the caller is told."""
        return ProblemDetails(
            ProblemType.MALFORMED,
            f"{ProblemType.MALFORMED.title}: {self}",
            errors=[asdict(one) for one in self.faults],
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
    """The body; raises ProblemDetails where it did not come in time, or less came than was announced."""
    patience = asyncio.timeout(request.app.state.body_seconds)
    request.app.state.patience.add(patience)
    try:
        async with patience:
            body = await request.body()
    except TimeoutError:
        raise ProblemDetails(ProblemType.INCOMPLETE) from None
    finally:
        request.app.state.patience.discard(patience)
    announced = request.content_length
    if announced is not None and announced != len(body):
        raise ProblemDetails(ProblemType.INCOMPLETE)
    return body


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; none is an empty one."""
    try:
        read: object = from_json(body or b"{}", allow_inf_nan=False)
    except ValueError as error:
        raise fault(_IN_BODY, _not_json(str(error))) from None
    if not isinstance(read, dict):
        raise fault(_IN_BODY, "应为 JSON 对象 / a JSON object is wanted")
    return cast("dict[str, Any]", read)


def _not_json(english: str) -> str:
    place = _PLACE.search(english)
    where = f"（第 {place[1]} 行第 {place[2]} 列）" if place else ""
    return f"不是有效的 JSON{where} / not JSON: {english}"


def command_of(kind: type[C], given: Mapping[str, Any], in_path: Mapping[str, str]) -> C:
    """The command that path and body make together."""
    faults = [_twice(name) for name in in_path if name in given]
    if faults:
        raise Faulty(faults)
    try:
        return kind.model_validate_json(to_json({**given, **in_path}))
    except ValidationError as error:
        raise Faulty(faults_of(error, kind)) from None


def ids_of(in_path: Mapping[str, str]) -> dict[str, str]:
    """The ids in a path, by the rule for all ids."""
    try:
        return {name: ID.read(given) for name, given in in_path.items()}
    except UnfitText as error:
        raise fault("path", str(error)) from None


def _twice(name: str) -> Fault:
    return _fault(name, "已在网址中，正文中不要重复 / stands in the URL: leave it out of the body")


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
