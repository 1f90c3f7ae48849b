"""A workbook of a report: read back as township staff would open it."""

import io
from dataclasses import replace
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.reports.figures import Column, Figure, Report, ReportTable
from services.reports.scope import NotReportable
from services.reports.workbook import CUT, SIGNED_HEIGHT, SOURCES, workbook

COLUMNS = (Column("name", "姓名", 4), Column("number", "身份证号码", 9), Column("visits", "走访", 3))
NUMBER = "530323194001011236"


def report(
    *rows: tuple[Figure, ...],
    totals: tuple[Figure, ...] = (),
    is_final: bool = True,
    starts_page: frozenset[int] = frozenset(),
) -> Report:
    table = ReportTable("t", "一、走访[1]", COLUMNS, rows, totals, starts_page, notes=("表注。",))
    day = date(2024, 3, 31)
    about = ("r", "通报", "二(二)", "高良村", day, day, is_final, "gaoliang-2024")
    return Report(*about, (table,), ("注。",), "2024年3月", "包保乡领导")


def row(name: str, *ids: str) -> tuple[Figure, ...]:
    return Figure(name, ("registry:1",)), Figure(NUMBER, ("registry:1",)), Figure(len(ids), ids)


def read(made: Report) -> Any:
    return load_workbook(io.BytesIO(workbook(made)))


def test_it_is_ready_to_print():
    sheet = read(report(row("甲", "visits:1"), row("乙"))).worksheets[0]
    assert sheet.title == "一、走访_1_"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$3"
    assert not sheet.row_breaks.brk
    assert "&P" in sheet.oddFooter.right.text
    assert sheet["A1"].value == "通报（2024年3月）"
    assert [part in sheet["A2"].value for part in ("高良村", "2024-03-31", "二(二)", "供阅 包保乡领导")] == [
        True
    ] * 4
    assert [cell.value for cell in sheet[3]] == ["姓名", "身份证号码", "走访"]
    assert sheet.auto_filter.ref == "A3:C5"
    assert all(cell.border.left.style == "thin" for cell in sheet[4])
    assert [sheet[f"A{row}"].value for row in (6, 7)] == ["表注。", "注。"]
    assert [part in sheet["A9"].value for part in ("盖章", "填表人", "审核人", "日期")] == [True] * 4
    assert sheet.print_area == "'一、走访_1_'!$A$1:$C$9"


def test_what_is_handed_on_page_by_page_is_signed_on_every_page():
    sheet = read(report(row("甲"), row("乙"), starts_page=frozenset({1}))).worksheets[0]
    assert [one.id for one in sheet.row_breaks.brk] == [4], "the second row begins a page"
    assert [part in sheet.oddFooter.left.text for part in ("填表人", "审核人", "日期")] == [True] * 3
    assert sheet.max_row == 7, "no line for signatures at the end beside it"


def test_who_prints_the_workbook_gets_one_page_of_the_sources_and_not_all_of_them():
    book = read(report(*(row(f"甲{number}", f"visits:{number}") for number in range(90))))
    sources = book.worksheets[-1]
    assert sources.max_row > 90
    assert sources.print_area == f"'{SOURCES}'!$A$1:$G$3"
    assert "取消打印区域" in sources["A2"].value
    assert [sheet.sheet_view.tabSelected for sheet in book] == [True, None]


def test_a_long_text_has_a_row_as_high_as_it_needs():
    sheet = read(report(row("很长的姓名" * 12), row("乙"))).worksheets[0]
    assert sheet.row_dimensions[4].height > 3 * sheet.row_dimensions[5].height


def test_a_text_too_long_for_any_row_is_kept_whole_and_the_page_says_that_it_is_not_all():
    long, short = read(report(row("很长的姓名" * 200))).worksheets[0], read(report(row("甲"))).worksheets[0]
    assert long["A4"].value == "很长的姓名" * 200
    assert (long["A7"].value, short["A7"].value) == (CUT, None)


