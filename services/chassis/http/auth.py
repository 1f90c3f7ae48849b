"""Who may call: whoever shows the configured token. Accounts take this place later."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard

from services.chassis.http.problems import ProblemDetails, ProblemType
from services.chassis.http.settings import HttpSettings

OPEN = {"is_open": True}
_SCHEME = "bearer "


def guard(settings: HttpSettings) -> Guard:
    """Lets in who shows the token, before anything else of the request is read; open routes let in everybody."""
    wanted = settings.token.get_secret_value().encode()

    async def let_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if handler.opt.get("is_open"):
            return
        given = connection.headers.get("authorization", "")
        shown = given[len(_SCHEME) :].strip().encode() if given.lower().startswith(_SCHEME) else b""
        if not compare_digest(shown, wanted):
            raise ProblemDetails(
                ProblemType.UNAUTHORISED, headers={"WWW-Authenticate": 'Bearer realm="shouwang"'}
            )

    return let_in
