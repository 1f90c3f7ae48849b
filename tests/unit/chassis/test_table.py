"""A table is declared once: DDL for both databases and inserts come from it, and effects go by the kind of event."""

import pytest

from services.chassis.log.postgres import PostgresSql
from services.chassis.log.recorder import Recorded, SQLiteSql
from services.chassis.reading.read_model import ReadModel
from services.chassis.reading.table import Position, Projection, Table

PLACES = Table(
    "places",
    {"seq": Position, "name": str, "note": str | None, "people": int, "since": int | None},
    key=("seq", "name"),
    indexes={"places_by_people": ("people", "name")},
)
NAMES = Table("names", {"name": str})


class Event:
    pass


class Opened(Event):
    pass


def test_both_databases_get_the_same_table_and_text_is_compared_byte_by_byte():
    assert PLACES.ddl(SQLiteSql.text_type) == [
        (
            "CREATE TABLE IF NOT EXISTS places (seq BIGINT NOT NULL, name TEXT NOT NULL, note TEXT,"
            " people INTEGER NOT NULL, since INTEGER, PRIMARY KEY (seq, name))"
        ),
        "CREATE INDEX IF NOT EXISTS places_by_people ON places (people, name)",
    ]
    assert NAMES.ddl(PostgresSql.text_type) == [
        'CREATE TABLE IF NOT EXISTS names (name TEXT COLLATE "C" NOT NULL, PRIMARY KEY (name))'
    ]


def test_inserts_name_their_columns():
    assert NAMES.insert() == "INSERT INTO names (name) VALUES (?)"
    assert PLACES.insert("seq", "name") == "INSERT INTO places (seq, name) VALUES (?, ?)"
    assert NAMES.insert_new() == "INSERT INTO names (name) VALUES (?) ON CONFLICT (name) DO NOTHING"
    assert PLACES.put("seq", "name", "people") == (
        "INSERT INTO places (seq, name, people) VALUES (?, ?, ?)"
        " ON CONFLICT (seq, name) DO UPDATE SET people = excluded.people"
    )


def test_a_column_that_is_not_declared_is_refused():
    with pytest.raises(ValueError, match="places has no nmae"):
        PLACES.insert("seq", "nmae")


def test_an_effect_is_that_of_every_derived_kind_each_projection_in_its_turn():
    done: list[str] = []

    def effect(name: str):
        return lambda _sql, _recorded: done.append(name)

    model = ReadModel(
        Projection((PLACES,), {Opened: effect("opened"), Event: effect("any")}),
        Projection((NAMES,), {Opened: effect("named")}),
    )
    model.apply(None, Recorded(1, Opened()))
    model.apply(None, Recorded(2, Event()))
    model.apply(None, Recorded(3, object()))
    assert done == ["opened", "any", "named", "any"]


def test_another_declaration_or_other_rules_make_another_version():
    more = Table("names", {"name": str, "note": str | None})
    versions = {
        ReadModel(Projection((NAMES,), {})).version,
        ReadModel(Projection((more,), {})).version,
        ReadModel(Projection((NAMES,), {}), rules=2).version,
    }
    assert len(versions) == 3
