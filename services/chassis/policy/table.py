"""Policy as data: whole dated files; each service reads its own section, and judges a day by the file in force then.

A version may be published while processes run (`chassis/policy/published.py`). It never holds before the day after
it was published, so it is enough to look for new ones when a later day is asked about than ever before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from services.chassis.policy.files import PolicyError, PolicyFile, read_file
from services.chassis.policy.published import Published

__all__ = ["PolicyError", "PolicyTable", "read_policy"]

P = TypeVar("P")
Look = Callable[[], Mapping[date, P] | None]
Follow = Callable[[P, P], P]


def _alone(version: P, _: P) -> P:
    return version


def _nothing_new() -> None:
    return None


class PolicyTable(Generic[P]):
    """The versions of one service's policy, by the day from which each is in force.

    `look` gives all of them anew, None where nothing was published since; `follow` makes a version that knows the
    one before it.
    """

    def __init__(
        self, versions: Mapping[date, P], look: Look[P] = _nothing_new, follow: Follow[P] = _alone
    ) -> None:
        self._look, self._follow = look, follow
        self._held = self._in_order(versions)
        self._asked = date.min

    def _in_order(self, versions: Mapping[date, P]) -> tuple[tuple[date, ...], tuple[P, ...]]:
        days, in_order = tuple(sorted(versions)), list[P]()
        for day in days:
            in_order.append(self._follow(versions[day], in_order[-1]) if in_order else versions[day])
        return days, tuple(in_order)

    def on(self, day: date) -> P:
        """The version in force on a day; before the first one's date the first applies."""
        if day > self._asked:
            self._turn_to(day)
        days, versions = self._held
        return versions[max(bisect_right(days, day) - 1, 0)]

    def changes_on(self, day: date) -> bool:
        """Whether a later version comes into force that day."""
        if day > self._asked:
            self._turn_to(day)
        return day in self._held[0][1:]

    def next_wake(self, since: date, wake: Callable[[P], date | None]) -> date | None:
        """The first day on which time alone brings something, each version asked about its own days.

        `since` is the last day known; the day on which a version comes into force wakes everybody by itself.
        """
        days, versions = self._held
        first = max(bisect_right(days, since) - 1, 0)
        for place in range(first, len(versions)):
            begins = date.min if place == first else days[place]
            ends = days[place + 1] if place + 1 < len(days) else date.max
            day = wake(versions[place])
            if day is not None and begins <= day < ends:
                return day
        return None

    def _turn_to(self, day: date) -> None:
        versions = self._look()
        if versions is not None:
            self._held = self._in_order(versions)
        self._asked = day


def read_policy(
    paths: Sequence[Path],
    section: str,
    kind: type[P],
    *,
    data: Path | None = None,
    follow: Follow[P] = _alone,
) -> PolicyTable[P]:
    """The section of every file, and of what was published into the folder `data`; raises PolicyError."""
    versions: dict[date, P] = {}
    for path in paths:
        _add(versions, read_file(path), section, kind)
    if not versions:
        raise PolicyError("没有政策文件 / no policy file given: name at least one")
    if data is None:
        return PolicyTable(versions, follow=follow)
    published = Published(data)

    def look() -> Mapping[date, P] | None:
        files = published.news()
        if files is None:
            return None
        every = dict(versions)
        for file in files:
            _add(every, file, section, kind)
        return every

    return PolicyTable(look() or versions, look, follow)


def _add(versions: dict[date, P], file: PolicyFile, section: str, kind: type[P]) -> None:
    if file.effective_on in versions:
        raise PolicyError(
            f"{file.name}: 生效日期重复 / another file takes effect on {file.effective_on} too: change one"
        )
    versions[file.effective_on] = file.section(section, kind)
