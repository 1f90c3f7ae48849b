"""Two policies over one past, side by side: duties, grades, notices, load per carer, and every elder that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.chassis.policy.files import PolicyFile
from services.house.facts import Fact
from services.policy_lab.off_record import OffRecord, off_record
from services.policy_lab.replay import Figures, Played, Span, figures, load

SHOWN = ("opened", "owed", "met", "missed", "reconciled", "waived", "superseded", "ended_duty")
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class PolicyDifference:
    """One figure of one elder or place, under the present policy and under the new one."""

    subject: str
    what: str
    present: Any
    new: Any


@dataclass(frozen=True)
class PolicyComparison:
    """What a rehearsal shows; every pair is (present, new).

    `duties` by duty and figure (`owed` is times, the rest are periods); `grades` on the last day; `notices` by
    what they are about; `load` by carer and month in visits; `refused` by reason; `off_record` is how the past
    played under the present policy differs from what was recorded.
    """

    span: Span
    duties: dict[str, dict[str, Pair]]
    grades: dict[str, Pair]
    notices: dict[str, Pair]
    load: dict[str, dict[str, Pair]]
    refused: dict[str, Pair]
    differences: list[PolicyDifference]
    off_record: OffRecord

    def as_json(self) -> dict[str, Any]:
        """For programs: days as ISO dates, pairs as lists."""
        return {
            "from": self.span.first.isoformat(),
            "to": self.span.last.isoformat(),
            "duties": self.duties,
            "grades": self.grades,
            "notices": self.notices,
            "load": self.load,
            "refused": self.refused,
            "differences": [vars(one) for one in self.differences],
            "off_record": self.off_record.as_json(),
        }


def compare(
    span: Span, played: tuple[Played, Played], policies: tuple[PolicyFile, PolicyFile], record: Iterable[Fact]
) -> PolicyComparison:
    """Present and new, in that order; `record` is what was concluded in fact."""
    present, new = (figures(one) for one in played)
    owed_by = [dict(policy.content["visits"]["owed_by"]) for policy in policies]
    loads = [load(one, rows) for one, rows in zip(played, owed_by, strict=True)]
    carers = sorted(loads[0].keys() | loads[1].keys())
    return PolicyComparison(
        span=span,
        duties=_duties(present, new),
        grades=_pairs(*(_grades(found) for found in (present, new))),
        notices=_pairs(*(_summed(found, "notice") for found in (present, new))),
        load={carer: _pairs(loads[0][carer], loads[1][carer]) for carer in carers},
        refused=_pairs(played[0].refused, played[1].refused),
        differences=differences(present, new),
        off_record=off_record(record, played[0].facts),
    )


def differences(present: Figures, new: Figures) -> list[PolicyDifference]:
    """Where they differ, elder by elder."""
    keys = sorted(key for key in present.keys() | new.keys() if present.get(key) != new.get(key))
    return [PolicyDifference(*key, present.get(key), new.get(key)) for key in keys]


def _duties(present: Figures, new: Figures) -> dict[str, dict[str, Pair]]:
    found: dict[str, dict[str, Pair]] = {}
    for figure in SHOWN:
        for duty, pair in _pairs(_summed(present, figure), _summed(new, figure)).items():
            found.setdefault(duty, {})[figure] = pair
    return dict(sorted(found.items()))


def _summed(found: Figures, figure: str) -> Counter[str]:
    summed = Counter[str]()
    for (_, what), number in found.items():
        name, _, ending = what.rpartition(" ")
        if ending == figure and name:
            summed[name] += number
    return summed


def _grades(found: Figures) -> Counter[str]:
    return Counter(str(grade) for (_, what), grade in found.items() if what == "grade")


def _pairs(present: Counter[str], new: Counter[str]) -> dict[str, Pair]:
    return {key: (present[key], new[key]) for key in sorted(present.keys() | new.keys())}
