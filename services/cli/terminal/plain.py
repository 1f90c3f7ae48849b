"""Text as a terminal may show it: nothing in it commands the terminal, and lines are folded between words.

Whoever wrote a text, a name or a file's name, it is shown and never obeyed: control characters, escapes, and what turns
the direction of writing round are shown as their codes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len, chop_cells

_COMMANDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PIECE = re.compile(r"\s+|\S")
_CLOSING = frozenset("，。、；：！？）」』》】〉”’…％,.;:!?)]}%")
_OPENING = frozenset("（「『《【〈“‘([{")


def plain(text: str) -> str:
    """The text with everything that a terminal would obey shown as its code; line breaks stay."""
    text = text.replace("\r\n", "\n").replace("\t", " ")
    if text.isascii() and text.isprintable():
        return text
    return "".join(_code(letter) if _is_command(letter) else letter for letter in text)


def as_one_line(text: str) -> str:
    """As `plain`, with a blank for every line break: nobody's text makes a line that looks like one of ours."""
    return plain(text).replace("\n", " ")


def as_json(value: Any) -> str:
    """JSON of the same meaning that a terminal may show too."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return "".join(_escaped(letter) if _is_command(letter) else letter for letter in text)


def folded(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than `width`; only a word that is wider by itself is broken."""
    return [line for paragraph in text.split("\n") for line in _fold(paragraph, width)]


def narrowest(text: str) -> int:
    """The width of the widest word in it."""
    return max(map(cell_len, words(text)), default=0)


def words(text: str) -> list[str]:
    """What a line is never broken within: a word, a number, an id; a Chinese character with what closes behind it."""
    found: list[str] = []
    is_joined = False
    for piece in _pieces(text):
        if piece.isspace():
            found.append(piece)
            is_joined = False
            continue
        if found and not found[-1].isspace() and (is_joined or piece[0] in _CLOSING):
            found[-1] += piece
        else:
            found.append(piece)
        is_joined = piece[-1] in _OPENING
    return found


def _pieces(text: str) -> Iterator[str]:
    """Blanks, wide characters one by one, and runs of others."""
    run = ""
    for piece in _PIECE.findall(text):
        if piece.isspace() or unicodedata.east_asian_width(piece) in "WF":
            if run:
                yield run
            run = ""
            yield piece
        else:
            run += piece
    if run:
        yield run


def _fold(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in words(text):
        if cell_len(line) + cell_len(word.rstrip()) <= width:
            line += word
            continue
        if line.strip():
            yield line.rstrip()
        *whole, line = chop_cells(word.lstrip(), max(width, 2)) or [""]
        yield from whole
    yield line.rstrip()


def _is_command(letter: str) -> bool:
    return letter != "\n" and unicodedata.category(letter) in _COMMANDS


def _code(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def _escaped(letter: str) -> str:
    pair = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pair[at : at + 2].hex()}" for at in range(0, len(pair), 2))
