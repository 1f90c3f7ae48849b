"""Words that several services use, closed: a slip in a policy file is refused when it is read."""

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
