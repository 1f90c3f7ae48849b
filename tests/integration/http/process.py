"""A process that serves over a socket, and clients that drive it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.unit.http.village import TOKEN

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Process:
    """`python -m tests.integration.http.served` on a folder of logs; `code` serves by a script instead."""

    def __init__(self, data: Path, *services: str, code: str = "") -> None:
        self.port = free_port()
        environ = {
            **os.environ,
            "SHOUWANG_DATA": str(data),
            "SHOUWANG_HTTP_PORT": str(self.port),
            "SHOUWANG_HTTP_TOKEN": TOKEN,
        }
        self.log = data / "http.log"
        how = ["-c", code] if code else ["-m", "tests.integration.http.served"]
        with self.log.open("a") as out:
            command = [sys.executable, *how, *services]
            self.inner = subprocess.Popen(command, env=environ, stdout=out, stderr=out)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self) -> None:
        for _ in range(300):
            assert self.inner.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self) -> int:
        self.inner.send_signal(signal.SIGTERM)
        return self.inner.wait(30)


@contextmanager
def serving(data: Path, *services: str, code: str = "") -> Iterator[Process]:
    process = Process(data, *services, code=code)
    try:
        process.wait_ready()
        yield process
    finally:
        process.inner.kill()
        process.inner.wait()


class Line:
    """A kept-alive connection, as light as can be: the client shares the machine with the server."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def send(self, method: str, path: str, body: dict) -> tuple[int, dict]:
        """Raises OSError or EOFError where there is no answer."""
        if not hasattr(self, "_in"):
            self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port)
        text = json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {TOKEN}\r\n"
        self._out.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        answer = await self._in.readuntil(b"\r\n\r\n")
        lines = answer.decode().lower().split("\r\n")
        size = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
        return int(lines[0].split()[1]), json.loads(await self._in.readexactly(size))

    def close(self) -> None:
        if hasattr(self, "_out"):
            self._out.close()
            del self._in, self._out


async def drive(port: int, clients: int, seconds: float, ask: Callable[[int], tuple[str, str, dict]]) -> dict:
    """`clients` send one after the other what `ask` gives for each number; status to how many."""
    numbers = iter(range(10**9))
    ends = time.monotonic() + seconds
    counts: dict[int, int] = {}

    async def client() -> None:
        line = Line(port)
        while time.monotonic() < ends:
            status, _ = await line.send(*ask(next(numbers)))
            counts[status] = counts.get(status, 0) + 1
        line.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return counts
