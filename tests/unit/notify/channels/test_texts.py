"""What a group may read: fixed words, numbers and a village's label; nothing of a person can be put in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.texts import TRIAL, WORDS, GroupText
from services.notify.terms import About

COUNTS = st.dictionaries(st.sampled_from(list(WORDS)), st.integers(1, 9999), min_size=1)
SAFE = re.compile(
    r"【守望】(高良村：)?((紧急事件|风险定级变动|逾期未办|临期提醒|问题超期|代管交接)\d{1,4}件，?)+。请登录守望查看并签收。"
    r" Shouwang: (\d{1,4} (incidents|grade changes|missed duties|reminders|overdue problems|take-overs)(, )?)+\."
    r" Please log in to see\."
)


@given(st.sampled_from(["", "高良村"]), COUNTS)
def test_a_group_reads_fixed_words_and_numbers_alone(label: str, counts: dict[str, int]):
    assert SAFE.fullmatch(str(GroupText(label, counts)))


@given(st.text(min_size=1).filter(lambda text: not re.fullmatch(r"[\u4e00-\u9fff]{1,12}", text)))
def test_a_label_holds_no_number_and_no_letter(label: str):
    with pytest.raises(ValueError, match="label"):
        GroupText(label, {About.MISSED: 1})


@pytest.mark.parametrize(
    "counts",
    [
        {"Wang": 1},
        {About.MISSED: "530325195001011234"},
        {About.MISSED: 530325195001011234},
        {About.MISSED: True},
    ],
)
def test_nothing_gets_past_the_types(counts):
    with pytest.raises(ValueError, match="counts"):
        GroupText("", counts)


def test_a_trial_says_that_it_is_one():
    assert "通道测试" in str(TRIAL)
