"""Serving `/metrics` on a port of its own: from a thread in plain processes, from a greenlet in nameko workers."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import make_wsgi_app

from services.chassis.metrics.registry import Metrics
from services.chassis.workers.eventlet_shim import WsgiServer

PATH = "/metrics"
HOST = "127.0.0.1"
PATIENCE_SECONDS = 10.0
MOST_CALLERS = 8


def wsgi(metrics: Metrics) -> WSGIApplication:
    """`/metrics` and nothing else."""
    page: WSGIApplication = make_wsgi_app(metrics.registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            return page(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"/metrics\n"]

    return answer


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE_SECONDS  # who connects and says nothing is let go

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named there
        """A scrape is not worth a line."""


class Serving:
    """Serves from a thread until it is closed."""

    def __init__(self, metrics: Metrics, port: int, host: str = HOST) -> None:
        self._server = make_server(host, port, wsgi(metrics), _Server, _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port; where 0 was asked for, the one that was free."""
        return self._server.server_port

    def close(self) -> None:
        """Gives the port free."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _NoLog:
    def write(self, line: str) -> None:
        """A scrape is not worth a line."""


def serve(metrics: Metrics, port: int, host: str = HOST) -> Serving:
    """Serves `/metrics` of a plain process, such as a relay or an api."""
    return Serving(metrics, port, host)


def serve_green(metrics: Metrics, port: int, host: str = HOST) -> WsgiServer:
    """Serves `/metrics` of a nameko worker, patched or not: no thread of its own."""
    return WsgiServer(
        wsgi(metrics),
        host,
        port,
        log=_NoLog(),
        log_output=False,
        keepalive=False,
        socket_timeout=PATIENCE_SECONDS,
        max_size=MOST_CALLERS,
        debug=False,
    )
