"""What the policy files say of reports: who may read what, the targets, and the clauses of what is reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from services.chassis.policy.table import PolicyTable, read_policy
from services.kernel.calendar import ONE_DAY
from services.kernel.confidentiality import Confidentiality
from services.kernel.policy_limits import (
    Clause,
    Contradiction,
    EffectiveOn,
    VersionName,
    refuse,
    text,
    whole,
)
from services.kernel.terms import CARERS, Role
from services.notify.policies import NotifyPolicy
from services.risk.policies import RiskPolicy
from services.visits.policies import DutyPolicy

PERCENT, HUNDRED = "%", 100


class TargetName(StrEnum):
    """目标: what the plan names a target of (section 7)."""

    AGREEMENTS = "agreements"
    TOWNSHIP_FACILITIES = "township_facilities"
    VILLAGE_FACILITIES = "village_facilities"
    SPECIAL_FUND = "special_fund"


@dataclass(frozen=True)
class PlanTarget:
    """A target kept in view (section 7): at least so much, of a unit, by a clause."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    at_least: Annotated[int, whole(0, 1_000_000_000)]
    unit: Annotated[str, text(10)]
    clause: Clause


@dataclass(frozen=True)
class ReportPolicy:
    """Readers by role, and targets, in one dated version.

    `names` may read names, phones and addresses, `numbers` citizen numbers too, `confidential` reports of abuse and
    what rests on them (section 5). `township` heads reports where the register has no name of its own.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    version: VersionName
    effective_on: EffectiveOn
    names: frozenset[Role]
    numbers: frozenset[Role]
    confidential: frozenset[Role]
    targets: Mapping[TargetName, PlanTarget]
    township: Annotated[str, text(40, least=0)] = ""

    def __post_init__(self) -> None:
        """Whoever reads numbers reads names; no carer reads what is confidential; a percentage is at most 100."""
        refuse(self._contradictions())

    def _contradictions(self) -> Iterator[Contradiction]:
        if nameless := ", ".join(sorted(self.numbers - self.names)):
            told = f"names 里没有 {nameless}", f"these are not among names: {nameless}"
            yield Contradiction("numbers", *told)
        if carers := ", ".join(sorted(self.confidential & CARERS)):
            yield Contradiction("confidential", f"不得含帮扶人 {carers}", f"must have no carers: {carers}")
        for name, target in self.targets.items():
            if target.unit == PERCENT and target.at_least > HUNDRED:
                told = (
                    f"百分数最大 100, 现为 {target.at_least}",
                    f"at most 100 per cent, is {target.at_least}",
                )
                yield Contradiction(f"targets.{name}.at_least", *told)


@dataclass(frozen=True)
class Rules:
    """What is in force on a day, of all that reports go by."""

    reports: ReportPolicy
    duties: DutyPolicy
    risk: RiskPolicy
    notices: NotifyPolicy

    @property
    def confidential_kinds(self) -> Confidentiality:
        """Which incidents and problems who may read of."""
        return Confidentiality(self.notices.confidential_incidents, self.reports.confidential)

    @property
    def confidential_evidence(self) -> Confidentiality:
        """Which evidence, and the grades that rest on it, who may read of."""
        return Confidentiality(self.risk.confidential, self.reports.confidential)

    def clause_of(self, duty: str) -> str:
        """The clause on which a duty rests."""
        places = {name.value: row.clause for name, row in self.duties.places.items()}
        return {**self.duties.clauses, **places}.get(duty, "")

    def owed_by(self, duty: str) -> str:
        """The role that owes a duty."""
        places = {name.value: row.owed_by for name, row in self.duties.places.items()}
        return str({**self.duties.owed_by, **places}.get(duty, ""))

    @property
    def order(self) -> list[str]:
        """Every duty, in the order of the policy file: an elder's first, then those of places."""
        return [*self.duties.owed_by, *(name.value for name in self.duties.places)]


@dataclass(frozen=True)
class RuleBook:
    """Every version of what reports go by."""

    reports: PolicyTable[ReportPolicy]
    duties: PolicyTable[DutyPolicy]
    risk: PolicyTable[RiskPolicy]
    notices: PolicyTable[NotifyPolicy]

    def on(self, day: date) -> Rules:
        """What was in force on a day."""
        return Rules(self.reports.on(day), self.duties.on(day), self.risk.on(day), self.notices.on(day))

    def versions(self, begins: date, ends: date) -> str:
        """The names of the versions in force between two days."""
        days = [begins + number * ONE_DAY for number in range((ends - begins).days + 1)] or [ends]
        return ", ".join(dict.fromkeys(self.reports.on(day).version for day in days))


def read_rules(paths: Sequence[Path], data: Path | None = None) -> RuleBook:
    """Of these files, and of what was published into the folder `data`; raises PolicyError."""
    return RuleBook(
        read_policy(paths, "reports", ReportPolicy, data=data),
        read_policy(paths, "visits", DutyPolicy, data=data),
        read_policy(paths, "risk", RiskPolicy, data=data),
        read_policy(paths, "notify", NotifyPolicy, data=data),
    )
