"""Everything of the HTTP face, put together: routes of every office, token, problems, health, OpenAPI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from services.chassis.clock import Clock, SystemClock
from services.chassis.http.auth import OPEN, guard
from services.chassis.http.health import health
from services.chassis.http.office import Office
from services.chassis.http.openapi import describe
from services.chassis.http.problems import (
    Caller,
    ProblemDetails,
    on_error,
    on_http_error,
    on_problem,
)
from services.chassis.http.settings import HttpSettings
from services.chassis.http.taking import batching, reading, respond, taking
from services.chassis.verdict import Watch


def build_app(
    offices: Sequence[Office],
    settings: HttpSettings,
    clock: Clock | None = None,
    watch: Watch | None = None,
) -> Litestar:
    """The app of one service, or of several: their paths are the same wherever they are served."""
    time = clock or SystemClock()
    handlers = health(offices, settings, watch)
    for office in offices:
        for kind in office.face.commands:
            handlers.append(taking(office, kind, time, settings.answer_seconds))
            if (batch := kind.DECLARED.batch) is not None:
                handlers.append(batching(office, kind, batch, time, settings.answer_seconds))
        handlers += [reading(office, one) for one in office.face.readings]

    @asynccontextmanager
    async def is_open(_: Litestar) -> AsyncGenerator[None]:
        loop = asyncio.get_running_loop()
        for office in offices:
            office.counter.start(hand_out=loop.call_soon_threadsafe)
        try:
            yield
        finally:
            for office in offices:
                await asyncio.to_thread(office.close)

    return Litestar(
        [*handlers, _description(offices)],
        guards=[guard(settings)],
        exception_handlers={ProblemDetails: on_problem, HTTPException: on_http_error, Exception: on_error},
        lifespan=[is_open],
        request_max_body_size=settings.body_bytes,
        openapi_config=None,
        logging_config=None,
        state=State({"body_seconds": settings.body_seconds, "patience": set[asyncio.Timeout]()}),
    )


def _description(offices: Sequence[Office]) -> HTTPRouteHandler:
    described = describe([office.face for office in offices])

    async def openapi(request: Caller) -> Response[bytes]:
        return respond(request, described)

    return HTTPRouteHandler("/openapi.json", http_method="GET", opt=OPEN, name="GET /openapi.json")(openapi)
