"""The parts of what a process shows: when it reads again, what bounds its labels, and how it is served."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from eventlet import tpool
from eventsourcing.persistence import OperationalError

from services.chassis.log.connections import Bounds
from services.chassis.log.event_log import EventLog
from services.chassis.log.postgres import PostgresRecorder
from services.chassis.log.recorder import SQLiteRecorder
from services.chassis.metrics import names
from services.chassis.metrics.databases import (
    LAG_SECONDS,
    MOST_SERIES,
    PATIENCE_SECONDS,
    SHARE,
    Cached,
    DatabaseCollector,
    ServiceReads,
    View,
)
from services.chassis.metrics.names import read
from services.chassis.metrics.registry import MOST_ROUTES, Metrics
from services.chassis.metrics.serving import serve, serve_green
from tests.unit.chassis.shown import EVERY, shown

ROOT = Path(__file__).parents[3]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


class Time:
    """A stopwatch that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_read_is_good_for_a_while():
    time, reads = Time(), iter(range(100))
    cached = Cached(lambda: _one(reads), 5, time)
    assert [value for _, _, value in cached.samples(99)] == [0]
    time.now = 4.9
    assert [value for _, _, value in cached.samples(99)] == [0]
    time.now = 5
    assert [value for _, _, value in cached.samples(99)] == [1]


def _one(reads: Iterator[int]) -> list[names.Sample]:
    return [(names.LOG_POSITION, ("visits",), next(reads))]


def test_what_takes_long_is_read_the_more_rarely():
    time, reads = Time(), iter(range(100))

    def slow() -> list[names.Sample]:
        time.now += 3
        return _one(reads)

    cached = Cached(slow, 5, time)
    cached.samples(1)
    time.now = 3 + 3 * SHARE - 1
    assert cached.samples(10**6)[0][2] == 0
    time.now += 1
    assert cached.samples(10**6)[0][2] == 1


def test_what_could_not_be_read_is_not_shown_and_is_soon_read_again():
    time, answers = Time(), iter([None, 1])

    def read_slowly() -> list[names.Sample]:
        time.now += 4
        if (answer := next(answers)) is None:
            raise OperationalError
        return _one(iter([answer]))

    cached = Cached(read_slowly, 5, time)
    assert (cached.samples(99), cached.is_up, cached.has_failed) == ([], False, True)
    time.now = 4 + 5
    assert [value for _, _, value in cached.samples(99)] == [1]
    assert (cached.is_up, cached.has_failed) == (True, False)


def test_one_that_is_away_does_not_keep_the_others_from_being_asked():
    time, asked = Time(), list[str]()
    reads: list[ServiceReads] = []
    for name in ("risk", "visits"):

        def probe(name: str = name) -> list[names.Sample]:
            asked.append(name)
            time.now += PATIENCE_SECONDS + 1
            raise OperationalError

        reads.append(ServiceReads(name, lambda: True, Cached(probe, LAG_SECONDS, time), []))
    collector = DatabaseCollector(reads, time=time)
    for _ in range(4):
        list(collector.collect())
        time.now += 10
    assert asked == ["risk", "visits", "risk", "visits"]


def test_nothing_is_read_when_the_scrape_has_waited_long_enough():
    time, reads = Time(), iter(range(100))
    time.now = 10
    assert Cached(lambda: _one(reads), 5, time).samples(10) == []


def test_who_comes_while_another_reads_gets_the_last_answer():
    inner: list[list[names.Sample]] = []
    cached = Cached(lambda: [inner.append(cached.samples(99)), *_one(iter([1]))][1:], 0, Time())
    cached.samples(99)
    assert inner == [[]]


def test_more_labels_than_there_should_be_are_one():
    spec = read("shouwang_many", ("village",), "Many")
    view = View("", {"number": spec})
    rows = [{"village": str(number), "number": 1} for number in range(MOST_SERIES + 50)]
    samples = {labels: value for _, labels, value in view.read(lambda _: rows)}
    assert len(samples) == MOST_SERIES + 1
    assert samples["other",] == 50


def test_requests_are_counted_by_template_and_status(metrics: Metrics):
    metrics.observe_request("GET", "/elders/{elder}", 200, 0.02)
    metrics.observe_request("GET", "/elders/{elder}", 503, 0.02)
    metrics.observe_request("BREW", "/elders/{elder}", 9999, 0.02)
    found = shown(metrics)
    assert found["shouwang_http_requests_total"] == {
        ("GET", "/elders/{elder}", "200"): 1,
        ("GET", "/elders/{elder}", "503"): 1,
        ("other", "/elders/{elder}", "other"): 1,
    }
    assert found["shouwang_http_request_seconds_count"]["GET", "/elders/{elder}"] == 2


def test_routes_are_bounded_whatever_is_said(metrics: Metrics):
    for number in range(MOST_ROUTES + 30):
        metrics.observe_request("GET", f"/elders/{number}", 404, 0.0)
    found = shown(metrics)["shouwang_http_requests_total"]
    assert len(found) == MOST_ROUTES + 1
    assert found["GET", "other", "404"] == 30


def test_a_pool_shows_its_connections_without_making_one(metrics: Metrics):
    recorder = PostgresRecorder("postgresql://nobody@127.0.0.1:1/none", "visits", Bounds(max_overflow=3))
    metrics.own.watch_pool("visits", EventLog(recorder))
    found = shown(metrics)
    assert found["shouwang_pool_connections_max"]["visits",] == 4
    assert found["shouwang_pool_connections"] == {("visits", "idle"): 0, ("visits", "in_use"): 0}
    recorder.close()


def test_a_log_without_a_pool_shows_none(metrics: Metrics):
    log = EventLog(SQLiteRecorder(":memory:", ()))
    metrics.own.watch_pool("visits", log)
    assert "shouwang_pool_connections" not in shown(metrics)
    log.close()


def test_it_is_served_at_metrics_and_nowhere_else(metrics: Metrics):
    metrics.observe_request("GET", "/x", 200, 0.0)
    serving = serve(metrics, 0)
    try:
        url = f"http://127.0.0.1:{serving.port}"
        assert "shouwang_http_requests_total" in httpx.get(f"{url}/metrics").text
        assert httpx.get(f"{url}/").status_code == 404
    finally:
        serving.close()


def test_a_worker_serves_it_from_a_greenlet(metrics: Metrics):
    serving = serve_green(metrics, 0)

    try:
        answer = tpool.execute(httpx.get, f"http://127.0.0.1:{serving.port}/metrics")
        assert "process_resident_memory_bytes" in answer.text
    finally:
        serving.close()
        tpool.killall()


def test_rules_speak_of_metrics_that_there_are_and_say_what_to_do_in_both_languages():
    known = {spec.name for spec in EVERY}
    groups = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(re.findall(r"shouwang_\w+", rule["expr"])) <= known
        assert rule["labels"]["severity"] in {"warning", "critical"}
        chinese, _, english = rule["annotations"]["runbook"].partition(" / ")
        assert re.search(r"[一-鿿]", chinese)
        assert re.fullmatch(r"[ -~]+", english)


def test_dead_letters_are_shown_by_one_process_and_not_while_the_broker_is_away(metrics: Metrics):
    def away() -> int:
        raise ConnectionRefusedError

    metrics.own.watch_dead_letters(lambda: 7, lambda: False)
    assert "shouwang_dead_letters" not in shown(metrics)
    metrics.own.watch_dead_letters(away, lambda: True)
    assert "shouwang_dead_letters" not in shown(metrics)
    metrics.own.watch_dead_letters(lambda: 3, lambda: True)
    assert shown(metrics)["shouwang_dead_letters"] == {(): 3}
