"""Terms that several services use, as closed sets: a slip in a policy file is refused when it is read."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """角色: what staff are appointed as; the first five are carers (结对帮扶人)."""

    GRID_WORKER = "grid_worker"
    RESIDENT_MEMBER = "resident_member"
    CIVIL_AFFAIRS_ASSISTANT = "civil_affairs_assistant"
    ELDERS_ASSOCIATION_HEAD = "elders_association_head"
    GROUP_CADRE = "group_cadre"
    VILLAGE_LEAD = "village_lead"
    CLINIC = "clinic"
    PARTY_SERVICE_CENTRE = "party_service_centre"
    TOWNSHIP_LEADER = "township_leader"
    LEADING_GROUP_OFFICE = "leading_group_office"
    AUDITOR = "auditor"
    OPERATOR = "operator"


CARERS = frozenset(tuple(Role)[:5])
"""结对帮扶人: the roles whose holders are paired with elders (section 1)."""


class Owner(StrEnum):
    """责任人: who owes a duty or stands at a level; `carer` is whoever is paired."""

    CARER = "carer"
    CLINIC = "clinic"
    PARTY_SERVICE_CENTRE = "party_service_centre"
    GROUP_CADRE = "group_cadre"
    VILLAGE_LEAD = "village_lead"
    TOWNSHIP_LEADER = "township_leader"
    LEADING_GROUP_OFFICE = "leading_group_office"


class ProblemKind(StrEnum):
    """问题种类: what a report may be of; those up to UNREACHABLE are incidents (section 5)."""

    WANDERING_OR_BEGGING = "wandering_or_begging"
    UNLAWFUL_HARM = "unlawful_harm"
    CRITICAL_ILLNESS = "critical_illness"
    SEVERE_MENTAL_ILLNESS = "severe_mental_illness"
    MAJOR_HARDSHIP = "major_hardship"
    ABUSE = "abuse"
    ABANDONMENT = "abandonment"
    VIOLENCE = "violence"
    FRAUD = "fraud"
    FALL = "fall"
    FIRE_OR_DROWNING = "fire_or_drowning"
    NATURAL_DISASTER = "natural_disaster"
    UNREACHABLE = "unreachable"
    SUPPORT_FAILURE = "support_failure"
    DISPUTE = "dispute"
    HOUSING = "housing"
    INSURANCE = "insurance"
    RELIEF = "relief"
    REFERRAL = "referral"
    HOME_ADAPTATION = "home_adaptation"
    OTHER = "other"


class NeedKind(StrEnum):
    """需求种类: what an elder may need."""

    MEALS = "meals"
    HOUSEKEEPING = "housekeeping"
    BATHING = "bathing"
    MEDICAL = "medical"
    COMPANY = "company"
    GOODS = "goods"
    HOME_ADAPTATION = "home_adaptation"
    LEGAL_AID = "legal_aid"
    MONEY = "money"
    OTHER = "other"


INCIDENTS = frozenset(tuple(ProblemKind)[: list(ProblemKind).index(ProblemKind.UNREACHABLE) + 1])
"""突发事件: the kinds that are urgent."""

CONFIDENTIAL = frozenset(
    {ProblemKind.ABUSE, ProblemKind.ABANDONMENT, ProblemKind.VIOLENCE, ProblemKind.UNLAWFUL_HARM}
)
"""保密: the kinds that no policy may take off its confidential lists (sections 5 and 8)."""


class Evidence(StrEnum):
    """依据: what a grade rests on, 二 (四)."""

    GUARDIANSHIP_FAILURE = "guardianship_failure"
    INCAPACITY = "incapacity"
    MAJOR_ILLNESS = "major_illness"
    ABUSE_OR_ABANDONMENT = "abuse_or_abandonment"
    VIOLENCE = "violence"
    ADVANCED_AGE = "advanced_age"
    ECONOMIC_HARDSHIP = "economic_hardship"
    DISABILITY = "disability"
    INTELLECTUAL_IMPAIRMENT = "intellectual_impairment"
    INSUFFICIENT_DAILY_CARE = "insufficient_daily_care"


class Living(StrEnum):
    """居住情况: how an elder lives."""

    ALONE = "alone"
    COUPLE = "couple"
    WITH_GRANDCHILDREN = "with_grandchildren"
    WITH_RELATIVES = "with_relatives"


class HealthFact(StrEnum):
    """健康情况: what decides how often the clinic follows up, 三(三)1, and who is looked in on, 三(三)5."""

    HYPERTENSION = "hypertension"
    TYPE2_DIABETES = "type2_diabetes"
    TUBERCULOSIS = "tuberculosis"
    SEVERE_MENTAL_DISORDER = "severe_mental_disorder"
    SEVERE_DISABILITY = "severe_disability"


class Duty(StrEnum):
    """应办事项: the first nine are owed for an elder, the others for a village, its groups or the township."""

    HOME_VISIT = "home_visit"
    FOLLOW_UP = "follow_up"
    LOOK_IN = "look_in"
    HEALTH_FOLLOW_UP = "health_follow_up"
    HEALTH_CHECK = "health_check"
    INFORMATION_UPDATE = "information_update"
    LIVING_SECURITY_REVIEW = "living_security_review"
    REASSESSMENT = "reassessment"
    CARE_AGREEMENT = "care_agreement"
    FULL_SCREENING = "full_screening"
    GROUP_ACTIVITY = "group_activity"
    HEALTH_EDUCATION = "health_education"
    DISPUTE_SCREENING = "dispute_screening"
    DATA_COMPARISON = "data_comparison"
    SPOT_CHECK = "spot_check"
    DISPATCH_MEETING = "dispatch_meeting"
    STUDY_MEETING = "study_meeting"
    RIGHTS_REPORT = "rights_report"
    COMMENDATION = "commendation"
