"""What a text, an id, a number and a date may be where they enter."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from services.chassis.commands.fields import (
    RECORDED,
    CitizenNumber,
    Day,
    GroupName,
    Id,
    LongText,
    PersonName,
    ShortTextIfAny,
    Subject,
)
from services.kernel.texts import LONGEST_ID, derived_id


def read(kind: object, given: object) -> object:
    return TypeAdapter(kind).validate_python(given)


def refused(kind: object, given: object) -> str:
    with pytest.raises(ValidationError) as raised:
        read(kind, given)
    return raised.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "given",
    [
        "E0001",
        "530323990201",
        "referral:E1:1",
        "2024-03-01-民政",
        "V_1.a",
        "G1-2025-01-15T05:53:00+08:00",
        "x" * 128,
    ],
)
def test_an_id_is_letters_digits_and_five_signs(given: str):
    assert read(Id, given) == given


def test_full_width_digits_and_letters_are_folded():
    assert (read(Id, "Ｅ００１"), read(PersonName, "王小明２"), read(LongText, "血压１５０／９０")) == (
        "E001",
        "王小明2",
        "血压150／90",
    )


@pytest.mark.parametrize(
    "given",
    ["", ".", "..", "-", "U/7", "a b", "V\n", "x" * 129, "a\0b", "\u200b", "é", "E1 ", "\ud800", "😀"],
)
def test_anything_else_in_an_id_is_refused_with_what_is_allowed(given: str):
    assert " / " in refused(Id, given)


@pytest.mark.parametrize("given", ["530323990201", "530323990201/一组", "530323990201/老 街组", "township"])
def test_a_subject_is_an_id_or_a_village_and_its_group(given: str):
    assert read(Subject, given) == given


@pytest.mark.parametrize("given", ["a/b/c", "/一组", "V/", "V//一组", "V/" + "组" * 61])
def test_anything_else_is_no_subject(given: str):
    assert refused(Subject, given)


@pytest.mark.parametrize(
    "name",
    ["王小明", "买买提·吐尔逊", "𫞩𬀩", "Anna Maria", "\U00031350", "㐂", "李**", "𠮷\U000e0100", "\ue863"],
)
def test_names_keep_rare_characters_middle_dots_and_spaces_inside(name: str):
    assert read(PersonName, name) == name


def test_blanks_around_a_name_and_invisible_characters_fall_away():
    assert read(PersonName, "\u202d\u3000 王\u200b小\u00a0\u3000明\ufeff\u202c") == "王小 明"


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b\u3164", "王\0", "王\x1b[31m", "\ud800", "\uffff", "王" * 61]
)
def test_a_name_is_not_blank_holds_no_control_characters_and_ends(name: str):
    assert " / " in refused(PersonName, name)


def test_a_long_text_keeps_its_lines_and_emoji():
    assert read(LongText, "  一\r\n二\u2028三\t四 👨\u200d👩 ") == "一\n二\n三 四 👨\u200d👩"
    assert (
        refused(LongText, "一" * 2001) == "最多 2000 个字符，现有 2001 个 / at most 2000 characters, not 2001"
    )


def test_what_may_be_left_empty_may_be_blank():
    assert read(ShortTextIfAny, "  ") == ""


def test_a_group_has_no_slash():
    assert refused(GroupName, "一/组")
    assert read(GroupName, " 一组 ") == "一组"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("53039919500302007x", "53039919500302007X"),
        ("５３０３９９１９５００３０２１２２４", "530399195003021224"),
        ("530399 19500302 1224", "530399195003021224"),
    ],
)
def test_a_citizen_number_is_kept_in_one_form(given: str, kept: str):
    assert read(CitizenNumber, given) == kept


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("12345", "18"),
        ("530399195003021225", "校验码"),
        ("53039919500302122４4", "18"),
        ("530399195013021228", "出生日期"),
        ("٥٣٠٣٩٩١٩٥٠٠٣٠٢١٢٢٤", "18"),
        ("X" * 18, "18"),
        ("9" * 100_000, "18"),
    ],
)
def test_a_wrong_citizen_number_is_told_by_what_is_wrong_with_it(given: str, why: str):
    assert why in refused(CitizenNumber, given)


@pytest.mark.parametrize("day", ["0001-01-01", "1799-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_is_of_somebodys_life(day: str):
    assert "1800-01-01" in refused(Day, date.fromisoformat(day))


def test_what_was_recorded_before_a_limit_came_is_read_as_it_is():
    def again(kind: object, given: object) -> object:
        return TypeAdapter(kind).validate_python(given, context=RECORDED)

    assert [again(Id, "U/7"), again(PersonName, "\u200b"), again(CitizenNumber, "12345")] == [
        "U/7",
        "\u200b",
        "12345",
    ]
    assert again(Day, date(1, 1, 1)) == date(1, 1, 1)


def test_an_id_made_of_a_long_one_is_no_longer_than_an_id_and_nobody_elses():
    assert derived_id("referral", "E1", "1") == "referral:E1:1"
    first, second = (derived_id("referral", "E" * 128, number) for number in "12")
    assert len(first) == len(second) == LONGEST_ID
    assert first != second
    assert read(Id, first) == first
