"""Comparing a department's list with the register (数据比对): who stands where, as both are now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.ledger.lists import Listed
from services.registry import views as registered
from services.registry.comparing_commands import DifferenceRow
from services.registry.domain import Elder, elder_id
from services.risk.domain import RiskFile, risk_file_id
from services.township.house import House

BATCH = 500
TAIL = 4


@dataclass(frozen=True)
class Ours:
    """An elder of the register: their number (empty: not known), and the evidence that is not cleared."""

    elder: str
    number: str
    is_certified: bool
    evidence: frozenset[str]


@dataclass(frozen=True)
class Compared:
    """Where both agree, counted, and where they do not."""

    same: int
    differences: tuple[DifferenceRow, ...]


def compare(listed: Sequence[Listed], ours: Sequence[Ours], categories: Collection[str]) -> Compared:
    """Each row of the list, and each evidence of a certified elder of these categories, stands in one place alone.

    Of two entries with one number, which nobody has merged yet, either one's evidence agrees with the list.
    """
    by_number: dict[str, list[Ours]] = {}
    for one in ours:
        if one.number:
            by_number.setdefault(one.number, []).append(one)
    same, differences = 0, list[DifferenceRow]()
    for row in listed:
        entries = by_number.get(row.number, [])
        if any(row.category in one.evidence for one in entries):
            same += 1
        else:
            differences.append(_of_theirs(row, entries[0].elder if entries else None))
    theirs = {(row.number, row.category) for row in listed}
    differences += [
        DifferenceRow.model_validate({"kind": "on_ours", "category": category, "elder": one.elder})
        for one in ours
        if one.is_certified
        for category in sorted(one.evidence & set(categories))
        if (one.number, category) not in theirs
    ]
    return Compared(same, tuple(differences))


def _of_theirs(row: Listed, elder: str | None) -> DifferenceRow:
    kind = "not_registered" if elder is None else "on_theirs"
    said = {"kind": kind, "category": row.category, "elder": elder}
    return DifferenceRow.model_validate(
        said | {"place": f"{row.sheet} {row.row}", "tail": row.number[-TAIL:]}
    )


def everybody(house: House) -> list[Ours]:
    """Whoever is on the register and is neither gone nor merged; the order is by id."""
    found, last = list[Ours](), ""
    registry, risk = house.services["registry"].log, house.services["risk"].log
    while rows := house.views("registry", registered.EVERY, last, BATCH):
        last = rows[-1]["elder"]
        for row in rows:
            file = registry.load(Elder, elder_id(row["elder"]))
            if file is None or not file.is_open:
                continue
            held = risk.load(RiskFile, risk_file_id(file.elder))
            evidence = frozenset(map(str, held.evidence)) if held is not None else frozenset[str]()
            number = file.form.get("citizen_number") or ""
            found.append(Ours(file.elder, number, file.is_certified, evidence))
    return found
