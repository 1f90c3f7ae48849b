"""Schemas of the services in PostgreSQL: numbered SQL, applied once, in order, by whoever comes first.

Every service gets a schema, and a role that owns that schema and can read no other; the log's files come before its
own. What was applied is kept in the schema's table `migrations` and never changes: a change is another file.
Tables of read models are none of this: they are made, and made again, as their declarations say (ReadModel).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import quote, urlencode

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed, Identifier, Literal

_LOCK_KEY = 0x5348_4F55_5741_4E47
_LOCK = "SELECT pg_advisory_lock(%s)"
_WAIT = "SET lock_timeout = '60s'"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_LONGEST = 63
_TABLE = (
    'CREATE TABLE IF NOT EXISTS migrations (name text COLLATE "C" PRIMARY KEY, checksum text NOT NULL,'
    " applied_at timestamptz NOT NULL DEFAULT now())"
)
_APPLIED = "SELECT name, checksum FROM {}.migrations"
_KEEP = "INSERT INTO migrations (name, checksum) VALUES (%s, %s)"
_HAS_ROLE = "SELECT 1 FROM pg_roles WHERE rolname = %s"
_ROLE = "CREATE ROLE {} NOINHERIT"
_PASSWORD = "ALTER ROLE {} LOGIN PASSWORD {}"  # noqa: S105 - sets one, is none
_AT_HOME = "ALTER ROLE {} IN DATABASE {} SET search_path = {}"
_MAY_ACT_AS = "GRANT {} TO {}"
_ACT_AS = "SET LOCAL ROLE {}"
_WITHIN = "SET LOCAL search_path = {}"
_LET_IN = "GRANT CONNECT ON DATABASE {} TO {}"
_CLOSE_DATABASE = "REVOKE ALL ON DATABASE {} FROM PUBLIC"
_CLOSE_PUBLIC = "REVOKE ALL ON SCHEMA public FROM PUBLIC"
_SCHEMA = "CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}"
_HAS_TABLE = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'migrations'"
_ADMIN = "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user"


class MigrationRefused(RuntimeError):
    """The schema cannot be brought up to date; nothing was changed. The message says what to do."""


@dataclass(frozen=True)
class Migration:
    """One file."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """What tells whether it is still the file that was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()


Plan = Callable[[str], Sequence[Migration]]


_SERVICES = Path(__file__).parents[2]


def shipped(service: str) -> list[Migration]:
    """The files of a service: those of the log, and its own."""
    folders = [_SERVICES / owner / "sql" for owner in ("chassis", service)]
    files = [path for folder in folders for path in sorted(folder.glob("[0-9]*.sql"))]
    return [
        Migration(f"{path.parents[1].name}/{path.stem}", path.read_text(encoding="utf-8")) for path in files
    ]


def retired(service: str) -> set[str]:
    """The files that a service once had: what they made is no longer made by migrations."""
    path = _SERVICES / service / "sql" / "retired.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {f"{service}/{line}" for line in lines if not line.startswith("#")}


def migrate(admin_url: str, services: Iterable[str], urls_to: Path, *, plan: Plan = shipped) -> list[str]:
    """Brings every service's schema up to date; returns what was applied, as `service: file`.

    The URLs of the roles, with passwords made here, are in the JSON file `urls_to`, readable by its owner alone. Two
    at once are safe: the second waits. Raises MigrationRefused before any file is applied to that service.
    """
    wanted = [_checked(service) for service in services]
    applied: list[str] = []
    with psycopg.connect(admin_url, autocommit=True) as admin, _alone(admin):
        urls = _urls(admin_url, wanted, _read(urls_to))
        _write_private(urls_to, json.dumps(urls, indent=2) + "\n")
        _close_to_others(admin)
        for service in wanted:
            _make_role(admin, service, urls[service])
            missing = _missing(service, plan(service), _applied(admin, service))
            applied += [f"{service}: {_apply(admin, service, migration)}" for migration in missing]
    return applied


def pending(url: str, service: str, *, plan: Plan = shipped) -> list[str]:
    """The files that the schema behind a role's URL still lacks; raises MigrationRefused where it is no older one."""
    with psycopg.connect(url, autocommit=True) as connection:
        missing = _missing(service, plan(service), _applied(connection, _checked(service)))
        return [migration.name for migration in missing]


def _checked(service: str) -> str:
    if not _NAME.fullmatch(service):
        raise MigrationRefused(
            f"a service's name is made of a-z, 0-9 and _, and is at most 31 long: not {service!r}"
        )
    return service


