"""Deliveries, from the log to a real server: embedded in a container, and by the sender, a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from eventlet import tpool

from services.chassis.clock import SystemClock
from services.chassis.log.event_log import EventLog
from services.chassis.migrations.migrate import migrate
from services.chassis.stores import open_log
from services.chassis.workers import eventlet_shim as green
from services.fleet.settings import SERVICES
from services.house.house import opened
from services.house.running import containers
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.notify import bootstrap
from services.notify.deliveries import views as delivery_views
from services.notify.deliveries.domain import Delivery, Way
from tests.integration.channels.servers import Receiver, channels_file, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as held:
        yield held


def plan(log: EventLog, cause: str, channel: str) -> None:
    at = datetime.now(SHANGHAI)
    with log.unit("test") as unit:
        way = Way(channel, "webhook")
        unit.add(Delivery.plan([cause], way, "V1", {"missed": 1}, at, is_urgent=False))


def outcomes(log: EventLog) -> list[tuple[str, str, int]]:
    text = "SELECT channel, status, attempts FROM outgoing ORDER BY channel"
    return [(row["channel"], row["status"], row["attempts"]) for row in log.query(text)]


def comes(condition: Callable[[], bool], sleep: Callable[[float], None]) -> bool:
    ends = time.monotonic() + 60
    while not condition():
        if time.monotonic() > ends:
            return False
        sleep(0.05)
    return True


def test_embedded_a_slow_receiver_stops_nothing_and_the_end_is_clean(tmp_path: Path, receiver: Receiver):
    path = channels_file(tmp_path, good=receiver.url("/hook"), slow=receiver.url("/hang"))
    try:
        with opened(Settings(data=tmp_path / "data", channels=path)) as house:
            log = house.services["notify"].log
            with containers(house, SystemClock()):
                plan(log, "1", "slow")
                plan(log, "2", "good")
                wanted = [("good", "sent", 1), ("slow", "waiting", 1)]
                assert comes(lambda: outcomes(log) == wanted, green.sleep), outcomes(log)
            assert log.query(delivery_views.ATTEMPTS_BY_WORD)[1]["outcome"] == "timeout"
    finally:
        tpool.killall()


@contextmanager
def sender(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
    environ |= {"SHOUWANG_ROLES": str(settings.roles), "SHOUWANG_CHANNELS": str(settings.channels)}
    command = [sys.executable, "-m", "services.fleet", "sender", "notify"]
    process = subprocess.Popen(command, env={**environ, "SHOUWANG_FLEET": ""})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_the_sender_sends_each_once_though_there_are_two_and_one_is_killed(
    tmp_path: Path, receiver: Receiver, admin_url: str
):
    roles = tmp_path / "roles.json"
    migrate(admin_url, SERVICES, roles)
    path = channels_file(tmp_path, good=receiver.url("/hook"))
    settings = Settings(roles=roles, channels=path, data=tmp_path)
    log = open_log(bootstrap.blueprint(settings), settings)
    with sender(settings) as first, sender(settings) as second:
        for number in range(10):
            plan(log, str(number), "good")
        assert comes(lambda: len(receiver.seen) > 2, time.sleep)
        first.kill()
        for number in range(10, 20):
            plan(log, str(number), "good")
        assert comes(
            lambda: {row[1] for row in outcomes(log)} <= {"sent", "sending"} and len(receiver.seen) >= 20,
            time.sleep,
        )
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    keys = [one.headers["Idempotency-Key"] for one in receiver.seen]
    assert len(set(keys)) >= 19  # what was under way at the kill counts as lost after a minute
    assert len(keys) - len(set(keys)) <= 1
    log.close()


def test_a_sender_without_channels_refuses_to_run(tmp_path: Path, admin_url: str):
    roles = tmp_path / "roles.json"
    migrate(admin_url, SERVICES, roles)
    path = channels_file(tmp_path)
    path.chmod(0o644)
    with sender(Settings(roles=roles, channels=path)) as process:
        assert process.wait(60) == 2
