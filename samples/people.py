"""Invented people: names, numbers that belong to nobody, and the circumstances that a village is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

AREA = "530399"
"""No county of Yunnan has this code, so no one's number begins with it."""

ON = date(2024, 1, 1)
"""The day on which the ledger is made up."""


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡林何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
)
WOMEN = _pairs(
    "秀英桂兰玉珍凤仙翠花兰芝美英金花琼仙素芬菊芬桂芝玉莲春香琼芬"
    "粉香竹仙石珍老翠秋菊彩莲丽芬树仙小妹云芬存珍凤英桃仙荷花正芬"
)
MEN = _pairs(
    "建国正明家富文才开福老五光荣石生发祥国强绍华树林朝阳加林小双"
    "德昌永贵云生金贵忠良自明兴旺启华正荣存良天寿家和明亮绍武有才"
)
DAUGHTERS = _pairs("红梅海燕春梅丽萍雪琴云芳晓丽文静金霞小娟") + list("芳娜敏静丽艳娟霞")
SONS = _pairs("小龙志强建华晓东云飞家伟文军正洋光明小超") + list("伟强磊军洋勇杰涛超刚")
PEOPLES = ("汉族",) * 55 + ("壮族",) * 15 + ("苗族",) * 10 + ("瑶族",) * 8 + ("彝族",) * 9 + ("回族",) * 3
AWAY = (
    "广东省深圳市",
    "广东省东莞市",
    "广东省佛山市",
    "浙江省宁波市",
    "浙江省义乌市",
    "江苏省苏州市",
    "福建省泉州市",
    "上海市松江区",
    "云南省昆明市官渡区",
    "云南省玉溪市红塔区",
    "云南省曲靖市麒麟区",
    "广西南宁市",
    "贵州省兴义市",
    "四川省成都市",
)
INCOMES = ("养老金", "子女供养", "务农", "土地流转", "养殖", "打零工")
NOTES = ("良好", "一般", "较差", "腰腿疼", "听力下降", "视力下降", "")
DIFFICULTIES = ("无", "无", "无", "看病取药不便", "缺少陪伴", "冬季取暖", "不会用智能手机", "家庭经济困难")
NEEDS = ("无", "无", "探视巡访", "代买代办", "精神慰藉", "助餐", "健康体检", "居家适老化改造")


@dataclass
class Supporter:
    """赡养人."""

    name: str
    relation: str
    phone: str
    whereabouts: str
    left: date | None


@dataclass
class Person:
    """One line of the ledger, before anything goes wrong with it."""

    name: str
    sex: str
    born: date
    number: str
    village: str
    group: str
    values: dict[str, object] = field(default_factory=dict)
    supporters: list[Supporter] = field(default_factory=list)
    carer: str = ""


