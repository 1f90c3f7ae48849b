"""One row to facts, or to everything that is the matter with it.

The village is what the row's own cell says. An empty cell takes the sheet's name where that is a village;
on a sheet named otherwise the village is missing, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from typing import Any

from services.kernel.citizen_number import born_by, sex_by
from services.ledger import form_choices as choices
from services.ledger.advice import Advice
from services.ledger.cells import NONE_YET, Cell, masked, note, shown, word
from services.ledger.columns import BY_FIELD, UNREAD, FormColumn
from services.ledger.facts import Accepted, Flaw, LedgerFacts, LedgerSupporter, Rejected, Row
from services.ledger.observations import Observation
from services.ledger.troubles import Trouble, UnreadableCell

ALWAYS_FILLED = ("name", "group", "living")
FILLED_WITHOUT_NUMBER = ("born", "sex")
SUPPORTER_FIELDS = ("name", "relation", "phone", "whereabouts", "left", "back")

Places = dict[str, tuple[str, int]]
"""Citizen number to the sheet and row that it was first accepted from."""


class Villages:
    """The township's villages, found by name with or without 村, 村委会, 村民委员会; and their groups, where known."""

    def __init__(self, names: Mapping[str, str], groups: Mapping[str, Sequence[str]] | None = None) -> None:
        self._groups = groups or {}
        self.all_of_them = "、".join(names)
        self._names = {self._key(name): name for name in names} | {name: name for name in names}

    @staticmethod
    def _key(name: str) -> str:
        return re.sub(r"村?(村民委员会|村委会|民委员会|委员会)?$", "", word(name), count=1)

    def find(self, said: str) -> str | None:
        """The village's name as the township has it; None where there is no such village."""
        return self._names.get(word(said)) or self._names.get(self._key(said))

    def groups_of(self, village: str) -> Sequence[str]:
        """The village's groups; none where they are not known."""
        return self._groups.get(village, ())

    def group(self, village: str, said: str) -> str | None:
        """The group as the village has it, with or without 村民小组, 小组, 组; None where there is no such group."""
        groups = self.groups_of(village)
        if not groups or said in groups:
            return said
        alike = [group for group in groups if self._group_key(group) == self._group_key(said)]
        return alike[0] if len(alike) == 1 else None

    @staticmethod
    def _group_key(name: str) -> str:
        return re.sub(r"(村民小组|村小组|小组|组|队)$", "", word(name), count=1)


@dataclass(frozen=True)
class LedgerRow:
    """One row: its cells by field, and where each field's column stands; a field without a column has none."""

    sheet: str
    row: int
    cells: Mapping[str, Cell]
    columns: Mapping[str, int] = default(default_factory=dict[str, int])

    def problem(self, field: str, trouble: Advice, **said: object) -> Flaw:
        """What is the matter in `field`, with the value as it may be shown."""
        cell = self.cells.get(field)
        value = shown(cell.value) if cell else ""
        if field == "citizen_number":
            value = masked(value)
        return trouble.problem(BY_FIELD[field].title, cell.at if cell else "", value, **said)


class RowCheck:
    """The values that could be read, and the problems met."""

    def __init__(self, entry: LedgerRow) -> None:
        self.entry = entry
        self.values: dict[str, Any] = {}
        self.problems: list[Flaw] = []
        for column in BY_FIELD.values():
            if column.field not in UNREAD:
                self._read(column)

    def _read(self, column: FormColumn) -> None:
        cell = self.entry.cells.get(column.field)
        try:
            self.values[column.field] = column.read(_plain(cell))
        except UnreadableCell as why:
            self.report(column.field, why.trouble, **why.words)

    def report(self, field: str, trouble: Advice, **said: object) -> None:
        """One more problem."""
        self.problems.append(self.entry.problem(field, trouble, **said))

    def get(self, field: str) -> Any:
        """The value; None where it could not be read."""
        return self.values.get(field)

    def lacks(self, field: str) -> bool:
        """Readable, and empty."""
        return field in self.values and not self.values[field]


def _plain(cell: Cell | None) -> object:
    if cell is None:
        return None
    if cell.is_formula:
        raise UnreadableCell(Trouble.FORMULA)
    if cell.is_error:
        raise UnreadableCell(Trouble.ERROR_VALUE)
    return cell.value


def check(entry: LedgerRow, villages: Villages, places: Places) -> Row:
    """The row with its facts, or with all its problems in the order of the form; an accepted number takes its place."""
    reading = RowCheck(entry)
    _entered_once(reading, places)
    _what_must_be_filled(reading)
    _number_agrees(reading)
    village = _village(reading, villages)
    _group(reading, villages, village)
    supporters = tuple(_supporters(reading))
    if reading.problems:
        order = {column.title: place for place, column in enumerate(BY_FIELD.values())}
        problems = sorted(reading.problems, key=lambda problem: order[problem.column])
        return Rejected(entry.sheet, entry.row, tuple(problems))
    facts = _facts(reading, village, supporters)
    if facts.citizen_number:
        places[facts.citizen_number] = (entry.sheet, entry.row)
    elder = str(reading.get("elder") or "")
    return Accepted(entry.sheet, entry.row, facts, entry.columns, tuple(_not_taken(entry)), elder)


def _not_taken(entry: LedgerRow) -> Iterator[Flaw]:
    """What the form has a column for, and the register no place."""
    remark = note(entry.cells["remark"].value) if "remark" in entry.cells else ""
    if remark and remark not in NONE_YET:
        is_gone = choices.GONE.search(remark) is not None
        yield entry.problem("remark", Observation.REMARK_GONE if is_gone else Observation.REMARK)


def _entered_once(reading: RowCheck, places: Places) -> None:
    number: str | None = reading.get("citizen_number")
    if number in places:
        sheet, row = places[number]
        reading.report("citizen_number", Trouble.DUPLICATE, sheet=sheet, row=row)