@contextmanager
def _alone(admin: Connection[Any]) -> Generator[None]:
    """One at a time in this database; given up with the connection, whatever happens."""
    admin.execute(_WAIT)
    admin.execute(_LOCK, (_LOCK_KEY,))
    try:
        yield
    finally:
        admin.close()


def _close_to_others(admin: Connection[Any]) -> None:
    """Nobody comes into this database, or writes into its `public`, who was not let in by name."""
    database = Identifier(admin.info.dbname)
    admin.execute(SQL(_CLOSE_DATABASE).format(database))
    admin.execute(_CLOSE_PUBLIC)


def _make_role(admin: Connection[Any], service: str, url: str) -> None:
    """Makes role and schema where they are missing, and gives the role the password of its URL."""
    parameters = conninfo_to_dict(url)
    name, role, schema = str(parameters["user"]), Identifier(str(parameters["user"])), Identifier(service)
    for statement in _role_statements(admin, name, str(parameters["password"])):
        admin.execute(statement)
    admin.execute(SQL(_LET_IN).format(Identifier(admin.info.dbname), role))
    admin.execute(SQL(_SCHEMA).format(schema, role))
    admin.execute(SQL(_AT_HOME).format(role, Identifier(admin.info.dbname), schema))
    with _as_owner(admin, service):
        admin.execute(_TABLE)


def _role_statements(admin: Connection[Any], name: str, password: str) -> Generator[Composed]:
    """The password goes to the server hashed, so that no log of statements can show it."""
    hashed = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    role = Identifier(name)
    if admin.execute(_HAS_ROLE, (name,)).fetchone() is None:
        yield SQL(_ROLE).format(role)
    yield SQL(_PASSWORD).format(role, Literal(hashed))
    who, is_superuser = cast("tuple[str, bool]", admin.execute(_ADMIN).fetchone())
    if not is_superuser:
        yield SQL(_MAY_ACT_AS).format(role, Identifier(who))


@contextmanager
def _as_owner(admin: Connection[Any], service: str) -> Generator[None]:
    """One transaction in a service's schema, in which all that is made is its role's."""
    role = Identifier(role_of(admin.info.dbname, service))
    with admin.transaction():
        admin.execute(SQL(_ACT_AS).format(role))
        admin.execute(SQL(_WITHIN).format(Identifier(service)))
        yield


def _applied(connection: Connection[Any], service: str) -> dict[str, str]:
    if connection.execute(_HAS_TABLE, (service,)).fetchone() is None:
        return {}
    rows = connection.execute(SQL(_APPLIED).format(Identifier(service)))
    return dict(rows.fetchall())


def _missing(service: str, plan: Sequence[Migration], applied: dict[str, str]) -> list[Migration]:
    known = {migration.name: migration.checksum for migration in plan}
    for name in sorted(applied.keys() - retired(service)):
        if name not in known:
            raise MigrationRefused(
                f"{service} has {name}, which this version does not know: run a newer version"
            )
        if known[name] != applied[name]:
            raise MigrationRefused(
                f"{name} was changed after {service} got it: put it back, and add another file"
            )
    return [migration for migration in plan if migration.name not in applied]


def _apply(admin: Connection[Any], service: str, migration: Migration) -> str:
    with _as_owner(admin, service):
        admin.execute(cast("LiteralString", migration.text))
        admin.execute(_KEEP, (migration.name, migration.checksum))
    return migration.name


def role_of(database: str, service: str) -> str:
    """Roles are the whole server's, so they are named for their database too."""
    name = f"{database}_{service}"
    if len(name.encode()) > _LONGEST:
        raise MigrationRefused(f"the name {name} is too long for a role: give the database a shorter one")
    return name


def _urls(admin_url: str, services: Iterable[str], kept: dict[str, str]) -> dict[str, str]:
    """Every service's URL: as it was kept, but where the server is now."""
    made = dict(kept)
    for service in services:
        before = conninfo_to_dict(kept[service]).get("password") if service in kept else None
        made[service] = _url(admin_url, service, str(before or secrets.token_urlsafe(32)))
    return made


def _url(admin_url: str, service: str, password: str) -> str:
    parameters = {key: str(value) for key, value in conninfo_to_dict(admin_url).items() if value is not None}
    database = parameters.pop("dbname", "") or parameters.get("user", "")
    user = role_of(database, service)
    rest = {key: value for key, value in parameters.items() if key not in {"user", "password"}}
    place = ""
    if not rest.get("host", "/").startswith("/"):
        place = rest.pop("host") + (f":{rest.pop('port')}" if "port" in rest else "")
    query = f"?{urlencode(rest, quote_via=quote)}" if rest else ""
    return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{place}/{quote(database, safe='')}{query}"


def _read(path: Path) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and at no moment readable by others."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
