"""OpenAPI says of everything what it is, in Chinese and English: no field, parameter or choice is left to guess."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.chassis.commands.described import choices_of
from services.chassis.commands.malformed import HAN
from services.chassis.http.openapi import describe
from services.kernel.form_labels import name_of
from tests.unit.http.conftest import FACES

DOCUMENT = describe(FACES)
BOTH = re.compile(r"[\u4e00-\u9fff].* / .*[a-z]|[\u4e00-\u9fff].*[a-z]")


def _nodes(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield place, node
        for key, below in node.items():
            if key not in {"example", "examples"}:
                yield from _nodes(below, f"{place}/{key}")
    if isinstance(node, list):
        for number, below in enumerate(node):
            yield from _nodes(below, f"{place}/{number}")


FIELDS = [
    (f"{place}/{name}", name, field)
    for place, node in _nodes(DOCUMENT)
    if isinstance(node.get("properties"), dict)
    for name, field in node["properties"].items()
]
PARAMETERS = {
    f"{place}/{node['name']}": node
    for place, node in _nodes(DOCUMENT)
    if node.get("in") in {"path", "query", "header"}
}


def test_there_is_something_to_describe():
    assert len(FIELDS) > 200
    assert len(PARAMETERS) > 100


def test_every_field_has_its_name_on_the_form_and_its_meaning():
    assert [place for place, _, field in FIELDS if not HAN.search(field["title"])] == []
    assert [place for place, _, field in FIELDS if not BOTH.search(field["description"])] == []


def test_every_parameter_has_its_meaning():
    assert [place for place, one in PARAMETERS.items() if not BOTH.search(one["description"])] == []


def test_every_choice_stands_in_a_description_with_its_word():
    words = [
        (place, word, field["description"])
        for place, _, field in FIELDS
        for word in choices_of(field, DOCUMENT["components"]["schemas"])
    ]
    assert len(words) > 100
    lacking = [
        (place, word) for place, word, told in words if not re.search(rf"[\u4e00-\u9fff）]\s?{word}\b", told)
    ]
    assert lacking == []


def test_every_answer_and_every_summary_is_said_in_both_languages():
    told = [
        (place, node[key])
        for place, node in _nodes(DOCUMENT)
        for key in ("summary", "description")
        if isinstance(node.get(key), str)
    ]
    assert [place for place, text in told if not HAN.search(text)] == []


@pytest.mark.parametrize(
    "kind", [kind for face in FACES for kind in face.commands], ids=lambda kind: kind.NAME
)
def test_no_field_of_a_command_is_shown_by_its_code_name(kind: Any):
    assert [name for name, field in kind.model_fields.items() if (field.title or name_of(name)) == name] == []
