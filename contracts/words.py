"""The closed vocabularies that contracts are written in; a word may be added, never taken away."""

from __future__ import annotations

from typing import Literal

Sex = Literal["f", "m"]
"""性别."""

Living = Literal["alone", "couple", "with_grandchildren", "with_relatives"]
"""居住情况: 独居, 空巢夫妻, 隔代, 与亲属同住."""

HealthFact = Literal[
    "hypertension", "type2_diabetes", "tuberculosis", "severe_mental_disorder", "severe_disability"
]
"""健康情况: what decides how often the clinic follows up, 三(三)1, and who is looked in on, 三(三)5."""

Role = Literal[
    "grid_worker",
    "resident_member",
    "civil_affairs_assistant",
    "elders_association_head",
    "group_cadre",
    "village_lead",
    "clinic",
    "party_service_centre",
    "township_leader",
    "leading_group_office",
    "auditor",
    "operator",
]
"""角色: the first five are carers (结对帮扶人)."""

OwedBy = Literal["carer", Role]
"""责任角色: who owes a duty, the paired carer or a role."""

Grade = Literal["red", "yellow", "green"]
"""红黄绿, 二(四)."""

EvidenceName = Literal[
    "guardianship_failure",
    "incapacity",
    "major_illness",
    "abuse_or_abandonment",
    "violence",
    "advanced_age",
    "economic_hardship",
    "disability",
    "intellectual_impairment",
    "insufficient_daily_care",
]
"""依据: the first five indicate red, the others yellow, 二(四)."""

GradeCause = Literal["certification", "evidence", "reassessment"]
"""定级缘由."""

Duty = Literal[
    "home_visit",
    "follow_up",
    "look_in",
    "health_follow_up",
    "health_check",
    "information_update",
    "living_security_review",
    "reassessment",
    "care_agreement",
    "full_screening",
    "group_activity",
    "health_education",
    "dispute_screening",
    "data_comparison",
    "spot_check",
    "dispatch_meeting",
    "study_meeting",
    "rights_report",
    "commendation",
]
"""应办事项: the first nine are owed for an elder, the others for a village, its groups or the township."""

VisitMode = Literal["in_person", "phone", "video"]
"""走访方式: by phone or video satisfies nothing."""

IncidentKind = Literal[
    "wandering_or_begging",
    "unlawful_harm",
    "critical_illness",
    "severe_mental_illness",
    "major_hardship",
    "abuse",
    "abandonment",
    "violence",
    "fraud",
    "fall",
    "fire_or_drowning",
    "natural_disaster",
    "unreachable",
]
"""突发事件: the thirteen urgent kinds, 二(二), 三(三)4, 三(四)2."""

ProblemKind = Literal[
    "wandering_or_begging",
    "unlawful_harm",
    "critical_illness",
    "severe_mental_illness",
    "major_hardship",
    "abuse",
    "abandonment",
    "violence",
    "fraud",
    "fall",
    "fire_or_drowning",
    "natural_disaster",
    "unreachable",
    "support_failure",
    "dispute",
    "housing",
    "insurance",
    "relief",
    "referral",
    "home_adaptation",
    "other",
]
"""问题种类: incidents first, then what is no incident, 二(二), 三(三)4, 三(四)2."""

ProblemStage = Literal["opened", "accepted", "handed", "handled", "closed", "verified"]
"""办理环节: what was last done."""

AbsenceReason = Literal["hospital", "with_children", "other"]
"""外出原因: 住院, 随子女居住, 其他."""

NeedKind = Literal[
    "meals",
    "housekeeping",
    "bathing",
    "medical",
    "company",
    "goods",
    "home_adaptation",
    "legal_aid",
    "money",
    "other",
]
"""需求种类: 助餐, 助洁, 助浴, 助医, 精神慰藉, 物资, 适老化改造, 法律援助, 资金, 其他."""

RefusalReason = Literal["no_supporters", "under_age"]
"""不予建档的原因, 一(三)."""

LapseReason = Literal["permanent_return", "temporary_return", "temporary_became_permanent", "corrected"]
"""不再属于留守的原因, 一(三)."""

EndReason = Literal["died", "moved_out", "removed_for_error"]
"""注销的原因."""

ReturnKind = Literal["temporary", "permanent"]
"""返乡: for a while or for good, 一(三)."""

About = Literal["incident", "graded", "missed"]
"""通知事由."""

StopReason = Literal["status_over", "graded_again", "reconciled"]
"""停止通知的原因."""
