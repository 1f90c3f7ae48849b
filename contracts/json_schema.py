"""A model's JSON Schema, without what says nothing: the titles that repeat a field's name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def plain_schema(model: type[BaseModel]) -> dict[str, Any]:
    """What a payload must look like to be read; unknown fields are allowed. Parts stand where they are used."""
    schema = model.model_json_schema()
    parts: dict[str, Any] = schema.pop("$defs", {})
    fields = {name: _plain(field, parts) for name, field in schema["properties"].items()}
    return schema | {"properties": fields}


def _plain(field: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Without its title, and with what it refers to in its place."""
    if "$ref" in field:
        part = parts[field["$ref"].rpartition("/")[2]]
        inner = {name: _plain(one, parts) for name, one in part["properties"].items()}
        return _untitled(part) | {"properties": inner}
    found = _untitled(field)
    return found | {"items": _plain(found["items"], parts)} if "items" in found else found


def _untitled(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "title"}
