"""Serving `/metrics` from within a nameko worker, by a greenlet: no thread of its own, patched or not."""

from __future__ import annotations

import eventlet
import eventlet.wsgi
from eventlet.greenio import GreenSocket

from services.chassis.metrics.registry import Metrics
from services.chassis.metrics.serving import HOST, PATIENCE_SECONDS, wsgi
from services.chassis.workers import eventlet_shim

MOST_CALLERS = 8


class _NoLog:
    def write(self, line: str) -> None:
        """A scrape is not worth a line."""


class GreenServing:
    """Serves from a greenlet until it is closed."""

    def __init__(self, metrics: Metrics, port: int, host: str = HOST) -> None:
        self._socket: GreenSocket = eventlet.listen((host, port))
        self.port: int = self._socket.getsockname()[1]
        self._thread = eventlet.spawn(
            eventlet.wsgi.server,
            self._socket,
            wsgi(metrics),
            log=_NoLog(),
            log_output=False,
            keepalive=False,
            socket_timeout=PATIENCE_SECONDS,
            max_size=MOST_CALLERS,
            debug=False,
        )
        eventlet_shim.sleep(0)

    def close(self) -> None:
        """Gives the port free."""
        self._thread.kill()
        self._socket.close()


def serve_green(metrics: Metrics, port: int, host: str = HOST) -> GreenServing:
    """Serves `/metrics` of a worker."""
    return GreenServing(metrics, port, host)
