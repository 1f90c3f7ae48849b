"""Advisory locks of PostgreSQL: which of several processes does what only one of them may."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg

_CONNECT_SECONDS = 5
_TRY = "SELECT pg_try_advisory_lock(%s)"
_ANYTHING = b"SELECT 1"
END_OF_LOG = "SELECT MAX(notification_id) FROM {}.stored_events"
"""Asked of a service's schema instead of nothing in particular, it says where its log ends."""


def lock_key(what: str, service: str) -> int:
    """The key of a service's relay or clock, in the database of all services."""
    return int.from_bytes(hashlib.sha256(f"{what} of {service}".encode()).digest()[:8], signed=True)


class Lock:
    """An advisory lock, held as long as the connection lives that is used for nothing else."""

    def __init__(self, url: str, key: int, application: str, look: bytes = _ANYTHING) -> None:
        self._url = url
        self._key = key
        self._application = application
        self._look = look
        self._is_held = False
        self.connection: psycopg.Connection[Any] | None = None
        self.seen: Any = None
        """What `look` found when it was asked last."""

    def take(self) -> bool:
        """Whether it is ours, as far as one can know; tries to get it where it is not. Raises psycopg.Error."""
        if self.connection is None:
            self.connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS,
                tcp_user_timeout=_CONNECT_SECONDS * 1000,
                application_name=self._application,
            )
        if not self._is_held:
            row = self.connection.execute(_TRY, (self._key,)).fetchone()
            self._is_held = row is not None and row[0]
        if self._is_held:
            row = self.connection.execute(self._look).fetchone()
            self.seen = row[0] if row is not None else None
        return self._is_held

    def release(self) -> None:
        """Lets another one have it."""
        self._is_held = False
        if self.connection is not None:
            self.connection.close()
        self.connection = None
