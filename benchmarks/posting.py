"""Clients that post over HTTP: many connections, one thread, each sending its next request when it has its answer.

They share the two cores with what they measure, so they do no more than they must: requests are made before, and of
an answer only its status and its end are looked at.
"""

from __future__ import annotations

import json
import selectors
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection
from time import monotonic, sleep
from typing import Any

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
SILENT_SECONDS = 60.0


def request(method: str, path: str, body: Any, token: str) -> bytes:
    """The bytes of a request."""
    held = json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(held)}\r\n\r\n"
    return head.encode() + held


class _Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._held = b""

    def send(self, what: bytes) -> None:
        self._held = b""
        self.sent_at = monotonic()
        self.socket.sendall(what)

    def status(self) -> int | None:
        """The answer's status; None while it is not whole."""
        self._held += self.socket.recv(65536)
        head, found, body = self._held.partition(_END)
        if not found:
            return None
        length = head.lower().partition(_LENGTH)[2].partition(b"\r")[0]
        return int(self._held[9:12]) if len(body) >= int(length) else None


class Clients:
    """`count` of them, connected until closed."""

    def __init__(self, port: int, count: int) -> None:
        self._all = [_Client(port) for _ in range(count)]
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []

    def run(self, requests: Iterable[bytes], seconds: float = 1e9) -> float:
        """Posts until there is nothing more or the time is over, and waits for the last answers; how long it took."""
        begun = monotonic()
        left = iter(requests)
        with selectors.DefaultSelector() as waiting:
            for client in self._all:
                self._next(client, left, waiting)
            while waiting.get_map():
                for key, _ in waiting.select(SILENT_SECONDS):
                    status = key.data.status()
                    if status is None:
                        continue
                    self.statuses[status] += 1
                    self.seconds.append(monotonic() - key.data.sent_at)
                    waiting.unregister(key.fileobj)
                    if monotonic() - begun < seconds:
                        self._next(key.data, left, waiting)
        return monotonic() - begun

    def _next(self, client: _Client, left: Iterator[bytes], waiting: selectors.BaseSelector) -> None:
        wanted = next(left, None)
        if wanted is not None:
            client.send(wanted)
            waiting.register(client.socket, selectors.EVENT_READ, client)

    def close(self) -> None:
        """Hangs up."""
        for client in self._all:
            client.socket.close()


def paced(
    requests: Iterable[bytes], rate: float, should_stop: Callable[[], bool], port: int, count: int = 8
) -> int:
    """Posts `rate` a second in small lots, until it should stop; returns how many were answered."""
    clients = Clients(port, count)
    left = iter(requests)
    begun, sent = monotonic(), 0
    while not should_stop():
        due = int((monotonic() - begun) * rate) - sent
        if due:
            clients.run([next(left) for _ in range(due)])
            sent += due
        sleep(0.005)
    clients.close()
    return clients.statuses.total()


class Caller:
    """One who asks and looks at the answer."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=SILENT_SECONDS)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        self._connection.request(method, path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
