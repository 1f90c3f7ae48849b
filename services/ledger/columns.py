"""The form's columns: headers as printed and as villages write them, and how each cell is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from services.ledger import form_choices as choices
from services.ledger.cells import citizen_number, day, name, phone, phrases, word, yes_or_no

Reader = Callable[[object], object]


@dataclass(frozen=True)
class FormColumn:
    """One column. `over` is the header above it where two rows make the header."""

    field: str
    header: str
    read: Reader = choices.text
    variants: tuple[str, ...] = ()
    over: str = ""
    needed: bool = False
    """A sheet without this column is not read: a rule rests on it, and its absence would say 否 for all."""
    shared: bool = False
    """Merged downwards it speaks for every row beneath; a name or a number speaks for one person only."""

    @property
    def title(self) -> str:
        """The header in full: 赡养人一外出日期."""
        return f"{self.over}{self.header}" if self.over.startswith("赡养人") else self.header


HEALTH = "健康情况"
HELP = "救助与保障"

PERSON = (
    FormColumn("serial", "序号", variants=("编号",)),
    FormColumn("village", "村委会", word, ("村委会名称", "所属村委会", "行政村", "村(居)委会"), shared=True),
    FormColumn("group", "村小组", word, ("村民小组", "小组", "所属村小组", "村组"), needed=True, shared=True),
    FormColumn("name", "姓名", name, ("老人姓名", "老年人姓名", "留守老人姓名"), needed=True),
    FormColumn("sex", "性别", choices.sex, needed=True),
    FormColumn(
        "citizen_number", "身份证号码", citizen_number, ("身份证号", "公民身份号码", "身份证"), needed=True
    ),
    FormColumn("born", "出生日期", day, ("出生年月日", "出生年月", "生日"), needed=True),
    FormColumn("ethnic_group", "民族", word),
    FormColumn("phone", "联系电话", phone, ("电话", "手机号码", "联系方式"), shared=True),
    FormColumn("address", "家庭住址", variants=("住址", "家庭地址", "详细地址"), shared=True),
    FormColumn("marital", "婚姻状况", word, ("婚姻情况",)),
    FormColumn("living", "居住状况", choices.living, ("居住情况", "居住方式"), needed=True, shared=True),
    FormColumn("income_sources", "经济来源", phrases, ("主要经济来源", "收入来源"), shared=True),
    FormColumn("family_structure", "家庭结构", variants=("家庭人口结构", "家庭情况"), shared=True),
    FormColumn("health_note", "健康状况", variants=("身体状况",), over=HEALTH),
    FormColumn("chronic", "慢病", choices.chronic, ("慢性病", "慢病情况", "慢性疾病"), HEALTH, needed=True),
    FormColumn(
        "disability",
        "残疾",
        choices.disability,
        ("残疾情况", "残疾类别等级", "残疾等级"),
        HEALTH,
        needed=True,
    ),
    FormColumn("incapacity", "失能", choices.incapacity, ("是否失能", "失能失智"), HEALTH, needed=True),
    FormColumn("major_illness", "重大疾病", yes_or_no, ("是否患重大疾病", "大病"), HEALTH, needed=True),
    FormColumn("key_person", "重点对象类别", choices.key_person, ("重点对象", "重点人员类别")),
    FormColumn("care_situation", "照料情况", variants=("照护情况", "被照护情况")),
    FormColumn("difficulties", "存在困难", variants=("困难", "主要困难")),
    FormColumn("needs", "需求", variants=("服务需求", "主要需求")),
    FormColumn("insurance", "医疗保险", variants=("医保", "参加医疗保险情况"), over=HELP),
    FormColumn(
        "low_income", "低保", choices.low_income, ("是否低保", "低保户"), HELP, needed=True, shared=True
    ),
    FormColumn("destitute_support", "特困", choices.destitute, ("是否特困", "特困供养"), HELP, needed=True),
    FormColumn(
        "declined_institution",
        "是否愿意入住养老机构",
        choices.declined_institution,
        ("入住养老机构意愿", "是否愿意入住机构"),
        needed=True,
    ),
    FormColumn(
        "agreement_signed_on",
        "委托照顾协议",
        choices.signed_on,
        ("委托照顾协议签订日期", "协议签订日期", "委托照顾协议签订情况"),
    ),
)
CARER = (
    FormColumn("carer", "结对帮扶人", word, ("帮扶人", "结对帮扶人员", "结对帮扶责任人"), shared=True),
    FormColumn("remark", "备注"),
)
SUPPORTERS = ("一", "二", "三")


def supporter_columns(number: int) -> tuple[FormColumn, ...]:
    """赡养人一, 二, 三: a couple's supporters are the same people, so merged cells are shared."""
    over, needed = f"赡养人{SUPPORTERS[number - 1]}", number == 1
    rows: tuple[tuple[str, str, Reader, tuple[str, ...]], ...] = (
        ("name", "姓名", name, ()),
        ("relation", "关系", word, ("与老人关系",)),
        ("phone", "电话", phone, ("联系电话", "联系方式")),
        ("whereabouts", "去向", choices.text, ("外出地点", "务工地点")),
        ("left", "外出日期", choices.left_on, ("外出时间", "离县日期")),
        ("back", "返乡情况", choices.is_back, ("是否返乡",)),
    )
    return tuple(
        FormColumn(
            f"supporter{number}.{field}",
            header,
            read,
            variants,
            over,
            needed=needed and field in {"name", "left"},
            shared=True,
        )
        for field, header, read, variants in rows
    )


