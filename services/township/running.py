"""Running the house embedded: every service's nameko container in this process, by a clock."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TextIO

from services.chassis import green
from services.chassis.clock import Clock, SetClock
from services.chassis.commands import Asked
from services.chassis.worker import Worker, run_workers
from services.kernel.calendar import ONE_DAY, midnight
from services.notify.service import NotifyWorker
from services.registry.service import RegistryWorker
from services.risk.service import RiskWorker
from services.township.house import House
from services.township.life import Life
from services.visits.service import VisitsWorker

WORKERS: tuple[type[Worker], ...] = (RegistryWorker, RiskWorker, VisitsWorker, NotifyWorker)
CHUNKS = 3


@contextmanager
def alone(data: Path | None, on_wait: Callable[[], None]) -> Generator[None]:
    """The one process that writes to an embedded house: who comes second waits, and is told so.

    The lock is the kernel's: a process that is killed leaves none behind.
    """
    if data is None:
        yield
        return
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "house.lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def containers(house: House, clock: Clock) -> Generator[None]:
    """The containers of every service, stopped at the end: workers that run come to their end."""
    runner = run_workers(WORKERS, house.services, clock)
    try:
        yield
    finally:
        runner.stop()


def run_for_ever(house: House, clock: Clock) -> None:
    """Until SIGTERM or SIGINT."""
    stopping: list[int] = []
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _: stopping.append(number))
    with containers(house, clock):
        while not stopping:
            green.sleep(0.2)


@contextmanager
def living(
    house: House, clock: SetClock, life: Life, journal: Path | None = None
) -> Generator[Demonstration]:
    """A demonstration with its containers running; `journal` gets a line for every command accepted."""
    with containers(house, clock), (journal or Path(os.devnull)).open("a", encoding="utf-8") as lines:
        yield Demonstration(house, clock, life, lines)


class Demonstration:
    """Moves the clock from day to day; the containers do the rest, as they would in real time."""

    def __init__(self, house: House, clock: SetClock, life: Life, journal: TextIO) -> None:
        self._house = house
        self._clock = clock
        self._life = life
        self._journal = journal

    def play(self, day: date, *, seconds: float = 0) -> int:
        """One day of life, in no less than `seconds`; returns how many commands were accepted.

        The same day again adds nothing.
        """
        begun = monotonic()
        self._go_to(midnight(day))
        asked = self._life.day(day)
        accepted = 0
        for chunk in _chunks(asked):
            self._go_to(chunk[-1].at)
            accepted += self._take(chunk)
            self._settle()
            accepted += self._take(self._life.taken_up(chunk[-1].at))
            self._settle()
        self._go_to(midnight(day + ONE_DAY) - timedelta(seconds=1))
        green.sleep(max(0.0, begun + seconds - monotonic()))
        return accepted

    def _take(self, asked: list[Asked]) -> int:
        answers = self._house.take_many(asked)
        taken = [one for one, answer in zip(asked, answers, strict=True) if answer.is_taken]
        self._journal.writelines(f"{one.id}\n" for one in taken)
        self._journal.flush()
        return len(taken)

    def _go_to(self, moment: datetime) -> None:
        """Sets the clock on, stopping wherever a telling falls due on the way."""
        notify = self._house.services["notify"].application
        while isinstance(due := notify.next_due(), datetime) and self._clock.now() < due < moment:
            self._clock.set(due)
            self._settle()
        self._clock.set(moment)
        self._settle()

    def _settle(self) -> None:
        while not self._house.is_settled(self._clock.now()):
            green.sleep(0.001)


def _chunks(asked: list[Asked]) -> list[list[Asked]]:
    size = max(1, -(-len(asked) // CHUNKS))
    return [asked[begin : begin + size] for begin in range(0, len(asked), size)]
