"""Who lives on a test stand: villages, staff, and certified green elders, entered as people would enter them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from benchmarks.posting import Caller, Clients, request
from benchmarks.stand import TOKEN, Stand

VILLAGES = tuple(f"5303239902{number:02}" for number in range(1, 9))
ON = "2024-03-01"


def staff_of(village: str) -> list[tuple[str, str, str | None]]:
    """Staff id, role and village."""
    roles = ("grid_worker", "resident_member", "group_cadre", "village_lead", "township_leader")
    return [(f"{village}-{role}", role, village) for role in roles]


TOWNSHIP = [(role, role, None) for role in ("leading_group_office", "party_service_centre", "clinic")]


def enrolment(elder: str, village: str) -> dict[str, Any]:
    """Green: no evidence, younger than eighty; certified at once: all supporters away for long."""
    facts = {"elder": elder, "born": "1955-04-12", "sex": "f", "village": village, "group": "一组"}
    facts |= {"living": "with_relatives", "evidence": [], "health": [], "declined_institution": False}
    return facts | {
        "supporters": [{"id": f"{elder}-S1", "left_county_on": "2022-02-01"}],
        "carer": f"{village}-grid_worker",
    }


def village_of(elder: str) -> str:
    """Elders are dealt out to the villages by their number."""
    return VILLAGES[int(elder[1:]) % len(VILLAGES)]


def settle_in(stand: Stand, elders: int) -> list[str]:
    """Villages, staff and elders, all told and heard; the api, relay and workers must run."""
    caller = Caller(stand.port, TOKEN)
    for village in VILLAGES:
        _taken(caller.post("POST", "/villages", {"village": village, "name": village, "groups": ["一组"]}))
    for staff, role, at in [*TOWNSHIP, *(one for village in VILLAGES for one in staff_of(village))]:
        _taken(caller.post("POST", "/staff", {"staff": staff, "role": role, "village": at}))
    return enrol(stand, [f"E{number:07}" for number in range(elders)])


def enrol(stand: Stand, names: list[str]) -> list[str]:
    """More elders; all told and heard."""
    clients = Clients(stand.port, 16)
    clients.run(request("POST", "/elders", enrolment(name, village_of(name)), TOKEN) for name in names)
    clients.close()
    if set(clients.statuses) != {201}:
        raise RuntimeError(f"not all were enrolled: {clients.statuses}")
    stand.settle()
    return names


def visit(elder: str) -> dict[str, Any]:
    """A check-in as a phone sends it."""
    seen = {"by": f"{village_of(elder)}-grid_worker", "on": ON, "mode": "in_person"}
    return {"elder": elder} | seen | {"check_up": False, "confirms_facts": False}


def check_ins(elders: list[str], seed: int) -> Iterator[bytes]:
    """One a request, of elders by chance, without end."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    while True:
        yield request("PUT", f"/visits/{uuid4().hex}", visit(chance.choice(elders)), TOKEN)


def uploads(elders: list[str], seed: int, size: int = 500) -> Iterator[bytes]:
    """`size` a request, without end."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    while True:
        items = [{"visit": uuid4().hex} | visit(chance.choice(elders)) for _ in range(size)]
        yield request("POST", "/visits/batch", {"visits": items}, TOKEN)


def _taken(answer: tuple[int, dict[str, Any]]) -> None:
    if answer[0] != 201:  # noqa: PLR2004 - HTTP's word for created
        raise RuntimeError(f"not taken: {answer}")
