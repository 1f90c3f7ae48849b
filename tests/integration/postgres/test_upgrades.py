"""Every version that a service's schema ever had, with a lived village in it, is brought up and loses nothing.

A version is what was there when a numbered file was the last one: a new file makes another case of each service. The
files that made read models before these were declared in code are in `before_declarations`.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Placeholder

from services.chassis.log.event_log import EventLog
from services.chassis.messaging.parking import ParkedMessage, put
from services.chassis.migrations.migrate import Migration, migrate, pending, retired, shipped
from services.chassis.reading.read_model import ReadModel, ReadModelOutdated, Rebuilt
from services.chassis.stores import bring_up_to_date, open_log
from services.house.house import House, blueprints, opened
from services.house.settings import Settings
from services.visits.commands import RecordVisit, ReportIncident
from tests.unit.http.village import NOW, people, visit

PLANS = {plan.name: plan for plan in blueprints(Settings())}
OLD = Path(__file__).parent / "before_declarations"


def once_shipped(service: str) -> list[Migration]:
    files = sorted((OLD / service).glob("*.sql"))
    return [
        *shipped(service),
        *(Migration(f"{service}/{file.stem}", file.read_text(encoding="utf-8")) for file in files),
    ]


VERSIONS = [(name, upto) for name in PLANS for upto in range(1, len(once_shipped(name)) + 1)]
NAMES = [f"{name} after {once_shipped(name)[upto - 1].name}" for name, upto in VERSIONS]
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
SEQUENCE = "SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'), %s)"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lived() -> Iterator[House]:
    with opened(Settings(data=None)) as house:
        people(house, 5)
        house.take(RecordVisit.model_validate(visit(1), strict=False), NOW)
        house.take(ReportIncident(incident="I1", elder="E001", kind="fall"), NOW)
        house.settle()
        for service in house.services.values():
            service.advance(NOW)
            house.settle()
            waits = ParkedMessage("up/0/9", "up", 0, 9, "E000", b"\x00{", "ValueError: of old")
            service.log.recorder.transact(lambda sql, row=waits: put(sql, [row]), commit=True)
        yield house


def rows_of(log: EventLog, table: str) -> Rows:
    place = "rowid AS notification_id, " if table == "stored_events" else ""
    return [dict(zip(row.keys(), row, strict=True)) for row in log.query(f"SELECT {place}* FROM {table}")]


def tables_of(connection: psycopg.Connection, service: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(COLUMNS, (service,)):
        found.setdefault(table, []).append(column)
    found.pop("migrations")
    return found


def fill(connection: psycopg.Connection, log: EventLog, tables: dict[str, list[str]]) -> int:
    """As much of a lived log as this version has a place for; returns how many rows that is."""
    count = 0
    for table, columns in tables.items():
        statement = SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
            Identifier(table),
            SQL(", ").join(map(Identifier, columns)),
            SQL(", ").join(Placeholder() * len(columns)),
        )
        for row in rows_of(log, table):
            connection.execute(statement, [row[column] for column in columns])
            count += 1
    connection.execute(SEQUENCE, (log.size(),))
    return count


def held(connection: psycopg.Connection, tables: dict[str, list[str]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for table, columns in tables.items():
        asked = SQL("SELECT {} FROM {}").format(SQL(", ").join(map(Identifier, columns)), Identifier(table))
        found[table] = sorted(connection.execute(asked).fetchall(), key=str)
    return found


def differing(log: EventLog, model: ReadModel) -> list[str]:
    with closing(Rebuilt(log, model)) as made:
        made.catch_up()
        return made.differing()


@pytest.mark.parametrize(("service", "upto"), VERSIONS, ids=NAMES)
def test_a_lived_version_is_brought_up_and_goes_on(
    service: str, upto: int, lived: House, admin_url: str, tmp_path: Path
):
    file, files = tmp_path / "urls.json", shipped(service)
    migrate(admin_url, [service], file, plan=lambda name: once_shipped(name)[:upto])
    url = json.loads(file.read_text())[service]
    with psycopg.connect(url, autocommit=True) as connection:
        tables = tables_of(connection, service)
        tables.pop("made_by", None)  # what was there before says nothing of this version
        assert fill(connection, lived.services[service].log, tables) > 20
        before = held(connection, tables)
        later = [one.name for one in files[upto:]]
        assert pending(url, service) == later

        assert migrate(admin_url, [service], file) == [f"{service}: {name}" for name in later]
        assert pending(url, service) == []
        assert held(connection, tables) == before

    plan, old = PLANS[service], lived.services[service].log
    with pytest.raises(ReadModelOutdated, match=f"{service}.*shouwang migrate"):
        open_log(plan, Settings(roles=file))
    assert bring_up_to_date(plan, file)
    assert not bring_up_to_date(plan, file), "once"
    log = open_log(plan, Settings(roles=file))
    try:
        assert [one.event for one in log.events(0, 1000)] == [one.event for one in old.events(0, 1000)]
        assert differing(log, plan.model) == []
        application = plan.application(log)
        application.advance(NOW + timedelta(days=1))
        assert log.size() >= old.size()
        assert differing(log, plan.model) == []
    finally:
        log.close()


@pytest.mark.parametrize("service", PLANS)
def test_no_file_that_was_shipped_is_forgotten(service: str):
    assert {one.name for one in once_shipped(service)} - {one.name for one in shipped(service)} == retired(
        service
    )
