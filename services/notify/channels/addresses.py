"""Where messages may go: a name is resolved once, every address of it is checked, and the checked one is used.

Nothing else resolves a name, so that a name that answers otherwise a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from time import monotonic
from typing import Any

Ip = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[tuple[Any, ...]]]

# Where clouds answer questions about the machine and its keys; these two lie outside of link-local.
_METADATA = (ip_address("100.100.100.200"), ip_address("fd00:ec2::254"))
_EMBEDS_LAST_FOUR = ip_network("64:ff9b::/96")  # NAT64


class AddressError(OSError):
    """Nothing is sent to this address."""


class AddressRefused(AddressError):
    """It lies in a private range, and the channel does not say `allow_private = true`; or it is never allowed."""


class NameUnknown(AddressError):
    """The name does not resolve, or not in time."""


@dataclass(frozen=True)
class Endpoint:
    """A checked address; `host` is the name for TLS and for the Host header."""

    host: str
    ip: Ip
    port: int


class Deadline:
    """The moment by which all of an attempt must be over."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left; raises TimeoutError where there are none."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def is_never_allowed(address: Ip) -> bool:
    """Link-local, metadata, multicast, unspecified: no channel may name such an address."""
    inner = _inner(address)
    return (
        inner in _METADATA
        or inner.is_link_local
        or inner.is_multicast
        or inner.is_unspecified
        or (isinstance(inner, IPv4Address) and inner.is_reserved)
    )


def is_private(address: Ip) -> bool:
    """Loopback, private, shared and all else that is not on the open internet."""
    return not _inner(address).is_global


def _inner(address: Ip) -> Ip:
    """The IPv4 address that an IPv6 one only wraps."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _EMBEDS_LAST_FOUR:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def check(
    host: str, port: int, deadline: Deadline, *, allow_private: bool, resolve: Resolve | None = None
) -> Endpoint:
    """Resolves `host` once; raises AddressRefused where any of its addresses may not be used, NameUnknown."""
    found = [
        ip_address(str(answer[4][0]).split("%")[0]) for answer in _resolved(host, port, deadline, resolve)
    ]
    if not found:
        raise NameUnknown
    if any(is_never_allowed(address) or (is_private(address) and not allow_private) for address in found):
        raise AddressRefused
    return Endpoint(host, found[0], port)


def _resolved(host: str, port: int, deadline: Deadline, resolve: Resolve | None) -> Sequence[tuple[Any, ...]]:
    """The resolver has no time limit of its own: it is waited for in a thread."""
    ask: Resolve = resolve or (lambda name, at: socket.getaddrinfo(name, at, type=socket.SOCK_STREAM))
    answered: list[Sequence[tuple[Any, ...]]] = []

    def run() -> None:
        try:
            answered.append(ask(host, port))
        except (OSError, UnicodeError):
            answered.append(())

    thread = Thread(target=run, daemon=True, name="resolving")
    thread.start()
    thread.join(deadline.left())
    if not answered:
        raise NameUnknown
    return answered[0]


class _Timed:
    """Every read ends by the deadline, however slowly the other side lets its bytes drip."""

    deadline: Deadline
    settimeout: Callable[[float | None], None]

    def hurry(self) -> None:
        self.settimeout(self.deadline.left())


class TimedSocket(_Timed, socket.socket):
    """A socket whose reads and writes end by its deadline."""

    def recv_into(self, *args: Any, **more: Any) -> int:
        """As a socket's, by the deadline."""
        self.hurry()
        return super().recv_into(*args, **more)

    def sendall(self, *args: Any, **more: Any) -> None:
        """As a socket's, by the deadline."""
        self.hurry()
        super().sendall(*args, **more)


class TimedTlsSocket(_Timed, ssl.SSLSocket):
    """The same over TLS."""

    def recv_into(self, *args: Any, **more: Any) -> int:
        """As a socket's, by the deadline."""
        self.hurry()
        return super().recv_into(*args, **more)

    def sendall(self, *args: Any, **more: Any) -> None:
        """As a socket's, by the deadline."""
        self.hurry()
        super().sendall(*args, **more)


def connect(endpoint: Endpoint, deadline: Deadline) -> TimedSocket:
    """Connects to the address that was checked, and to no other."""
    family = socket.AF_INET if endpoint.ip.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP versions
    made = TimedSocket(family, socket.SOCK_STREAM)
    try:
        made.deadline = deadline
        made.hurry()
        made.connect((str(endpoint.ip), endpoint.port))
    except BaseException:
        made.close()
        raise
    return made


def tls_context(ca_file: str | None, deadline: Deadline) -> ssl.SSLContext:
    """TLS that checks the certificate against the name; `ca_file` names a township's own authority."""
    context = ssl.create_default_context(cafile=ca_file)
    context.sslsocket_class = type("Timed", (TimedTlsSocket,), {"deadline": deadline})
    return context


def secure(plain: TimedSocket, host: str, ca_file: str | None) -> ssl.SSLSocket:
    """The connection over TLS, by the same deadline."""
    plain.hurry()
    return tls_context(ca_file, plain.deadline).wrap_socket(plain, server_hostname=host)
