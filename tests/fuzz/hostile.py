"""What nobody should send and somebody will: every field of every command, as it is declared, with every kind of value.

`SHOUWANG_FUZZ=all` runs all of it, else a part that is drawn by `SHOUWANG_SEED`.
"""

import copy
import json
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

T = TypeVar("T")
SEED = int(os.environ.get("SHOUWANG_SEED", "10"))
IS_WHOLE = os.environ.get("SHOUWANG_FUZZ") == "all"
_HAN = "".join(Random(SEED).choices([chr(code) for code in range(0x4E00, 0x9FFF)], k=3000))

TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\x1b[2J",
        "\r\n",
        "\ud800",
        "a\udc00",
        "\uffff",
        "\u202e甲\u202c",
        "\u200b",
        "\ufeff甲",
    ),
    *("é" + "\u0301" * 40, "👨\u200d👩\u200d👧", "𠮷", "\U00031350", "\ue863", "Ａ１２", "١٢٣", "İ", "ﷺ"),
    *(
        "a/b",
        "../..",
        "%2F",
        "a b",
        "'; DROP TABLE elders; --",
        "{x}",
        "{0.__class__}",
        "[/x]",
        "=1+1",
        "a,b\t",
    ),
    *("x" * 128, "x" * 129, "x" * 2701, "字" * 10_000, "\n" * 10_000, _HAN, "null", "NaN", "1e999", "-0"),
    *(
        "0001-01-01",
        "9999-12-31",
        "1800-01-01",
        "2999-12-31",
        "2024-02-30",
        "-0001-01-01",
        "2024-03-04T25:00:00Z",
    ),
)
OTHERS: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**31,
        2**63,
        10**30,
        -(10**30),
        float("nan"),
        float("inf"),
        float("-inf"),
    ),
    *([], [None], [[]], {}, {"a": {"b": [{}]}}, [0] * 10_000, ["x" * 200] * 600, {"id": "\ud800"}),
)
VALUES = (*TEXTS, *OTHERS)
Place = tuple[str | int, ...]


def drawn(cases: Sequence[T], number: int) -> list[T]:
    """All of them where all is asked for, else so many by the seed."""
    return list(cases) if IS_WHOLE else Random(SEED).sample(cases, min(number, len(cases)))


def places_of(kind: type[BaseModel]) -> Iterator[Place]:
    """Every field, those of the models within it too."""
    for name, field in kind.model_fields.items():
        yield (name,)
        if "list" in str(field.annotation):
            yield (name, 0)
        for inner in _models_in(field.annotation):
            yield from ((name, 0, *place) for place in places_of(inner))
    yield ("unheard_of",)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def planted(given: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The same with a value in one place; what leads there is made where it is missing."""
    made: Any = copy.deepcopy(given)
    holder, last = made, place[-1]
    for step, following in pairwise(place):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(holder, list):
            holder[:] = [*(holder or [empty])]
            holder = holder[0]
        else:
            if not isinstance(holder.get(step), type(empty)):
                holder[step] = empty
            holder = holder[step]
    if isinstance(holder, list):
        holder[:] = [value, *holder[1:]]
    else:
        holder[last] = value
    return made


def text_of(value: Any) -> bytes:
    """JSON as a careless sender writes it: lone surrogates and NaN too."""
    return json.dumps(value).encode()
