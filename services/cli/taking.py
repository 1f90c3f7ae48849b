"""What the command line asks of the house: each command under a key of its own, all heard before the house closes."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime

import typer

from services.chassis.commands.command import Answer, Asked, Command
from services.chassis.log.database_errors import is_outage
from services.cli.store import open_store
from services.cli.terminal.console import console
from services.house.house import House
from services.house.running import alone
from services.house.settings import Settings, read_settings
from services.kernel.calendar import SHANGHAI

REFUSED = "不予受理 refused: "


@contextmanager
def house_at_work(settings: Settings | None = None, *, is_import: bool = False) -> Generator[House]:
    """The house, to which no other process writes meanwhile; what it took is heard by every service at the end."""
    settings = settings or read_settings(os.environ)
    with alone(settings.data, say_waiting), open_store(settings, is_import=is_import) as house:
        try:
            yield house
        finally:
            house.settle()


def ask(house: House, command: Command, *, cause: str = "", key: str = "") -> Answer:
    """The answer."""
    at = datetime.now(SHANGHAI)
    asked = Asked(command, at, cause, asked_as=key) if key else Asked(command, at, cause)
    return ask_many(house, [asked])[0]


def ask_many(house: House, asked: Sequence[Asked]) -> list[Answer]:
    """The answers; where it is not known whether they were recorded, the same is asked once more by the same keys."""
    try:
        return house.take_many(asked)
    except Exception as error:
        if not is_outage(error):
            raise
        return house.take_many(asked)


def take(house: House, command: Command, *, cause: str = "", but: str = REFUSED) -> Answer:
    """As `ask`; a refusal ends the command with 1 and says what to do."""
    answer = ask(house, command, cause=cause)
    end_where_refused(answer, but)
    return answer


def end_where_refused(answer: Answer, but: str = REFUSED) -> None:
    """Says what to do about a refusal, and ends with 1."""
    if not answer.is_taken:
        console.print(f"{but}{answer.advice}")
        raise typer.Exit(1)


def say_waiting() -> None:
    """Who comes second is told."""
    console.print("请稍候 another process is at work on the same data: waiting until it ends")
