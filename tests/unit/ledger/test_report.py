"""The account adds up, and what is handed back cannot do harm."""

import pytest
from openpyxl import load_workbook

from services.ledger.facts import Accepted, Flaw, Rejected
from services.ledger.file_errors import LedgerError, NotAWorkbook
from services.ledger.report import DoesNotAddUp, RowOutcome, Tally


def rejected(value: str = "x", row: int = 2) -> Rejected:
    return Rejected("高良村", row, (Flaw("姓名", "D2", value, "必填项为空。", "请补填。"),))


def tally_of(form, lines) -> Tally:
    form.sheet("高良村", *lines)
    tally = Tally()
    for row in form.read():
        tally.read(row)
        if isinstance(row, Accepted):
            tally.note(row, RowOutcome.ENROLLED)
    return tally


def test_rows_are_the_sum_of_their_outcomes(form, wang, li):
    tally = tally_of(form, [wang, li, li | {"姓名": None}])
    tally.check()
    assert tally.totals() == {
        "rows": 3,
        "enrolled": 2,
        "in_part": 0,
        "already": 0,
        "refused": 0,
        "rejected": 1,
    }


def test_a_row_without_an_outcome_does_not_add_up(form, wang):
    form.sheet("高良村", wang)
    tally = Tally()
    tally.read(form.read()[0])
    with pytest.raises(DoesNotAddUp, match="高良村"):
        tally.check()


def test_a_row_counted_twice_does_not_add_up():
    tally = Tally()
    tally.read(rejected())
    tally.note(rejected(), RowOutcome.REFUSED)
    with pytest.raises(DoesNotAddUp):
        tally.check()


def test_an_excess_on_one_sheet_does_not_hide_a_loss_on_another(form, wang):
    form.sheet("高良村", wang)
    tally = Tally()
    tally.read(form.read()[0])
    tally.note(Rejected("花桥村", 2, ()), RowOutcome.ENROLLED)
    with pytest.raises(DoesNotAddUp):
        tally.check()


def test_a_sheet_rejected_as_a_whole_counts_no_rows():
    tally = Tally(empty_sheets=("备用",))
    tally.read(rejected(row=0))
    tally.check()
    assert tally.totals()["rows"] == 0
    assert [line["row"] for line in tally.left_out()] == ["整张表"]
    assert [(line["sheet"], line["what"]) for line in tally.notes()] == [("备用", "空表 empty")]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "bell\x07"])
def test_what_looks_like_a_formula_stays_text(tmp_path, value):
    tally = Tally()
    tally.read(rejected(value))
    tally.write_problems(tmp_path / "退回清单.xlsx")
    page = load_workbook(tmp_path / "退回清单.xlsx").active
    cell = page["E2"]
    assert (cell.value, cell.data_type) == (value.replace("\x07", ""), "s")
    assert all(one.data_type == "s" for row in page.iter_rows() for one in row)
    assert [one.value for one in page[1]] == ["工作表", "行", "列", "单元格", "原值", "问题", "怎么办"]


def test_a_rejection_as_a_dict_says_where_what_and_what_to_do():
    tally = Tally()
    tally.read(rejected())
    assert tally.left_out() == [
        {
            "sheet": "高良村",
            "row": "2",
            "column": "姓名",
            "cell": "D2",
            "value": "x",
            "what": "必填项为空。",
            "what_to_do": "请补填。",
        }
    ]


def test_a_ledger_that_cannot_be_read_is_one_kind_of_error():
    assert issubclass(NotAWorkbook, LedgerError)
