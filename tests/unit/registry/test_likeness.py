"""Whether two entries may be one person: the number decides; else name by ear, birth date and village."""

from dataclasses import replace

import pytest

from services.registry.duplicates.policies import Identity, Likeness, is_same_name, likeness
from tests.unit.policies import REGISTRY

POLICY = REGISTRY.duplicates
WANG = Identity("王小明", "", "1950-03-01", "V1")
NUMBERED = replace(WANG, citizen_number="530399195003011229")


def test_one_number_is_one_person_whatever_else_is_written():
    other = replace(NUMBERED, name="李四", village="V2")
    assert likeness(NUMBERED, other, POLICY) == Likeness(100, is_certain=True)
    born = replace(NUMBERED, born="1952-03-01")
    assert likeness(NUMBERED, born, POLICY) == Likeness(100, is_certain=True)


def test_two_numbers_are_two_people_however_alike_they_sound():
    assert likeness(NUMBERED, replace(NUMBERED, citizen_number="530399195003011245"), POLICY) is None


@pytest.mark.parametrize(("name", "percent"), [("王小明", 100), ("王晓明", 100), ("黄小明", 89)])
def test_names_that_sound_alike_of_one_day_and_village_are_suspected(name: str, percent: int):
    assert likeness(WANG, replace(WANG, name=name), POLICY) == Likeness(percent, is_certain=False)


@pytest.mark.parametrize(
    "other",
    [
        replace(WANG, name="李桂花"),
        replace(WANG, name=""),
        replace(WANG, born="1950-03-02"),
        replace(WANG, village="V2"),
    ],
)
def test_another_name_day_or_village_suggests_nothing(other: Identity):
    assert likeness(WANG, other, POLICY) is None


CORRECTED = {"citizen_number": "530399195103011226", "born": "1951-03-01"}
REACHED = frozenset({"supporter:王强", "phone:13800000000"})


@pytest.mark.parametrize("mark", sorted(REACHED))
def test_one_name_and_one_supporter_or_phone_are_suspected_under_another_number_and_birth_date(mark: str):
    before, after = replace(NUMBERED, marks=REACHED), replace(NUMBERED, marks=frozenset({mark}), **CORRECTED)
    assert likeness(before, after, POLICY) == Likeness(100, is_certain=False)
    assert likeness(before, replace(after, village="V2"), POLICY) is None
    assert likeness(before, replace(after, name="王小红"), POLICY) is None
    assert likeness(before, replace(after, marks=frozenset({"supporter:李强"})), POLICY) is None


@pytest.mark.parametrize(
    ("name", "other", "is_same"),
    [
        ("王䶮", "王䶮", True),
        ("王䶮", "王yan", True),
        ("王䶮", "王龑", True),
        ("王䶮", "王岩", True),
        ("王䶮", "李岩", False),
        ("王小明", "王晓明", False),
        ("[x](", "[x](", True),
        ("Anna", "Maria", False),
        ("", "", False),
    ],
)
def test_a_rare_character_may_have_been_written_in_another_way(name: str, other: str, *, is_same: bool):
    assert is_same_name(name, other) is is_same
