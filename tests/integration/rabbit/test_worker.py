"""The worker's face under eventlet: batches come in through nameko, and another process takes over from a lost one."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from services.chassis.messaging.parking import is_passing
from services.chassis.workers import rpc
from services.chassis.workers.rpc import Asking, UpstreamAway
from services.house.settings import Settings
from services.servers.rabbit import Rabbit
from tests.integration.rabbit.pair import Pair, until

ROOT = Path(__file__).parents[3]
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(pair: Pair, rabbit: Rabbit, tmp_path: Path) -> Iterator[Start]:
    """Starts a worker process for the pair's consumer."""
    running: list[subprocess.Popen[bytes]] = []

    def one_more() -> subprocess.Popen[bytes]:
        module = "tests.integration.rabbit.listener"
        command = [sys.executable, "-m", module, rabbit.url, pair.broker.namespace, str(tmp_path)]
        with (tmp_path / f"worker{len(running)}.log").open("wb") as out:
            running.append(subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT))
        return running[-1]

    yield one_more
    for one in running:
        with suppress(ProcessLookupError):
            one.send_signal(signal.SIGCONT)
            one.kill()
        one.wait()


def said(tmp_path: Path, worker: int) -> list[str]:
    lines = (tmp_path / f"worker{worker}.log").read_text().splitlines()
    return [line for line in lines if line.replace(" ", "").replace(".", "").isdigit()]


def test_a_nameko_worker_hears_everything_and_its_hub_goes_on_meanwhile(
    pair: Pair, start: Start, tmp_path: Path
):
    pair.subscriptions.clear()
    start()
    for _ in range(4):
        pair.say(500)
    pair.tell()
    until(pair.is_heard, 30)
    until(lambda: said(tmp_path, 0)[-1].startswith("2000 "), 10)
    assert float(said(tmp_path, 0)[-1].split()[1]) < 3


def test_a_worker_that_is_killed_in_its_work_loses_and_doubles_nothing(
    pair: Pair, start: Start, tmp_path: Path
):
    pair.subscriptions.clear()
    first = start()
    until(lambda: bool(said(tmp_path, 0)), 20)
    start()
    for round_ in range(20):
        pair.say(100)
        pair.tell()
        if round_ == 5:
            until(lambda: int(said(tmp_path, 0)[-1].split()[0]) > 0, 20)
            first.kill()
    until(pair.is_heard, 30)


def test_a_worker_that_sleeps_is_replaced_and_does_nothing_twice_when_it_wakes_up(
    pair: Pair, start: Start, tmp_path: Path
):
    pair.subscriptions.clear()
    first = start()
    until(lambda: bool(said(tmp_path, 0)), 20)
    pair.say(100)
    pair.tell()
    until(pair.is_heard, 20)
    start()
    until(lambda: bool(said(tmp_path, 1)), 20)
    first.send_signal(
        signal.SIGSTOP
    )  # the broker misses its heartbeats after a while, and gives the other its part
    pair.say(400)
    pair.tell()
    until(pair.is_heard, 60)
    first.send_signal(signal.SIGCONT)
    pair.say(100)
    pair.tell()
    until(pair.is_heard, 60)


def test_an_upstream_is_asked_over_one_connection_that_is_made_again_where_it_broke(
    pair: Pair, start: Start, rabbit: Rabbit, tmp_path: Path
):
    pair.subscriptions.clear()
    start()
    until(lambda: bool(said(tmp_path, 0)), 60)
    asking = Asking("down", Settings(amqp_url=rabbit.url, namespace=pair.broker.namespace))
    kept = {id(asking._asked) for partition in range(8) if asking.pull(partition, 0) == []}
    assert len(kept) == 1
    asking._asked._reply_listener.queue_consumer.connection.close()  # under it, as an outage does
    assert asking.pull(0, 0) == []
    assert id(asking._asked) not in kept
    with pytest.raises(UpstreamAway):
        asking.pull(0, -1)
    assert asking.pull(0, 0) == []
    asking.close()


def test_an_upstream_that_nobody_answers_for_is_away_and_parks_nothing(
    pair: Pair, rabbit: Rabbit, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rpc, "ANSWER_SECONDS", 0.5)
    asking = Asking("nobody", Settings(amqp_url=rabbit.url, namespace=pair.broker.namespace))
    with pytest.raises(UpstreamAway) as raised:
        asking.pull(0, 0)
    assert is_passing(raised.value)


def test_a_worker_that_is_asked_to_stop_in_its_work_stops_and_the_next_one_goes_on(
    pair: Pair, start: Start, tmp_path: Path
):
    pair.subscriptions.clear()
    for _ in range(2):
        pair.say(500)
    pair.relay.envelopes_of(pair.up.events(0, 10_000))  # told, and in no queue: it is caught up with
    first = start()
    until(lambda: bool(said(tmp_path, 0)), 60)
    first.terminate()
    first.wait(60)
    start()
    until(pair.is_heard, 120)
