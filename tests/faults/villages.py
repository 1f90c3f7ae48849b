"""The two villages that post: their elders, staff and enrolments."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.faults.door import RETRY_SECONDS, TAKES, Door

VILLAGES = ("530323990201", "530323990202")
ELDERS = 10


def elders_of(village: str) -> tuple[str, ...]:
    """The ids of a village's elders."""
    return tuple(f"E{village[-2:]}{number:02}" for number in range(ELDERS))


def set_up(door: Door) -> None:
    """Villages, staff and elders; the same again changes nothing. Raises where one is not taken."""

    def ask(method: str, path: str, body: dict[str, Any]) -> None:
        for _ in range(100):
            status, answer = door.call(
                method, path, body, key=f"{path}-{json.dumps(body)[:60]}".translate(_KEY)
            )
            if status in TAKES:
                return
            time.sleep(RETRY_SECONDS)
        raise AssertionError(f"{path}: {status} {answer}")

    ask("POST", "/staff", {"staff": "office", "role": "leading_group_office"})
    for village in VILLAGES:
        ask("POST", "/villages", {"village": village, "name": "试村", "groups": ["一组"]})
        for name, role in (
            ("grid", "grid_worker"),
            ("lead", "village_lead"),
            ("leader", "township_leader"),
            ("cadre", "group_cadre"),
        ):
            ask("POST", "/staff", {"staff": f"{name}-{village}", "role": role, "village": village})
        for number, elder in enumerate(elders_of(village)):
            ask("POST", "/elders", enrolment(elder, village, number))


_KEY = str.maketrans('/{}": ,[]', "---------")


def enrolment(elder: str, village: str, number: int) -> dict[str, Any]:
    """A form that is certified."""
    return {
        "elder": elder,
        "born": f"19{40 + number % 20}-03-01",
        "sex": "f",
        "village": village,
        "group": "一组",
        "living": ("alone", "couple", "with_relatives")[number % 3],
        "evidence": [[], ["incapacity"], ["economic_hardship"]][number % 3],
        "health": ["hypertension"] if number % 4 == 0 else [],
        "declined_institution": True,
        "supporters": [{"id": "S1", "left_county_on": "2023-01-01"}],
        "carer": f"grid-{village}",
    }
