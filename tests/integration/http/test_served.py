"""Served by granian over a socket: cut requests, kills, stops under load; nothing acknowledged is lost or doubled."""

import asyncio
import socket
import sqlite3
import time
from collections import Counter as Tally
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.integration.http.process import AUTH, Line, Process, drive, serving
from tests.unit.http.village import TOKEN, peopled, visit

ELDERS = 100
KILLED_AFTER_COMMIT = """
import os, signal, sys
from services.chassis.commands.command import Desk
from tests.integration.http.served import main

take_many = Desk.take_many

def then_die(desk, asked):
    answers = take_many(desk, asked)
    if any(one.command.key == "visit:V13" for one in asked):
        os.kill(os.getpid(), signal.SIGKILL)
    return answers

Desk.take_many = then_die
main(sys.argv[1:])
"""

UNCONFIGURED = """
import os, sys
from tests.integration.http.served import main

del os.environ["SHOUWANG_HTTP_TOKEN"]
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    peopled(tmp_path, ELDERS)
    return tmp_path


def put(number: int) -> tuple[str, str, dict]:
    body = visit(number, f"E{number % ELDERS:03}")
    return "PUT", f"/visits/{body.pop('visit')}", body


def recorded(data: Path) -> Tally:
    """How often each visit was recorded, by the log itself."""
    with sqlite3.connect(f"file:{data / 'visits.db'}?mode=ro", uri=True) as database:
        name = "json_extract(CAST(state AS TEXT), '$.visit')"
        query = f"SELECT {name} FROM stored_events WHERE topic LIKE '%VisitRecorded'"
        return Tally(name for (name,) in database.execute(query))


async def village(port: Callable[[], int], place: int, each: int, taken: set[str]) -> None:
    """Sends each of its visits until it is taken, whatever happens on the way."""
    line = Line(port())
    for number in range(place * each, (place + 1) * each):
        status = 0
        while status not in {200, 201}:
            try:
                status, _ = await asyncio.wait_for(line.send(*put(number)), 20)
            except (OSError, EOFError, TimeoutError):
                line.close()
                line = Line(port())
                await asyncio.sleep(0.05)
        taken.add(f"V{number}")
    line.close()


def test_64_clients_at_once_lose_and_double_nothing(data: Path):
    taken: set[str] = set()
    with serving(data, "visits") as process:

        async def all_of_them() -> None:
            await asyncio.gather(*(village(lambda: process.port, place, 10, taken) for place in range(64)))

        asyncio.run(all_of_them())
        assert process.stop() == 0
    assert recorded(data) == {f"V{number}": 1 for number in range(640)}
    assert len(taken) == 640


def test_killed_between_commit_and_reply_the_repeat_is_safe(data: Path):
    with serving(data, "visits", code=KILLED_AFTER_COMMIT) as process:
        method, path, body = put(13)
        with pytest.raises(httpx.TransportError):
            httpx.request(method, process.url + path, json=body, headers=AUTH)
        assert process.inner.wait(10) == -9
    with serving(data, "visits") as process:
        answer = httpx.request(method, process.url + path, json=body, headers=AUTH)
        assert (answer.status_code, answer.json()) == (200, {"outcome": "repeat"})
    assert recorded(data) == {"V13": 1}


def test_a_request_cut_in_mid_body_changes_nothing(data: Path):
    with serving(data, "visits") as process:
        for length, sent in ((200, b'{"elder": "E0'), (5000, b'{"visits": []}')):
            with socket.create_connection(("127.0.0.1", process.port)) as line:
                path = "/visits/batch" if b"visits" in sent else "/visits/V1"
                method = "POST" if b"visits" in sent else "PUT"
                head = f"{method} {path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {TOKEN}\r\n"
                line.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + sent)
                time.sleep(0.1)
        whole = b'{"elder":"E000","by":"grid","on":"2024-03-04","mode":"phone","check_up":false,"confirms_facts":false}'
        with socket.create_connection(("127.0.0.1", process.port)) as line:
            head = f"PUT /visits/V2 HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {TOKEN}\r\n"
            line.sendall(f"{head}Content-Length: {len(whole) + 1}\r\n\r\n".encode() + whole)
            time.sleep(0.1)
        time.sleep(0.3)
        assert httpx.get(f"{process.url}/readyz").status_code == 200
        assert process.stop() == 0
    assert recorded(data) == {}


def test_stopped_under_load_it_loses_nothing_that_it_acknowledged(data: Path):
    taken: set[str] = set()
    now: list[Process] = []

    async def stopping() -> None:
        load = [village(lambda: now[-1].port, place, 40, taken) for place in range(32)]
        working = asyncio.gather(*load)
        for _ in range(3):
            await asyncio.sleep(0.7)
            before = now[-1]
            assert await asyncio.to_thread(before.stop) == 0, before.log.read_text()
            now.append(Process(data, "visits"))
            await asyncio.to_thread(now[-1].wait_ready)
        await working

    try:
        now.append(Process(data, "visits"))
        now[-1].wait_ready()
        asyncio.run(stopping())
        assert now[-1].stop() == 0
    finally:
        for one in now:
            one.inner.kill()
            one.inner.wait()
    assert recorded(data) == {f"V{number}": 1 for number in range(32 * 40)}
    assert len(taken) == 32 * 40


def test_requests_under_way_are_answered_when_it_stops(data: Path):
    with serving(data, "visits") as process:

        async def together() -> list:
            lines = [Line(process.port) for _ in range(100)]
            await asyncio.gather(*(line.send("GET", "/healthz", {}) for line in lines))
            asks = [asyncio.create_task(line.send(*put(number))) for number, line in enumerate(lines)]
            await asyncio.sleep(0.01)
            stopped = asyncio.to_thread(process.stop)
            answers, code = await asyncio.gather(asyncio.gather(*asks, return_exceptions=True), stopped)
            assert code == 0
            for line in lines:
                line.close()
            return answers

        answers = asyncio.run(together())
    acknowledged = {f"V{n}" for n, one in enumerate(answers) if isinstance(one, tuple) and one[0] == 201}
    held = recorded(data)
    assert acknowledged == set(held), "recorded, and not told so"
    print(f"answered while stopping: {len(acknowledged)} of 100")  # noqa: T201


def test_it_does_not_start_without_a_token(data: Path):
    process = Process(data, "visits", code=UNCONFIGURED)
    assert process.inner.wait(20) == 2
    assert "SHOUWANG_HTTP_TOKEN" in process.log.read_text()


def test_a_client_that_never_ends_its_request_does_not_keep_it_up(data: Path):
    with serving(data, "visits") as process, socket.create_connection(("127.0.0.1", process.port)) as line:
        head = f"PUT /visits/V1 HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {TOKEN}\r\n"
        line.sendall(f"{head}Content-Length: 500\r\n\r\n{{".encode())
        time.sleep(0.2)
        begun = time.monotonic()
        assert process.stop() == 0
        print(f"stopped in {time.monotonic() - begun:.1f} s")  # noqa: T201


def test_all_services_in_one_process(data: Path):
    with serving(data, "registry", "risk", "visits", "notify") as process:
        asks = [("registry", "PUT", "/elders/E000/carer", {"carer": "grid"})]
        asks += [
            ("visits", *put(1)),
            ("risk", "POST", "/elders/E000/evidence", {"evidence": "violence", "on": "2024-03-04"}),
        ]
        for _, method, path, body in asks:
            assert httpx.request(method, process.url + path, json=body, headers=AUTH).is_success
        assert httpx.get(f"{process.url}/inbox/grid", headers=AUTH).json() == {
            "messages": [],
            "cancelled": [],
        }


def test_the_rate_is_printed(data: Path):
    with serving(data, "visits") as process:
        begun = time.monotonic()
        singles = asyncio.run(drive(process.port, 32, 2, put))
        seconds = time.monotonic() - begun

        def upload(number: int) -> tuple[str, str, dict]:
            first = 10**6 + number * 500
            return (
                "POST",
                "/visits/batch",
                {"visits": [visit(one, f"E{one % ELDERS:03}") for one in range(first, first + 500)]},
            )

        begun = time.monotonic()
        batches = asyncio.run(drive(process.port, 4, 2, upload))
        spent = time.monotonic() - begun
    assert set(singles) == {201}
    assert set(batches) == {200}
    rates = f"singles, 32 clients: {singles[201] / seconds:.0f}/s; uploads of 500: {500 * batches[200] / spent:.0f}/s"
    print(rates)  # noqa: T201
