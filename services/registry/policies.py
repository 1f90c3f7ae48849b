"""The rules of section 2: who is left behind, 一 (三)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, ClassVar

from services.kernel.calendar import add_months, birthday
from services.kernel.citizen_number import born_by, fault_in, sex_by
from services.kernel.policy_limits import EffectiveOn, Months, VersionName, Years, code, number
from services.kernel.roster import Roster
from services.kernel.terms import Role
from services.registry.terms import (
    LapseReason,
    RefusalReason,
    ReturnKind,
    Supporter,
)

AreaCode = Annotated[
    str,
    code(r"([1-9][0-9]{1,11})?", "2 到 12 位区划代码, 或留空", "2 to 12 digits of an area code, or empty"),
]


@dataclass(frozen=True)
class LikenessPolicy:
    """疑似重复: of one birth date and village, names at least `name_similarity` (of 1) alike are suspect."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    name_similarity: Annotated[float, number(0.5, 1.0)]


@dataclass(frozen=True)
class RegistryPolicy:
    """Numbers of 一 (三) in one dated version: ages in years, spans in calendar months."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: VersionName
    effective_on: EffectiveOn
    age: Years
    months_away: Months
    temporary_return_months: Months
    figures_entered_by: frozenset[Role]
    """Who enters figures of the township; where the policy names no role, whoever is appointed."""
    area: AreaCode
    """区划代码: what the codes of the township's villages begin with; empty where any will do."""
    duplicates: LikenessPolicy
    """疑似重复: who is put to a person as perhaps entered twice."""
    ends_undone_by: frozenset[Role] = field(
        default=frozenset({Role.VILLAGE_LEAD, Role.PARTY_SERVICE_CENTRE}), metadata={"is_asked": True}
    )
    """撤销注销: who takes back an end that was reported by mistake; files of before this row: these two."""


def is_of_township(village: str, policy: RegistryPolicy) -> bool:
    """Whether a village's 12-digit area code is one of this township's."""
    return village.startswith(policy.area)


def refusal_at_enrolment(
    born: date, supporters: Iterable[Supporter], on: date, policy: RegistryPolicy
) -> RefusalReason | None:
    """Those with nobody who owes them support belong under 特困; the plan begins at 60, 一 (三)."""
    if not list(supporters):
        return RefusalReason.NO_SUPPORTERS
    if birthday(born, policy.age) > on:
        return RefusalReason.UNDER_AGE
    return None


def certifiable_on(born: date, supporters: Iterable[Supporter], policy: RegistryPolicy) -> date | None:
    """First day on which the age is reached and all have been away for six months, 一 (三).

    None while a supporter is in the county, for a while or for good.
    """
    leavings: list[date] = []
    for supporter in supporters:
        if supporter.left_on is None or supporter.back_on is not None:
            return None
        leavings.append(supporter.left_on)
    if not leavings:
        return None
    return max(birthday(born, policy.age), add_months(max(leavings), policy.months_away))


def is_left_behind_by(born: date, supporters: Iterable[Supporter], on: date, policy: RegistryPolicy) -> bool:
    """Whether the dates bear out a certification that stands, in which visits home are no returns, 一 (三)."""
    away = [replace(supporter, back_on=None) for supporter in supporters]
    first = certifiable_on(born, away, policy)
    return first is not None and first <= on


def agrees_with_number(number: str, born: str, sex: str) -> bool:
    """Whether birth date (ISO) and sex are those that a citizen number states, GB 11643-1999."""
    return fault_in(number) is None and (born_by(number).isoformat(), sex_by(number)) == (born, sex)


def has_left(roster: Roster, carer: str | None, day: date) -> bool:
    """Whether whoever was paired has left the service: their last day was before `day` (settled points 24, 29)."""
    return carer is not None and roster.last_days.get(carer, day) < day


def becomes_permanent_on(supporter: Supporter, policy: RegistryPolicy) -> date | None:
    """The day on which a temporary return has lasted too long to be one (Decision, section 2)."""
    if supporter.back_on is None:
        return None
    return add_months(supporter.back_on, policy.temporary_return_months)


def next_change(
    born: date, supporters: Collection[Supporter], policy: RegistryPolicy, *, certified: bool
) -> date | None:
    """The next day on which time alone may change the status."""
    days = [becomes_permanent_on(supporter, policy) for supporter in supporters]
    if not certified:
        days.append(certifiable_on(born, supporters, policy))
    return min((day for day in days if day is not None), default=None)


def lapse_by_return(kind: ReturnKind, *, carried_over: bool) -> LapseReason | None:
    """A return for good lapses; one for a while where last year's status does not carry over."""
    if kind is ReturnKind.PERMANENT:
        return LapseReason.PERMANENT_RETURN
    return None if carried_over else LapseReason.TEMPORARY_RETURN


def previous_year_end(on: date) -> date:
    """31 December of the year before `on`: 上一年度."""
    return date(on.year - 1, 12, 31)
