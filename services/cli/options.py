"""Options that several commands take: a day, a moment (without an offset by the local clock), a file to write."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.kernel.calendar import SHANGHAI, local

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]


def day_of(given: datetime | None) -> date | None:
    """The day of what `Day` takes."""
    return None if given is None else given.date()


def read_moment(given: str) -> datetime:
    """A moment as typed, by the local clock."""
    try:
        moment = datetime.fromisoformat(given)
        return local(moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI))
    except ValueError as error:
        told = (
            "应为时刻，如 2024-01-01T07:00:00+08:00 / a moment is wanted, such as 2024-01-01T07:00:00+08:00"
        )
        raise typer.BadParameter(told) from error


At = Annotated[
    datetime | None,
    typer.Option(
        parser=read_moment,
        metavar="YYYY-MM-DDTHH:MM:SS[+08:00]",
        help="时刻 the moment; 不写时区为北京时间 without an offset by the local clock",
    ),
]


def in_a_folder(out: Path | None) -> Path | None:
    """The path, whose folder is there: before anything is done, not after."""
    if out is not None and not out.parent.is_dir():
        raise typer.BadParameter(f"没有这个文件夹 / no such folder: {out.parent}")
    return out
