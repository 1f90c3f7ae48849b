"""A load of villages that post at once, and a record of all that they were told is taken.

Phones of several villages send visits one by one and in batches, incidents, the same again on purpose, and other
content under an id already used, also on purpose. What is not answered is sent again with the same id until it is.
Every acknowledged command is written to the record as soon as it is acknowledged.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.door import ANSWER_SECONDS, RETRY_SECONDS, TAKES, Door
from tests.faults.gathered import Acknowledged
from tests.faults.villages import VILLAGES, elders_of

PHONES = 8
TAKEN = {"accepted", "repeat"}
MOST_IN_BATCH = 20


class Record:
    """What was acknowledged, written down before anybody asks for more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")
        self.at: list[tuple[float, int]] = []

    def write(self, taken: list[Acknowledged]) -> None:
        """A line each; `at` keeps when and how many."""
        with self._lock:
            self._file.writelines(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in taken)
            self._file.flush()
            self.at.append((time.monotonic(), len(taken)))

    def between(self, begin: float, end: float) -> int:
        """How many were acknowledged in that time."""
        return sum(count for at, count in list(self.at) if begin <= at < end)

    def first_after(self, moment: float) -> float | None:
        """Seconds until the first acknowledgement after a moment."""
        return next((round(at - moment, 2) for at, _ in list(self.at) if at >= moment), None)

    def close(self) -> None:
        """No more."""
        self._file.close()


