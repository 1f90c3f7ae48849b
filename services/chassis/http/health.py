"""Whether the process lives, and whether it can do its work; the broker is not needed for taking commands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from services.chassis.http.auth import OPEN
from services.chassis.http.office import Office
from services.chassis.http.problems import Caller, ProblemDetails, ProblemType
from services.chassis.http.settings import HttpSettings
from services.chassis.http.taking import respond
from services.chassis.verdict import Watch


def health(offices: Sequence[Office], settings: HttpSettings, watch: Watch | None) -> list[HTTPRouteHandler]:
    """`/healthz` and `/readyz`, each with the `instance` that answers, where it has a name.

    `/readyz` carries the last verdict of `watch` too: kinds alone, for whoever asks needs no token. Trouble elsewhere
    does not keep this process from taking commands, so it is ready all the same.
    """
    of = {"instance": settings.instance} if settings.instance else {}

    async def alive(request: Caller) -> Response[bytes]:
        return respond(request, {"status": "alive"} | of)

    async def ready(request: Caller) -> Response[bytes]:
        missing = [one for office in offices for one in await _missing(office, settings.ready_seconds)]
        if missing:
            told = f"尚不可用 / cannot reach: {', '.join(missing)}"
            raise ProblemDetails(ProblemType.NOT_READY, told, unreachable=missing)
        return respond(request, {"status": "ready"} | of | _verdict(watch))

    return [
        HTTPRouteHandler("/healthz", http_method="GET", opt=OPEN, name="GET /healthz")(alive),
        HTTPRouteHandler("/readyz", http_method="GET", opt=OPEN, name="GET /readyz")(ready),
    ]


def _verdict(watch: Watch | None) -> dict[str, Any]:
    verdict = None if watch is None else watch.verdict
    if verdict is None:
        return {}
    findings = [{"kind": one.kind, "about": one.about} for one in verdict.findings]
    return {"well": not findings, "findings": findings, "looked_seconds_ago": round(verdict.age, 1)}


async def _missing(office: Office, seconds: float) -> list[str]:
    missing = [] if office.counter.is_open else [f"{office.face.name}: counter"]
    try:
        async with asyncio.timeout(seconds):
            await asyncio.to_thread(office.log.size)
    except Exception:  # noqa: BLE001 - whatever keeps the database away, it is away
        missing.append(f"{office.face.name}: database")
    return missing
