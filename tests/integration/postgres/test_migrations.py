"""Schemas are brought up to date once, in order, each by its own role, which sees no other's."""

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from services.chassis.log import postgres
from services.chassis.log.event_log import EventLog
from services.chassis.log.lag import seconds_since_commit
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.log.recorder import SQLiteRecorder, SQLiteSql
from services.chassis.migrations.migrate import Migration, MigrationRefused, migrate, pending, shipped
from services.chassis.stores import bring_up_to_date
from services.house.house import blueprints
from services.house.settings import Settings
from services.servers.postgres import Postgres
from tests.integration.postgres.tally import SERVICE, apply, plan, started

PLANS = {plan.name: plan for plan in blueprints(Settings())}
OF_LOG = {"stored_events", "tracking", "answers", "told", "snapshots", "parked", "made_by", "commits"}
OF_LOG_FILES = [
    "chassis/0001_log",
    "chassis/0002_told_by_part",
    "chassis/0003_parked",
    "chassis/0004_made_by",
    "chassis/0005_commits",
]
COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
    " AND table_name <> 'migrations' ORDER BY table_name, ordinal_position"
)
KEYS = (
    "SELECT table_name, column_name FROM information_schema.key_column_usage WHERE table_schema = %s"
    " AND table_name <> 'migrations' ORDER BY table_name, ordinal_position"
)
INDEXES = (
    "SELECT indexname FROM pg_indexes WHERE schemaname = %s AND indexname NOT LIKE '%%_pkey'"
    " AND indexname <> 'stored_events_notification_id_idx'"
)
UNORDERED = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
    " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'migrations'"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "urls.json"


def urls(file: Path) -> dict[str, str]:
    return json.loads(file.read_text())


