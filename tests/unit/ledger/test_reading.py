"""Each thing that villages do to a ledger, named by what comes of it."""

from datetime import date

import pytest

from services.ledger.facts import Accepted, Flaw, Rejected
from services.ledger.file_errors import NotAWorkbook, TooLarge
from services.ledger.reader import Ledger, read_ledger, villages_of
from services.ledger.troubles import Trouble


def facts(rows):
    assert [row.problems for row in rows if isinstance(row, Rejected)] == []
    return [row.facts for row in rows]


def problems(rows) -> list[tuple[str, str, str]]:
    """Column, cell, what, of the only row that was rejected."""
    (rejected,) = [row for row in rows if isinstance(row, Rejected)]
    assert all(problem.what_to_do for problem in rejected.problems)
    return [(problem.column, problem.cell, problem.what) for problem in rejected.problems]


def test_a_careful_row_is_accepted_with_all_its_facts(form, wang):
    form.sheet("高良村", wang)
    assert form.read()[0].facts.as_dict() == {
        "name": "王桂兰",
        "citizen_number": "530399195003021224",
        "temporary": False,
        "born": "1950-03-02",
        "sex": "f",
        "ethnic_group": "壮族",
        "phone": "13800000000",
        "address": "",
        "village": "高良村",
        "group": "上寨组",
        "marital": "",
        "living": "alone",
        "income_sources": [],
        "family_structure": "",
        "health_note": "",
        "health": [],
        "care_situation": "",
        "difficulties": "",
        "needs": "",
        "insurance": "",
        "low_income": False,
        "destitute_support": False,
        "declined_institution": False,
        "evidence": [],
        "agreement_signed_on": None,
        "supporters": [
            {
                "id": "S1",
                "name": "王强",
                "relation": "儿子",
                "phone": "",
                "whereabouts": "",
                "left_county_on": "2022-02-10",
            }
        ],
        "carer": "V01-grid-1",
    }


def test_a_wrong_check_digit_is_rejected_with_its_place_and_masked(form, wang):
    form.sheet("高良村", wang | {"身份证号码": "530399195003021225"})
    trouble = Trouble.WRONG_CHECK_DIGIT
    expected = Flaw("身份证号码", "F2", "**************1225", trouble.what(), trouble.what_to_do())
    assert form.read() == [Rejected("高良村", 2, (expected,))]


@pytest.mark.parametrize(
    ("column", "written", "cell", "trouble"),
    [
        ("身份证号码", "5303991950030212", "F2", Trouble.NOT_18_CHARACTERS),
        ("身份证号码", 530399195003021000, "F2", Trouble.ROUNDED_NUMBER),
        ("身份证号码", 5.30399195003021e17, "F2", Trouble.ROUNDED_NUMBER),
        ("身份证号码", "5.30399E+17", "F2", Trouble.ROUNDED_NUMBER),
        ("身份证号码", "530399195002301224", "F2", Trouble.NO_SUCH_BIRTH_DATE),
        ("出生日期", "1950-03-03", "G2", Trouble.BORN_DISAGREES),
        ("出生日期", "1950年", "G2", Trouble.UNREADABLE_DATE),
        ("出生日期", 1950, "G2", Trouble.UNREADABLE_DATE),
        ("出生日期", "1950-02-30", "G2", Trouble.UNREADABLE_DATE),
        ("性别", "男", "E2", Trouble.SEX_DISAGREES),
        ("姓名", None, "D2", Trouble.MISSING),
        ("村小组", " ", "C2", Trouble.MISSING),
        ("居住状况", None, "L2", Trouble.MISSING),
        ("家庭住址", '=CONCATENATE("高良","村")', "J2", Trouble.FORMULA),
        ("低保", "也许", "Y2", Trouble.NOT_YES_OR_NO),
        ("慢病", "高血压、糖尿病", "P2", Trouble.WHICH_DIABETES),
        ("残疾", "有", "Q2", Trouble.WHICH_DISABILITY),
        ("委托照顾协议", "已签", "AB2", Trouble.AGREEMENT_WITHOUT_DATE),
        ("赡养人一姓名", None, "AC2", Trouble.SUPPORTER_WITHOUT_NAME),
        ("赡养人一外出日期", "2022年3月", "AG2", Trouble.UNREADABLE_DATE),
        ("赡养人一返乡情况", "暂时返乡", "AH2", Trouble.BACK_FOR_A_WHILE),
    ],
)
def test_what_cannot_be_read_is_rejected_and_never_guessed(form, wang, column, written, cell, trouble):
    form.sheet("高良村", wang | {column: written})
    rows = form.read()
    assert problems(rows) == [(column, cell, trouble.what())]
    assert rows[0].problems[0].what_to_do == trouble.what_to_do()