@dataclass
class Phone:
    """One carer's phone: sends one thing after the other, and each until it is answered."""

    name: str
    door: Door
    record: Record
    elders: tuple[str, ...]
    carer: str
    today: str
    chance: Random
    pause: float
    place: int = 0
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    retries: int = 0
    unanswered: int = 0
    seconds: list[float] = field(default_factory=list)

    def run(self, has_ended: Callable[[], bool], give_up: Callable[[], bool]) -> None:
        """Until it has ended; what is open then is still tried until `give_up`."""
        while not has_ended():
            draw = self.chance.random()
            if draw < 0.66 or not self.sent:
                self._send_one(give_up)
            elif draw < 0.78:
                self._send_batch(give_up)
            elif draw < 0.84:
                self._send_again(give_up)
            elif draw < 0.90:
                self._contradict(give_up)
            elif draw < 0.95:
                self._correct(give_up)
            else:
                self._report(give_up)
            time.sleep(self.pause * self.chance.uniform(0.5, 1.5))

    def _visit(self) -> tuple[str, str, dict[str, Any]]:
        self.place += 1
        content = {
            "by": self.carer,
            "on": self.today,
            "mode": self.chance.choice(("in_person", "phone", "video")),
            "check_up": False,
            "confirms_facts": self.chance.random() < 0.5,
        }
        return f"{self.name}-{self.place}", self.chance.choice(self.elders), content

    def _taken(
        self, kind: str, one: tuple[str, str, dict[str, Any]], outcome: str, place: int
    ) -> Acknowledged:
        visit, elder, content = one
        return Acknowledged(kind, visit, elder, content, outcome, self.name, place)

    def _until_answered(
        self, give_up: Callable[[], bool], method: str, path: str, body: Any, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        begun = time.monotonic()
        while True:
            status, answer = self.door.call(method, path, body, key=key)
            if status and status < 500 and status != 429:
                self.seconds.append(time.monotonic() - begun)
                return status, answer
            if give_up():
                self.unanswered += 1
                return 0, {}
            self.retries += 1
            time.sleep(RETRY_SECONDS * self.chance.uniform(0.5, 1.5))

    def _send_one(self, give_up: Callable[[], bool]) -> None:
        one = visit, elder, content = self._visit()
        status, answer = self._until_answered(give_up, "PUT", f"/visits/{visit}", {"elder": elder} | content)
        if status in TAKES:
            self.record.write([self._taken("visit", one, answer["outcome"], self.place)])
            self.sent.append(one)
        elif status:
            self.wrong.append(f"{visit}: {status} {answer}")

    def _send_batch(self, give_up: Callable[[], bool]) -> None:
        visits = [self._visit() for _ in range(self.chance.randint(2, MOST_IN_BATCH))]
        first = self.place - len(visits) + 1
        body = {"visits": [{"visit": visit, "elder": elder} | content for visit, elder, content in visits]}
        status, answer = self._until_answered(give_up, "POST", "/visits/batch", body)
        if status in TAKES:
            told = answer["answers"]
            self.wrong += [str(one) for one in told if one["outcome"] not in TAKEN]
            taken = zip(visits, told, range(first, self.place + 1), strict=True)
            self.record.write([self._taken("visit", one, said["outcome"], at) for one, said, at in taken])
            self.sent += visits
        elif status:
            self.wrong.append(f"batch: {status} {answer}")

    def _send_again(self, give_up: Callable[[], bool]) -> None:
        visit, elder, content = self.chance.choice(self.sent)
        status, answer = self._until_answered(give_up, "PUT", f"/visits/{visit}", {"elder": elder} | content)
        if status and (status, answer.get("outcome")) != (200, "repeat"):
            self.wrong.append(f"{visit} again: {status} {answer}")

    def _contradict(self, give_up: Callable[[], bool]) -> None:
        visit, elder, content = self.chance.choice(self.sent)
        other = {"elder": elder} | content | {"check_up": True}
        status, answer = self._until_answered(give_up, "PUT", f"/visits/{visit}", other)
        if status not in {0, 409}:
            self.wrong.append(f"{visit} with other content: {status} {answer}")

    def _correct(self, give_up: Callable[[], bool]) -> None:
        """What the registry tells, and visits hears."""
        self.place += 1
        change, elder = f"F-{self.name}-{self.place}", self.chance.choice(self.elders)
        body = {"living": self.chance.choice(("alone", "couple", "with_relatives"))}
        status, answer = self._until_answered(give_up, "PATCH", f"/elders/{elder}/facts", body, change)
        if status in TAKES:
            one = (change, elder, body)
            self.record.write([self._taken("facts", one, answer["outcome"], self.place)])
        elif status:
            self.wrong.append(f"{change}: {status} {answer}")

    def _report(self, give_up: Callable[[], bool]) -> None:
        self.place += 1
        incident, elder = f"I-{self.name}-{self.place}", self.chance.choice(self.elders)
        body = {"incident": incident, "kind": "fall"}
        path = f"/elders/{elder}/incidents"
        status, answer = self._until_answered(give_up, "POST", path, body, incident)
        if status in TAKES:
            one = (incident, elder, body)
            self.record.write([self._taken("incident", one, answer["outcome"], self.place)])
        elif status:
            self.wrong.append(f"{incident}: {status} {answer}")


class Load:
    """Phones of every village at once; `wrong` holds the answers that nobody should have got."""

    def __init__(
        self,
        name: str,
        door: Door,
        record: Record,
        today: str,
        seed: int,
        pause: float,
        phones: int = PHONES,
    ) -> None:
        self._ending, self._over = threading.Event(), threading.Event()
        self.phones = [
            Phone(
                f"{name}-p{number}",
                door,
                record,
                elders_of(VILLAGES[number % len(VILLAGES)]),
                f"grid-{VILLAGES[number % len(VILLAGES)]}",
                today,
                Random(f"{seed}/{name}/{number}"),
                pause,
            )
            for number in range(phones)
        ]
        self._threads = [
            threading.Thread(target=phone.run, args=(self._ending.is_set, self._over.is_set), name=phone.name)
            for phone in self.phones
        ]

    def start(self) -> None:
        """Every phone."""
        for thread in self._threads:
            thread.start()

    def end(self, seconds: float) -> None:
        """Nothing new; what is open is tried again for so long."""
        self._ending.set()
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, ends - time.monotonic()))
        self._over.set()
        for thread in self._threads:
            thread.join(ANSWER_SECONDS * 3)

    @property
    def wrong(self) -> list[str]:
        """Answers that should not have been given."""
        return [one for phone in self.phones for one in phone.wrong]

    @property
    def unanswered(self) -> int:
        """How many were given up without an answer."""
        return sum(phone.unanswered for phone in self.phones)

    @property
    def retries(self) -> int:
        """How often something was sent again."""
        return sum(phone.retries for phone in self.phones)

    def seconds_at(self, part: float) -> float:
        """Within how long that part of all requests was answered, their retries with them."""
        held = sorted(one for phone in self.phones for one in phone.seconds)
        return held[min(len(held) - 1, int(part * len(held)))]