def supporter_places(ids: Iterable[str]) -> dict[int, str]:
    """Who stands where: S1 to S3 in their own places, others in those that are left, by id; further ones nowhere."""
    known = sorted(ids)
    own = {number: f"S{number}" for number in (1, 2, 3) if f"S{number}" in known}
    others = iter([name for name in known if name not in own.values()])
    placed = {number: own.get(number) or next(others, None) for number in (1, 2, 3)}
    return {number: name for number, name in placed.items() if name}


COLUMNS = (*PERSON, *(c for n in (1, 2, 3) for c in supporter_columns(n)), *CARER)
FILE = FormColumn("elder", "档案编号", word)
"""Whose entry of the register a row is: what the platform exports has this column, a printed form has not."""
BY_FIELD = {column.field: column for column in (*COLUMNS, FILE)}
RESULT = "结果"
"""The column in which a workbook comes back with what became of each row; not looked into when it is sent again."""
UNREAD = frozenset(("serial", "remark"))
"""Never looked into: 序号 is often a formula, and means nothing."""
DATES = frozenset(("born", "agreement_signed_on", *(f"supporter{n}.left" for n in (1, 2, 3))))
PLACES = frozenset(("serial", "village", "group", "remark"))
"""A row with nothing outside these names no one: printed forms have them filled in beforehand."""


@lru_cache(maxsize=512)
def header_key(text: str) -> str:
    """A header without spaces, stars, brackets and what stands within them: 慢病(高血压/…) is 慢病."""
    plain = re.sub(r"[\s*:]+", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\(([一二三1-3])\)", r"\1", plain)
    plain = re.sub(r"\([^()]*\)", "", plain)
    found = re.match(r"赡养(?:义务)?人([一二三1-3])(.*)", plain)
    if found is None:
        return plain
    number = found[1] if found[1] in SUPPORTERS else SUPPORTERS[int(found[1]) - 1]
    return f"赡养人{number}{found[2]}"


def _by_header() -> dict[str, str]:
    known: dict[str, str] = {}
    for column in BY_FIELD.values():
        over = column.over if column.over.startswith("赡养人") else ""
        for header in (column.header, *column.variants):
            known[header_key(over + header)] = column.field
    return known


BY_HEADER = _by_header()