class Population:
    """Makes people, one after the other, the same ones for the same seed."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._numbers: set[str] = set()
        self._names: set[str] = set()

    def staff_name(self) -> str:
        """A name that no one else on the roster has."""
        while True:
            name = self.random.choice(SURNAMES) + self.random.choice(SONS + DAUGHTERS)
            if name not in self._names:
                self._names.add(name)
                return name

    def phone(self) -> str:
        """A number of a range that no operator gives out."""
        return f"100{self.random.randrange(10**8):08d}"

    def number(self, born: date, sex: str) -> str:
        """A right number of nobody."""
        while True:
            order = self.random.randrange(1, 499) * 2 + (sex == "男")
            front = f"{AREA}{born:%Y%m%d}{order:03d}"
            number = front + ric.calc_check_digit(front + "0")
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def elder(self, village: str, group: str) -> Person:
        """Somebody of 60 to 95, most between 65 and 80."""
        age = min(94.9, max(60.1, self.random.gauss(71.5, 6.5)))
        born = ON - timedelta(days=round(age * 365.25))
        sex = self.random.choice("女女女男男")
        surname = self.random.choice(SURNAMES)
        name = surname + self.random.choice(WOMEN if sex == "女" else MEN)
        person = Person(name, sex, born, self.number(born, sex), village, group)
        person.values = self._circumstances(age, village, group)
        person.supporters = self._supporters(surname)
        return person

    def under_age(self, person: Person) -> Person:
        """The same person, not yet 60."""
        born = date(1964, 3, 1) + timedelta(days=self.random.randrange(900))
        return replace(person, born=born, number=self.number(born, person.sex))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _circumstances(self, age: float, village: str, group: str) -> dict[str, object]:
        pick = self.random.choice
        living = self.random.choices(("独居", "空巢", "隔代", "与亲属同住"), (22, 38, 28, 12))[0]
        widowed = living == "独居" or self._chance(0.25)
        incomes = self.random.sample(INCOMES, self.random.choice((1, 2, 2, 3)))
        return {
            "ethnic_group": pick(PEOPLES),
            "phone": self.phone() if self._chance(0.8) else "",
            "address": f"高良乡{village}{group}{self.random.randrange(1, 120)}号",
            "marital": "丧偶" if widowed and living != "空巢" else "已婚",
            "living": living,
            "income_sources": "、".join(incomes),
            "family_structure": f"{self.random.randrange(2, 8)}口人,{pick(('两代', '三代', '四代'))}",
            "care_situation": "日常照护不到位"
            if self._chance(0.02)
            else pick(("自理", "配偶照料", "亲友照看")),
            "difficulties": pick(DIFFICULTIES) if self._chance(0.5) else "无",
            "needs": pick(NEEDS),
            "insurance": "城乡居民医保" if self._chance(0.96) else "未参保",
            "low_income": "是" if self._chance(0.12) else "否",
            "destitute_support": "是" if self._chance(0.005) else "否",
            "declined_institution": "否" if self._chance(0.75) else pick(("是", "")),
            "agreement_signed_on": self._agreement(),
        } | self._health(age)

    def _health(self, age: float) -> dict[str, object]:
        ill = [
            name
            for name, share in (
                ("高血压", 0.28),
                ("2型糖尿病", 0.08),
                ("肺结核", 0.005),
                ("严重精神障碍", 0.006),
            )
            if self._chance(share)
        ]
        ill += ["关节炎"] if self._chance(0.05) else []
        kind = self.random.choice(("肢体", "肢体", "视力", "听力", "智力"))
        degree = self.random.choice("一二三三四四")
        return {
            "health_note": self.random.choice(NOTES),
            "chronic": "、".join(ill) or "无",
            "disability": f"{kind}残疾{degree}级" if self._chance(0.06) else "无",
            "incapacity": "是" if self._chance(0.025 + max(0.0, age - 75) / 300) else "否",
            "major_illness": "是" if self._chance(0.04) else "否",
            "key_person": "家庭监护缺失或不当" if self._chance(0.01) else "",
        }

    def _agreement(self) -> object:
        if self._chance(0.7):
            return "否"
        return date(2023, 6, 1) + timedelta(days=self.random.randrange(200))

    def _supporters(self, surname: str) -> list[Supporter]:
        """Nearly everyone's children left long ago; some not long ago, some not at all."""
        supporters: list[Supporter] = []
        still_here = self.random.random()
        for place in range(self.random.choice((1, 1, 2, 2, 2, 3))):
            relation = self.random.choice(("儿子", "儿子", "女儿"))
            left = date(2023, 6, 1) - timedelta(days=self.random.randrange(3000))
            if still_here < 0.04 and place == 0:  # noqa: PLR2004
                supporters.append(
                    Supporter(self._child(surname, relation), relation, self.phone(), "在家务农", None)
                )
                continue
            if still_here > 0.955 and place == 0:  # noqa: PLR2004
                left = date(2023, 8, 1) + timedelta(days=self.random.randrange(120))
            away = self.random.choice(AWAY)
            supporters.append(Supporter(self._child(surname, relation), relation, self.phone(), away, left))
        return supporters

    def _child(self, surname: str, relation: str) -> str:
        return surname + self.random.choice(DAUGHTERS if relation == "女儿" else SONS)
