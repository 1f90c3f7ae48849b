"""What a set of servers was given when it was made, and keeps: ports, passwords, names."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
FILE = "servers.json"
# Below the ports that Linux lends to outgoing connections: none of those shall sit on ours while we are down.
_FIRST_PORT, _LAST_PORT = 20_000, 32_000
_random = secrets.SystemRandom()


@dataclass(frozen=True)
class Urls:
    """Where the servers are, with user and password."""

    amqp: str
    database: str


@dataclass(frozen=True)
class RabbitState:
    """The private RabbitMQ of a set."""

    node: str
    port: int
    dist_port: int
    epmd_port: int
    password: str
    cookie: str

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"amqp://shouwang:{self.password}@{LOOPBACK}:{self.port}/shouwang"


@dataclass(frozen=True)
class PostgresState:
    """The private PostgreSQL of a set; at home elsewhere only if its user cannot enter the set's folder."""

    port: int
    password: str
    elsewhere: str | None = None

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"postgresql://shouwang:{self.password}@{LOOPBACK}:{self.port}/shouwang"


@dataclass(frozen=True)
class State:
    """What one set keeps."""

    rabbit: RabbitState
    postgres: PostgresState


def digest(folder: Path) -> str:
    """Return a short name for a path."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]


def new_state(folder: Path, name: str) -> State:
    """Choose ports, names and passwords for a set that has none yet."""
    port, dist_port, epmd_port, database_port = free_ports(4)
    return State(
        RabbitState(
            node=f"shouwang-{name}-{digest(folder)}@localhost",
            port=port,
            dist_port=dist_port,
            epmd_port=epmd_port,
            password=secrets.token_hex(24),
            cookie=secrets.token_hex(24),
        ),
        PostgresState(port=database_port, password=secrets.token_hex(24)),
    )


def with_free_rabbit_ports(state: RabbitState) -> RabbitState:
    """Give a RabbitMQ that is down other ports if any of its own was taken meanwhile."""
    if all(is_free(port) for port in (state.port, state.dist_port, state.epmd_port)):
        return state
    port, dist_port, epmd_port = free_ports(3)
    return replace(state, port=port, dist_port=dist_port, epmd_port=epmd_port)


def with_free_postgres_port(state: PostgresState) -> PostgresState:
    """Give a PostgreSQL that is down another port if its own was taken meanwhile."""
    return state if is_free(state.port) else replace(state, port=free_ports(1)[0])


def free_ports(count: int) -> list[int]:
    """Return different ports that nobody listens on; random, lest two sets made at once choose the same."""
    chosen: set[int] = set()
    while len(chosen) < count:
        port = _random.randint(_FIRST_PORT, _LAST_PORT)
        if port not in chosen and is_free(port):
            chosen.add(port)
    return list(chosen)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def load(folder: Path) -> State | None:
    """Read what the set keeps, if it was ever made."""
    try:
        kept: dict[str, Any] = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    return State(RabbitState(**kept["rabbit"]), PostgresState(**kept["postgres"]))


def save(folder: Path, state: State, urls: Urls) -> None:
    """Write it whole or not at all, readable by its owner alone."""
    text = json.dumps({"amqp_url": urls.amqp, "database_url": urls.database, **asdict(state)}, indent=2)
    write_private(folder / FILE, text + "\n")


def write_private(file: Path, text: str, owner: tuple[int, int] | None = None) -> None:
    """Replace a file that holds secrets: at no moment can others read it."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    if owner is not None:
        os.chown(new, *owner)
    new.replace(file)
