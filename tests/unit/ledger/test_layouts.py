"""Headers in one row or two, beneath a title, merged or not; groups merged downwards; what stands below."""

from datetime import datetime

from openpyxl.utils.datetime import MAC_EPOCH

from services.ledger.facts import Accepted, Rejected
from services.ledger.troubles import Trouble


def two_row_form(form, columns, lines, *, merged=True, title="高良乡农村留守老年人基本情况登记表"):
    page = form.sheet("高良村", headers=False)
    page.append([title])
    page.append([column.over or column.header for column in columns])
    page.append([column.header if column.over else None for column in columns])
    for line in lines:
        page.append([line.get(column.title) for column in columns])
    if merged:
        page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    for at, column in enumerate(columns, start=1):
        if not column.over and merged:
            page.merge_cells(start_row=2, start_column=at, end_row=3, end_column=at)
        elif column.over and at > 1 and columns[at - 2].over == column.over and not merged:
            page.cell(2, at).value = None
    if merged:
        starts = [at for at, one in enumerate(columns, 1) if one.over and columns[at - 2].over != one.over]
        for start in starts:
            size = sum(one.over == columns[start - 1].over for one in columns)
            page.merge_cells(start_row=2, start_column=start, end_row=2, end_column=start + size - 1)
    return page


def test_a_merged_header_of_two_rows_beneath_a_title_is_found(form, columns, wang):
    two_row_form(form, columns, [wang])
    (row,) = form.read()
    assert isinstance(row, Accepted)
    assert (row.row, row.facts.supporters[0].name, row.facts.living) == (4, "王强", "alone")


def test_a_header_of_two_rows_unmerged_by_hand_is_found(form, columns, wang):
    two_row_form(form, columns, [wang | {"赡养人二姓名": "王丽"}], merged=False)
    (row,) = form.read()
    assert isinstance(row, Accepted)
    assert [one.name for one in row.facts.supporters] == ["王强", "王丽"]


def test_headers_in_other_words_are_known(form, wang):
    page = form.sheet("高良村", wang)
    for column, header in (
        ("D", "*老人姓名"),
        ("F", "公民身份号码"),
        ("P", "慢性病(高血压/2型糖尿病)"),
        ("AC", "赡养义务人1 姓名"),
    ):
        page[f"{column}1"].value = header
    (row,) = form.read()
    assert isinstance(row, Accepted)


def test_a_group_merged_downwards_holds_for_every_row_beneath(form, wang, li):
    page = form.sheet("高良村", wang, li | {"村小组": None})
    page.merge_cells("C2:C3")
    assert [row.facts.group for row in form.read()] == ["上寨组", "上寨组"]


def test_a_group_written_once_without_merging_is_missing_below(form, wang, li):
    form.sheet("高良村", wang, li | {"村小组": None})
    assert [type(row) for row in form.read()] == [Accepted, Rejected]


def test_a_name_merged_downwards_makes_no_second_person(form, wang, li):
    page = form.sheet("高良村", wang, li | {"姓名": None})
    page.merge_cells("D2:D3")
    assert [type(row) for row in form.read()] == [Accepted, Rejected]


def test_a_sheet_without_headers_is_rejected_as_a_whole(form, wang):
    form.sheet("高良村", wang, headers=False)
    (row,) = form.read()
    assert row.is_whole_sheet
    assert row.problems[0].what == Trouble.NO_HEADERS.what(rows=10)


def test_a_sheet_that_lacks_a_column_the_rules_rest_on_is_rejected_as_a_whole(form, wang, number_of):
    form.sheet("高良村", wang).delete_cols(number_of("失能"))
    (row,) = form.read()
    assert row.problems[0].what == Trouble.MISSING_HEADERS.what(headers="失能")


def test_two_columns_with_one_header_reject_the_sheet(form, wang, number_of):
    form.sheet("高良村", wang).cell(1, number_of("备注")).value = "姓名"
    (row,) = form.read()
    assert row.problems[0].what == Trouble.REPEATED_HEADER.what(header="姓名", cells="D1、AV1")


def test_a_sheet_formatted_to_its_last_row_is_rejected_before_it_is_walked(form, wang):
    form.sheet("高良村", wang).cell(1_000_000, 1).value = "x"
    (row,) = form.read()
    assert row.problems[0].what == Trouble.TOO_MANY_ROWS.what(rows=5000)


def test_numbered_blank_rows_and_the_signature_line_are_no_rows(form, wang):
    page = form.sheet("高良村", wang, {"序号": 2, "村委会": "高良村", "村小组": "上寨组"})
    page.cell(4, 1).value, page.cell(4, 7).value = "填表人:", "2024年1月"
    assert len(form.read()) == 1


def test_a_serial_number_by_formula_is_nobodys_concern(form, wang):
    form.sheet("高良村", wang | {"序号": "=ROW()-1"})
    assert isinstance(form.read()[0], Accepted)


def test_days_counted_from_1904_are_the_same_days(form, wang):
    form.book.epoch = MAC_EPOCH
    serial = (datetime(1950, 3, 2) - MAC_EPOCH).days  # noqa: DTZ001  # Excel's days have no zone
    form.sheet("高良村", wang | {"出生日期": serial, "赡养人一外出日期": datetime(2022, 2, 10)})  # noqa: DTZ001
    (row,) = form.read()
    assert isinstance(row, Accepted), row.problems
    assert row.facts.supporters[0].left_county_on == "2022-02-10"
