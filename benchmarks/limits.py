"""The limits: the same rows put away by pgbench, by psycopg and by eventsourcing alone, in the same database."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from psycopg.conninfo import conninfo_to_dict

from benchmarks.stand import Stand
from services.servers import packages

AT = datetime(2024, 3, 1, tzinfo=UTC)
_TABLE = (
    "CREATE SCHEMA IF NOT EXISTS plain; CREATE TABLE IF NOT EXISTS plain.rows (originator_id uuid NOT NULL,"
    " originator_version bigint NOT NULL, topic text, state bytea, notification_id bigserial,"
    " PRIMARY KEY (originator_id, originator_version));"
    " CREATE UNIQUE INDEX IF NOT EXISTS rows_by_id ON plain.rows (notification_id)"
)
_INSERT = "INSERT INTO plain.rows (originator_id, originator_version, topic, state) VALUES"
_TOPIC = "visits.VisitRecorded"


def prepare(stand: Stand) -> None:
    """The table that the limits write to: of the log's shape, with its two indexes and nothing else."""
    with psycopg.connect(stand.admin_url, autocommit=True) as admin:
        for statement in _TABLE.split(";"):
            admin.execute(statement.encode())


def size_of_event(stand: Stand) -> int:
    """How large the state of a recorded visit is, in bytes."""
    asked = "SELECT avg(length(state))::int FROM visits.stored_events WHERE topic = %s"
    with psycopg.connect(stand.admin_url) as admin:
        row = admin.execute(asked, (_TOPIC,)).fetchone()
    return int(row[0]) if row and row[0] else 600


def pgbench(stand: Stand, clients: int, seconds: float, size: int) -> float:
    """Rows a second, one a transaction, with prepared statements."""
    given = conninfo_to_dict(stand.admin_url)
    state = f"'\\x{os.urandom(size).hex()}'::bytea"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"{_INSERT} (gen_random_uuid(), 1, '{_TOPIC}', {state});\n")
        script.flush()
        command = [
            str(packages.postgresql() / "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            "2",
        ]
        command += ["-T", str(int(seconds)), "-f", script.name]
        command += [
            "-h",
            str(given["host"]),
            "-p",
            str(given["port"]),
            "-U",
            str(given["user"]),
            str(given["dbname"]),
        ]
        environ = {**os.environ, "PGPASSWORD": str(given["password"])}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)  # noqa: S603
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench said nothing: {done.stdout} {done.stderr}")
    return float(found[1])


def inserts(stand: Stand, size: int, at_once: int, seconds: float) -> float:
    """Rows a second by `executemany`, `at_once` in a transaction, one connection."""
    end, count = monotonic() + seconds, 0
    state = os.urandom(size)
    with psycopg.connect(stand.admin_url, autocommit=True) as admin:
        begun = monotonic()
        while monotonic() < end:
            rows = [(uuid4(), 1, _TOPIC, state) for _ in range(at_once)]
            with admin.transaction():
                admin.cursor().executemany(f"{_INSERT} (%s, %s, %s, %s)".encode(), rows)
            count += at_once
        return count / (monotonic() - begun)


class Seen(Aggregate):
    """An elder as eventsourcing's documentation would have one."""

    class VisitRecorded(Aggregate.Event):
        """With what a visit is recorded with."""

        TOPIC = "bench.VisitRecorded"
        visit: str
        content: dict[str, Any]
        counts_for: Sequence[str]
        on: str
        subject: str
        causation: str
        correlation: str
        wake: str

    def visited(self) -> None:
        """Once more."""
        visit = uuid4().hex
        content = {"by": "530323990201-grid_worker", "on": "2024-03-01", "mode": "in_person"}
        content |= {"check_up": False, "confirms_facts": False}
        told = {
            "visit": visit,
            "content": content,
            "counts_for": ["follow_up", "home_visit"],
            "on": "2024-03-01",
        }
        told |= {"subject": "E0000001", "causation": f"visit:{visit}", "correlation": f"visit:{visit}"}
        self.trigger_event(self.VisitRecorded, timestamp=AT, wake="2024-04-01", **told)


def saves(stand: Stand, threads: int, seconds: float) -> float:
    """Commands a second by `Application.save`, one a command, each thread with aggregates of its own."""
    given = conninfo_to_dict(stand.admin_url)
    environ = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_SCHEMA": "plain"}
    environ |= {
        f"POSTGRES_{key.upper()}": str(given[key]) for key in ("host", "port", "user", "password", "dbname")
    }
    environ |= {"POSTGRES_POOL_SIZE": str(threads), "POSTGRES_MAX_OVERFLOW": "4", "POSTGRES_PRE_PING": ""}
    application = Application[UUID](environ)
    counts = [0] * threads
    end = monotonic() + seconds

    def save(place: int) -> None:
        aggregates = [Seen() for _ in range(20)]
        while monotonic() < end:
            one = aggregates[counts[place] % len(aggregates)]
            one.visited()
            application.save(one)
            counts[place] += 1

    running = [threading.Thread(target=save, args=(place,)) for place in range(threads)]
    begun = monotonic()
    for one in running:
        one.start()
    for one in running:
        one.join()
    took = monotonic() - begun
    application.close()
    return sum(counts) / took
