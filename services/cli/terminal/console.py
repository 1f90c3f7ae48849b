"""The console of every command: what is printed is plain text, as wide as the terminal is when it is printed."""

from __future__ import annotations

import os
from typing import Any

from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderResult
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from services.cli.terminal.plain import as_json, folded, plain

UNFOLDED = 1_000_000


class Line:
    """One plain text, parts of it perhaps in a style, that is folded between words."""

    def __init__(self, *parts: str | tuple[str, str]) -> None:
        self._text = Text(overflow="ignore", no_wrap=True)
        for part in parts:
            content, style = (part, "") if isinstance(part, str) else part
            self._text.append(plain(content), style or None)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Its lines."""
        text, at = self._text.plain, 0
        for part in text.split("\n") if options.no_wrap else folded(text, options.max_width):
            begins = text.index(part, at)
            at = begins + len(part)
            yield self._text[begins:at] if part else Text()

    @property
    def width(self) -> int:
        """In one line."""
        return self._text.cell_len


class Terminal(Console):
    """A console that obeys nothing in what it prints. `width`: as wide as the terminal, where it is not given."""

    def __init__(self, *, width: int | None = None, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)
        self._given = width

    @property
    def size(self) -> ConsoleDimensions:
        """`COLUMNS` of now goes before the terminal's own; what goes into a pipe or a file is not folded."""
        columns = os.environ.get("COLUMNS", "")
        if self._given is None and columns.isdigit() and int(columns):
            return ConsoleDimensions(int(columns), super().size.height)
        if self._given is None and not self.is_terminal:
            return ConsoleDimensions(UNFOLDED, super().size.height)
        return super().size

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        """As of every console."""
        self._width, self._height = new_size

    def print(self, *objects: Any, **asked: Any) -> None:
        """Every text that is given as such is one of people's."""
        super().print(*(Line(one) if isinstance(one, str) else one for one in objects), **asked)

    def json(self, value: Any) -> None:
        """For programs: one line, not folded."""
        self.print(as_json(value), soft_wrap=True)


console = Terminal()
errors = Terminal(stderr=True)


def progress() -> Progress:
    """A bar with how many of how many, and for how long; nothing where nobody watches."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, TimeElapsedColumn(), console=errors, disable=not errors.is_terminal)
