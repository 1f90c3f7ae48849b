"""What stands in each column of the form, as told to whoever fills it in: in the empty workbook and in the docs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.ledger import form_choices as choices
from services.ledger.checks import ALWAYS_FILLED, FILLED_WITHOUT_NUMBER
from services.ledger.columns import COLUMNS, FILE, SUPPORTERS, FormColumn

YES_OR_NO = ("是", "否")
CHOICES: dict[str, tuple[str, ...]] = {
    "sex": tuple(choices.SEXES),
    "living": ("独居", "空巢", "隔代", "与亲属同住"),
    "incapacity": YES_OR_NO,
    "major_illness": YES_OR_NO,
    "low_income": YES_OR_NO,
    "destitute_support": YES_OR_NO,
    "declined_institution": ("愿意", "不愿意"),
    "back": ("未返乡", "长期返乡"),
}
"""What a cell may say and nothing else; for a column of each supporter, by what stands behind the full stop."""

CELLS: dict[str, tuple[str, str, str]] = {
    "serial": ("1、2、3……;不读。", "1, 2, 3 …; not read.", "1"),
    "village": (
        "村委会名称;工作表名就是村名的,可留空。",
        "The village; may be empty where the sheet is named for it.",
        "平川村",
    ),
    "group": ("本村的村小组,照乡镇文件写。", "A group of the village, as the township file has it.", "一组"),
    "name": ("老人姓名,照身份证。", "The elder's name, as on the card.", "王桂兰"),
    "sex": ("女或男;有身份证号码的可留空。", "女 or 男; may be empty beside a number.", "女"),
    "citizen_number": (
        "18 位,单元格为文本格式;暂无号码的留空,按临时登记。",
        "18 characters in a cell of text; empty where there is none yet (temporary entry).",
        "530399195003021224",
    ),
    "born": (
        "年月日,如 1950-03-02;有身份证号码的可留空。",
        "Year, month and day; may be empty beside a number.",
        "1950-03-02",
    ),
    "ethnic_group": ("民族。", "The ethnic group.", "汉族"),
    "phone": ("老人的电话。", "The elder's phone.", "13800000000"),
    "address": ("门牌或住处。", "Where they live.", "一组 12 号"),
    "marital": ("已婚、丧偶、离异、未婚。", "Married, widowed, divorced or never married.", "丧偶"),
    "living": (
        "只填下拉中的一项;空巢即夫妻同住。",
        "One of the list; 空巢 is a couple by themselves.",
        "独居",
    ),
    "income_sources": ("几项用顿号隔开。", "Several are parted by 、.", "务农、养老金"),
    "family_structure": ("家里有谁。", "Who belongs to the family.", "二子一女"),
    "health_note": ("身体怎样,自由填写。", "How they are, in free words.", "较好"),
    "chronic": (
        "几项用顿号隔开;糖尿病写明 1 型或 2 型;没有的填“无”。高血压、2型糖尿病、肺结核、严重精神障碍按月随访。",
        "Several are parted by 、; state the type of diabetes. Those four are followed up monthly by the clinic.",
        "高血压、2型糖尿病",
    ),
    "disability": (
        "类别和级别,如“肢体残疾二级”;没有的填“无”。",
        "Kind and degree; 无 where there is none.",
        "无",
    ),
    "incapacity": ("失能或失智填“是”。", "是 where they are incapacitated or demented.", "否"),
    "major_illness": ("患有重大疾病填“是”。", "是 with a serious illness.", "否"),
    "key_person": (
        "没有的留空;几项用顿号隔开:"
        + "、".join((*dict.fromkeys(choices.STATED), choices.BY_BIRTHDAY))
        + "。",
        "Empty where there is none; several are parted by 、.",
        "",
    ),
    "care_situation": ("谁照料、怎样照料。", "Who looks after them, and how.", "独自生活,邻居照看"),
    "difficulties": ("有什么困难。", "What is difficult.", "就医不便"),
    "needs": ("需要什么。", "What they need.", "上门体检"),
    "insurance": ("参加的医疗保险。", "Their health insurance.", "城乡居民医保"),
    "low_income": ("享受低保填“是”。", "是 with the minimum living allowance.", "否"),
    "destitute_support": ("特困供养填“是”。", "是 where supported as destitute.", "否"),
    "declined_institution": (
        "问过本人再填;没问过的留空,不作“不愿意”。",
        "As they answered; empty where nobody asked.",
        "不愿意",
    ),
    "agreement_signed_on": (
        "签了的填签订日期;没签的填“否”。",
        "The date on which it was signed; 否 where it was not.",
        "2023-12-10",
    ),
    "carer": (
        "姓名或编号,照乡镇文件;重名的填编号,未定的留空。",
        "Name or id, as the township file has it; the id where two share a name.",
        "赵敏",
    ),
    "remark": ("不录入;要紧的写进对应的列。", "Not taken: what matters belongs in its own column.", ""),
    "elder": (
        "平台导出的表才有;手工填写的不要这一列。",
        "Of the platform's own exports alone; leave it out.",
        "",
    ),
    "supporter.name": (
        "至少一名赡养义务人;没有赡养人的老人按特困供养,不予建档。",
        "At least one supporter: who has none is cared for as destitute.",
        "王强",
    ),
    "supporter.relation": ("与老人的关系。", "How they are related.", "儿子"),
    "supporter.phone": ("赡养人的电话。", "The supporter's phone.", "13900000000"),
    "supporter.whereabouts": ("去了哪里。", "Where they went.", "广东省东莞市"),
    "supporter.left": (
        "离开本县的日期;在县内的填“未外出”或留空。",
        "When they left the county; empty, or 未外出, where they are in it.",
        "2022-02-10",
    ),
    "supporter.back": (
        "未返乡或长期返乡;暂时返乡的填“未返乡”,再在系统中登记。",
        "Not back, or back for good; a visit home is recorded in the system.",
        "未返乡",
    ),
}
"""What is to be entered (中文, English), and an example."""

NEEDED = "必填 required"
NEEDED_WITHOUT_NUMBER = "无身份证号码时必填 required without a number"
COLUMN_NEEDED = "列不能缺,可留空 the column is needed, the cell may be empty"
OPTIONAL = "可不填 optional"


@dataclass(frozen=True)
class ColumnGuide:
    """One column of the form, as it is explained."""

    field: str
    title: str
    need: str
    fill: str
    english: str
    choices: tuple[str, ...]
    other_headers: tuple[str, ...]
    example: str

    @property
    def is_filled_always(self) -> bool:
        """A row without it is rejected."""
        return self.need == NEEDED


def column_guides() -> Iterator[ColumnGuide]:
    """Every column in the order of the form, 档案编号 last."""
    return (_guide(column) for column in (*COLUMNS, FILE))


def _guide(column: FormColumn) -> ColumnGuide:
    place, _, part = column.field.rpartition(".")
    fill, english, example = CELLS[f"supporter.{part}" if place else column.field]
    is_first = place in {"", "supporter1"}
    return ColumnGuide(
        column.field,
        column.title,
        _need(column),
        fill if is_first else f"同赡养人{SUPPORTERS[0]};没有此人的,这一组都留空。",
        english if is_first else "As of the first one; empty where there is nobody.",
        CHOICES.get(part, ()),
        tuple(f"{column.over}{said}" if place else said for said in column.variants),
        example if is_first else "",
    )


def _need(column: FormColumn) -> str:
    if column.field in {*ALWAYS_FILLED, "supporter1.name"}:
        return NEEDED
    if column.field in FILLED_WITHOUT_NUMBER:
        return NEEDED_WITHOUT_NUMBER
    return COLUMN_NEEDED if column.needed else OPTIONAL
