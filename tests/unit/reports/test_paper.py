"""How tables lie on the paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports import paper
from services.reports.figures import Column, ReportTable

NARROW, WIDE = (Column("a", "甲", 4), Column("b", "乙", 8)), (Column("a", "甲", 40), Column("b", "乙", 45))


def table(columns: tuple[Column, ...]) -> ReportTable:
    return ReportTable("t", "表", columns, ())


def test_a_report_is_upright_only_where_all_of_it_may_be_read_so():
    assert paper.is_upright([table(NARROW)])
    assert not paper.is_upright([table(NARROW), table(WIDE)])


def test_what_is_narrower_than_the_paper_takes_all_of_it_in_proportion():
    widths = paper.widths(NARROW, paper.UPRIGHT)
    assert sum(widths) == pytest.approx(paper.UPRIGHT, abs=0.2)
    assert widths[1] / widths[0] == pytest.approx(17 / 9, abs=0.01)
    assert paper.scale(NARROW, paper.UPRIGHT) == 1.0


def test_what_is_wider_is_printed_smaller():
    assert paper.widths(WIDE, paper.UPRIGHT) == [81.0, 91.0]
    assert paper.scale(WIDE, paper.UPRIGHT) == pytest.approx(102 / 172)


@pytest.mark.parametrize(
    ("said", "lines"),
    [("", 1), ("高良村", 1), ("高良村村民", 2), ("高良村\n二组", 2), ("2024-0", 1), ("2024-01-04", 2)],
)
def test_a_chinese_letter_takes_the_room_of_two(said: str, lines: int):
    assert paper.lines(said, 8) == lines


@given(st.text("高良a1", max_size=60), st.floats(3, 60))
def test_a_text_has_room_in_its_lines(said: str, letters: float):
    room = sum(2 if one in "高良" else 1 for one in said)
    lines = paper.lines(said, letters)
    assert lines * letters >= room
    assert paper.lines(said + "高", letters) >= lines
