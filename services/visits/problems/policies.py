"""The rules of section 5: which problems there are, by when each step is to be taken, and who may see one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from services.kernel.terms import ProblemKind, Role
from services.visits.policies import ProblemPolicy
from services.visits.terms import Stage

STAFF = frozenset(Role)


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
