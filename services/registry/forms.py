"""What every form is checked for, from whatever door it comes."""

from __future__ import annotations

from typing import Annotated, Protocol, TypeVar

from pydantic import AfterValidator, Field


def _says_why(reason: str) -> str:
    """A blank reason is none."""
    if not reason.strip():
        raise ValueError("请写明理由 / a blank reason is none: say why")
    return reason


Reason = Annotated[str, Field(min_length=1), AfterValidator(_says_why)]
"""理由: why somebody decided so; blank is refused as missing."""


class Row(Protocol):
    """A row of a form that names somebody by an id."""

    @property
    def id(self) -> str:
        """Theirs, within the form."""
        ...


R = TypeVar("R", bound=Row)


def each_once(rows: list[R]) -> list[R]:
    """Of two rows of one person, nobody knows which is right."""
    ids = [row.id for row in rows]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        told = ", ".join(twice)
        raise ValueError(f"赡养义务人编号重复：{told}，请只留一行 / named twice: {told}; keep one row each")
    return rows
