"""Reading XML of others: by expat, without document types or entities, to a depth and a number of elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any
from xml.parsers import expat

from services.ledger.file_errors import Damaged, TooLarge, Unsafe
from services.ledger.limits import MAX_DEPTH, MAX_NODES

CHUNK = 1 << 16
Attributes = dict[str, str]


class XmlReader:
    """Calls `start` and `end` with names freed of their prefix, and `text` with what stands between them."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _refuse
        self._local: dict[str, str] = {}
        self._depth = self._nodes = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def listen(self, take: Callable[[str], Any] | None) -> None:
        """From now on text goes to `take`; to nobody where that is None."""
        self.parser.CharacterDataHandler = take

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH:
            raise Unsafe
        if self._nodes > MAX_NODES:
            raise TooLarge
        local = self._local.get(name)
        if local is None:
            local = self._local[name] = name.rpartition(":")[2]
        self.start(local, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(self._local[name])

    def read(self, source: IO[bytes]) -> None:
        """All of it. Raises Damaged where it is no XML, Unsafe, TooLarge."""
        try:
            while chunk := source.read(CHUNK):
                self.parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by place
            self.parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise Damaged from error


def _refuse(*_: object) -> None:
    raise Unsafe
