"""A wire to PostgreSQL that can be cut at the commit of what was written, or before its answer is back."""

import re
import socket
import threading
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Self


class Cut(Enum):
    COMMIT = auto()
    ANSWER = auto()
    CLIENT = auto()  # the commit gets there, and the client goes without waiting


class Wire:
    """Passes everything on until it is told what to lose, once; `is_open` lets new connections through."""

    def __init__(self, url: str) -> None:
        found = re.search(r"@([^:/]+):(\d+)/", url)
        self._server = (found[1], int(found[2]))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = url.replace(found[0], f"@127.0.0.1:{self._listener.getsockname()[1]}/")
        self.lose: Cut | None = None
        self.is_open = True
        self.closes_after = False
        self.lost = 0
        self.refused = threading.Event()
        self._held: list[socket.socket] = []
        self._reading: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self.is_open:
                client.close()
                self.refused.set()
                continue
            server = socket.create_connection(self._server)
            self._held += (client, server)
            for way in (self._to_server, self._to_client):
                self._threads.append(threading.Thread(target=way, args=(client, server)))
                self._threads[-1].start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        while told := _received(client):
            self._note(client, told)
            lose = self.lose if b"COMMIT" in told and client not in self._reading else None
            if lose is not Cut.COMMIT:
                _send(server, told)
            if lose in {Cut.COMMIT, Cut.CLIENT}:
                self._cut()
                break
        _end(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        while told := _received(server):
            if self.lose is Cut.ANSWER and b"COMMIT\0" in told and client not in self._reading:
                self._cut()
                break
            _send(client, told)
        _end(client, server)

    def _note(self, client: socket.socket, told: bytes) -> None:
        """A transaction that only reads is committed as well, and nothing is lost by losing that."""
        if b"READ ONLY" in told:
            self._reading.add(client)
        elif b"BEGIN" in told:
            self._reading.discard(client)

    def _cut(self) -> None:
        self.lose = None
        self.lost += 1
        if self.closes_after:
            self.is_open = False
            _end(*self._held)


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(1 << 16)
    except OSError:
        return b""


def _send(one: socket.socket, told: bytes) -> None:
    with suppress(OSError):  # who has gone is noticed at the other end of the wire
        one.sendall(told)


def _end(*both: socket.socket) -> None:
    for one in both:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
