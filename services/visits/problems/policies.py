"""The rules of section 5: which problems there are, by when each step is to be taken, and who may see one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, ClassVar

from services.kernel.confidentiality import Confidentiality
from services.kernel.policy_limits import Clause, Contradiction, code, refuse, text, whole
from services.kernel.words import CARERS, CONFIDENTIAL, Evidence, ProblemKind, Role
from services.visits.terms import Stage

STAFF = frozenset(Role)
UnitId = Annotated[
    str,
    code(
        "[a-z][a-z0-9_]{0,39}",
        "1 到 40 个小写字母、数字或 _ , 以字母开头",
        "1 to 40 lower-case letters, digits or _, a letter first",
    ),
]
Days = Annotated[int, whole(0, 366)]


@dataclass(frozen=True)
class KindOfProblem:
    """A row of section 5: days that the desk has for each step of its own, and days that a unit has."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    desk_days: Days
    unit_days: Days
    clause: Clause


@dataclass(frozen=True)
class ProblemPolicy:
    """Rows of section 5 in one dated version; `units` are staff roles and departments, with their names."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    desk: Role
    confidential_desk: Role
    confidential: frozenset[ProblemKind]
    seen_by: frozenset[Role]
    kept_from: frozenset[Role]
    verified_by: frozenset[Role]
    referred_evidence: frozenset[Evidence]
    referred_kinds: frozenset[ProblemKind]
    referred_to: UnitId
    units: Mapping[UnitId, Annotated[str, text(40)]]
    kinds: Mapping[ProblemKind, KindOfProblem]

    @property
    def confidentiality(self) -> Confidentiality:
        """Who may know of which kinds."""
        return Confidentiality(self.confidential, self.seen_by, self.kept_from)

    def __post_init__(self) -> None:
        """Every kind has its row, and what is confidential is not taken in by whoever may not see it."""
        refuse(self._contradictions())

    def _contradictions(self) -> Iterator[Contradiction]:
        if missing := ", ".join(sorted(set(ProblemKind) - self.kinds.keys())):
            english = f"problems.kinds must have a row for every kind; missing: {missing}"
            yield Contradiction("kinds", f"每种问题都要有一行, 缺少 {missing}", english)
        if both := ", ".join(sorted(self.seen_by & self.kept_from)):
            english = f"problems.seen_by names whom problems.kept_from keeps it from: {both}"
            yield Contradiction("seen_by", f"不得与 kept_from 重复: {both}", english)
        for setting, listed, wanted in (
            ("confidential", self.confidential, CONFIDENTIAL),
            ("kept_from", self.kept_from, CARERS),
        ):
            if missing := ", ".join(sorted(wanted - listed)):
                yield Contradiction(setting, f"不得缺少 {missing}", f"must have these too: {missing}")
        if self.referred_to not in self.units:
            allowed = ", ".join(sorted(self.units))
            chinese = f"应为 units 之一 {allowed}, 现为 {self.referred_to}"
            english = f"problems.referred_to must be one of problems.units, is {self.referred_to}"
            yield Contradiction("referred_to", chinese, english)
        allowed = ", ".join(sorted(self.seen_by))
        if self.confidential_desk not in self.seen_by:
            chinese = f"应为 seen_by 之一 {allowed}, 现为 {self.confidential_desk}"
            english = (
                f"problems.confidential_desk must be one of problems.seen_by, is {self.confidential_desk}"
            )
            yield Contradiction("confidential_desk", chinese, english)
        if not self.verified_by & self.seen_by:
            chinese = f"至少含 seen_by 之一 {allowed}, 否则保密的问题无人核实"
            yield Contradiction("verified_by", chinese, f"must have one of problems.seen_by: {allowed}")


def desk_of(kind: ProblemKind, policy: ProblemPolicy) -> Role:
    """一门受理: the one desk; a confidential report is taken in by whoever may see it (Decision)."""
    return policy.confidential_desk if policy.confidentiality.covers(kind) else policy.desk


@dataclass(frozen=True)
class Reader:
    """Who looks: a role, and the village that they hold it for; none where it is the township."""

    role: str
    village: str | None


def may_see(
    reader: Reader, kind: ProblemKind, village: str, handlers: Collection[str], policy: ProblemPolicy
) -> bool:
    """Abuse, abandonment, violence and unlawful harm: three roles and the handlers alone, never carers (section 5).

    Whoever holds a role for one village sees nothing of another.
    """
    if reader.role not in STAFF or reader.village not in {None, village}:
        return False
    return policy.confidentiality.may_know(reader.role, [kind], handlers)


def owing(stage: Stage, unit: str | None, kind: ProblemKind, policy: ProblemPolicy) -> list[str]:
    """Who is to be told that a step is overdue: the desk, and the unit whose part it is; of a close, who verifies."""
    if stage is Stage.CLOSED:
        return sorted(policy.verified_by)
    desk = desk_of(kind, policy)
    return [unit, desk] if unit is not None and unit in STAFF and unit != desk else [desk]


def answers_for(role: str, unit: str, kind: ProblemKind, policy: ProblemPolicy) -> bool:
    """A unit of our own staff says itself what it did; what a department did the desk enters."""
    return role == unit or (unit not in STAFF and role == desk_of(kind, policy))


def is_kept_from(unit: str, kind: ProblemKind, policy: ProblemPolicy) -> bool:
    """Whether a problem of this kind may not be handed to the unit: carers see no confidential report."""
    return policy.confidentiality.is_kept_from(unit, kind)


def desk_due(since: date, kind: ProblemKind, policy: ProblemPolicy) -> date:
    """The last day for the desk's next step."""
    return since + timedelta(days=policy.kinds[kind].desk_days)


def unit_due(since: date, kind: ProblemKind, policy: ProblemPolicy) -> date:
    """The last day for a unit that was handed the problem."""
    return since + timedelta(days=policy.kinds[kind].unit_days)
