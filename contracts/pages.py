"""The event catalogue as a page for people: docs/events.md."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from contracts import words
from contracts.base import Told
from contracts.catalogue import HEARD_BY, TOLD_BY
from contracts.json_schema import plain_schema

_TOP = """# Events 事件目录

What services tell each other. `make contracts` writes this page from `contracts/`, and beside it the schemas
(`contracts/schemas/`), a golden payload of each version (`contracts/examples/`) and `contracts/asyncapi.yaml`.

Every event has `on`: the local date (Asia/Shanghai) from which it takes effect. It travels in the envelope of
`contracts/envelope.py` to `<service>.<Event>.<partition>`. `?` marks what may be null.
"""

_VOCABULARY: dict[tuple[Any, ...], str] = {
    get_args(alias): name for name, alias in vars(words).items() if get_origin(alias) is Literal
}


def events_page() -> str:
    """The whole page."""
    return "\n".join([_TOP, *(_section(service) for service in TOLD_BY), _vocabularies()])


def _section(service: str) -> str:
    events = TOLD_BY[service]
    rows = [
        f"| `{_short(event)}` | {_says(event)} | {_fields(event)} | {_hearers(event)} |" for event in events
    ]
    head = ["| event | what it says | fields besides `on` | heard by |", "|---|---|---|---|"]
    return "\n".join([f"## Told by {service}", "", *head, *rows, ""])


def _short(event: type[Told]) -> str:
    name = event.TYPE.partition(".")[2]
    return name if event.VERSION == 1 else f"{name} v{event.VERSION}"


def _says(event: type[Told]) -> str:
    return " ".join((event.__doc__ or "").split())


def _hearers(event: type[Told]) -> str:
    return ", ".join(HEARD_BY.get(event, ())) or "–"


def _fields(event: type[Told]) -> str:
    fields = plain_schema(event)["properties"]
    return ", ".join(f"`{name}`: {_kind(field)}" for name, field in fields.items() if name != "on")


def _kind(field: dict[str, Any]) -> str:
    """A field's type in a word: text, date, number, yes/no, a list of them, or a word of a vocabulary."""
    if "anyOf" in field:
        return "".join("?" if one.get("type") == "null" else _kind(one) for one in field["anyOf"])
    if "enum" in field:
        return _VOCABULARY[tuple(field["enum"])]
    if field["type"] == "array":
        return f"list of {_kind(field['items'])}"
    if field["type"] == "object":
        return "{" + ", ".join(f"`{name}`: {_kind(one)}" for name, one in field["properties"].items()) + "}"
    kinds = {"string": "text", "integer": "number", "boolean": "yes/no"}
    return str(field.get("format", kinds[field["type"]]))


def _vocabularies() -> str:
    rows = [f"| {name} | {' · '.join(f'`{word}`' for word in said)} |" for said, name in _VOCABULARY.items()]
    return "\n".join(["## Vocabularies 词表", "", "| name | words |", "|---|---|", *rows, ""])
