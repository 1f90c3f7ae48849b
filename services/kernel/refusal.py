"""What every service's refusal of a command is."""

from __future__ import annotations

import re
from typing import ClassVar

_HAN = re.compile(r"[\u4e00-\u9fff]")


class Refusal(ValueError):
    """A command that cannot be taken. The class's docstring is what people are told: 中文 / English.

    Where it is raised nothing was recorded; a decision that records its refusal returns it.

    `heard_from` names the service whose telling would change the answer; empty where none would.
    """

    heard_from: ClassVar[str] = ""

    @classmethod
    def sentence(cls) -> str:
        """The docstring in one line."""
        return " ".join((cls.__doc__ or "").split())

    @property
    def reason(self) -> str:
        """A stable word for programs: the class's name."""
        return type(self).__name__

    @property
    def advice(self) -> str:
        """What to do about it: the class's sentence, with what this refusal adds to it."""
        return str(self) or self.sentence()


def advice_again(reason: str, stored: str) -> str:
    """What a stored answer says: one that was stored in English alone is said as its refusal is said now."""
    if not stored or _HAN.search(stored):
        return stored
    return next((kind.sentence() for kind in _kinds(Refusal) if kind.__name__ == reason), stored)


def _kinds(kind: type[Refusal]) -> list[type[Refusal]]:
    return [found for below in kind.__subclasses__() for found in (below, *_kinds(below))]
