"""What is wrong with a field is said in Chinese first, by the name that the form has, with the English beside it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from services.chassis.commands.command import Command, Malformed, read_command
from services.chassis.commands.malformed import OTHERWISE, Fault, faults_of
from services.cli import main as cli
from services.kernel.form_labels import name_of
from services.ledger.columns import PERSON, supporter_columns
from services.registry.elders.commands import CorrectFacts, Enrol, OpenVillage, SupporterRow

HAN_FIRST = re.compile(r"^[\u4e00-\u9fff]")
INVERTED = {"declined_institution"}  # the form asks whether they are willing
GARBAGE: tuple[Any, ...] = (
    *(None, True, "", " ", "x", "é" * 5000, "\u202e", "2024-02-30", "2024-01-01T01:00:00", -1, 0.5, 10**400),
    *([], [None], [""], [{}], ["x"] * 1000, {}, {"id": 1}, {"x": {"y": []}}, "\ud800", "1e999", "9" * 40),
)


def commands() -> list[type[Command]]:
    """All that people can ask of the house."""
    assert cli.app  # everything is imported by it
    return sorted(
        {
            kind
            for kind in cli._kinds(Command)
            if kind.__module__.startswith("services.") and kind.model_fields
        },
        key=lambda kind: kind.__qualname__,
    )


OF_PEOPLE = commands()


def faults(kind: type[BaseModel], given: Any) -> list[Fault]:
    text = json.dumps(given)
    try:
        kind.model_validate_json(text)
    except ValidationError as error:
        return faults_of(error, kind)
    return []


def spoilt(kind: type[Command]) -> Iterator[dict[str, Any]]:
    """Each field with each kind of garbage, none of them, and one too many."""
    yield {}
    yield {"nonsense": 1}
    for name in kind.model_fields:
        for thing in GARBAGE:
            yield {name: thing}


def test_there_are_commands_to_go_through():
    assert len(OF_PEOPLE) > 40


@pytest.mark.parametrize("kind", OF_PEOPLE, ids=lambda kind: kind.__name__)
def test_every_field_of_every_command_has_its_name_in_chinese(kind: type[Command]):
    for field, info in kind.model_fields.items():
        assert HAN_FIRST.match(info.title or name_of(field)), field
    properties = kind.model_json_schema()["properties"]
    assert all(HAN_FIRST.match(one["title"]) for one in properties.values() if "$ref" not in one)


@pytest.mark.parametrize("kind", OF_PEOPLE, ids=lambda kind: kind.__name__)
def test_whatever_is_put_into_a_field_what_is_wrong_is_said_in_chinese_first(kind: type[Command]):
    found = [fault for given in spoilt(kind) for fault in faults(kind, given)]
    assert found
    for fault in found:
        assert HAN_FIRST.match(fault.message), fault
        assert " / " in fault.message, fault
        assert OTHERWISE not in fault.message, fault
        assert fault.name or not fault.field, fault


def test_names_are_those_of_the_form():
    columns = {one.field: one.title for one in PERSON if one.field in Enrol.model_fields}
    assert len(columns) > 15
    assert {field: name_of(field) for field in columns if field not in INVERTED} == {
        field: title for field, title in columns.items() if field not in INVERTED
    }
    of_supporters = {one.field.partition(".")[2]: one.header for one in supporter_columns(1)}
    assert name_of("left_county_on") == of_supporters["left"]
    for field in ("name", "relation", "whereabouts"):
        assert name_of(field) == of_supporters[field]


def test_a_field_within_a_row_is_named_by_its_row():
    [fault] = [one for one in faults(Enrol, {"supporters": [{"id": "S1"}]}) if "." in one.field]
    assert (fault.field, fault.name) == ("supporters.0.left_county_on", "赡养义务人 第 1 项 外出日期")
    assert str(fault) == f"{fault.name} {fault.field}: 缺少这一项 / Field required"


def test_a_village_has_a_name_of_a_village_and_a_person_one_of_a_person():
    assert {one.name for one in faults(OpenVillage, {})} == {"村代码", "村名", "村小组"}
    assert "姓名" in {one.name for one in faults(SupporterRow, {"name": 1})}


def test_what_may_be_chosen_is_listed_in_both_languages():
    [sex] = [one for one in faults(CorrectFacts, {"sex": "male"}) if one.field == "sex"]
    assert sex.message == "应为其中之一：女 f、男 m / one of: f, m"


def test_a_command_in_a_scenario_is_answered_in_the_same_words():
    with pytest.raises(Malformed, match=r"老人编号 elder: 缺少这一项 / Field required"):
        read_command({"enrol": Enrol}, "enrol", "{}")
