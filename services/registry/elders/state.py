"""What events have made of an elder's file, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.registry import policies
from services.registry.policies import RegistryPolicy
from services.registry.terms import Contact, MergedEntry, StatusHasEnded, Supporter, supporters_of


@dataclass
class ElderFile:
    """档案: of one person; `carers` are those paired, each since a day, in the order of these days."""

    elder: str
    enrolled_on: date | None = None
    born: date = date.min
    village: str = ""
    group: str = ""
    form: dict[str, Any] = field(default_factory=dict[str, Any])
    livings: list[tuple[date, str]] = field(default_factory=list[tuple[date, str]])
    supporters: dict[str, Supporter] = field(default_factory=dict[str, Supporter])
    at_enrolment: tuple[Supporter, ...] = ()
    contacts: dict[str, Contact] = field(default_factory=dict[str, Contact])
    spells: list[tuple[date, date | None]] = field(default_factory=list[tuple[date, date | None]])
    ended_on: date | None = None
    gone_on: date | None = None
    lapsed_because: str | None = None
    was_certified_at_end: bool = False
    merged_into: str | None = None
    taken_in: list[str] = field(default_factory=list[str])
    in_institution: bool = False
    carers: list[tuple[date, str | None]] = field(default_factory=list[tuple[date, str | None]])

    @property
    def is_certified(self) -> bool:
        """Left behind now."""
        return bool(self.spells) and self.spells[-1][1] is None

    @property
    def is_open(self) -> bool:
        """On the register, neither ended nor merged into another entry."""
        return self.enrolled_on is not None and self.ended_on is None and self.merged_into is None

    def is_on_register_on(self, day: date) -> bool:
        """Enrolled by that day and not gone yet, by what is known now: a death counts from the day itself."""
        is_enrolled = self.enrolled_on is not None and self.enrolled_on <= day
        return is_enrolled and (self.gone_on is None or self.gone_on > day)

    def is_certified_on(self, day: date) -> bool:
        """Left behind on that day, by what is known now."""
        runs = any(begun <= day and (lapsed is None or lapsed > day) for begun, lapsed in self.spells)
        return runs and self.is_on_register_on(day)

    @property
    def standing(self) -> tuple[str, date | None, str | None]:
        """Status, since when, and why, as if it were not merged."""
        if self.ended_on is not None:
            return "ended", self.ended_on, None
        if self.is_certified:
            return "certified", self.spells[-1][0], None
        if self.spells:
            return "lapsed", self.spells[-1][1], self.lapsed_because
        return "enrolled", self.enrolled_on, None

    @property
    def standing_before_end(self) -> tuple[str, date | None, str | None]:
        """Status, since when (none: today), and why, as it stands when an end is taken back."""
        if self.was_certified_at_end or not self.spells:
            return "enrolled", None if self.spells else self.enrolled_on, None
        return "lapsed", self.spells[-1][1], self.lapsed_because

    @property
    def carer(self) -> str | None:
        """Who is paired now."""
        return self.carers[-1][1] if self.carers else None

    def is_cared_for_by(self, carer: str) -> bool:
        """Paired with this carer, and on the register."""
        return self.is_open and self.carer == carer

    def what_differs(self, facts: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of what somebody says (a form's fields), what is not as the file has it, and how the file has it."""
        fields = [fact for fact in facts.keys() - {"supporters"} if facts[fact] != self.form.get(fact)]
        changed = {one: facts[one] for one in sorted(fields)}
        before = {one: self.form.get(one) for one in changed}
        said = {supporter.id: supporter.left_on for supporter in supporters_of(facts)}
        wrong = [one for one, left_on in said.items() if left_on != self._left_on(one)]
        if wrong:
            changed["supporters"] = [_row(one, said[one]) for one in wrong]
            known = [one for one in wrong if one in self.supporters]
            before["supporters"] = [_row(one, self.supporters[one].left_on) for one in known]
        return changed, before

    def supporters_by(self, rows: Iterable[Supporter]) -> dict[str, Supporter]:
        """The supporters by what a correction says: a visit home goes on where they were away all along."""
        right = dict(self.supporters)
        for row in rows:
            held = right.get(row.id, row)
            right[row.id] = replace(held, left_on=row.left_on, back_on=held.back_on if row.is_away else None)
        return right

    def _left_on(self, supporter: str) -> date | None:
        """Since when a supporter is away; the end of time for one of whom nothing is known."""
        held = self.supporters.get(supporter)
        return date.max if held is None else held.left_on

    def living_on(self, day: date) -> str:
        """With whom the elder lived on a day, as is known now."""
        return next((living for since, living in reversed(self.livings) if since <= day), "")

    def carer_on(self, day: date) -> str | None:
        """Who was paired on a day: one person or nobody."""
        return next((carer for since, carer in reversed(self.carers) if since <= day), None)

    def pair_from(self, since: date, carer: str | None) -> None:
        """Nobody else from that day."""
        self.carers.append((since, carer))

    def was_left_behind_on(self, day: date, policy: RegistryPolicy) -> bool:
        """Certified on `day`, or, not known yet then, certifiable by the dates given at enrolment."""
        if self.enrolled_on is not None and self.enrolled_on > day:
            due = policies.certifiable_on(self.born, self.at_enrolment, policy)
            return due is not None and due <= day
        return any(begun <= day and (lapsed is None or lapsed > day) for begun, lapsed in self.spells)

    def require_open(self) -> None:
        """Nothing is entered once the status has ended, or where another entry is kept instead."""
        if self.merged_into is not None:
            raise MergedEntry(self.merged_into)
        if self.ended_on is not None:
            raise StatusHasEnded


def _row(supporter: str, left_on: date | None) -> dict[str, str | None]:
    return {"id": supporter, "left_county_on": left_on and left_on.isoformat()}
