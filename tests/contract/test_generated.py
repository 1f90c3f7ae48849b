"""What is generated follows from the models, and is valid by its own standard."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from contracts import generate
from contracts.catalogue import EVENTS, HEARD_BY, PARTITIONS, TOLD_BY, name_of, service_of
from contracts.generate import ROOT, SCHEMAS, generated
from contracts.registry import CarerPaired

DOCUMENT = yaml.safe_load((ROOT / "contracts/asyncapi.yaml").read_text(encoding="utf-8"))
NAME = r"^[a-zA-Z0-9\.\-_]+$"
REF = {"properties": {"$ref": {"type": "string"}}, "required": ["$ref"], "additionalProperties": False}
SHAPE = {
    "type": "object",
    "required": ["asyncapi", "info", "channels", "operations", "components"],
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "info": {"type": "object", "required": ["title", "version"]},
        "defaultContentType": {"type": "string"},
        "channels": {
            "type": "object",
            "propertyNames": {"pattern": NAME},
            "additionalProperties": {
                "required": ["address", "messages", "parameters", "bindings"],
                "additionalProperties": False,
                "properties": {
                    "address": {"type": "string"},
                    "messages": {"type": "object", "additionalProperties": REF, "minProperties": 1},
                    "parameters": {"type": "object", "additionalProperties": REF},
                    "bindings": {"type": "object", "required": ["amqp"]},
                },
            },
        },
        "operations": {
            "type": "object",
            "propertyNames": {"pattern": NAME},
            "additionalProperties": {
                "required": ["action", "channel", "messages"],
                "additionalProperties": False,
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "title": {"type": "string"},
                    "channel": REF,
                    "messages": {"type": "array", "items": REF},
                    "bindings": {"type": "object", "required": ["amqp"]},
                },
            },
        },
        "components": {
            "type": "object",
            "additionalProperties": {"type": "object", "propertyNames": {"pattern": NAME}},
        },
    },
    "additionalProperties": False,
}


def refs(part):
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        yield from (ref for value in part.values() for ref in refs(value))
    if isinstance(part, list):
        yield from (ref for value in part for ref in refs(value))


def found(ref: str):
    part = DOCUMENT
    for key in ref.removeprefix("#/").split("/"):
        part = part[key]
    return part


@pytest.mark.parametrize(("path", "expected"), generated().items(), ids=str)
def test_regenerating_changes_nothing(path: Path, expected: str):
    actual = (ROOT / path).read_text(encoding="utf-8")
    assert expected == actual


def test_generating_twice_writes_once(tmp_path: Path):
    assert generate.write(tmp_path) != []
    assert generate.write(tmp_path) == []


def test_a_golden_payload_is_never_rewritten(tmp_path: Path):
    generate.write(tmp_path)
    golden = tmp_path / generate.EXAMPLES / "registry.CarerPaired.v1.json"
    golden.write_text("kept", encoding="utf-8")
    generate.write(tmp_path)
    assert golden.read_text(encoding="utf-8") == "kept"


def test_what_breaks_a_published_schema_is_refused_and_nothing_is_written(tmp_path: Path):
    generate.write(tmp_path)
    published = tmp_path / SCHEMAS / f"{name_of(CarerPaired)}.json"
    schema = json.loads(published.read_text(encoding="utf-8"))
    schema["properties"]["ended"] = {"type": "string"}
    published.write_text(json.dumps(schema), encoding="utf-8")
    with pytest.raises(generate.NeedsNewVersion, match="ended is removed"):
        generate.write(tmp_path)
    assert json.loads(published.read_text(encoding="utf-8")) == schema


def test_every_published_schema_is_a_version_of_an_event_that_is_still_told():
    known = {f"{event.TYPE}.v{n}.json" for event in EVENTS.values() for n in range(1, event.VERSION + 1)}
    assert known == {file.name for file in (ROOT / SCHEMAS).iterdir()}


@pytest.mark.parametrize("file", sorted((ROOT / SCHEMAS).iterdir()), ids=lambda file: file.stem)
def test_every_schema_is_a_valid_schema(file: Path):
    Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))


def test_the_asyncapi_document_has_the_shape_of_version_3():
    errors = [f"{one.json_path}: {one.message}" for one in Draft202012Validator(SHAPE).iter_errors(DOCUMENT)]
    assert errors == []


def test_every_reference_of_the_asyncapi_document_leads_somewhere():
    for ref in set(refs(DOCUMENT)):
        assert found(ref), ref


def test_every_event_has_a_channel_on_the_topic_exchange():
    channels = {key: one["address"] for key, one in DOCUMENT["channels"].items()}
    assert channels == {kind: f"{kind}.{{partition}}" for kind in EVENTS}
    exchanges = {tuple(one["bindings"]["amqp"]["exchange"].items()) for one in DOCUMENT["channels"].values()}
    assert len(exchanges) == 1
    assert ("type", "topic") in next(iter(exchanges))
    assert len(DOCUMENT["components"]["parameters"]["partition"]["enum"]) == PARTITIONS


def test_operations_use_the_messages_of_their_channel():
    for operation in DOCUMENT["operations"].values():
        messages = found(operation["channel"]["$ref"])["messages"]
        assert [found(ref["$ref"]) for ref in operation["messages"]] == list(messages.values())


def test_each_event_is_sent_by_its_service_and_received_by_its_hearers():
    operations = DOCUMENT["operations"]
    sends = {key for key, one in operations.items() if one["action"] == "send"}
    receives = {key for key, one in operations.items() if one["action"] == "receive"}
    assert sends == {f"{service_of(event)}.tells.{event.TYPE}" for event in EVENTS.values()}
    assert receives == {f"{who}.hears.{event.TYPE}" for event, heard in HEARD_BY.items() for who in heard}


def test_every_hearer_is_a_service():
    assert {who for heard in HEARD_BY.values() for who in heard} <= set(TOLD_BY)
