"""Databases of a PostgreSQL server: made, taken away, asked how they stand. Every URL is an administrator's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from services.chassis.migrations.migrate import role_of

_ANYTHING = "SELECT 1"
_IS_THERE = "SELECT 1 FROM pg_database WHERE datname = %s"
_MAKE = "CREATE DATABASE {}"
_DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
_DROP_ROLE = "DROP ROLE IF EXISTS {}"
_ALLOWED = (
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
)
_OTHERS = (
    "SELECT COUNT(*) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND datname <> current_database()"
)


def of_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def make_database(url: str, name: str) -> str:
    """The URL of a database, made where it is missing."""
    with psycopg.connect(url, autocommit=True) as admin:
        if admin.execute(_IS_THERE, (name,)).fetchone() is None:
            admin.execute(SQL(_MAKE).format(Identifier(name)))
    return of_database(url, name)


def take_database_away(url: str, name: str, services: Iterable[str]) -> None:
    """With the roles of its services; `url` is that of another database."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SQL(_DROP).format(Identifier(name)))
        for service in services:
            admin.execute(SQL(_DROP_ROLE).format(Identifier(role_of(name, service))))


def ask(url: str, seconds: int) -> None:
    """Raises psycopg.Error where the server does not answer."""
    with psycopg.connect(url, connect_timeout=seconds) as connection:
        connection.execute(_ANYTHING)


def connections(url: str) -> tuple[int, int]:
    """How many connections the server allows, and how many other databases have of them now."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _number(connection, _ALLOWED), _number(connection, _OTHERS)


def _number(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
