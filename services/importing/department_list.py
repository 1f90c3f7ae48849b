"""Comparing a department's list with the register (数据比对): who stood where on a day, by all that is known now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.house.house import House
from services.kernel.terms import Evidence
from services.ledger.lists import Listed
from services.registry.comparisons.commands import DifferenceRow
from services.registry.elders import views as elder_views
from services.registry.elders.domain import Elder, elder_id
from services.risk.domain import RiskFile, risk_file_id

BATCH = 500
TAIL = 4


@dataclass(frozen=True)
class Ours:
    """An elder of the register: their number (empty: not known), and the evidence that was not cleared on the day.

    Not `is_registered`: entered only later, or gone before that day.
    """

    elder: str
    number: str
    is_registered: bool
    is_certified: bool
    evidence: frozenset[str]


@dataclass(frozen=True)
class Compared:
    """Where both agree, counted, and where they do not."""

    same: int
    differences: tuple[DifferenceRow, ...]


def compare(listed: Sequence[Listed], ours: Sequence[Ours], categories: Collection[str]) -> Compared:
    """Each row of the list, and each evidence of a certified elder of these categories, stands in one place alone.

    Of two entries with one number, which nobody has merged yet, either one's evidence agrees with the list. Who was
    not registered on the day is said to be so, with the entry that there is of them.
    """
    by_number: dict[str, list[Ours]] = {}
    for our in ours:
        if our.number:
            by_number.setdefault(our.number, []).append(our)
    same, differences = 0, list[DifferenceRow]()
    for row in listed:
        entries = by_number.get(row.number, [])
        if any(row.category in entry.evidence for entry in entries if entry.is_registered):
            same += 1
        else:
            differences.append(_of_theirs(row, entries))
    theirs = {(row.number, row.category) for row in listed}
    differences += [
        DifferenceRow.model_validate({"kind": "on_ours", "category": category, "elder": one.elder})
        for one in ours
        if one.is_certified
        for category in sorted(one.evidence & set(categories))
        if (one.number, category) not in theirs
    ]
    return Compared(same, tuple(differences))


def _of_theirs(row: Listed, entries: Sequence[Ours]) -> DifferenceRow:
    first = next((entry for entry in entries if entry.is_registered), entries[0] if entries else None)
    kind = "on_theirs" if first is not None and first.is_registered else "not_registered"
    said = {"kind": kind, "category": row.category, "elder": first and first.elder}
    return DifferenceRow.model_validate(
        said | {"place": f"{row.sheet} {row.row}", "tail": row.number[-TAIL:]}
    )


def everybody(house: House, day: date) -> list[Ours]:
    """Every entry that is not merged, as it was on a day by what is known now; the order is by id."""
    found, last = list[Ours](), ""
    registry, risk = house.services["registry"].log, house.services["risk"].log
    while rows := house.views("registry", elder_views.EVERY, last, BATCH):
        last = rows[-1]["elder"]
        for row in rows:
            file = registry.load(Elder, elder_id(row["elder"]))
            if file is None or file.file.enrolled_on is None or file.file.merged_into is not None:
                continue
            number, on_register = file.file.form.get("citizen_number") or "", file.file.is_on_register_on(day)
            evidence = (
                evidence_on(risk.history(risk_file_id(file.file.elder)), day) if on_register else frozenset()
            )
            found.append(Ours(file.file.elder, number, on_register, file.file.is_certified_on(day), evidence))
    return found


def evidence_on(events: Iterable[Any], day: date) -> frozenset[str]:
    """What a risk file's events say was observed by a day and not cleared by it.

    Age alone is cleared by a correction of the birth date: it never was evidence, on no day.
    """
    held = set[str]()
    for event in events:
        match event:
            case RiskFile.EvidenceObserved() if date.fromisoformat(event.observed_on) <= day:
                held.add(event.evidence)
            case RiskFile.EvidenceCleared() if (
                event.evidence == Evidence.ADVANCED_AGE or date.fromisoformat(event.cleared_on) <= day
            ):
                held.discard(event.evidence)
            case _:
                pass
    return frozenset(held)