def test_a_village_that_the_township_has_not_is_rejected_with_those_that_it_has(form, wang):
    form.sheet("高良村", wang | {"村委会": "高寨村"})
    rows = form.read()
    assert problems(rows) == [("村委会", "B2", Trouble.UNKNOWN_VILLAGE.what())]
    assert "高良村、花桥村" in rows[0].problems[0].what_to_do


def test_a_word_outside_the_choices_is_rejected_with_the_choices(form, wang):
    form.sheet("高良村", wang | {"居住状况": "其他"})
    assert "独居、空巢、隔代、与亲属同住" in form.read()[0].problems[0].what_to_do


def test_an_error_value_is_rejected(form, wang):
    page = form.sheet("高良村", wang)
    page["I2"].value = "#N/A"
    assert problems(form.read()) == [("联系电话", "I2", Trouble.ERROR_VALUE.what())]


def test_several_problems_of_a_row_are_all_reported_in_the_order_of_the_form(form, wang):
    form.sheet("高良村", wang | {"姓名": None, "性别": "男", "居住状况": "其他", "失能": "或许"})
    assert [column for column, _, _ in problems(form.read())] == ["姓名", "性别", "居住状况", "失能"]


def test_a_citizen_number_in_the_wrong_column_is_masked_too(form, wang):
    form.sheet("高良村", wang | {"低保": "530399195003021224"})
    assert form.read()[0].problems[0].value == "**************1224"


def test_a_row_without_a_number_is_accepted_as_temporary(form, wang):
    form.sheet("高良村", wang | {"身份证号码": "暂无"})
    (row,) = facts(form.read())
    assert (row.citizen_number, row.temporary) == (None, True)


def test_without_a_number_birth_date_and_sex_must_be_written(form, wang):
    form.sheet("高良村", wang | {"身份证号码": None, "出生日期": None, "性别": None})
    assert [column for column, _, _ in problems(form.read())] == ["性别", "出生日期"]


def test_an_empty_birth_date_and_sex_are_taken_from_the_number(form, wang):
    form.sheet("高良村", wang | {"出生日期": None, "性别": None})
    (row,) = facts(form.read())
    assert (row.born, row.sex) == ("1950-03-02", "f")


def test_a_lower_case_x_and_full_width_characters_are_read(form, wang):
    wide = "53039919500302138x".translate({ord("0") + n: 0xFF10 + n for n in range(10)} | {ord("x"): 0xFF58})
    form.sheet("高良村", wang | {"身份证号码": f" {wide}", "姓名": "王 桂兰", "联系电话": "138 0000 0001"})
    (row,) = facts(form.read())
    assert (row.citizen_number, row.name, row.phone) == ("53039919500302138X", "王桂兰", "13800000001")


def test_no_supporters_and_an_age_under_sixty_are_for_the_registry_to_refuse(form, wang):
    nobody = {column: None for column in wang if column.startswith("赡养人")}
    young = {"身份证号码": None, "出生日期": date(1980, 1, 1)}
    form.sheet("高良村", wang | nobody, wang | young)
    first, second = facts(form.read())
    assert (first.supporters, second.born) == ((), "1980-01-01")


def test_an_empty_village_takes_the_name_of_the_sheet(form, wang):
    form.sheet("高良村", wang | {"村委会": None})
    assert facts(form.read())[0].village == "高良村"


def test_an_empty_village_on_a_sheet_named_otherwise_is_rejected(form, wang):
    form.sheet("补登", wang | {"村委会": None})
    assert problems(form.read()) == [("村委会", "B2", Trouble.MISSING_VILLAGE.what())]


@pytest.mark.parametrize("written", ["高良村委会", "高良村村民委员会", "高良"])
def test_a_village_is_known_by_its_longer_names(form, wang, written):
    form.sheet("补登", wang | {"村委会": written})
    assert facts(form.read())[0].village == "高良村"


