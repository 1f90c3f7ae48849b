"""The conductor: moves a house through time, in the order of the day (settled point 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from services.chassis.commands.command import Answer, Command
from services.house.house import House
from services.kernel.calendar import ONE_DAY, midnight


class Conductor:
    """Time goes on by `until` alone; what falls due on the way is done at its own moment."""

    def __init__(self, house: House, begins: date, *, on_day: Callable[[date], None] | None = None) -> None:
        self._house = house
        self._next_day = begins
        self._on_day = on_day

    def until(self, moment: datetime) -> None:
        """Up to and with `moment`: days turn at 00:00, tellings go out at their own times."""
        while midnight(self._next_day) <= moment:
            self._tell_until(midnight(self._next_day))
            self._house.services["registry"].advance(midnight(self._next_day))
            self._house.settle()
            if self._on_day is not None:
                self._on_day(self._next_day)
            self._next_day += ONE_DAY
        self._tell_until(moment)

    def through(self, day: date) -> None:
        """To the last second of `day`."""
        self.until(midnight(day + ONE_DAY) - timedelta(seconds=1))

    def take(self, command: Command, at: datetime, *, cause: str = "") -> Answer:
        """A command at its moment, and all that follows from it at once."""
        self.until(at)
        answer = self._house.take(command, at, cause=cause)
        self._house.settle()
        self._tell_until(at)
        return answer

    def _tell_until(self, moment: datetime) -> None:
        notify = self._house.services["notify"]
        while (due := notify.application.next_due()) is not None and _moment(due) <= moment:
            notify.advance(_moment(due))
            self._house.settle()


def _moment(due: date | datetime) -> datetime:
    return due if isinstance(due, datetime) else midnight(due)
