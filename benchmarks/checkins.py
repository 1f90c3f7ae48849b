"""Check-ins: one a request with 32 clients, and 500 a request as an offline phone uploads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks import limits, people
from benchmarks.posting import Clients
from benchmarks.results import Result, percentile, say
from benchmarks.stand import Stand, standing
from services.fleet.settings import SERVICES
from services.servers import Urls

CLIENTS = 32
UPLOADERS = 3
ELDERS = 1000


def run(urls: Urls, rounds: int, seconds: float) -> None:
    """Rows 1 and 2, on one stand: first with every process of the fleet, then with the api alone."""
    single = Result(
        "1-single-check-ins",
        "≥ 0.5 × pgbench (0.35 at least), ≥ 4 × Application.save; one per request, 32 clients",
    )
    upload = Result("2-offline-upload", "≥ 5,000 check-ins/s; 500 per request")
    with standing(urls) as stand:
        stand.start_all()
        say(f"enrolling {ELDERS} elders")
        elders = people.settle_in(stand, ELDERS)
        limits.prepare(stand)
        _rounds(stand, elders, rounds, seconds, single, "whole fleet")
        _upload_rounds(stand, elders, rounds, seconds, upload, "whole fleet")
        stand.stop_all()
        stand.start("api", *SERVICES)
        _rounds(stand, elders, rounds, seconds, single, "api alone")
        _upload_rounds(stand, elders, rounds, seconds, upload, "api alone")
    single.end()
    upload.end()


def _rounds(stand: Stand, elders: list[str], rounds: int, seconds: float, result: Result, name: str) -> None:
    size = limits.size_of_event(stand)
    for number in range(rounds):
        say(f"check-ins, {name}: round {number + 1} of {rounds}")
        http = _http(stand, people.check_ins(elders, number), CLIENTS, seconds, result, name)
        _rest(stand, name)
        plain = limits.pgbench(stand, CLIENTS, seconds, size)
        saved = limits.saves(stand, CLIENTS, seconds)
        result.ratio(f"check-ins / pgbench, {name}", http / plain)
        result.ratio(f"check-ins / Application.save, {name}", http / saved)
        result.add(f"check-ins a second, {name}", http)
        result.add(f"pgbench rows a second, {name}", plain)
        result.add(f"Application.save a second, {name}", saved)
    result.notes = [f"a row is {size} bytes of state, topic, id and version, under the log's two indexes"]


def _upload_rounds(
    stand: Stand, elders: list[str], rounds: int, seconds: float, result: Result, name: str
) -> None:
    size = limits.size_of_event(stand)
    for number in range(rounds):
        say(f"uploads, {name}: round {number + 1} of {rounds}")
        http = 500 * _http(stand, people.uploads(elders, number), UPLOADERS, seconds, result, name)
        _rest(stand, name)
        plain = limits.inserts(stand, size, 500, seconds)
        result.ratio(f"check-ins / plain inserts of 500 rows, {name}", http / plain)
        result.add(f"check-ins a second, {name}", http)
        result.add(f"plain rows a second, {name}", plain)


def _http(
    stand: Stand, requests: Iterator[bytes], clients: int, seconds: float, result: Result, name: str
) -> float:
    """Requests a second; nobody may be turned away."""
    posted, before = Clients(stand.port, clients), stand.spent()
    took = posted.run(_made_before(requests, clients), seconds)
    posted.close()
    if posted.statuses.keys() - {200, 201}:
        raise RuntimeError(f"not all were taken: {posted.statuses}")
    many = posted.statuses.total() * (1 if clients == CLIENTS else 500)
    for key, spent in stand.spent().items():
        result.add(f"ms of processor a check-in, {name}: {key}", 1000 * (spent - before[key]) / many)
    result.add(f"p50 ms, {name}", 1000 * percentile(posted.seconds, 0.5))
    result.add(f"p99 ms, {name}", 1000 * percentile(posted.seconds, 0.99))
    return posted.statuses.total() / took


def _made_before(requests: Iterator[bytes], clients: int) -> Iterator[bytes]:
    """Made before they are sent: what a phone does costs the machine nothing."""
    yield from [next(requests) for _ in range(20_000 if clients == CLIENTS else 200)]
    yield from requests


def _rest(stand: Stand, name: str) -> None:
    """The limits are measured when nothing is left to tell or hear."""
    wait: Callable[[], None] = stand.settle if name == "whole fleet" else lambda: None
    wait()
