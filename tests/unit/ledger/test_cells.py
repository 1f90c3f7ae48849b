"""What is written one way or another reads back as the same thing."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import to_excel
from stdnum.cn import ric

from services.ledger import cells
from services.ledger.troubles import Trouble, UnreadableCell

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
STYLES = [
    lambda d: d,
    lambda d: datetime(d.year, d.month, d.day, 8),  # noqa: DTZ001  # as openpyxl gives it
    to_excel,
    lambda d: float(to_excel(d)),
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f" {d.year} 年 {d.month:02d} 月 {d.day:02d} 号",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d:%Y-%m-%d} 00:00:00",
    lambda d: f"{d:%Y%m%d}",
    lambda d: int(f"{d:%Y%m%d}"),
    lambda d: f"{d:%Y/%m/%d}".translate(WIDE),
]
DAYS = st.dates(date(1910, 1, 1), date(2100, 12, 31))
SPACES = st.sampled_from(["", " ", "\u3000", "\xa0", "\u200b", "\n"])


@st.composite
def numbers(draw) -> str:
    front = f"{draw(st.integers(110000, 659999))}{draw(DAYS):%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return front + ric.calc_check_digit(front + "0")


@given(DAYS, st.sampled_from(STYLES))
def test_any_day_in_any_style_reads_back(day, style):
    assert cells.day(style(day)) == day


@given(numbers(), SPACES, SPACES)
def test_any_right_number_reads_back_in_full_width_with_stray_spaces(number, before, within):
    written = before + number[:6] + within + number[6:].translate(WIDE)
    assert cells.citizen_number(written) == number
    assert cells.citizen_number(written.lower()) == number


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
def test_any_one_wrong_digit_is_caught(number, place, more):
    digit = 10 if number[place] == "X" else int(number[place])
    wrong = f"{number[:place]}{(digit + more) % 10}{number[place + 1 :]}"
    with pytest.raises(UnreadableCell):
        cells.citizen_number(wrong)


@given(numbers())
def test_a_number_that_excel_rounded_is_never_taken(number):
    for rounded in (int(number[:15] + "000"), float(number[:15] + "000")):
        with pytest.raises(UnreadableCell) as caught:
            cells.citizen_number(rounded)
        assert caught.value.trouble is Trouble.ROUNDED_NUMBER
        assert cells.shown(rounded).endswith(number[14] + "000")


@given(numbers(), st.text(max_size=5))
def test_a_number_is_shown_by_its_last_four_wherever_it_stands(number, around):
    shown = cells.shown(f"号码{number}号{around}")
    assert number[:14] not in shown
    assert f"**************{number[-4:]}" in shown


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_else(text):
    for read in (cells.day, cells.citizen_number, cells.yes_or_no, cells.phrases, cells.word, cells.shown):
        with suppress(UnreadableCell):
            read(text)


@pytest.mark.parametrize(
    "written", [1950, 195003, "1950年3月", "50.3.2", "1950/13/01", "1950-3/2", "三月二日", True, 99_999]
)
def test_half_a_date_is_no_date(written):
    with pytest.raises(UnreadableCell):
        cells.day(written)


@pytest.mark.parametrize("written", ["是", "有", "√", " 是 ", True, 1, "y"])
def test_yes_in_its_many_forms(written):
    assert cells.yes_or_no(written) is True


@pytest.mark.parametrize("written", ["否", "无", "×", "", None, False, 0, "没有"])
def test_no_in_its_many_forms(written):
    assert cells.yes_or_no(written) is False


def test_free_text_keeps_its_chinese_punctuation():
    written = "\uff11\uff12号\uff08老屋\uff09\uff0c  靠河"
    assert cells.note(written) == "12号\uff08老屋\uff09\uff0c 靠河"
