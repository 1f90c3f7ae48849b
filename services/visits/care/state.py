"""What events have made of a care record: the situation of the elder, and the papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.kernel.calendar import ONE_DAY
from services.visits.terms import Absence, Situation, day_of

SETS = frozenset({"health", "evidence"})


@dataclass
class CareState:
    """一人一卡: the situation of one elder as it is known now, who cared since when, and every visit by its id.

    `held_back` is what was owed once when the entry was merged into another, with the day by which.
    """

    now: Situation
    carers: list[tuple[date, str | None]] = field(default_factory=list[tuple[date, str | None]])
    ended_on: date | None = None
    merged_into: str | None = None
    held_back: dict[str, date] = field(default_factory=dict[str, date])
    visits: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    referrals: list[str] = field(default_factory=list[str])

    def take_changes(self, changes: Mapping[str, Any], on: date) -> None:
        """Of what changed, what is the elder's; `carer`, `ended_on` and `merged_into` stand beside the situation."""
        known: dict[str, Any] = {
            key: frozenset(value) if key in SETS else value for key, value in changes.items()
        }
        since = date.fromisoformat(known.pop("since", on.isoformat()))
        if "carer" in known:
            self.carers.append((since, known.pop("carer")))
        if "born" in known:
            known["born"] = date.fromisoformat(known["born"])
        if "merged_into" in known:
            self.merged_into = known.pop("merged_into")
        if "ended_on" in known:
            self.ended_on = day_of(known.pop("ended_on"))
        self.now = replace(self.now, **known)


@dataclass
class Papers:
    """协议、外出、需求: of one elder; `needs` are kinds by id, empty once met.

    `gaps` are days on which no agreement stands although one is signed: the last day of the one before (None: none
    stands already), the first day of the one that follows, and who signed it.
    """

    signed_on: date | None = None
    agreement_ends: date | None = None
    is_filed: bool = False
    gaps: list[tuple[date | None, date, str]] = field(default_factory=list[tuple[date | None, date, str]])
    absences: list[Absence] = field(default_factory=list[Absence])
    needs: dict[str, str] = field(default_factory=dict[str, str])

    def agreement_runs_on(self, day: date) -> bool:
        """Whether an agreement that was signed already has not run out by that day."""
        return self.signed_on is not None and (self.agreement_ends is None or day <= self.agreement_ends)

    def next_changes(self) -> Iterator[date]:
        """The days on which an agreement begins or has run out."""
        if self.agreement_ends is not None:
            yield self.agreement_ends + ONE_DAY
        for ended, begins, _ in self.gaps:
            yield begins if ended is None else ended + ONE_DAY