def by_table(rows: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


@pytest.fixture(params=sorted(PLANS))
def service(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def embedded(service: str) -> Iterator[SQLiteRecorder]:
    made = SQLiteRecorder(":memory:", PLANS[service].model.ddl(SQLiteSql.text_type))
    yield made
    made.close()


def test_tables_columns_keys_and_indexes_are_those_of_the_embedded_log(
    service: str, embedded: SQLiteRecorder, admin_url: str, file: Path
):
    def asked(text: str, *params: str) -> list[tuple[str, ...]]:
        rows = embedded.transact(lambda sql: sql.rows(text, *params), commit=False)
        return [tuple(row) for row in rows]

    tables = [name for (name,) in asked("SELECT name FROM sqlite_master WHERE type = 'table'")]
    info = {table: asked("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", table) for table in tables}
    columns = {table: [name for name, _ in rows] for table, rows in info.items()}
    columns["stored_events"].append("notification_id")
    keys = {
        table: [name for place, name in sorted((pk, name) for name, pk in rows if pk)]
        for table, rows in info.items()
    }
    indexes = {name for (name,) in asked("SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> ''")}

    migrate(admin_url, [service], file)
    bring_up_to_date(PLANS[service], file)
    with psycopg.connect(urls(file)[service]) as connection:
        assert by_table(connection.execute(COLUMNS, (service,)).fetchall()) == columns
        assert by_table(connection.execute(KEYS, (service,)).fetchall()) == keys
        assert {name for (name,) in connection.execute(INDEXES, (service,))} == indexes
        assert connection.execute(UNORDERED, (service,)).fetchall() == []
    assert set(columns) == OF_LOG | set(PLANS[service].model.tables)


def test_what_was_applied_is_told_once_and_nothing_is_pending_then(admin_url: str, file: Path):
    applied = migrate(admin_url, ["registry", "risk"], file)
    names = {service: [one.name for one in shipped(service)] for service in ("registry", "risk")}
    assert names["risk"] == OF_LOG_FILES
    assert applied == [f"{service}: {name}" for service, held in names.items() for name in held]
    assert migrate(admin_url, ["registry", "risk"], file) == []
    assert pending(urls(file)["registry"], "registry") == []
    with psycopg.connect(urls(file)["risk"]) as connection:
        kept = connection.execute(
            "SELECT name, length(checksum), applied_at <= now() FROM migrations ORDER BY name"
        )
        assert kept.fetchall() == [(name, 64, True) for name in names["risk"]]


def test_version_1_with_data_in_it_is_brought_up_and_loses_nothing(admin_url: str, file: Path):
    def first(service: str) -> list[Migration]:
        return [one for one in plan(service) if "0001" in one.name]

    assert migrate(admin_url, [SERVICE], file, plan=first) == [
        f"{SERVICE}: {one.name}" for one in first(SERVICE)
    ]
    url = urls(file)[SERVICE]
    log = EventLog(PostgresRecorder(url, SERVICE), apply=apply)
    with mock.patch.object(postgres, "_COMMIT", "SELECT 1"):  # the version of then kept no moments
        for amount in range(20):
            started(log, amount)
    before = [row.event for row in log.events(0)]
    log.assign_published([(row.position, row.position % 3) for row in log.events(0)])
    told = log.published_after(1, 0, 100)
    assert pending(url, SERVICE, plan=plan) == OF_LOG_FILES[1:]

    applied = migrate(admin_url, [SERVICE], file, plan=plan)
    assert applied == [f"{SERVICE}: {name}" for name in OF_LOG_FILES[1:]]
    assert pending(url, SERVICE, plan=plan) == []
    assert urls(file)[SERVICE] == url
    assert [row.event for row in log.events(0)] == before
    assert log.published_after(1, 0, 100) == told
    assert len(log.query("SELECT * FROM totals")) == 20
    assert 0 <= seconds_since_commit(log, 0) < 60, (
        "what was recorded before moments were kept counts from now"
    )
    started(log, 1)
    assert len(log.query("SELECT at FROM commits")) == 2
    log.close()


def test_a_file_that_was_changed_after_it_was_applied_is_refused(admin_url: str, file: Path):
    migrate(admin_url, [SERVICE], file, plan=plan)

    def changed(service: str) -> list[Migration]:
        first, *rest = plan(service)
        return [
            Migration(first.name, first.text + "\n-- better"),
            *rest,
            Migration("tally/0002", "DROP TABLE totals"),
        ]

    for refuses in (
        lambda: migrate(admin_url, [SERVICE], file, plan=changed),
        lambda: pending(urls(file)[SERVICE], SERVICE, plan=changed),
    ):
        with pytest.raises(MigrationRefused, match="chassis/0001_log was changed"):
            refuses()
    with psycopg.connect(urls(file)[SERVICE]) as connection:
        assert connection.execute("SELECT count(*) FROM totals").fetchone() == (0,)


def test_a_schema_of_a_newer_version_is_refused(admin_url: str, file: Path):
    migrate(admin_url, [SERVICE], file, plan=plan)
    with pytest.raises(MigrationRefused, match="run a newer version"):
        migrate(admin_url, [SERVICE], file, plan=lambda service: plan(service)[:-1])


def test_a_file_that_fails_leaves_nothing_of_itself_and_can_be_mended(admin_url: str, file: Path):
    def with_last(text: str) -> list[Migration]:
        return [*plan(SERVICE), Migration("tally/0002_more", text)]

    broken = "CREATE TABLE more (id int); SELECT broken FROM nowhere"
    with pytest.raises(psycopg.Error, match="nowhere"):
        migrate(admin_url, [SERVICE], file, plan=lambda _: with_last(broken))
    assert pending(urls(file)[SERVICE], SERVICE, plan=lambda _: with_last(broken)) == ["tally/0002_more"]
    mended = with_last("CREATE TABLE more (id int)")
    assert migrate(admin_url, [SERVICE], file, plan=lambda _: mended) == ["tally: tally/0002_more"]


def test_two_at_once_apply_every_file_once_and_agree_on_the_urls(admin_url: str, file: Path):
    services = ["registry", "visits", "risk", "notify"]
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(migrate, admin_url, services, file) for _ in range(4)]
        applied = [name for run in runs for name in run.result()]
    assert sorted(applied) == sorted(
        f"{service}: {one.name}" for service in services for one in shipped(service)
    )
    for service in services:
        assert pending(urls(file)[service], service) == []


def test_the_urls_are_for_their_owners_eyes_and_kept(admin_url: str, file: Path):
    migrate(admin_url, ["registry"], file)
    first = urls(file)
    migrate(admin_url, ["risk"], file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert urls(file)["registry"] == first["registry"]
    passwords = {psycopg.conninfo.conninfo_to_dict(url)["password"] for url in urls(file).values()}
    assert len(passwords) == 2
    assert min(map(len, passwords)) >= 40


def test_where_the_urls_were_lost_roles_get_other_passwords(admin_url: str, file: Path):
    migrate(admin_url, [SERVICE], file, plan=plan)
    lost = urls(file)[SERVICE]
    file.unlink()
    assert migrate(admin_url, [SERVICE], file, plan=plan) == []
    assert pending(urls(file)[SERVICE], SERVICE, plan=plan) == []
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(lost)


FORBIDDEN = (
    "SELECT * FROM visits.stored_events",
    "SELECT * FROM visits.records",
    "INSERT INTO visits.answers VALUES ('a', 'b', 'c')",
    "SELECT nextval('visits.stored_events_notification_id_seq')",
    "CREATE TABLE visits.mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE TEMP TABLE mine (id int)",
    "CREATE ROLE mine",
    "ALTER ROLE {visits} PASSWORD 'mine'",
    "SET ROLE {visits}",
    "SET ROLE shouwang",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT rolpassword FROM pg_authid",
)


def test_a_role_reads_and_changes_its_own_schema_and_nothing_else(admin_url: str, file: Path):
    migrate(admin_url, ["registry", "visits"], file)
    for service in ("registry", "visits"):
        bring_up_to_date(PLANS[service], file)
    visits = psycopg.conninfo.conninfo_to_dict(urls(file)["visits"])["user"]
    with psycopg.connect(urls(file)["registry"], autocommit=True) as registry:
        assert registry.execute("SELECT count(*) FROM stored_events").fetchone() == (0,)
        for statement in FORBIDDEN:
            with pytest.raises(InsufficientPrivilege):
                registry.execute(statement.format(visits=visits))
        assert registry.execute("SELECT count(*) FROM elders").fetchone() == (0,)
        owners = registry.execute(
            "SELECT DISTINCT tableowner = current_user FROM pg_tables WHERE schemaname = 'registry'"
        )
        assert owners.fetchall() == [(True,)]
        owned = registry.execute("SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole")
        assert owned.fetchall() == [("registry",)]


def test_a_role_comes_into_no_other_township(admin_url: str, file: Path, server: Postgres):
    migrate(admin_url, ["registry"], file)
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS other")
        admin.execute("CREATE DATABASE other")
    other = server.url.rsplit("/", 1)[0] + "/other"
    migrate(other, ["registry"], file.with_name("other.json"))
    astray = urls(file)["registry"].rsplit("/", 1)[0] + "/other"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(astray)


def test_an_administrator_who_is_no_superuser_is_enough(admin_url: str, file: Path):
    database = psycopg.conninfo.conninfo_to_dict(admin_url)["dbname"]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS clerk")
        admin.execute("CREATE ROLE clerk LOGIN CREATEROLE PASSWORD 'clerk'")
        admin.execute(f"ALTER DATABASE {database} OWNER TO clerk")
    given = psycopg.conninfo.conninfo_to_dict(admin_url)
    clerk = f"postgresql://clerk:clerk@{given['host']}:{given['port']}/{database}"
    wanted = len(shipped("registry")) + len(shipped("visits"))
    assert len(migrate(clerk, ["registry", "visits"], file)) == wanted
    with (
        psycopg.connect(urls(file)["registry"]) as registry,
        pytest.raises(InsufficientPrivilege),
    ):
        registry.execute("SELECT * FROM visits.stored_events")


@pytest.mark.parametrize("name", ["Registry", "a b", "", "x; DROP", "1st"])
def test_a_name_that_is_none_is_refused(name: str, admin_url: str, file: Path):
    with pytest.raises(MigrationRefused, match="name"):
        migrate(admin_url, [name], file)
