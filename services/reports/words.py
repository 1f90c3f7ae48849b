"""The words of reports, Chinese first: those that no other page has; the rest are `township.labels`."""

from __future__ import annotations

from services.township.labels import chinese

_MORE = {
    "carer": "结对帮扶人",
    "grid_worker": "网格员",
    "resident_member": "驻村队员",
    "civil_affairs_assistant": "民政协理员",
    "elders_association_head": "老协会会长",
    "group_cadre": "村组干部",
    "village_lead": "村党总支/村委会",
    "clinic": "卫生院",
    "party_service_centre": "党群服务中心",
    "township_leader": "包保乡领导",
    "leading_group_office": "领导小组办公室",
    "red": "红",
    "yellow": "黄",
    "green": "绿",
    "set": "定级",
    "raised": "升级",
    "lowered": "降级",
    "f": "女",
    "m": "男",
    "hypertension": "高血压",
    "type2_diabetes": "2型糖尿病",
    "tuberculosis": "肺结核",
    "severe_mental_disorder": "严重精神障碍",
    "severe_disability": "重度残疾",
    "in_person": "入户",
    "phone": "电话",
    "video": "视频",
    "met": "办结",
    "waived": "免办",
    "superseded": "改期",
    "open": "在办",
    "reconciled": "补录",
    "died": "去世",
    "moved_out": "迁出",
    "corrected": "更正",
    "removed_for_error": "错误登记",
    "permanent_return": "赡养义务人长期返乡",
    "temporary_return": "赡养义务人暂时返乡",
    "temporary_became_permanent": "暂时返乡满期转为长期",
    "permanent": "长期返乡",
    "temporary": "暂时返乡",
    "certification": "认定",
    "evidence": "依据成立",
    "meals": "助餐",
    "housekeeping": "助洁",
    "bathing": "助浴",
    "medical": "助医",
    "company": "精神慰藉",
    "goods": "物资",
    "legal_aid": "法律援助",
    "money": "资金",
    "agreements": "委托照顾协议签订率",
    "township_facilities": "乡区域养老服务设施覆盖率",
    "village_facilities": "村养老服务设施覆盖率",
    "special_fund": "年度专项经费",
    "special_fund_budget": "专项经费预算",
    "special_fund_spent": "专项经费支出",
}


def said(word: str | None) -> str:
    """The Chinese term; the word itself where there is none."""
    return _MORE.get(word or "") or chinese(word or "")


def listed(words: list[str] | tuple[str, ...]) -> str:
    """Several terms."""
    return "、".join(said(word) for word in words)
