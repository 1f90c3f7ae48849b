"""A database, queues and roles for one rehearsal over the real servers; all of it is taken away at the end."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from kombu.connection import Connection
from psycopg.sql import SQL, Identifier

from services.chassis.amqp import connected, dead_letters, declare, delete_queues
from services.chassis.migrations import migrate
from services.chassis.settings import Settings
from services.fleet.settings import SERVICES, FleetSettings
from services.fleet.wiring import hearers_of
from services.servers import Given, Servers


@contextmanager
def rehearsal(fleet: FleetSettings, settings: Settings, environ: Mapping[str, str]) -> Generator[Settings]:
    """Settings of a house that is alone on its own corner of the servers, which are brought up where they are not."""
    urls = Servers(fleet.servers, fleet.name, Given.by(environ)).up()
    name = f"rehearsal_{uuid4().hex[:12]}"
    with TemporaryDirectory() as folder:
        roles = Path(folder) / "roles.json"
        with psycopg.connect(urls.database, autocommit=True) as admin:
            admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            migrate(_of_database(urls.database, name), SERVICES, roles)
            declare(Connection(urls.amqp), name, hearers_of(settings))
            changes = {"roles": roles, "amqp_url": urls.amqp, "namespace": name, "data": Path(folder)}
            yield settings.model_copy(update=changes)
        finally:
            _take_away(urls.database, name)
            _take_queues_away(urls.amqp, name, settings)


def _of_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _take_away(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        for service in SERVICES:
            admin.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(f"{name}_{service}")))


def _take_queues_away(url: str, name: str, settings: Settings) -> None:
    for consumer, upstreams in hearers_of(settings).items():
        for upstream in upstreams:
            delete_queues(Connection(url), name, consumer, upstream)
    with connected(Connection(url)) as made:
        channel = made.channel()
        channel.queue_delete(dead_letters(name))
        for exchange in (name, dead_letters(name)):
            channel.exchange_delete(exchange)
