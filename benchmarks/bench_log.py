#!/usr/bin/env python3
"""How fast a service's log in PostgreSQL takes units, against plain inserts of the same rows in the same run.

`python benchmarks/bench_log.py URL OUT.json`, where URL may make databases; fsync and synchronous commit stay on.
The plain side sends the same rows with `executemany` in one transaction a unit, into a table of the same shape, with
no lock, no answers, no positions and no read model. Sides take turns; each figure is the median of its rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

import psycopg
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent
from psycopg.sql import SQL, Identifier

from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.log.recorder import Extras, Recorder
from services.chassis.migrations.migrate import migrate

SERVICE = "bench"
SIZES = (1, 10, 100, 500)
UNITS_OF = {1: 200, 10: 100, 100: 40, 500: 16}
EVENTS_OF_ONE = 10
AT = datetime(2024, 1, 1, tzinfo=UTC)
_TABLE = (
    "CREATE TABLE plain (originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text, state bytea,"
    " notification_id bigserial, PRIMARY KEY (originator_id, originator_version));"
    "CREATE UNIQUE INDEX ON plain (notification_id)"
)
_INSERT = "INSERT INTO plain (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)"

Unit = Sequence[StoredEvent]
Side = Callable[[Sequence[Unit]], None]


class Visited(Aggregate):
    """An aggregate whose event is as large as a usual one."""

    class Told(Aggregate.Event):
        """A visit."""

        visit: str
        mode: str
        notes: str


def made(size: int) -> list[Visited]:
    """Aggregates with `size` new events between them, ten on each."""
    return [_visited(min(EVENTS_OF_ONE, size - begun)) for begun in range(0, size, EVENTS_OF_ONE)]


def _visited(events: int) -> Visited:
    one = Visited()
    for number in range(events - 1):
        one.trigger_event(Visited.Told, timestamp=AT, visit=f"v{number}", mode="home", notes="x" * 160)
    return one


class Caught:
    """Takes the stored events of a log's units instead of a database."""

    def __init__(self) -> None:
        self.units: list[Unit] = []

    def insert_events(self, stored_events: Unit, **_: Extras) -> list[int]:
        """Keeps them."""
        self.units.append(stored_events)
        return list(range(len(stored_events)))


def rows(size: int, count: int) -> list[Unit]:
    """Units as the log would have them stored."""
    caught = Caught()
    log = EventLog(cast("Recorder", caught))
    for _ in range(count):
        with log.unit() as unit:
            for one in made(size):
                unit.add(one)
    return caught.units


def plain(connection: psycopg.Connection) -> Side:
    """What a program without any of this would do."""

    def insert(units: Sequence[Unit]) -> None:
        for unit in units:
            held = [(one.originator_id, one.originator_version, one.topic, one.state) for one in unit]
            with connection.transaction():
                connection.cursor().executemany(_INSERT, held)

    return insert


def recorder(kept: PostgresRecorder) -> Side:
    """The log's recorder with ready rows, an answer with each unit."""

    def insert(units: Sequence[Unit]) -> None:
        for unit in units:
            kept.insert_events(unit, extras=Extras(answers=[(uuid4().hex, "content", "answer")]))

    return insert


def whole(log: EventLog) -> Side:
    """The whole way: aggregates decide, events are serialised, a unit is recorded with its answer."""

    def insert(units: Sequence[Unit]) -> None:
        for wanted in units:
            with log.unit() as unit:
                for one in made(len(wanted)):
                    unit.add(one)
                unit.answer(uuid4().hex, {}, {"outcome": "accepted"})

    return insert


def seconds(side: Side, units: Sequence[Unit]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    side(units)
    return time.perf_counter() - start


def measure(sides: dict[str, Side], size: int, rounds: int) -> dict[str, float]:
    """Events a second of each side, taking turns in both orders."""
    names, found = list(sides), {name: list[float]() for name in sides}
    for turn in range(rounds):
        for name in names if turn % 2 else reversed(names):
            units = rows(size, UNITS_OF[size])
            found[name].append(size * len(units) / seconds(sides[name], units))
    return {name: statistics.median(rates) for name, rates in found.items()}


@contextmanager
def database(admin_url: str) -> Generator[str]:
    """A database that is gone afterwards; yields the URL of a service's role in it."""
    name = f"bench_{uuid4().hex[:8]}"
    with psycopg.connect(admin_url, autocommit=True) as admin, tempfile.TemporaryDirectory() as folder:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            urls = Path(folder) / "urls.json"
            migrate(admin_url.rsplit("/", 1)[0] + f"/{name}", [SERVICE], urls)
            yield json.loads(urls.read_text())[SERVICE]
        finally:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
            admin.execute(SQL("DROP ROLE {}").format(Identifier(f"{name}_{SERVICE}")))


def run(url: str, rounds: int) -> list[dict[str, float]]:
    """A line for each size of unit."""
    kept = PostgresRecorder(url, SERVICE)
    found: list[dict[str, float]] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_TABLE)
        sides = {"plain": plain(connection), "recorder": recorder(kept), "log": whole(EventLog(kept))}
        for side in sides.values():
            side(rows(1, 20))
        for size in SIZES:
            rates = measure(sides, size, rounds)
            ratios = {f"{name}/plain": rates[name] / rates["plain"] for name in ("recorder", "log")}
            found.append({"events a unit": size, **rates, **ratios})
    kept.close()
    return found


def main() -> None:
    """Prints a table, and writes it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with database(given.url) as url:
        found = run(url, given.rounds)
    sys.stdout.write("events a second, and the ratio to plain inserts\n")
    sys.stdout.write("".join(f"{name:>16}" for name in found[0]) + "\n")
    for line in found:
        sys.stdout.write("".join(f"{value:16,.2f}" for value in line.values()) + "\n")
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
