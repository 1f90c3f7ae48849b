"""What a reader may see: names, numbers and confidential matters by role; everything else is masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.kernel.labels import chinese, joined
from services.kernel.terms import Role
from services.reports.figures import Figure, figure
from services.reports.people import DutyRecord, ElderRecord, Grading, Incident, Said, Visit
from services.reports.policies import Rules

HIDDEN = "*"
REGION_DIGITS = 6
PHONE_HEAD, PHONE_TAIL = 3, 4


@dataclass(frozen=True)
class Redaction:
    """For a reader of one role, by the rules of a day; one of no role (None) sees everything masked."""

    reader: Role | None
    rules: Rules

    @property
    def sees_names(self) -> bool:
        """Names, phones, addresses."""
        return self.reader in self.rules.reports.names

    @property
    def sees_numbers(self) -> bool:
        """Citizen numbers."""
        return self.reader in self.rules.reports.numbers

    @property
    def sees_confidential(self) -> bool:
        """Reports of abuse and violence, and what rests on them (section 5)."""
        rule = self.rules.confidential_evidence
        return rule.may_know(self.reader, rule.matters)

    def name(self, elder: ElderRecord) -> Figure:
        """王小明, or 王**."""
        held = elder.facts.get("name")
        if held is None or not held.value:
            return Figure("")
        name = str(held.value)
        return Figure(name if self.sees_names else name[:1] + HIDDEN * (len(name) - 1), (held.id,))

    def number(self, elder: ElderRecord) -> Figure:
        """The citizen number; masked, its region alone: with the birth date the rest would give it away."""
        held = elder.facts.get("citizen_number")
        if held is None or not held.value:
            return Figure("")
        number = str(held.value)
        hidden = number[:REGION_DIGITS] + HIDDEN * (len(number) - REGION_DIGITS)
        return Figure(number if self.sees_numbers else hidden, (held.id,))

    def phone(self, number: str) -> str:
        """A phone number, its middle hidden."""
        if self.sees_names or not number:
            return number
        if len(number) <= PHONE_HEAD + PHONE_TAIL:
            return HIDDEN * len(number)
        return number[:PHONE_HEAD] + HIDDEN * (len(number) - PHONE_HEAD - PHONE_TAIL) + number[-PHONE_TAIL:]

    def private(self, held: Said | None) -> Figure:
        """An address, what ails somebody, or another private text or list of words: all of it or nothing."""
        if held is None or not held.value:
            return Figure("")
        text = held.value if isinstance(held.value, str) else joined(held.value)
        return Figure(text if self.sees_names else HIDDEN, (held.id,))

    def noted(self, visit: Visit) -> str:
        """What was done on a visit, how the elder was, what was found and seen; what ails somebody as `private` is."""
        seen = joined(one for one in visit.evidence if one not in self.hidden_evidence)
        ails = (("精神", chinese(visit.mood)), ("发现", joined(visit.findings)), ("依据", seen))
        told = [f"{word}：{text}" for word, text in ails if text]
        shown = told if self.sees_names or not told else [HIDDEN]
        return "；".join([joined(visit.done), *shown] if visit.done else shown)

    def because(self, elder: ElderRecord) -> Figure:
        """The evidence that the reader may know of, in words."""
        found = self.evidence(elder)
        ids = [evidence.id for evidence in found.values()]
        return figure(self.words(found), ids)

    def grade(self, elder: ElderRecord) -> Figure:
        """The grade, in a word."""
        found = self.grading(elder)
        return Figure("") if found is None else Figure(chinese(found.grade), (found.id,))

    def grading(self, elder: ElderRecord) -> Grading | None:
        """The grade in force; for those who may not know, the last one that carers were told."""
        return elder.grading if self.sees_confidential else elder.told_grading

    def gradings(self, elder: ElderRecord) -> list[Grading]:
        """Every change of the grade that the reader may know of, each from the one shown before it."""
        if self.sees_confidential:
            return elder.gradings
        shown: list[Grading] = []
        for grading in elder.gradings:
            previous = shown[-1].grade if shown and grading.previous is not None else grading.previous
            if grading.is_told and grading.grade != previous:
                shown.append(replace(grading, previous=previous))
        return shown

    def standing(self, elder: ElderRecord) -> list[Said]:
        """The grade from a day on, as far as the reader may know of it."""
        hidden = (
            set[str]()
            if self.sees_confidential
            else {grading.id for grading in elder.gradings if not grading.is_told}
        )
        return [grade for grade in elder.standing if grade.id not in hidden]

    def words(self, because: Iterable[str]) -> str:
        """Evidence in words, without what is confidential; all hidden from who may not read what ails somebody."""
        shown = joined([evidence for evidence in because if evidence not in self.hidden_evidence])
        return shown if self.sees_names or not shown else HIDDEN

    @property
    def hidden_evidence(self) -> set[str]:
        """What the reader may not know of anybody."""
        return set() if self.sees_confidential else set(self.rules.confidential_evidence.matters)

    def evidence(self, elder: ElderRecord) -> dict[str, Said]:
        """What the grade rests on, without what is confidential."""
        return {name: elder.evidence[name] for name in sorted(elder.evidence.keys() - self.hidden_evidence)}

    def sees_kind(self, kind: str) -> bool:
        """Whether incidents of a kind are shown at all (section 5)."""
        return self.rules.confidential_kinds.may_know(self.reader, [kind])

    def incidents(self, found: list[Incident]) -> list[Incident]:
        """Those that the reader may know of (section 5)."""
        return [incident for incident in found if self.sees_kind(incident.kind)]


def ids_of(duties: list[DutyRecord]) -> list[str]:
    """The events of several duties."""
    return [event_id for duty in duties for event_id in duty.ids]
