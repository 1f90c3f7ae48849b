"""Counts requests by method, route and status: the route's template, never the path that was asked for."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from services.chassis.metrics.registry import OTHER, Metrics


class Observed:
    """An ASGI application around another one."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hands on; what is no request, such as the lifespan, is not counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, answered = perf_counter(), [500]

        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered[0] = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            named = getattr(scope.get("route_handler"), "name", None) or OTHER
            route = named.partition(" ")[2] or named
            self._metrics.observe_request(scope["method"], route, answered[0], perf_counter() - begun)
