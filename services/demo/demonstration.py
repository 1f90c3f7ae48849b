"""A living demonstration: the clock goes from day to day, and the containers do the rest."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TextIO

from services.chassis.clock import SetClock
from services.chassis.commands.command import Asked
from services.chassis.workers import eventlet_shim as green
from services.demo.life import Life
from services.house.house import House
from services.house.running import containers
from services.kernel.calendar import ONE_DAY, midnight

CHUNKS = 3


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
        self._journal.writelines(f"{command.id}\n" for command in taken)
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
