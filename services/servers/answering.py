"""A server is up when a real client gets a real answer, not when its port is open."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.exceptions import KombuError

from services.chassis.migrations import databases
from services.servers.errors import ServersError
from services.servers.processes import becomes_true

UP_SECONDS = 90
_CONNECT_SECONDS = 5


def postgres_trouble(url: str) -> str | None:
    """Return why PostgreSQL does not answer, or nothing when it does."""
    try:
        databases.ask(url, _CONNECT_SECONDS)
    except psycopg.Error as error:
        return str(error)
    return None


def rabbit_trouble(url: str) -> str | None:
    """Return why RabbitMQ does not answer, or nothing when it does."""
    connection = Connection(url, connect_timeout=_CONNECT_SECONDS)
    try:
        connection.connect()
    except (OSError, AMQPError, KombuError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.release()
    return None


def check_given(variable: str, url: str, trouble: Callable[[str], str | None]) -> None:
    """Refuse, without telling its password, a URL behind which nobody answers."""
    reason = trouble(url)
    if reason is not None:
        raise ServersError(
            f"{variable} is set, but {without_password(url)} does not answer: {reason.strip()}"
        )


def wait_for_answer(trouble: Callable[[], str | None], is_running: Callable[[], bool]) -> str | None:
    """Wait for an answer as long as the server runs; return what was the matter last, or nothing."""
    reason = "it was not asked"

    def settled() -> bool:
        nonlocal reason
        running = is_running()
        reason = trouble() or ""
        return not reason or not running

    if not becomes_true(settled, UP_SECONDS):
        return f"no answer within {UP_SECONDS} seconds: {reason}"
    return reason or None


def without_password(url: str) -> str:
    """Return the URL as it may be shown and logged."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
