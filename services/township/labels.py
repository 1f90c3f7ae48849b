"""What users read: the plan's own Chinese terms for the words that the code uses."""

from __future__ import annotations

from collections.abc import Iterable

_CHINESE = {
    "guardianship_failure": "监护缺失",
    "incapacity": "失能",
    "major_illness": "重大疾病",
    "abuse_or_abandonment": "虐待遗弃",
    "violence": "暴力侵害",
    "advanced_age": "高龄",
    "economic_hardship": "经济困难",
    "disability": "残疾",
    "intellectual_impairment": "智力障碍",
    "insufficient_daily_care": "照护不到位",
    "home_visit": "走访",
    "follow_up": "随访",
    "look_in": "巡访探视",
    "health_follow_up": "随访诊疗",
    "health_check": "体检",
    "information_update": "信息更新",
    "living_security_review": "生活保障评估",
    "reassessment": "再评估",
    "care_agreement": "委托照顾协议",
    "full_screening": "全面排查",
    "group_activity": "互助活动",
    "health_education": "健康教育",
    "dispute_screening": "矛盾纠纷排查",
    "data_comparison": "数据比对",
    "spot_check": "抽查",
    "dispatch_meeting": "调度",
    "study_meeting": "研究",
    "rights_report": "报告",
    "commendation": "评选表彰",
    "wandering_or_begging": "流浪乞讨",
    "unlawful_harm": "非法侵害",
    "critical_illness": "危重病情",
    "severe_mental_illness": "严重精神疾患",
    "major_hardship": "重大困境",
    "abuse": "虐待",
    "abandonment": "遗弃",
    "fraud": "诈骗",
    "fall": "跌倒",
    "fire_or_drowning": "火灾溺水",
    "natural_disaster": "自然灾害",
    "unreachable": "失联",
    "support_failure": "不履行赡养",
    "dispute": "矛盾纠纷",
    "housing": "住房",
    "insurance": "医保",
    "relief": "救助",
    "referral": "转诊",
    "home_adaptation": "适老化改造",
    "other": "其他",
    "opened": "已发现",
    "accepted": "已受理",
    "handed": "办理中",
    "handled": "已办理",
    "closed": "已办结",
    "verified": "已核实",
    "alone": "独居",
    "couple": "空巢夫妻",
    "with_grandchildren": "隔代",
    "with_relatives": "与亲属同住",
    "merged": "已并档",
    "enrolled": "在册",
    "certified": "留守",
    "lapsed": "不再留守",
    "ended": "注销",
    "graded": "定级",
    "incident": "突发事件",
    "missed": "漏访",
    "reminder": "临期提醒",
    "overdue": "问题超期",
    "taken_over": "代管交接",
    "planned": "待发",
    "told": "已发未签",
    "acknowledged": "已签收",
    "stopped": "已撤销",
    "exhausted": "升级已尽",
}


def chinese(word: str) -> str:
    """The term; the word itself where the plan has none."""
    return _CHINESE.get(word, word)


def joined(words: Iterable[str]) -> str:
    """Several terms, in the Chinese manner."""
    return "、".join(chinese(word) for word in words)
