"""Faults of clients: all at once, and cut in the middle of what they say."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random

from services.house.house import opened
from services.kernel.calendar import SHANGHAI
from tests.faults.door import TAKES
from tests.faults.harm import Figures, fault, send_visit
from tests.faults.stand import Stand
from tests.faults.villages import VILLAGES, elders_of
from tests.integration.fleet.conftest import becomes_true

CLIENTS = 1000


@fault()
def a_thousand_clients_at_once(stand: Stand, chance: Random) -> Figures:
    """Each with one visit that it sends until it is answered, some of them twice at once."""
    today = datetime.now(SHANGHAI).date()
    run = chance.randrange(10**9)
    retries = 0

    def post(number: int) -> bool:
        nonlocal retries
        village = VILLAGES[number % 2]
        elder = elders_of(village)[number % 10]
        visit = f"crowd-{run}-{number}"
        for _ in range(200):
            status, answer = send_visit(stand, visit, village, elder, today)
            if status in TAKES:
                return True
            assert status == 0 or status >= 429, (status, answer)
            retries += 1
            time.sleep(0.2)
        return False

    begun = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert all(
            pool.map(post, [number // 4 * 4 if number % 4 == 3 else number for number in range(CLIENTS)])
        )
    return {"clients": CLIENTS, "seconds": round(time.monotonic() - begun, 1), "retries": retries}


@fault()
def request_cut_in_mid_body(stand: Stand, chance: Random) -> Figures:
    """Half a request, then the line is cut; nothing of it is recorded, and others are served."""
    for number in range(20):
        body = b'{"elder": "E0100", "by": "grid-530323990201", "on": "2024-03-01", "mode": "phone", "check'
        head = (
            f"PUT /visits/cut-{chance.randrange(10**9)}-{number} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {stand.door.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body) + 60}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", stand.door.port), 5) as line:
            line.sendall(head.encode() + body[: chance.randrange(1, len(body))])
            time.sleep(0.05)
    with opened(stand.settings) as house:
        held = house.services["visits"].log.query(
            "SELECT command FROM answers WHERE command LIKE 'visit:cut-%'"
        )
    assert held == []
    begun = time.monotonic()
    assert becomes_true(lambda: stand.record.first_after(begun) is not None, 20)
    return {"seconds until the next command": stand.record.first_after(begun)}
