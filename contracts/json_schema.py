"""A model's JSON Schema, without what says nothing: the titles that repeat a field's name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def plain_schema(model: type[BaseModel]) -> dict[str, Any]:
    """What a payload must look like to be read; unknown fields are allowed."""
    schema = model.model_json_schema()
    fields = {name: _untitled(field) for name, field in schema["properties"].items()}
    return schema | {"properties": fields}


def _untitled(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "title"}
