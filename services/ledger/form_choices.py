"""The form's choices: which written word means which fact. What is not here is not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.ledger.cells import NO, YES, day, note, phrases, word, yes_or_no
from services.ledger.facts import Living, Sex
from services.ledger.troubles import Trouble, UnreadableCell

SEXES: dict[str, Sex] = {"女": "f", "男": "m"}
LIVING: dict[str, Living] = {
    "独居": "alone",
    "空巢": "couple",
    "空巢夫妻": "couple",
    "夫妻同住": "couple",
    "与配偶同住": "couple",
    "隔代": "with_grandchildren",
    "隔代同住": "with_grandchildren",
    "隔代居住": "with_grandchildren",
    "与亲属同住": "with_relatives",
    "亲属同住": "with_relatives",
}
CHRONIC = {
    "高血压": "hypertension",
    "2型糖尿病": "type2_diabetes",
    "II型糖尿病": "type2_diabetes",
    "二型糖尿病": "type2_diabetes",
    "肺结核": "tuberculosis",
    "严重精神障碍": "severe_mental_disorder",
}
SEVERE_DISABILITY = "severe_disability"
HEALTH = (*dict.fromkeys(CHRONIC.values()), SEVERE_DISABILITY)

LOW_INCOME = frozenset(("低保", "农村低保", "城市低保", "低保户", "A类", "B类", "C类"))
DESTITUTE = frozenset(("特困", "特困供养", "分散供养", "集中供养"))
INCAPACITATED = frozenset(("失能", "失智", "失能失智", "完全失能"))
CAPABLE = frozenset(("自理", "能自理", "生活自理", "完全自理"))
WILLING = frozenset(("愿意", "愿"))
UNWILLING = frozenset(("不愿意", "不愿"))

STATED = {
    "家庭监护缺失或不当": "guardianship_failure",
    "家庭监护缺失": "guardianship_failure",
    "家庭监护不当": "guardianship_failure",
    "失能": "incapacity",
    "失智": "incapacity",
    "失能(失智)": "incapacity",
    "患有重大疾病": "major_illness",
    "重大疾病": "major_illness",
    "家庭经济困难": "economic_hardship",
    "经济困难": "economic_hardship",
    "身患残疾": "disability",
    "智力障碍": "intellectual_impairment",
    "日常照护不到位": "insufficient_daily_care",
    "日常照料不到位": "insufficient_daily_care",
}
BY_BIRTHDAY = "高龄"
EVIDENCE = tuple(dict.fromkeys(STATED.values()))
"""依据 that a ledger supports, 二(四); advanced age comes with the birthday and is not read from here."""

DEGREE = re.compile(r"([一二三四]|[1-4]|IV|I{1,3})级")
SEVERE = frozenset(("一", "二", "1", "2", "I", "II"))
STILL_HERE = frozenset(("未外出", "在家", "无", "否", "本县", "县内", "/", "-", "—"))
NOT_BACK = frozenset(("未返乡", "未返", "外出", "在外", *NO))
BACK_FOR_GOOD = frozenset(("长期返乡", "已返乡", "返乡定居", "回乡定居"))
BACK_FOR_A_WHILE = frozenset(("暂时返乡", "临时返乡", "春节返乡", "返乡探亲"))
GONE = re.compile(
    r"病故|去世|死亡|亡故|过世|逝世|离世|已故|迁出|迁走|搬走|搬迁|移居|注销|销户|户口已迁|重复登记"
)
"""What a remark says of somebody who may be on the register no longer."""
UNSIGNED = frozenset(("未签", "未签订", *NO))
SIGNED = frozenset(("已签", "已签订", *YES))


@dataclass(frozen=True)
class Disability:
    """残疾, as the certificate has it."""

    severe: bool
    intellectual: bool


def sex(value: object) -> Sex | None:
    """男 or 女; None where the cell is empty."""
    said = word(value)
    if said and said not in SEXES:
        raise UnreadableCell(Trouble.UNKNOWN_WORD, choices="、".join(SEXES))
    return SEXES.get(said)


def living(value: object) -> Living | None:
    """居住状况; None where the cell is empty."""
    said = word(value)
    if said and said not in LIVING:
        raise UnreadableCell(Trouble.UNKNOWN_WORD, choices="独居、空巢、隔代、与亲属同住")
    return LIVING.get(said)


def chronic(value: object) -> list[str]:
    """慢病, as written; what the plan does not name (三(三)1) is kept for the health note."""
    named = phrases(value)
    if "糖尿病" in named:
        raise UnreadableCell(Trouble.WHICH_DIABETES)
    return named


def disability(value: object) -> Disability | None:
    """残疾: kind and degree; the first and second degree are severe (重残)."""
    said = word(value)
    if not said or said in NO:
        return None
    degrees = DEGREE.findall(said)
    if not degrees:
        raise UnreadableCell(Trouble.WHICH_DISABILITY)
    return Disability(severe=bool(SEVERE.intersection(degrees)), intellectual="智力" in said)


def key_person(value: object) -> list[str]:
    """重点对象类别: the eight kinds of 三(一)2, as evidence."""
    named = [said for said in phrases(value) if said != BY_BIRTHDAY]
    if any(said not in STATED for said in named):
        raise UnreadableCell(Trouble.UNKNOWN_WORD, choices="、".join((*STATED, BY_BIRTHDAY)))
    return [STATED[said] for said in named]


def incapacity(value: object) -> bool:
    """失能."""
    return yes_or_no(value, yes=INCAPACITATED, no=CAPABLE)


def low_income(value: object) -> bool:
    """低保."""
    return yes_or_no(value, yes=LOW_INCOME)


def destitute(value: object) -> bool:
    """特困."""
    return yes_or_no(value, yes=DESTITUTE)


def declined_institution(value: object) -> bool:
    """是否愿意入住养老机构: declined only where someone said no; an empty cell is not a no."""
    return bool(word(value)) and not yes_or_no(value, yes=WILLING, no=UNWILLING)


def signed_on(value: object) -> str | None:
    """委托照顾协议: the date on which it was signed."""
    said = word(value)
    if said in UNSIGNED:
        return None
    if said in SIGNED:
        raise UnreadableCell(Trouble.AGREEMENT_WITHOUT_DATE)
    signed = day(value)
    return signed and signed.isoformat()


def left_on(value: object) -> str | None:
    """外出日期; None is in the county."""
    if word(value) in STILL_HERE:
        return None
    left = day(value)
    return left and left.isoformat()


def is_back(value: object) -> bool:
    """返乡情况: back for good, or not; a return for a while needs its date, which the form has not."""
    said = word(value)
    if not said or said in NOT_BACK:
        return False
    if said in BACK_FOR_GOOD:
        return True
    if said in BACK_FOR_A_WHILE:
        raise UnreadableCell(Trouble.BACK_FOR_A_WHILE)
    raise UnreadableCell(Trouble.UNKNOWN_WORD, choices="未返乡、长期返乡")


def text(value: object) -> str:
    """Free text; 无 stays as written."""
    return note(value)
