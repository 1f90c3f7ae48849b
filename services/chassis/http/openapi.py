"""OpenAPI 3.1 of what the services show: every path, field, answer and problem, with examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from services.chassis.commands.command import Command
from services.chassis.commands.declared import ELDER, Batch, fields_of
from services.chassis.commands.described import described, title_of
from services.chassis.commands.fields import Id
from services.chassis.face import Face, Reading
from services.chassis.http.problems import PROBLEM_JSON, REQUEST_ID, ProblemType
from services.chassis.http.reading import KEY_HEADER, LONGEST_KEY
from services.chassis.http.taking import LIMIT, MOST
from services.kernel.refusal import Refusal

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_ALWAYS = (ProblemType.UNAUTHORISED, ProblemType.METHOD_NOT_ALLOWED, ProblemType.INTERNAL)
_OF_COMMANDS = (ProblemType.MALFORMED, ProblemType.TOO_LARGE, ProblemType.FULL)
_DECIDED = (ProblemType.CONFLICT, ProblemType.REFUSED)
_OUTCOMES = ("accepted", "repeat", "waiting", "conflict", "refused")
_INFO = {
    "title": "守望 Shouwang",
    "version": "1.0",
    "description": "留守老人关爱服务：登记、定级、走访、通知；同一编号重发不会重复。"
    " / Care for left-behind elders; writing is idempotent: repeat with the same id.",
}


def describe(faces: Iterable[Face]) -> Json:
    """The document."""
    schemas: Json = {"Problem": _PROBLEM, "Taken": _TAKEN}
    paths: dict[str, Json] = {"/healthz": {"get": _open("存活 / alive")}}
    paths["/readyz"] = {"get": _open("就绪 / ready", ProblemType.NOT_READY)}
    paths["/openapi.json"] = {"get": _open("本文件 / this document")}
    for face in faces:
        for kind in face.commands:
            declared = kind.DECLARED
            paths.setdefault(declared.path, {})[declared.method.lower()] = _command(face, kind, schemas)
            if declared.batch is not None:
                paths.setdefault(declared.batch.path, {})["post"] = _batch(
                    face, kind, declared.batch, schemas
                )
        for reading in face.readings:
            paths.setdefault(reading.path, {})["get"] = _reading(face, reading, schemas)
    security = {"token": {"type": "http", "scheme": "bearer"}}
    components = {"schemas": schemas, "securitySchemes": security}
    document = {"openapi": "3.1.0", "info": _INFO, "paths": paths, "components": components}
    return _told(document, schemas)


def _told(node: Any, schemas: Json) -> Any:
    """The same, in which every field says what it is called on the form and what it means."""
    if isinstance(node, list):
        return [_told(one, schemas) for one in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    held = cast("Json", node)
    told = {key: one if key in _EXAMPLES else _told(one, schemas) for key, one in held.items()}
    if isinstance(held.get("properties"), dict):
        told["properties"] = {
            name: one | {"title": title_of(name, one), "description": described(name, one, schemas)}
            for name, one in told["properties"].items()
        }
    if held.get("in") in {"path", "query", "header"}:
        given = told["schema"] | {"description": held.get("description") or told["schema"].get("description")}
        told["description"] = described(held["name"], given, schemas)
    return told


def _command(face: Face, kind: type[Command], schemas: Json) -> Json:
    declared = kind.DECLARED
    codes = {
        str(declared.accepted): "已受理 / accepted",
        "200": "已受理，或此前已受理 / accepted, now or before",
    }
    if declared.about == ELDER:
        codes["202"] = "已保存，等待建档 / kept until this service has heard of the elder"
    answers = {
        code: {
            "description": told,
            "headers": _HEADERS | {KEY_HEADER: _text("重发编号：以此重发不会重复 / repeat with it at will")},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}},
        }
        for code, told in codes.items()
    }
    whole = _schema(kind, schemas)
    body = _without(whole, fields_of(declared.path))
    return {
        "operationId": f"{face.name}.{kind.NAME}",
        "tags": [face.name],
        "summary": declared.summary,
        "description": (kind.__doc__ or "").strip(),
        "security": [{"token": []}],
        "parameters": [*_path_parameters(declared.path, whole["properties"]), _REQUEST_ID, _IDEMPOTENCY_KEY],
        "requestBody": _body(body, declared.example),
        "responses": answers | _problems(*_ALWAYS, *_OF_COMMANDS, *_DECIDED, refusals=declared.refusals),
    }


def _batch(face: Face, kind: type[Command], batch: Batch, schemas: Json) -> Json:
    _schema(kind, schemas, keep=True)
    items = {"type": "array", "maxItems": batch.limit, "items": {"$ref": _ref(kind.__name__)}}
    body = {
        "type": "object",
        "properties": {batch.items: items},
        "required": [batch.items],
        "additionalProperties": False,
    }
    answer = {
        "type": "object",
        "properties": {
            batch.id_field: {"type": ["string", "null"]},
            "outcome": {"enum": list(_OUTCOMES)},
            "reason": {"type": "string"},
            "advice": {"type": "string"},
        },
        "required": [batch.id_field, "outcome"],
    }
    answers = {
        "type": "object",
        "properties": {"answers": {"type": "array", "items": answer}},
        "required": ["answers"],
    }
    return {
        "operationId": f"{face.name}.{kind.NAME}.batch",
        "tags": [face.name],
        "summary": batch.summary,
        "security": [{"token": []}],
        "parameters": [_REQUEST_ID],
        "requestBody": _body(body, {batch.items: [{batch.id_field: "V-3f2a"} | dict(kind.DECLARED.example)]}),
        "responses": _found(answers, {"answers": [{batch.id_field: "V1", "outcome": "accepted"}]})
        | _problems(*_ALWAYS, *_OF_COMMANDS),
    }


def _reading(face: Face, reading: Reading, schemas: Json) -> Json:
    _schema(reading.model, schemas, keep=True)
    wanted = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
    limit = {"name": "limit", "in": "query", "required": False, "schema": wanted}
    return {
        "operationId": f"{face.name}.{reading.model.__name__}",
        "tags": [face.name],
        "summary": reading.summary,
        "security": [{"token": []}],
        "parameters": [*_path_parameters(reading.path, {}), limit, _REQUEST_ID],
        "responses": _found({"$ref": _ref(reading.model.__name__)}, reading.example)
        | _problems(*_ALWAYS, ProblemType.MALFORMED, ProblemType.NOT_FOUND),
    }


def _open(summary: str, *kinds: ProblemType) -> Json:
    answers = _found({"type": "object"}, {}) | _problems(
        ProblemType.METHOD_NOT_ALLOWED, ProblemType.INTERNAL, *kinds
    )
    return {"summary": summary, "parameters": [_REQUEST_ID], "responses": answers}


def _schema(model: type[BaseModel], schemas: Json, *, keep: bool = False) -> Json:
    made = model.model_json_schema(ref_template=_REF, mode="validation")
    schemas.update(made.pop("$defs", {}))
    if keep:
        schemas[model.__name__] = made
    return made


def _without(schema: Json, names: Sequence[str]) -> Json:
    """The body's part of a command: what is in the path is not in the body."""
    properties = {name: one for name, one in schema.get("properties", {}).items() if name not in names}
    required = [name for name in schema.get("required", ()) if name not in names]
    return schema | {"properties": properties, "required": required}


