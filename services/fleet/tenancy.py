"""A corner of shared servers that is one township's own: a database with its roles, and a namespace of queues."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import psycopg
from kombu.connection import Connection
from psycopg.sql import SQL, Identifier

from services.chassis.messaging.amqp import connected, dead_letters, delete_queues
from services.fleet.settings import SERVICES
from services.fleet.wiring import consumers_of
from services.house.settings import Settings


def of_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def make_database(url: str, name: str) -> str:
    """The URL of a database, made where it is missing; `url` is the administrator's."""
    with psycopg.connect(url, autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return of_database(url, name)


def take_database_away(url: str, name: str) -> None:
    """With its roles; `url` is the administrator's of another database."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        for service in SERVICES:
            admin.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(f"{name}_{service}")))


def take_queues_away(url: str, namespace: str, settings: Settings) -> None:
    """Queues and exchanges of a namespace."""
    for consumer, upstreams in consumers_of(settings).items():
        for upstream in upstreams:
            delete_queues(Connection(url), namespace, consumer, upstream)
    with connected(Connection(url)) as made:
        channel = made.channel()
        channel.queue_delete(dead_letters(namespace))
        for exchange in (namespace, dead_letters(namespace)):
            channel.exchange_delete(exchange)
