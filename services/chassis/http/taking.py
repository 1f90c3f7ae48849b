"""Handlers: one for each way in; they translate requests into commands and answers into responses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any, TypeVar, cast

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from pydantic_core import to_json

from services.chassis.clock import Clock
from services.chassis.commands.command import Answer, Asked, Command, Outcome
from services.chassis.commands.declared import Batch, Declared
from services.chassis.commands.group_commit import (
    Broken,
    CounterFull,
    NotAnswered,
    OutcomeUnknown,
    Result,
)
from services.chassis.commands.malformed import Fault
from services.chassis.face import Reading
from services.chassis.http.office import Office
from services.chassis.http.problems import (
    REQUEST_ID,
    Caller,
    ProblemDetails,
    ProblemType,
    correlation_of,
    new_id,
    of_not_answered,
)
from services.chassis.http.reading import (
    KEY_HEADER,
    Faulty,
    command_of,
    fault,
    ids_of,
    json_object,
    key_of,
    whole_body,
)
from services.kernel.refusal import Refusal

T = TypeVar("T")
LIMIT = 50
MOST = 200


def litestar_path(path: str) -> str:
    """The path as Litestar writes it."""
    return path.replace("}", ":str}")


def respond(request: Caller, content: Any, *, status: int = 200, key: str = "") -> Response[bytes]:
    """An answer as JSON; `key` is under which the same again is known to be the same."""
    headers = {REQUEST_ID: correlation_of(request)}
    if key:
        headers[KEY_HEADER] = key
    return Response(to_json(content), status_code=status, headers=headers, media_type="application/json")


async def answer_of(future: Future[T], seconds: float) -> T:
    """What the counter answers; taken back where it has not begun in the time given, unknown where it has.

    The counter hands its answers out in this loop, so that nothing else is needed to wait for one.
    """
    answered = asyncio.Event()
    future.add_done_callback(lambda _: answered.set())
    try:
        async with asyncio.timeout(seconds):
            await answered.wait()
    except TimeoutError:
        kind = CounterFull if future.cancel() else OutcomeUnknown
        raise of_not_answered(kind((kind.__doc__ or "").strip())) from None
    except asyncio.CancelledError:
        future.cancel()
        raise
    return future.result()


def taking(office: Office, kind: type[Command], clock: Clock, seconds: float) -> HTTPRouteHandler:
    """Takes one command."""
    declared = kind.DECLARED

    async def take(request: Caller) -> Response[bytes]:
        body = await whole_body(request)
        try:
            key = key_of(request)
            command = command_of(kind, json_object(body), request.path_params)
        except Faulty as error:
            raise error.problem from None
        try:
            asked = _asked(request, command, clock.now(), key)
            answer = await answer_of(office.counter.submit(asked), seconds)
        except NotAnswered as error:
            raise of_not_answered(error, key=key) from error.__cause__
        return _answered(request, declared, answer, "" if command.key else key)

    path, method = litestar_path(declared.path), declared.method
    return HTTPRouteHandler(path, http_method=method, name=f"{method} {declared.path}")(take)


def _asked(request: Caller, command: Command, at: datetime, key: str) -> Asked:
    """What comes of a request was brought by its key, and can be followed by its id."""
    cause = command.key or f"request:{key}"
    return Asked(command, at, cause, correlation_of(request), key)


def _answered(request: Caller, declared: Declared, answer: Answer, key: str) -> Response[bytes]:
    if answer.is_recorded:
        headers = {KEY_HEADER: key} if key else None
        raise ProblemDetails(ProblemType.REFUSED, answer.advice, headers, reason=answer.reason, recorded=True)
    match answer.outcome:
        case Outcome.ACCEPTED:
            return respond(request, {"outcome": answer.outcome.value}, status=declared.accepted, key=key)
        case Outcome.REPEAT:
            return respond(request, {"outcome": answer.outcome.value}, key=key)
        case Outcome.WAITING:
            said = {"outcome": answer.outcome.value, "reason": answer.reason, "advice": answer.advice}
            return respond(request, said, status=202, key=key)
        case Outcome.CONFLICT:
            raise ProblemDetails(ProblemType.CONFLICT, answer.advice, reason=answer.reason)
        case Outcome.REFUSED:
            raise ProblemDetails(ProblemType.REFUSED, answer.advice, reason=answer.reason)


def batching(
    office: Office, kind: type[Command], batch: Batch, clock: Clock, seconds: float
) -> HTTPRouteHandler:
    """Takes many commands, each answered by itself; a malformed one is refused alone."""

    async def take(request: Caller) -> Response[bytes]:
        try:
            items = _items(json_object(await whole_body(request)), batch)
        except Faulty as error:
            raise error.problem from None
        read = [_read(kind, batch, item) for item in items]
        now = clock.now()
        asked = [_asked(request, one, now, new_id()) for one in read if isinstance(one, Command)]
        try:
            results = iter(await answer_of(office.counter.submit_many(asked), seconds))
        except NotAnswered as error:
            raise of_not_answered(error) from error.__cause__
        placed = [next(results) if isinstance(one, Command) else one for one in read]
        answers = [_item_answer(one) for one in placed]
        named = [
            {batch.id_field: _id_of(item, batch), **told} for item, told in zip(items, answers, strict=True)
        ]
        return respond(request, {"answers": named})

    return HTTPRouteHandler(batch.path, http_method="POST", name=f"POST {batch.path}")(take)


def _items(given: dict[str, Any], batch: Batch) -> list[Any]:
    items = given.pop(batch.items, None)
    if given:
        raise Faulty([Fault(name, "", "没有这一项，请删去 / unknown field") for name in given])
    if not isinstance(items, list):
        raise fault(batch.items, "应为数组 / an array is wanted")
    held = cast("list[Any]", items)
    if len(held) > batch.limit:
        told = f"一次最多 {batch.limit} 条 / at most {batch.limit} at a time; 收到 / sent: {len(held)}"
        raise ProblemDetails(ProblemType.TOO_LARGE, told, limit=batch.limit)
    return held


def _read(kind: type[Command], batch: Batch, item: Any) -> Command | Faulty:
    if not isinstance(item, dict):
        return fault(batch.items, "应为 JSON 对象 / a JSON object is wanted")
    try:
        return command_of(kind, cast("dict[str, Any]", item), {})
    except Faulty as error:
        return error


def _id_of(item: Any, batch: Batch) -> str | None:
    named = cast("dict[str, Any]", item).get(batch.id_field) if isinstance(item, dict) else None
    return named if isinstance(named, str) else None


def _item_answer(result: Result | Faulty) -> Mapping[str, str]:
    """One item's answer; raises ProblemDetails for the whole where nobody could be answered."""
    match result:
        case Answer(is_recorded=True):
            return {"outcome": Outcome.REFUSED.value, "reason": result.reason, "advice": result.advice}
        case Answer(outcome=Outcome.ACCEPTED | Outcome.REPEAT):
            return {"outcome": result.outcome.value}
        case Answer():
            return {"outcome": result.outcome.value, "reason": result.reason, "advice": result.advice}
        case Faulty():
            return {"outcome": Outcome.REFUSED.value, "reason": "Malformed", "advice": str(result)}
        case Broken():
            return {"outcome": Outcome.REFUSED.value, "reason": "Broken", "advice": str(result)}
        case NotAnswered():
            raise of_not_answered(result) from result.__cause__


def reading(office: Office, what: Reading) -> HTTPRouteHandler:
    """Answers what is asked, in a thread of its own."""

    async def read(request: Caller) -> Response[bytes]:
        limit = _limit(request)
        try:
            ids = ids_of(request.path_params)
        except Faulty as error:
            raise error.problem from None
        asked = office.application if what.of_application else office.log
        try:
            found = await asyncio.to_thread(what.read, asked, ids, limit)
        except Refusal as refusal:
            raise ProblemDetails(ProblemType.NOT_FOUND, refusal.advice, reason=refusal.reason) from None
        return respond(request, found)

    path = litestar_path(what.path)
    return HTTPRouteHandler(path, http_method="GET", name=f"GET {what.path}")(read)


def _limit(request: Caller) -> int:
    given = request.query_params.get("limit", str(LIMIT))
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(MOST)) and 1 <= int(given) <= MOST):
        raise fault("limit", f"1–{MOST} 的整数 / a whole number from 1 to {MOST}").problem
    return int(given)
