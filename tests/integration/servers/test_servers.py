"""Real servers, brought up, broken and brought back; every answer is a real client's."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import OperationalError

from services.servers import Given, Servers, ServersError

QUEUE = Queue(
    "visits",
    Exchange("visits", type="topic", durable=True),
    routing_key="#",
    durable=True,
    queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": 3},
)


def publish(url: str, body: str) -> None:
    """Return when the broker has confirmed it."""
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = connection.Producer()
        producer.publish(
            body,
            exchange=QUEUE.exchange,
            routing_key="elder",
            serializer="json",
            declare=[QUEUE],
            delivery_mode=2,
            mandatory=True,
            confirm_timeout=30,
        )


def take(url: str) -> str | None:
    with Connection(url) as connection:
        message = QUEUE(connection.default_channel).get(accept=["json"])
        if message is None:
            return None
        message.ack()
        return message.payload


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return row[0]


def pids(servers: Servers) -> set[int]:
    return {*servers.rabbit.processes(), *servers.postgres.processes()}


def test_both_answer_real_clients_as_users_of_their_own(up: Servers) -> None:
    urls = up.up()
    with psycopg.connect(urls.database) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == (
            "shouwang",
            "shouwang",
        )
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW max_connections").fetchone() == ("400",)
        assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)
    assert up.rabbit.ctl("list_users").split() == ["user", "tags", "shouwang", "[administrator]"]
    assert up.rabbit.ctl("list_vhosts").split() == ["name", "shouwang"]


def test_a_wrong_password_is_refused(up: Servers) -> None:
    urls = up.up()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls.database.replace("shouwang:", "shouwang:0", 1))
    wrong = Given(amqp=urls.amqp.replace("shouwang:", "shouwang:0", 1))
    with pytest.raises(
        ServersError, match=r"SHOUWANG_AMQP_URL is set, but .* does not answer: AccessRefused"
    ):
        Servers(up.folder.parent, "given", wrong).up()


def test_up_again_changes_nothing(up: Servers) -> None:
    before = up.up(), up.rabbit.pid(), up.postgres.pid()
    assert (up.up(), up.rabbit.pid(), up.postgres.pid()) == before


def test_the_state_file_holds_both_urls_for_its_owner_alone(up: Servers) -> None:
    file = up.folder / "servers.json"
    kept = json.loads(file.read_text())
    urls = up.up()
    assert (kept["amqp_url"], kept["database_url"]) == (urls.amqp, urls.database)
    assert file.stat().st_mode & 0o777 == 0o600


def listening() -> set[tuple[str, int]]:
    """Read who listens where, over IPv4 and IPv6, as the kernel writes it: addresses in hexadecimal."""
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path("/proc/net", table).read_text().splitlines()
    ]
    places = [fields[1].split(":") for fields in lines if fields[3] == "0A"]
    return {(address, int(port, 16)) for address, port in places}


def test_both_listen_on_loopback_alone(up: Servers) -> None:
    kept = json.loads((up.folder / "servers.json").read_text())
    ours = {kept["postgres"]["port"], *(kept["rabbit"][name] for name in ("port", "dist_port", "epmd_port"))}
    places = {(address, port) for address, port in listening() if port in ours}
    assert {port for _, port in places} == ours
    assert {address for address, _ in places} <= {"0100007F", "0" * 24 + "01000000"}


def test_a_confirmed_message_outlives_a_killed_broker(up: Servers) -> None:
    """The queue is older than the kill: RabbitMQ writes down half a second late which quorum queues it has."""
    url = up.up().amqp
    with Connection(url) as connection:
        QUEUE(connection.default_channel).declare()
    up.rabbit.stop()
    up.rabbit.start()
    publish(url, "kept")
    killed = up.rabbit.pid()
    up.rabbit.kill()
    assert up.rabbit.pid() is None
    with pytest.raises((OSError, OperationalError)), Connection(url, connect_timeout=2) as connection:
        connection.connect()
    up.rabbit.start()
    assert up.rabbit.pid() != killed
    assert take(url) == "kept"


def test_a_message_rejected_too_often_is_dropped_by_the_delivery_limit(up: Servers) -> None:
    url = up.up().amqp
    publish(url, "poison")
    deliveries = 0
    with Connection(url) as connection:
        queue = QUEUE(connection.default_channel)
        while (message := queue.get(accept=["json"])) is not None:
            deliveries += 1
            message.requeue()
    assert deliveries == QUEUE.queue_arguments["x-delivery-limit"] + 1


def test_a_wiped_broker_comes_back_empty_for_the_same_user(up: Servers) -> None:
    url = up.up().amqp
    publish(url, "lost")
    up.rabbit.wipe()
    assert up.rabbit.ctl("list_queues", "-p", "shouwang", "name").split() == []
    publish(url, "new")
    assert take(url) == "new"
    assert take(url) is None


def test_a_committed_row_outlives_an_immediate_stop(up: Servers) -> None:
    url = up.up().database
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    open_transaction = psycopg.connect(url)
    open_transaction.execute("INSERT INTO kept VALUES (2)")
    up.postgres.stop_immediate()
    assert up.postgres.processes() == []
    open_transaction.close()
    up.postgres.start()
    assert count(url, "kept") == 1


def test_pids_that_passed_to_another_process_stop_nobody_and_hinder_no_start(up: Servers) -> None:
    urls = up.up()
    up.down()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        data = up.postgres.home / "data" / "postmaster.pid"
        data.write_text(f"{stranger.pid}\n{data.parent}\n")
        for name in ("server.pid", "epmd.pid"):
            (up.rabbit.home / name).write_text(f"{stranger.pid}\n")
        up.down()
        assert stranger.poll() is None
        assert up.up() == urls
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_sets_side_by_side_share_nothing_and_down_leaves_no_process(up: Servers, tmp_path: Path) -> None:
    """Where the tests run as root, PostgreSQL's user cannot enter pytest's folders: its data is then elsewhere."""
    others = [Servers(tmp_path, "one"), Servers(tmp_path, "two")]
    try:
        with ThreadPoolExecutor() as pool:
            urls = {up.up(), *pool.map(Servers.up, others)}
        assert len({url.amqp for url in urls}) == len({url.database for url in urls}) == 3
        one, two, ours = pids(others[0]), pids(others[1]), pids(up)
        assert one
        assert two
        assert not (one & two | one & ours | two & ours)
        others[0].down()
        assert pids(others[0]) == set()
        assert not any(Path(f"/proc/{pid}").exists() and is_running(pid) for pid in one)
        assert [standing.trouble for standing in others[1].status() + up.status()] == [None] * 4
    finally:
        homes = [other.postgres.home for other in others]
        for other in others:
            other.down(erase=True)
    assert not any(path.exists() for path in [*homes, *(other.folder for other in others)])


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes() != b""


def test_given_servers_are_asked_and_otherwise_left_alone(up: Servers) -> None:
    urls = up.up()
    given = Servers(
        up.folder.parent,
        "given",
        Given.by({"SHOUWANG_AMQP_URL": urls.amqp, "SHOUWANG_DATABASE_URL": urls.database}),
    )
    assert given.up() == urls
    assert [(standing.given, standing.pid, standing.trouble) for standing in given.status()] == [
        (True, None, None)
    ] * 2
    with pytest.raises(ServersError, match="not ours"):
        given.rabbit.kill()
    with pytest.raises(ServersError, match="not ours"):
        given.postgres.stop_immediate()
    given.down(erase=True)
    assert [standing.trouble for standing in up.status()] == [None, None]


def test_the_commands_tell_what_is_up(up: Servers) -> None:
    urls = up.up()
    said = command(up, "up")
    assert said.stdout == f"SHOUWANG_AMQP_URL={urls.amqp}\nSHOUWANG_DATABASE_URL={urls.database}\n"
    assert [line.rpartition(": ")[2] for line in command(up, "status").stdout.splitlines()] == ["answers"] * 2
    assert command(up, "down").returncode == 0
    assert command(up, "status").returncode == 1
    assert pids(up) == set()


def command(servers: Servers, name: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "services.servers",
            name,
            "--var",
            servers.folder.parent,
            "--name",
            servers.name,
        ],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
    )