def _body(schema: Json, example: Mapping[str, Any]) -> Json:
    held = {"schema": schema, "examples": {"one": {"value": dict(example)}}}
    return {"required": True, "content": {"application/json": held}}


def _found(schema: Json, example: Mapping[str, Any]) -> Json:
    held = {"schema": schema, "examples": {"one": {"value": dict(example)}}}
    return {
        "200": {"description": "答复 / answer", "headers": _HEADERS, "content": {"application/json": held}}
    }


def _problems(*kinds: ProblemType, refusals: Sequence[type[Refusal]] = ()) -> Json:
    """What each kind of problem looks like; a refused command has an example for every refusal that it declares."""

    def told(kind: ProblemType) -> Json:
        schema = {"$ref": "#/components/schemas/Problem"}
        example = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.title}
        example["correlation"] = "8f0c"
        examples: Json = {"one": {"value": example}}
        if kind is ProblemType.REFUSED:
            examples = {
                one.__name__: {"value": example | {"reason": one.__name__, "detail": one.sentence()}}
                for one in refusals
            }
        held = {"schema": schema, "examples": examples}
        return {"description": kind.title, "headers": _HEADERS, "content": {PROBLEM_JSON: held}}

    return {str(kind.status): told(kind) for kind in kinds}


def _path_parameters(path: str, properties: Json) -> list[Json]:
    held = {name: properties.get(name, _ID) for name in fields_of(path)}
    return [{"name": name, "in": "path", "required": True, "schema": one} for name, one in held.items()]


def _ref(name: str) -> str:
    return _REF.replace("{model}", name)


def _text(told: str) -> Json:
    return {"description": told, "schema": {"type": "string"}}


_ID: Json = TypeAdapter(Id).json_schema()
_HEADERS = {REQUEST_ID: _text("请求编号：对方所给，或自动编的 / the caller's, or one that was made")}
_EXAMPLES = frozenset({"example", "examples"})
_REQUEST_ID = {
    "name": REQUEST_ID,
    "in": "header",
    "required": False,
    "description": "请求编号，由此可查请求带来的一切 / by which all that comes of this request can be followed",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": "重发时不会重复；命令自带编号时不用 / makes repeating safe; not used where the command has an id",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}
_TAKEN = {
    "type": "object",
    "properties": {
        "outcome": {"enum": ["accepted", "repeat", "waiting"]},
        "reason": {"type": "string"},
        "advice": {"type": "string"},
    },
    "required": ["outcome"],
    "examples": [{"outcome": "accepted"}],
}
_PROBLEM = {
    "type": "object",
    "description": "问题说明 / what is wrong, as RFC 9457 has it",
    "properties": {
        "type": {
            "description": "；".join(
                f"{kind.title.partition(' / ')[0]} {kind.type} ({kind.title.partition(' / ')[2]})"
                for kind in ProblemType
            ),
            "enum": [kind.type for kind in ProblemType],
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "correlation": {"type": "string"},
        "reason": {"type": "string", "description": "不予受理的原因，固定的词 / the refusal's stable name"},
        "recorded": {"type": "boolean"},
        "key": {"type": "string"},
        "limit": {"type": "integer"},
        "unreachable": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "name": {"type": "string", "description": "表中项目 / the field, as the form has it"},
                    "message": {
                        "type": "string",
                        "description": "哪里有误，应怎样填 / what is wrong with it, and what would do",
                    },
                },
                "required": ["field", "name", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "correlation"],
}