def test_rows_that_people_sign_leave_room_for_it():
    made = report(row("甲"))
    signed = replace(made, tables=(replace(made.tables[0], is_signed_by_row=True),))
    heights = [read(one).worksheets[0].row_dimensions[4].height for one in (made, signed)]
    assert heights[0] < heights[1] == SIGNED_HEIGHT


def test_more_rows_than_excel_holds_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.reports.workbook.MAX_ROWS", 20)
    assert read(report(*[row("甲", "visits:1")] * 5)).worksheets[1].max_row <= 20
    with pytest.raises(NotReportable, match="--village"):
        workbook(report(*[row("甲", "visits:1")] * 15))


def test_numbers_are_written_as_their_column_says():
    columns = (Column("what", "项目"), Column("yuan", "元", 8, "#,##0.00"), Column("on", "日期"))
    figures = (Figure("支出"), Figure(23500.75), Figure(date(2024, 2, 5)))
    made = replace(report(), tables=(ReportTable("t", "表", columns, (figures,)),))
    _, yuan, on = read(made).worksheets[0][4]
    assert (yuan.value, yuan.number_format) == (23500.75, "#,##0.00")
    assert (on.is_date, on.number_format) == (True, "yyyy-mm-dd")


def test_citizen_numbers_are_text():
    cell = read(report(row("甲"))).worksheets[0]["B4"]
    assert (cell.value, cell.data_type, cell.number_format) == (NUMBER, "s", "@")


@given(st.sampled_from(["=", "+", "-", "@", "＝", "\t="]), st.text(max_size=20))
def test_nothing_entered_becomes_a_formula(start: str, rest: str):
    for sheet in read(report(row(start + rest), totals=(Figure(start + rest), Figure(), Figure(1)))):
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f"
                if sheet.title != SOURCES and cell.row == 4 and cell.column == 1:
                    assert cell.quotePrefix


def test_the_sources_name_the_events_of_every_figure():
    sheet = read(report(row("甲", "visits:4", "visits:5", "visits:6", "visits:9"))).worksheets[1]
    assert sheet.title == SOURCES
    told = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=4)]
    assert told == [
        ["一、走访_1_", "A4:B4", "姓名—身份证号码", None, "甲", 1, "registry:1"],
        ["一、走访_1_", "C4", "走访", 4, "甲", 4, "visits:4-6,9"],
    ]


def test_a_figure_that_rests_on_very_many_events_takes_several_cells():
    ids = tuple(f"visits:{number}" for number in range(0, 40_000, 3))
    sheet = read(report((Figure("甲"), Figure(), Figure(len(ids), ids)))).worksheets[1]
    texts = [cells[6].value for cells in sheet.iter_rows(min_row=4)]
    assert len(texts) > 1
    assert max(map(len, texts)) <= 32_767
    parts = [one for text in texts for one in text.removeprefix("visits:").split(",")]
    assert [f"visits:{one}" for one in parts] == list(ids)


def test_it_is_the_same_bytes_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch):
    first = workbook(report(row("甲", "visits:1")))
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 1, 2, 3, 4, 5, 6, 7, 0))
    assert workbook(report(row("甲", "visits:1"))) == first
    with ZipFile(io.BytesIO(first)) as packed:
        assert {part.date_time for part in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml").decode()
    assert core.count("2024-03-31T00:00:00Z") == 2


def test_a_day_that_is_not_over_says_so():
    assert "暂定" in read(report(row("甲"), is_final=False)).worksheets[0]["A2"].value
    assert "暂定" not in read(report(row("甲"))).worksheets[0]["A2"].value


def test_a_table_without_rows_is_a_table():
    sheet = read(report()).worksheets[0]
    assert sheet.freeze_panes == "B4"
    assert [sheet[f"A{row}"].value for row in (4, 5, 6)] == ["（无记录）", "表注。", "注。"]
    assert "填表人" in sheet["A8"].value
