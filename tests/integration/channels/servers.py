"""Servers that take messages, and servers that do not: real ones, on loopback."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

HANGS_SECONDS = 30
SECRET = "0123456789abcdef"  # noqa: S105 - made up
_MADE_UP = Path(__file__).parent / "made_up"  # for gateway.example and smtp.example, signed by itself
CERTIFICATE = _MADE_UP / "certificate.pem"


def tls() -> ssl.SSLContext:
    """What a server with that certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, _MADE_UP / "key.pem")
    return context


@dataclass
class Seen:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)


class Receiver(ThreadingHTTPServer):
    """Answers by the path: /status/503, /hang, /drip, /redirect, /limit, and /robot with what `said` says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[Seen] = []
        self.said: dict[str, Any] = {"errcode": 0}
        self.ending = threading.Event()
        self.scheme = "http"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(Seen(self.path, dict(self.headers), body))
        match self.path.split("?")[0].split("/")[1:]:
            case ["status", code]:
                self.answer(int(code))
            case ["hang"]:
                self.server.ending.wait(HANGS_SECONDS)
            case ["drip"]:
                self.drip()
            case ["redirect"]:
                self.answer(307, {"Location": self.server.url("/status/200")})
            case ["limit"]:
                self.answer(429, {"Retry-After": "7"})
            case ["limit-by-date"]:
                when = datetime.now(UTC) + timedelta(seconds=90)
                self.answer(503, {"Retry-After": when.strftime("%a, %d %b %Y %H:%M:%S GMT")})
            case _:
                self.answer(200, {}, json.dumps(self.server.said).encode())

    def answer(self, code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(HANGS_SECONDS * 5):
            if self.server.ending.wait(0.2):
                return
            try:
                self.wfile.write(f"X-{number}: drip\r\n".encode())
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named there
        """A test's own output is enough."""


def channels_file(folder: Path, **urls: str) -> Path:
    """A webhook a name, each on loopback."""
    path = folder / "channels.toml"
    settings = f'kind = "webhook"\nsecret = "{SECRET}"\nallow_private = true\nseconds = 1'
    sections = [f'[channels.{name}]\n{settings}\nurl = "{url}"' for name, url in urls.items()]
    path.write_text("\n".join([f"[township]\nchannels = {json.dumps(list(urls))}", *sections]))
    path.chmod(0o600)
    return path


@contextmanager
def receiving(context: Any = None) -> Iterator[Receiver]:
    server = Receiver()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Postmaster:
    """Takes mail; answers RCPT with `answer` where one is given."""

    taken: list[tuple[Sequence[str], bytes]] = field(default_factory=list)
    answer: str = ""
    slow_seconds: float = 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's
        time.sleep(self.slow_seconds)  # noqa: ASYNC251 - a server that hangs, hangs
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"


@contextmanager
def post_office(postmaster: Postmaster, **how: Any) -> Iterator[int]:
    """The port of an SMTP server."""
    controller = Controller(postmaster, hostname="127.0.0.1", port=0, ready_timeout=20, **how)
    controller.port = _free_port()
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
