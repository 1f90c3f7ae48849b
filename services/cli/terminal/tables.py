"""Tables that fit: columns are as wide as their words; where even those do not fit, a row is a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult

from services.cli.terminal.console import Line
from services.cli.terminal.plain import folded, narrowest, plain

GAP = "  "
COMFORT = 8
"""A column of longer texts is not made narrower than this."""
Cell = str | tuple[str, str]
"""A text, perhaps with the style that it is shown in."""


class Table:
    """Rows beneath headings; a heading is folded between its words alone, 老人 above elder."""

    def __init__(self, title: str, *columns: str) -> None:
        self._title = plain(title)
        self._columns = columns
        self._rows: list[list[tuple[str, str]]] = []

    def row(self, *cells: Cell | None, style: str = "") -> None:
        """One row more; a cell's own style goes before the row's, none is empty."""
        held = [cell if isinstance(cell, tuple) else (cell or "", style) for cell in cells]
        self._rows.append([(plain(text), own) for text, own in held])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As wide as it must be, at most as wide as the terminal."""
        if self._title:
            yield Line((self._title, "italic"))
        widths = self._widths(options.max_width)
        yield from self._listed(options.max_width) if widths is None else self._set(widths)

    def _widths(self, room: int) -> list[int] | None:
        """Of every column; None where they do not fit beside each other."""
        heads = [max(map(cell_len, head.split()), default=0) for head in self._columns]
        texts = [[row[at][0] for row in self._rows] for at in range(len(self._columns))]
        full = [
            max([head, *(cell_len(part) for text in column for part in text.split("\n"))])
            for head, column in zip(heads, texts, strict=True)
        ]
        least = [
            max([head, min(COMFORT, wanted), *map(narrowest, column)])
            for head, wanted, column in zip(heads, full, texts, strict=True)
        ]
        room -= len(GAP) * (len(self._columns) - 1)
        if sum(full) <= room:
            return full
        return None if sum(least) > room else _shared(least, full, room)

    def _set(self, widths: Sequence[int]) -> Iterator[Line]:
        heads = [_fitted(head, width) for head, width in zip(self._columns, widths, strict=True)]
        yield from _beside(heads, ["bold"] * len(widths), widths)
        yield Line("─" * (sum(widths) + len(GAP) * (len(widths) - 1)))
        for row in self._rows:
            cells = [folded(text, width) for (text, _), width in zip(row, widths, strict=True)]
            yield from _beside(cells, [style for _, style in row], widths)
        yield Line("")

    def _listed(self, room: int) -> Iterator[Line]:
        for row in self._rows:
            for head, (text, style) in zip(self._columns, row, strict=True):
                first, *others = folded(f"{head}: {text}", room)
                yield Line((first, style))
                for other in folded(" ".join(others), max(room - 2, 2)) if others else ():
                    yield Line((f"  {other}", style))
            yield Line("")


class Entry:
    """A term, and beneath each other beside it what is said of it, each text perhaps in a style of its own."""

    def __init__(self, term: str, *texts: Cell, left: int) -> None:
        self._term = plain(term)
        self._texts = [(one, "") if isinstance(one, str) else one for one in texts]
        self._left = left

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Texts are folded beneath themselves; a term that is too wide has a line of its own."""
        del console
        room = max(options.max_width - self._left - len(GAP), 2)
        lines = [(part, style) for text, style in self._texts for part in folded(plain(text), room)]
        is_wide = cell_len(self._term) > self._left
        if is_wide:
            yield Line((self._term, "bold"))
        for number, text in enumerate(lines):
            term = self._term if number == 0 and not is_wide else ""
            yield Line((set_cell_size(term, self._left), "bold"), GAP, text)


def listed(rows: Sequence[tuple[str, str]], *, most: int) -> Iterator[Entry]:
    """Terms and what they mean; a term wider than `most` has a line of its own."""
    left = max((cell_len(term) for term, _ in rows if cell_len(term) <= most), default=most)
    yield from (Entry(term, meaning, left=left) for term, meaning in rows)


def _fitted(head: str, width: int) -> list[str]:
    """A heading, folded at its blanks alone: Chinese above English."""
    lines = [""]
    for word in head.split():
        joined = f"{lines[-1]} {word}".strip()
        is_same = lines[-1] == "" or (word.isascii() and lines[-1].isascii())
        if is_same and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _beside(cells: Sequence[Sequence[str]], styles: Sequence[str], widths: Sequence[int]) -> Iterator[Line]:
    for at in range(max(map(len, cells))):
        parts: list[Cell] = []
        for cell, style, width in zip(cells, styles, widths, strict=True):
            text = cell[at] if at < len(cell) else ""
            is_last = len(parts) == 2 * (len(widths) - 1)
            parts += [(text if is_last else set_cell_size(text, width), style), GAP]
        yield Line(*parts[:-1])


def _shared(least: Sequence[int], full: Sequence[int], room: int) -> list[int]:
    """Each its least; what room is left goes, letter by letter, to whichever lacks most of what it wants."""
    widths = list(least)
    for _ in range(room - sum(least)):
        lacking = [at for at, width in enumerate(widths) if width < full[at]]
        widest = max(lacking, key=lambda at: full[at] / widths[at])
        widths[widest] += 1
    return widths
