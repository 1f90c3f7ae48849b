"""A database, queues and roles for one rehearsal over the real servers; all of it is taken away at the end."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from kombu.connection import Connection

from services.chassis.messaging.amqp import declare
from services.chassis.migrations.databases import make_database, take_database_away
from services.chassis.migrations.migrate import migrate
from services.fleet.settings import SERVICES, FleetSettings
from services.fleet.wiring import delete_namespace
from services.house.house import CONSUMERS
from services.house.settings import Settings
from services.servers import Given, Servers


@contextmanager
def rehearsal(fleet: FleetSettings, settings: Settings, environ: Mapping[str, str]) -> Generator[Settings]:
    """Settings of a house alone in a database and a namespace of its own; servers are brought up where they are not."""
    urls = Servers(fleet.servers, fleet.name, Given.by(environ)).up()
    name = f"rehearsal_{uuid4().hex[:12]}"
    with TemporaryDirectory() as folder:
        roles = Path(folder) / "roles.json"
        try:
            migrate(make_database(urls.database, name), SERVICES, roles)
            declare(Connection(urls.amqp), name, CONSUMERS)
            changes = {"roles": roles, "amqp_url": urls.amqp, "namespace": name, "data": Path(folder)}
            yield settings.model_copy(update=changes)
        finally:
            take_database_away(urls.database, name, SERVICES)
            delete_namespace(urls.amqp, name)
