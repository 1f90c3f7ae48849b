"""What a command declares: all that the doors, the documents and a rehearsal know of it, beside its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.kernel.refusal import Refusal

_FIELD = re.compile(r"\{(\w+)\}")
ELDER = "elder"
Method = Literal["POST", "PUT", "PATCH"]
Fields = Mapping[str, Any]
Said = str | Callable[[Any], Any]


def fields_of(path: str) -> tuple[str, ...]:
    """The fields that stand in a path."""
    return tuple(_FIELD.findall(path))


def _whatever(_: Any) -> bool:
    return True


@dataclass(frozen=True)
class Batch:
    """Many of one kind in a request: `{items: […]}` to `path`, each answered by itself under its `id_field`."""

    path: str
    summary: str
    items: str
    id_field: str
    limit: int = 500


@dataclass(frozen=True)
class Line:
    """How a line of a scenario gives it: which `fields` it may carry (default: all), and which it calls otherwise.

    `is_whole` says of the fields given whether they are enough; what else lacks is malformed.
    """

    fields: tuple[str, ...] | None = None
    called: Mapping[str, str] = field(default_factory=dict[str, str])
    is_whole: Callable[[Fields], bool] = _whatever


@dataclass(frozen=True)
class Left:
    """The stored event that shows that it was taken, by topic, or one of `also`: from it a rehearsal asks again.

    A field that the event does not hold under its own name is `said` by another field of it, or computed. Where other
    commands leave the same event, `only` tells this one's apart.
    """

    topic: str
    also: tuple[str, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict[str, Said])
    only: Callable[[Any], bool] = _whatever


@dataclass(frozen=True)
class Declared:
    """Of a command: method and path over HTTP, the summary in Chinese and English, the body of an example.

    `about` names the field that holds whom it is about: an elder, where nothing else is said. `left` is None where a
    rehearsal does not ask again. The path holds some of the command's fields, the body the others. `makes` names the
    field whose id whoever asks gives to what is new; where somebody types a command it is made for them, and where
    `is_today` so is its `on`.
    """

    method: Method
    path: str
    summary: str
    example: Fields
    left: Left | None
    refusals: tuple[type[Refusal], ...]
    about: str = ELDER
    accepted: Literal[200, 201] = 201
    line: Line = Line()
    batch: Batch | None = None
    makes: str = ""
    is_today: bool = True
