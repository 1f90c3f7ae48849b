"""What may change in an event without a new version: only what leaves every payload already told readable.

Additive is a new field that has a default, a new word in a vocabulary, a looser bound. The hearers of a new
word are deployed before whoever tells it.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_FLOORS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_CEILINGS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_SHAPES = ("pattern", "multipleOf", "uniqueItems")


def breaking_changes(old_schema: Schema, new_schema: Schema) -> list[str]:
    """What of `new_schema` is not additive to `old_schema`, one sentence each; empty where all is."""
    old, new = _inlined(old_schema, old_schema), _inlined(new_schema, new_schema)
    return _of_object(old, new, "")


def _of_object(old: Schema, new: Schema, path: str) -> list[str]:
    """Fields removed or newly required, and what became of the others."""
    had, has = old.get("properties", {}), new.get("properties", {})
    found = [f"{path}{name} is removed" for name in had if name not in has]
    newly = set(new.get("required", ())) - set(old.get("required", ()))
    found += [f"{path}{name} is newly required" for name in has if name in newly]
    for name in had:
        if name in has:
            found += _of_value(had[name], has[name], f"{path}{name}")
    return found


def _of_value(old: Schema, new: Schema, path: str) -> list[str]:
    """Each alternative that was allowed must have one that allows as much."""
    allowed = _alternatives(new)
    found: list[str] = []
    for alternative in _alternatives(old):
        same = [one for one in allowed if _fits(alternative, one)]
        if same:
            found += min((_of_alternative(alternative, one, path) for one in same), key=len)
        elif any(_fits(one, other) for one in _alternatives(old) for other in allowed):
            found.append(f"{path} is narrowed: {_kind(alternative)} is no longer allowed")
        else:
            kinds = " or ".join(_kind(one) for one in allowed)
            found.append(f"{path} is changed from {_kind(alternative)} to {kinds}")
    return found


def _of_alternative(old: Schema, new: Schema, path: str) -> list[str]:
    """Of two alternatives of one kind: vocabulary, bounds, items, fields."""
    found = _of_vocabulary(old, new, path) + _of_bounds(old, new, path)
    if "items" in old or "items" in new:
        found += _of_value(old.get("items", {}), new.get("items", {}), f"{path}[]")
    if "properties" in old or "properties" in new:
        found += _of_object(old, new, f"{path}.")
    if isinstance(new.get("additionalProperties"), dict):
        found += _of_value(old.get("additionalProperties", {}), new["additionalProperties"], f"{path}{{}}")
    return found


def _of_vocabulary(old: Schema, new: Schema, path: str) -> list[str]:
    """Words taken away, or free text that is now a vocabulary."""
    had, has = _words(old), _words(new)
    if has is None:
        return []
    if had is None:
        return [f"{path} is narrowed to {', '.join(map(str, has))}"]
    return [f"{path} is narrowed: {word!r} is no longer allowed" for word in had if word not in has]


def _of_bounds(old: Schema, new: Schema, path: str) -> list[str]:
    """Bounds that were drawn closer, shapes that were not asked for before."""
    tighter = [key for key in _FLOORS if key in new and new[key] > old.get(key, float("-inf"))]
    tighter += [key for key in _CEILINGS if key in new and new[key] < old.get(key, float("inf"))]
    tighter += [key for key in _SHAPES if key in new and new[key] != old.get(key)]
    return [f"{path} is narrowed by {key} {new[key]}" for key in tighter]


def _fits(old: Schema, new: Schema) -> bool:
    """Of one kind, or of one that holds the other: anything, and numbers for integers."""
    kinds = _kind(old), _kind(new)
    return kinds[0] == kinds[1] or kinds[1] == "anything" or kinds == ("integer", "number")


def _kind(schema: Schema) -> str:
    """The type, with its format."""
    kind = schema.get("type", "anything")
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _words(schema: Schema) -> list[Any] | None:
    """The vocabulary; None where every value of the type is allowed."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _alternatives(schema: Schema) -> list[Schema]:
    """The alternatives of a field, of which most have one."""
    if "anyOf" in schema:
        return [one for branch in schema["anyOf"] for one in _alternatives(branch)]
    return [schema]


def _inlined(part: Any, root: Schema) -> Any:
    """A schema with what it refers to put in its place."""
    if isinstance(part, list):
        return [_inlined(one, root) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(root["$defs"][part["$ref"].removeprefix("#/$defs/")], root)
    return {key: _inlined(value, root) for key, value in part.items() if key != "$defs"}