def test_a_village_that_is_not_the_sheets_is_rejected(form, wang):
    form.sheet("花桥村", wang)
    assert problems(form.read()) == [("村委会", "B2", Trouble.VILLAGE_OF_ANOTHER_SHEET.what(sheet="花桥村"))]


def test_the_same_person_in_another_village_is_rejected_naming_the_first_place(form, wang, li):
    form.sheet("高良村", li, wang)
    form.sheet("花桥村", wang | {"村委会": "花桥村"})
    rows = form.read()
    assert [type(row) for row in rows] == [Accepted, Accepted, Rejected]
    assert problems(rows) == [("身份证号码", "F2", Trouble.DUPLICATE.what(sheet="高良村", row=3))]


def test_a_person_whose_first_row_was_rejected_is_taken_from_the_second(form, wang):
    form.sheet("高良村", wang | {"村小组": None}, wang)
    assert [type(row) for row in form.read()] == [Rejected, Accepted]


def test_what_the_row_states_becomes_health_facts_and_evidence(form, wang):
    stated = {
        "慢病": "高血压、2型糖尿病、关节炎",
        "残疾": "智力残疾二级",
        "失能": "√",
        "重大疾病": "有",
        "重点对象类别": "高龄、家庭监护缺失或不当",
        "照料情况": "日常照护不到位",
        "低保": "A类",
        "是否愿意入住养老机构": "不愿意",
        "委托照顾协议": "2024.1.5",
    }
    form.sheet("高良村", wang | stated)
    (row,) = facts(form.read())
    assert row.health == ("hypertension", "type2_diabetes", "severe_disability")
    assert row.health_note == "慢病:关节炎"
    assert sorted(row.evidence) == [
        "disability",
        "economic_hardship",
        "guardianship_failure",
        "incapacity",
        "insufficient_daily_care",
        "intellectual_impairment",
        "major_illness",
    ]
    assert (row.declined_institution, row.agreement_signed_on) == (True, "2024-01-05")


def test_free_text_about_care_is_no_evidence(form, wang):
    form.sheet("高良村", wang | {"照料情况": "无日常照护不到位情况", "存在困难": "无家庭经济困难"})
    assert facts(form.read())[0].evidence == ()


def test_a_supporter_at_home_or_back_for_good_is_in_the_county(form, wang):
    second = {"赡养人二姓名": "王丽", "赡养人二外出日期": "2021/5/1", "赡养人二返乡情况": "长期返乡"}
    form.sheet("高良村", wang | {"赡养人一外出日期": "未外出"} | second)
    (row,) = facts(form.read())
    assert [(one.id, one.left_county_on) for one in row.supporters] == [("S1", None), ("S2", None)]


def test_an_empty_sheet_yields_nothing_and_is_listed(form, wang):
    form.sheet("高良村", wang)
    form.sheet("花桥村")
    form.sheet("备用", headers=False)
    assert len(form.read()) == 1
    assert Ledger(form.path).empty_sheets == ("花桥村", "备用")


def test_a_hidden_sheet_is_not_read_and_is_listed(form, wang):
    form.sheet("高良村", wang)
    form.sheet("选项", headers=False).append(["独居", "空巢"])
    form.book["选项"].sheet_state = "hidden"
    assert len(form.read()) == 1
    assert Ledger(form.path).hidden_sheets == ("选项",)


def test_the_villages_are_those_with_a_sheet_of_their_own(form, wang, li):
    form.sheet("高良村", wang)
    form.sheet("补登", li)
    form.sheet("花桥村")
    assert villages_of(form.save()) == ["高良村"]


@pytest.mark.parametrize(
    "content", [b"", b"name,number\n", b"PK\x03\x04 damaged", b"\xd0\xcf\x11\xe0 old xls"]
)
def test_what_is_not_a_workbook_says_what_to_do(tmp_path, content, villages):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(content)
    with pytest.raises(NotAWorkbook, match="另存为"):
        list(read_ledger(path, villages))


def test_a_file_that_is_not_there_is_not_a_workbook(tmp_path, villages):
    with pytest.raises(NotAWorkbook):
        read_ledger(tmp_path / "none.xlsx", villages)


def test_a_workbook_that_unpacks_too_large_is_not_opened(form, wang, monkeypatch, villages):
    form.sheet("高良村", wang)
    monkeypatch.setattr("services.ledger.limits.MAX_UNPACKED", 1000)
    with pytest.raises(TooLarge, match="太大"):
        read_ledger(form.save(), villages)