def _what_must_be_filled(reading: RowCheck) -> None:
    for field in ALWAYS_FILLED:
        if reading.lacks(field):
            reading.report(field, Trouble.MISSING)
    if reading.lacks("citizen_number"):
        for field in FILLED_WITHOUT_NUMBER:
            if reading.lacks(field):
                reading.report(field, Trouble.MISSING)


def _number_agrees(reading: RowCheck) -> None:
    """Birth date and sex agree with the number; where their cells are empty, the number says them."""
    number: str | None = reading.get("citizen_number")
    if number is None:
        return
    born, sex = born_by(number), sex_by(number)
    if reading.get("born") not in (None, born):
        reading.report("born", Trouble.BORN_DISAGREES)
    if reading.get("sex") not in (None, sex):
        reading.report("sex", Trouble.SEX_DISAGREES)
    reading.values.setdefault("born", born)
    reading.values["born"] = reading.values["born"] or born
    reading.values["sex"] = reading.get("sex") or sex


def _village(reading: RowCheck, villages: Villages) -> str:
    if "village" not in reading.values:
        return ""
    said, by_sheet = str(reading.values["village"]), villages.find(reading.entry.sheet)
    if not said:
        if by_sheet is None:
            reading.report("village", Trouble.MISSING_VILLAGE, choices=villages.all_of_them)
        return by_sheet or ""
    found = villages.find(said)
    if found is None:
        reading.report("village", Trouble.UNKNOWN_VILLAGE, choices=villages.all_of_them)
        return ""
    if by_sheet not in (None, found):
        reading.report("village", Trouble.VILLAGE_OF_ANOTHER_SHEET, sheet=reading.entry.sheet)
    return found


def _group(reading: RowCheck, villages: Villages, village: str) -> None:
    """A group of the village; who is in none of them would be owed nothing by its 全面排查."""
    said = reading.get("group")
    if not village or not said:
        return
    found = villages.group(village, said)
    if found is None:
        choices = "、".join(villages.groups_of(village))
        reading.report("group", Trouble.UNKNOWN_GROUP, village=village, choices=choices)
    else:
        reading.values["group"] = found


def _supporters(reading: RowCheck) -> Iterator[LedgerSupporter]:
    """S1 to S3, by their place on the form: emptying the first does not rename the second."""
    for number in (1, 2, 3):
        said = {field: reading.get(f"supporter{number}.{field}") for field in SUPPORTER_FIELDS}
        if said["name"] in ("", "无", "/") and not any(said[field] for field in SUPPORTER_FIELDS[1:]):
            continue
        if said["name"] == "":
            reading.report(f"supporter{number}.name", Trouble.SUPPORTER_WITHOUT_NAME)
        yield LedgerSupporter(
            id=f"S{number}",
            name=said["name"] or "",
            relation=said["relation"] or "",
            phone=said["phone"] or "",
            whereabouts=said["whereabouts"] or "",
            left_county_on=None if said["back"] else said["left"],
        )


def _health(reading: RowCheck) -> tuple[str, ...]:
    found = {choices.CHRONIC[said] for said in reading.get("chronic") if said in choices.CHRONIC}
    disability: choices.Disability | None = reading.get("disability")
    if disability and disability.severe:
        found.add(choices.SEVERE_DISABILITY)
    return tuple(word for word in choices.HEALTH if word in found)


def _health_note(reading: RowCheck) -> str:
    others = [said for said in reading.get("chronic") if said not in choices.CHRONIC]
    parts = [reading.get("health_note"), f"慢病:{'、'.join(others)}" if others else ""]
    return ";".join(part for part in parts if part)


def _evidence(reading: RowCheck) -> tuple[str, ...]:
    """依据 by what the row states; 照料情况 and 存在困难 count where a phrase is one of the plan's own."""
    disability: choices.Disability | None = reading.get("disability")
    found = {*reading.get("key_person")}
    for field in ("care_situation", "difficulties"):
        found.update(
            choices.STATED[said] for said in choices.phrases(reading.get(field)) if said in choices.STATED
        )
    stated = {
        "incapacity": reading.get("incapacity"),
        "major_illness": reading.get("major_illness"),
        "economic_hardship": reading.get("low_income") or reading.get("destitute_support"),
        "disability": disability is not None,
        "intellectual_impairment": disability is not None and disability.intellectual,
    }
    found.update(name for name, holds in stated.items() if holds)
    return tuple(name for name in choices.EVIDENCE if name in found)


def _facts(reading: RowCheck, village: str, supporters: tuple[LedgerSupporter, ...]) -> LedgerFacts:
    get, born = reading.get, reading.get("born")
    assert isinstance(born, date)  # noqa: S101  # filled or taken from the number, else a problem
    return LedgerFacts(
        name=get("name"),
        citizen_number=get("citizen_number"),
        temporary=get("citizen_number") is None,
        born=born.isoformat(),
        sex=get("sex"),
        ethnic_group=get("ethnic_group"),
        phone=get("phone"),
        address=get("address"),
        village=village,
        group=get("group"),
        marital=get("marital"),
        living=get("living"),
        income_sources=tuple(get("income_sources")),
        family_structure=get("family_structure"),
        health_note=_health_note(reading),
        health=_health(reading),
        care_situation=get("care_situation"),
        difficulties=get("difficulties"),
        needs=get("needs"),
        insurance=get("insurance"),
        low_income=get("low_income"),
        destitute_support=get("destitute_support"),
        declined_institution=get("declined_institution"),
        evidence=_evidence(reading),
        agreement_signed_on=get("agreement_signed_on"),
        supporters=supporters,
        carer=get("carer") or None,
    )
