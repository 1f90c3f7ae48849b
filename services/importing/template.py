"""A township file to begin with, every line explained; and the empty ledger of a township."""

from __future__ import annotations

from collections.abc import Iterator

from services.importing.township import Township
from services.kernel.labels import chinese
from services.kernel.terms import CARERS, Role
from services.ledger.template import TemplateSheet

TOWNSHIP = """\
# 乡镇文件 the township file:全乡有哪些村、村小组,谁任什么角色。带 # 的是说明,不读。
# Villages, their groups, and who holds which role. What follows a # is for people alone.
# 把例子换成本乡的,存为 UTF-8 文本,再导入 put your own in its place, save it as UTF-8, then:
#   shouwang import 登记表.xlsx --township 乡镇文件.toml
# 村代码、村名、人员编号一经导入就不再改,请先核对。之后新设的村、新任的人写进本文件,下次导入时录入。
# What was imported once stays: codes, names and ids are not changed by another import; new ones are added.

# 乡镇名称,用在台账和报表的标题 the township's name, at the head of ledgers and reports
township = "某某乡"

# 全乡的工作人员,一人一段 staff of the whole township, a block a person
#   id    编号:自己定,不重复,不再给别人用 an id of your own, for one person for ever
#   role  角色,只能是以下之一 one of these:
{roles}
#   name  姓名:登记表“结对帮扶人”一列可以写姓名或编号 as the ledger may name them
[[staff]]
id = "T-clinic"
role = "clinic"
name = "某某乡卫生院"

[[staff]]
id = "T-centre"
role = "party_service_centre"
name = "某某乡党群服务中心"

[[staff]]
id = "T-office"
role = "leading_group_office"
name = "某某乡领导小组办公室"

# 村,一村一段 a block a village
#   name    村名:登记表的工作表名和“村委会”一列照此写 as the ledger's sheets are called
#   code    12 位统计用区划代码,加引号 the 12-digit area code, in quotation marks
#   groups  村小组;没有小组的写 [] the village groups; [] where there are none
#   roster  本村的人员,一行一人,行末有逗号 its staff, a line a person with a comma at its end
# 每村应有一名 village_lead、一名 township_leader,至少一名帮扶人(前五种角色)
# Each has a village_lead, a township_leader and at least one carer (the first five roles).
[[village]]
name = "甲村"
code = "530323999201"
groups = ["一组", "二组"]
roster = [
    {{ id = "A-lead", role = "village_lead", name = "张三" }},
    {{ id = "A-leader", role = "township_leader", name = "李四" }},
    {{ id = "A-grid-1", role = "grid_worker", name = "赵敏" }},
    {{ id = "A-cadre-1", role = "group_cadre", name = "钱进" }},
]

[[village]]
name = "乙村"
code = "530323999202"
groups = ["一组", "二组", "三组"]
roster = [
    {{ id = "B-lead", role = "village_lead", name = "孙立" }},
    {{ id = "B-leader", role = "township_leader", name = "周全" }},
    {{ id = "B-grid-1", role = "grid_worker", name = "吴芳" }},
]
"""


def township_template() -> str:
    """The file, as it can be imported after its values were replaced."""
    carer = "(帮扶人 a carer)"
    roles = (f'#         "{role.value}" {chinese(role)}{carer if role in CARERS else ""}' for role in Role)
    return TOWNSHIP.format(roles="\n".join(roles))


def ledger_sheets(township: Township) -> Iterator[TemplateSheet]:
    """A sheet a village; of two carers who share a name, each is offered by id."""
    for village in township.villages:
        names = [person.name for person in village.staff if person.role in CARERS]
        carers = [
            person.name if names.count(person.name) == 1 else person.id
            for person in village.staff
            if person.role in CARERS
        ]
        yield TemplateSheet(village.name, village.groups, carers)
