"""The township of the sample: eleven invented villages, their groups, and who is appointed there."""

from __future__ import annotations

from dataclasses import dataclass

from samples.people import Population

TOWNSHIP = "530323990"
"""Shizong County has no township with this code; the village codes continue it."""

VILLAGES = {
    "高良村": ("上寨组", "下寨组", "老街组", "新街组", "河边组", "坝子组"),
    "落水洞村": ("落水洞组", "大坡组", "小坡组", "岩脚组"),
    "大麦地村": ("大麦地组", "雨朵组", "箐头组", "松林组", "平寨组"),
    "白马塘村": ("白马塘组", "塘边组", "丫口组", "冲子组"),
    "花桥村": ("花桥组", "桥头组", "瓦窑组", "水井组", "大树脚组"),
    "石头寨村": ("石头寨组", "岔沟组", "营盘组"),
    "竹园坡村": ("竹园组", "坡脚组", "坡头组", "芭蕉组", "龙潭组"),
    "青山脚村": ("青山脚组", "梁子组", "麻栗树组", "田心组"),
    "小河口村": ("小河口组", "沙坝组", "渡口组", "甘蔗地组", "热水塘组"),
    "马鞍山村": ("马鞍山组", "大地组", "老寨组"),
    "新寨村": ("新寨组", "东村组", "西村组", "梨园组"),
}
LEADERS = (("lead", "village_lead"), ("leader", "township_leader"))
CARERS = (
    ("grid", "grid_worker"),
    ("grid", "grid_worker"),
    ("resident", "resident_member"),
    ("civil", "civil_affairs_assistant"),
    ("association", "elders_association_head"),
    ("cadre", "group_cadre"),
    ("cadre", "group_cadre"),
    ("grid", "grid_worker"),
)
FEWEST_CARERS = 6
OFFICES = (
    ("T-clinic", "clinic", "高良乡卫生院"),
    ("T-centre", "party_service_centre", "高良乡党群服务中心"),
    ("T-office", "leading_group_office", "高良乡领导小组办公室"),
)


@dataclass(frozen=True)
class Staff:
    """花名册: one appointed person."""

    id: str
    role: str
    name: str


@dataclass(frozen=True)
class Village:
    """村委会, with its groups and its people in office."""

    code: str
    name: str
    groups: tuple[str, ...]
    roster: tuple[Staff, ...]

    @property
    def carers(self) -> tuple[Staff, ...]:
        """Those who may be paired with an elder."""
        return self.roster[len(LEADERS) :]


def villages(people: Population) -> list[Village]:
    """V01 to V11."""
    made: list[Village] = []
    for number, (name, groups) in enumerate(VILLAGES.items(), start=1):
        count = FEWEST_CARERS + number % 3
        seen: dict[str, int] = {}
        roster: list[Staff] = []
        for short, role in (*LEADERS, *CARERS[:count]):
            seen[short] = seen.get(short, 0) + 1
            one = f"V{number:02d}-{short}" + (f"-{seen[short]}" if short in {"grid", "cadre"} else "")
            roster.append(Staff(one, role, people.staff_name()))
        made.append(Village(f"{TOWNSHIP}{200 + number}", name, groups, tuple(roster)))
    return made


def as_toml(made: list[Village]) -> str:
    """Codes, groups and rosters, as the township's settings have them."""
    lines = [
        "# The township of the sample ledger: nobody here exists. Made by samples/make_gaoliang.py.",
        'township = "高良乡"',
        "demonstration = true  # nobody here exists",
        "",
    ]
    for one, role, name in OFFICES:
        lines += ["[[staff]]", f'id = "{one}"', f'role = "{role}"', f'name = "{name}"', ""]
    for village in made:
        groups = ", ".join(f'"{group}"' for group in village.groups)
        lines += [
            "[[village]]",
            f'name = "{village.name}"',
            f'code = "{village.code}"',
            f"groups = [{groups}]",
        ]
        lines += ["roster = ["]
        lines += [
            f'    {{ id = "{staff.id}", role = "{staff.role}", name = "{staff.name}" }},'
            for staff in village.roster
        ]
        lines += ["]", ""]
    return "\n".join(lines)
