"""What was ever told can still be read: golden payloads of every version."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from contracts.catalogue import EVENTS, PARTITIONS, TOLD_BY
from contracts.envelope import Envelope
from contracts.generate import EXAMPLES, ROOT, SCHEMAS, not_additive
from contracts.samples import sample, sample_envelope

GOLDEN = sorted((ROOT / EXAMPLES).iterdir())
COMPONENTS = yaml.safe_load((ROOT / "contracts/asyncapi.yaml").read_text(encoding="utf-8"))["components"]
each_golden = pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
each_event = pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))


def read(file: Path):
    return json.loads(file.read_text(encoding="utf-8"))


@each_golden
def test_a_golden_payload_still_parses(file: Path):
    envelope = Envelope.model_validate(read(file))
    told = EVENTS[envelope.type].model_validate(envelope.data)
    assert told.on == date.fromisoformat(envelope.data["on"])


@each_golden
def test_a_golden_payload_fits_the_schema_of_its_version(file: Path):
    Draft202012Validator(read(ROOT / SCHEMAS / file.name)).validate(read(file)["data"])


@each_golden
def test_a_golden_payload_travels_in_the_envelope_that_its_name_says(file: Path):
    envelope = Envelope.model_validate(read(file))
    assert file.name.rpartition(".v")[0] == envelope.type
    assert envelope.source == f"/{envelope.type.partition('.')[0]}"
    assert envelope.partition in range(PARTITIONS)


@pytest.mark.parametrize("name", COMPONENTS["messages"])
def test_the_golden_payload_of_every_message_that_is_told_fits_it(name: str):
    file = ROOT / EXAMPLES / f"{name}.json"
    schema = COMPONENTS["messages"][name]["payload"] | {"components": COMPONENTS}
    Draft202012Validator(schema).validate(read(file))


@each_event
def test_every_version_of_an_event_has_a_golden_payload(event):
    expected = {f"{event.TYPE}.v{version}.json" for version in range(1, event.VERSION + 1)}
    actual = {file.name for file in GOLDEN if file.name.startswith(f"{event.TYPE}.v")}
    assert expected == actual


@each_event
def test_what_is_told_is_read_back_as_it_was(event):
    told = event.model_validate(sample(event))
    assert event.model_validate_json(told.model_dump_json()) == told
    assert event.model_validate(told.model_dump(mode="json")) == told


@each_event
def test_a_field_not_known_here_is_passed_over(event):
    data = sample(event)
    assert event.model_validate(data | {"told_by_a_later_version": 1}) == event.model_validate(data)


@each_event
def test_an_event_is_named_by_the_service_that_tells_it(event):
    service, _, name = event.TYPE.partition(".")
    assert event in TOLD_BY[service]
    assert name == event.__name__
    assert event.__module__ == f"contracts.{service}"
    assert event.VERSION >= 1


@each_event
def test_an_event_says_in_its_docstring_what_happened_in_both_languages(event):
    term, _, sentence = (event.__doc__ or "").partition(": ")
    assert all("\u4e00" <= letter <= "\u9fff" for letter in term)
    assert sentence.endswith(".")


def test_models_break_nothing_of_what_is_published():
    assert not_additive(ROOT) == []


def test_no_contract_carries_personal_data():
    private = {
        "name",
        "citizen_number",
        "phone",
        "address",
        "diagnosis",
        "text",
        "note",
        "whereabouts",
        "content",
    }
    carried = {(event.TYPE, field) for event in EVENTS.values() for field in event.model_fields}
    assert {(kind, field) for kind, field in carried if field in private} == {
        ("registry.VillageOpened", "name")
    }


def test_a_name_is_told_masked():
    data = sample_envelope(EVENTS["registry.ElderEnrolled"])["data"]
    assert data["masked_name"] == "王**"
