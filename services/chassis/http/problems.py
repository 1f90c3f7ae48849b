"""What is answered when something is not taken: RFC 9457, in Chinese and English, with what to do."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from enum import Enum
from itertools import count
from typing import Any
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.datastructures import Headers
from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import ProblemDetailsException

from services.chassis.commands.group_commit import (
    Broken,
    Contended,
    CounterClosed,
    CounterFull,
    NotAnswered,
    OutcomeUnknown,
)

PROBLEM_JSON = "application/problem+json"
REQUEST_ID = "X-Request-ID"
RETRY_SECONDS = "1"
_SAFE_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_OURS = uuid4().hex
_numbers = count(1)
_logger = structlog.get_logger("http")

Caller = Request[Any, Any, Any]


class ProblemType(Enum):
    """The kinds of problem: the stable last word of `type`, the status, the title."""

    MALFORMED = ("malformed", 400, "内容有误，请更正后再提交 / correct it and send it again")
    INCOMPLETE = ("incomplete", 400, "请求中断，未受理 / the request was cut short: nothing was recorded")
    UNAUTHORISED = ("unauthorised", 401, "未出示令牌或令牌有误 / no token, or a wrong one")
    NOT_FOUND = ("not-found", 404, "没有这个地址 / no such address")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "此地址没有这种操作 / this address has no such method")
    CONFLICT = ("conflict", 409, "编号已用于其他内容 / this id was used for other content")
    TOO_LARGE = ("too-large", 413, "内容过大 / too large")
    REFUSED = ("refused", 422, "不予受理 / refused")
    INTERNAL = ("internal", 500, "程序出错 / an error of ours")
    FULL = ("full", 503, "排队已满 / too many are waiting")
    STOPPING = ("stopping", 503, "正在停机 / going down")
    CONTENDED = ("contended", 503, "修改过于集中 / others keep changing this")
    UNKNOWN = ("outcome-unknown", 503, "是否已记录尚不清楚 / it may be recorded or not")
    NOT_READY = ("not-ready", 503, "尚未就绪 / not ready")

    @property
    def type(self) -> str:
        """The stable URI of the kind."""
        return f"urn:shouwang:problem:{self.value[0]}"

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[1]

    @property
    def title(self) -> str:
        """What is the matter, the same for all of the kind."""
        return self.value[2]


_UNAVAILABLE = 503
_RAISED_BY_LITESTAR = (
    ProblemType.MALFORMED,
    ProblemType.UNAUTHORISED,
    ProblemType.NOT_FOUND,
    ProblemType.METHOD_NOT_ALLOWED,
    ProblemType.TOO_LARGE,
)
_BY_STATUS = {kind.status: kind for kind in _RAISED_BY_LITESTAR}
_NOT_ANSWERED: dict[type[NotAnswered], ProblemType] = {
    CounterFull: ProblemType.FULL,
    CounterClosed: ProblemType.STOPPING,
    Contended: ProblemType.CONTENDED,
    OutcomeUnknown: ProblemType.UNKNOWN,
    Broken: ProblemType.INTERNAL,
}


class ProblemDetails(ProblemDetailsException):
    """Something that is answered with problem details; `more` are members of its own."""

    def __init__(
        self, kind: ProblemType, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(
            detail=detail or kind.title,
            status_code=kind.status,
            title=kind.title,
            type_=kind.type,
            headers=dict(headers or {}),
        )
        self.kind = kind
        self.more = more


def new_id() -> str:
    """An id that is nobody else's: asking the system for chance each time would stop every thread."""
    return f"{_OURS}-{next(_numbers)}"


def correlation_of(request: Caller) -> str:
    """The caller's X-Request-ID where it is a plain word, else one made here; the same for the whole request."""
    held: dict[str, Any] = request.scope["state"]
    if "correlation" not in held:
        given = request.headers.get(REQUEST_ID, "")
        held["correlation"] = given if _SAFE_ID.fullmatch(given) else new_id()
    return held["correlation"]


def respond(request: Caller, problem: ProblemDetails) -> Response[dict[str, Any]]:
    """The problem as the caller sees it."""
    kind, correlation = problem.kind, correlation_of(request)
    problem.extra = {"correlation": correlation, **problem.more}
    problem.headers = {REQUEST_ID: correlation, **(problem.headers or {})}
    if kind.status == _UNAVAILABLE:
        problem.headers["Retry-After"] = RETRY_SECONDS
    route = request.scope["route_handler"].name if "route_handler" in request.scope else None
    _logger.info("problem", kind=kind.value[0], status=kind.status, route=route, correlation=correlation)
    return problem.to_response(request)


def of_not_answered(error: NotAnswered, **more: Any) -> ProblemDetails:
    """What the counter could not answer, as a problem."""
    return ProblemDetails(_NOT_ANSWERED[type(error)], str(error), **more)


def on_problem(request: Caller, problem: ProblemDetails) -> Response[dict[str, Any]]:
    """A problem that was raised here."""
    if problem.__cause__ is not None:
        _log_error(request, problem.__cause__)
    return respond(request, problem)


def on_http_error(request: Caller, error: HTTPException) -> Response[dict[str, Any]]:
    """What Litestar raises: no such address, too large, cut short."""
    if "disconnected" in error.detail:
        return respond(request, ProblemDetails(ProblemType.INCOMPLETE))
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        return on_error(request, error)
    told = f"{kind.title}: {more}" if (more := _more(request, kind, error)) else ""
    return respond(request, ProblemDetails(kind, told, error.headers))


def _more(request: Caller, kind: ProblemType, error: HTTPException) -> str:
    """What would do instead."""
    if kind is ProblemType.NOT_FOUND:
        return "全部地址见 / every address is listed in GET /openapi.json"
    if kind is ProblemType.METHOD_NOT_ALLOWED:
        return f"可用的操作 / its methods: {Headers(error.headers or {}).get('allow', '')}"
    if kind is ProblemType.TOO_LARGE:
        most = request.app.request_max_body_size
        return f"一次最多 {most} 字节，请分几次提交 / at most {most} bytes: send it in parts"
    return ""


def on_error(request: Caller, error: Exception) -> Response[dict[str, Any]]:
    """Anything else is an error of ours; the caller may ask again with the same id."""
    _log_error(request, error)
    return respond(request, ProblemDetails(ProblemType.INTERNAL, (Broken.__doc__ or "").strip()))


def _log_error(request: Caller, error: BaseException) -> None:
    """Where it happened and of what type; an exception's message may hold personal data, so it is not logged."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    _logger.error("error", type=type(error).__name__, where=where, correlation=correlation_of(request))
