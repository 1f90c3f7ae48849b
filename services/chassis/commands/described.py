"""What a field is, said to whoever fills it in or reads it: its meaning, what may be chosen, how much it may hold.

The same in OpenAPI and in the help of the command line; read from the field's JSON schema, so that it cannot say
otherwise than what is checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.chassis.commands.malformed import HAN
from services.kernel.form_labels import name_of
from services.kernel.form_meanings import meaning_of
from services.kernel.labels import chinese

Json = Mapping[str, Any]
_LIMITS = {
    "maxLength": "最多 {} 个字符 at most {} characters",
    "maxItems": "最多 {} 项 at most {} entries",
    "minimum": "不小于 {} at least {}",
    "maximum": "不大于 {} at most {}",
}


def title_of(name: str, schema: Json) -> str:
    """Its name on the form: its own, where one command calls it otherwise."""
    own = str(schema.get("title", ""))
    return own if HAN.search(own) else name_of(name)


def described(name: str, schema: Json, models: Json) -> str:
    """中文 / English; what may be chosen; limits. `models` are the schemas that a reference may name."""
    meaning = str(schema.get("description") or "") or meaning_of(name)
    return "; ".join(filter(None, [meaning, said_of(choices_of(schema, models)), *_limits(schema)]))


def said_of(choices: Sequence[str]) -> str:
    """入户 in_person、电话 phone、视频 video."""
    return "、".join(f"{chinese(word)} {word}" for word in choices)


def choices_of(schema: Json, models: Json) -> list[str]:
    """The words of which one, or of a list each, may be chosen; none where it is free."""
    return [word for part in _parts(schema, models) for word in part.get("enum", ())]


def _parts(schema: Json, models: Json) -> Iterator[Json]:
    """The schema and those that it is made of, short of what is an object of its own."""
    if "$ref" in schema:
        yield from _parts(models.get(str(schema["$ref"]).rpartition("/")[2], {}), models)
        return
    if "const" in schema:
        yield {"enum": [schema["const"]]}
    yield schema
    for part in [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]:
        yield from _parts(part, models)


def _limits(schema: Json) -> Iterator[str]:
    whole = {key: one for part in schema.get("anyOf", ()) for key, one in part.items()} | dict(schema)
    for key, told in _LIMITS.items():
        if isinstance(whole.get(key), int | float):
            yield told.format(f"{whole[key]:g}", f"{whole[key]:g}")
