"""A change that is not additive is named; an additive one passes."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field

from contracts.base import Told
from contracts.compatibility import breaking_changes

TEXT, NUMBER, NOTHING = {"type": "string"}, {"type": "integer"}, {"type": "null"}
DAY = {"type": "string", "format": "date"}
RED, RED_OR_GREEN = {"type": "string", "enum": ["red"]}, {"type": "string", "enum": ["red", "green"]}


def an_object(required: tuple[str, ...] = (), /, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def a_list(items):
    return {"type": "array", "items": items}


def either(*alternatives):
    return {"anyOf": list(alternatives)}


def changes(old, new) -> list[str]:
    return breaking_changes(an_object(field=old), an_object(field=new))


def test_a_removed_field_breaks():
    assert breaking_changes(an_object(elder=TEXT, carer=TEXT), an_object(elder=TEXT)) == ["carer is removed"]


def test_a_renamed_field_breaks():
    assert breaking_changes(an_object(carer=TEXT), an_object(helper=TEXT)) == ["carer is removed"]


def test_a_new_required_field_breaks():
    old, new = an_object(("elder",), elder=TEXT), an_object(("elder", "by"), elder=TEXT, by=TEXT)
    assert breaking_changes(old, new) == ["by is newly required"]


def test_a_field_that_becomes_required_breaks():
    assert breaking_changes(an_object(by=TEXT), an_object(("by",), by=TEXT)) == ["by is newly required"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TEXT, NUMBER, ["field is changed from string to integer"]),
        (DAY, TEXT, ["field is changed from string (date) to string"]),
        (TEXT, DAY, ["field is changed from string to string (date)"]),
        (TEXT, a_list(TEXT), ["field is changed from string to array"]),
        ({"type": "number"}, NUMBER, ["field is changed from number to integer"]),
        ({}, TEXT, ["field is changed from anything to string"]),
        (a_list(TEXT), a_list(NUMBER), ["field[] is changed from string to integer"]),
    ],
)
def test_a_changed_type_breaks(old, new, expected):
    assert changes(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (either(TEXT, NOTHING), TEXT, ["field is narrowed: null is no longer allowed"]),
        (either(RED, NOTHING), RED, ["field is narrowed: null is no longer allowed"]),
        (TEXT, {"type": "string", "maxLength": 3}, ["field is narrowed by maxLength 3"]),
        (NUMBER, {"type": "integer", "minimum": 1}, ["field is narrowed by minimum 1"]),
        (TEXT, {"type": "string", "pattern": "^a"}, ["field is narrowed by pattern ^a"]),
        (a_list(TEXT), a_list(TEXT) | {"minItems": 1}, ["field is narrowed by minItems 1"]),
    ],
)
def test_a_narrowed_type_breaks(old, new, expected):
    assert changes(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (RED_OR_GREEN, RED, ["field is narrowed: 'green' is no longer allowed"]),
        (
            RED_OR_GREEN,
            {"type": "string", "const": "red"},
            ["field is narrowed: 'green' is no longer allowed"],
        ),
        (TEXT, RED, ["field is narrowed to red"]),
        (a_list(RED_OR_GREEN), a_list(RED), ["field[] is narrowed: 'green' is no longer allowed"]),
        (
            either(RED_OR_GREEN, NOTHING),
            either(RED, NOTHING),
            ["field is narrowed: 'green' is no longer allowed"],
        ),
    ],
)
def test_a_narrowed_vocabulary_breaks(old, new, expected):
    assert changes(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEXT, TEXT),
        (RED, RED_OR_GREEN),
        (RED, TEXT),
        (TEXT, either(TEXT, NOTHING)),
        (either(TEXT, NOTHING), either(NOTHING, TEXT)),
        (NUMBER, {"type": "number"}),
        (a_list(RED), a_list(RED_OR_GREEN)),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}),
        ({"type": "string", "maxLength": 3}, TEXT),
        (TEXT, TEXT | {"title": "Field", "description": "said better"}),
        (TEXT, {}),
    ],
)
def test_an_additive_change_of_a_field_passes(old, new):
    assert changes(old, new) == []


def test_a_new_field_that_may_be_missing_passes():
    assert (
        breaking_changes(an_object(("elder",), elder=TEXT), an_object(("elder",), elder=TEXT, by=TEXT)) == []
    )


def test_a_field_that_need_not_be_there_any_more_passes():
    assert breaking_changes(an_object(("by",), by=TEXT), an_object(by=TEXT)) == []


class Part(BaseModel):
    held: list[str]


class NarrowedPart(BaseModel):
    held: list[Literal["advanced_age"]]


class Whole(Told):
    TYPE: ClassVar[str] = "tests.Whole"
    part: Part
    level: int
    seen: date


class Whole2(Told):
    TYPE: ClassVar[str] = "tests.Whole"
    part: NarrowedPart
    level: Annotated[int, Field(le=3)]
    seen: date
    more: list[str] | None = None


def test_changes_inside_a_part_are_found_through_what_models_refer_to():
    actual = breaking_changes(Whole.model_json_schema(), Whole2.model_json_schema())
    assert actual == ["part.held[] is narrowed to advanced_age", "level is narrowed by maximum 3"]


def test_a_model_breaks_nothing_of_itself():
    assert breaking_changes(Whole.model_json_schema(), Whole.model_json_schema()) == []
