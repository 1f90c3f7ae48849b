"""What the register says of somebody, in the form's own fields, and in which of them a row of a file differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from services.house.house import House
from services.importing.department_list import evidence_on
from services.importing.identity import Marks
from services.kernel.labels import chinese, joined
from services.ledger.cells import phrases, shown, word
from services.ledger.columns import BY_FIELD, supporter_places
from services.ledger.facts import Accepted, Flaw, LedgerFacts
from services.ledger.form_choices import EVIDENCE, STATED
from services.ledger.grids import letters
from services.ledger.observations import Observation
from services.ledger.troubles import UnreadableCell
from services.registry.elders import events
from services.registry.elders.domain import Elder, elder_id
from services.risk.application import Risk
from services.risk.domain import risk_file_id

TEXTS = (
    "name",
    "citizen_number",
    "ethnic_group",
    "phone",
    "address",
    "marital",
    "family_structure",
    "health_note",
    "care_situation",
    "difficulties",
    "needs",
    "insurance",
    "group",
)
"""Where the file is silent it says nothing else."""
CHOICES = ("born", "sex", "living")
FLAGS = ("low_income", "destitute_support", "declined_institution")
LISTS = ("income_sources",)
SUPPORTER = ("name", "relation", "phone", "whereabouts")
STANDS_IN = {
    "incapacity": "incapacity",
    "major_illness": "major_illness",
    "disability": "disability",
    "intellectual_impairment": "disability",
    "economic_hardship": "low_income",
    "guardianship_failure": "key_person",
    "insufficient_daily_care": "care_situation",
}
"""The column that an evidence is read from."""
SEVERE_DISABILITY = "severe_disability"


@dataclass(frozen=True)
class RegisterEntry:
    """An entry of the register: facts of the form, the file as it is now, and the evidence that is held.

    Of `confidential` evidence a file may be silent: whoever made it need not know.
    """

    elder: Elder
    facts: Mapping[str, Any]
    evidence: frozenset[str]
    confidential: frozenset[str]


def facts_of(history: Iterable[Any]) -> dict[str, Any]:
    """A form's facts by all that was recorded; of one who was refused, as the last form said."""
    facts: dict[str, Any] = {}
    for event in history:
        match event:
            case events.EnrolmentRefused() | events.ElderEnrolled():
                facts = dict(event.facts)
            case events.FactsChanged() | events.FactsCorrected():
                facts |= {name: value for name, value in event.facts.items() if name != "supporters"}
            case _:
                pass
    return facts


def marks_of(house: House, elder: str) -> Marks | None:
    """What tells an entry from its namesakes; None where there is no such entry."""
    facts = facts_of(house.services["registry"].log.history(elder_id(elder)))
    if not facts:
        return None
    names = frozenset(str(row.get("name", "")) for row in facts["supporters"])
    return Marks(facts["group"], facts.get("address", ""), names)


def is_of(house: House, elder: str, row: LedgerFacts) -> bool | None:
    """Whether an entry is of this person, by number, or by name and birth date; None where there is no such entry."""
    facts = facts_of(house.services["registry"].log.history(elder_id(elder)))
    if not facts:
        return None
    if row.citizen_number and row.citizen_number == facts.get("citizen_number"):
        return True
    return (word(facts.get("name", "")), facts["born"]) == (row.name, row.born)


def entry_of(house: House, elder: str, day: date) -> RegisterEntry | None:
    """Somebody on the register, and the evidence held on a day."""
    registry, risk = house.services["registry"].log, house.services["risk"].log
    found = registry.load(Elder, elder_id(elder))
    if found is None or found.file.enrolled_on is None:
        return None
    facts = facts_of(registry.history(elder_id(elder)))
    evidence = evidence_on(risk.history(risk_file_id(elder)), day) & frozenset(EVIDENCE)
    confidential = cast("Risk", house.services["risk"].application).confidential_on(day)
    return RegisterEntry(found, facts, frozenset(evidence), frozenset(confidential))


def differences(entry: RegisterEntry, row: Accepted, village: str, carer: str | None) -> Iterator[Flaw]:
    """Where a row says something else than the register: ours and theirs, by the form's columns.

    `village` is the code of the row's, `carer` the id of whom it names.
    """
    place, elder, theirs = _Place(row), entry.elder, row.facts.as_dict()
    ours = {**entry.facts, "group": elder.file.group, **elder.file.form}
    if elder.file.village != village:
        yield place.differs("village", elder.file.village, village)
    for field in (*TEXTS, *CHOICES, *FLAGS, *LISTS):
        known, written = _as_read(field, _said(field, ours.get(field))), _said(field, theirs[field])
        if known != written and (written or field not in (*TEXTS, *LISTS)):
            yield place.differs(field, known, written)
    yield from _health(place, frozenset(ours.get("health", ())), frozenset(theirs["health"]))
    written = frozenset(theirs["evidence"])
    for name in sorted(
        entry.evidence - written - entry.confidential | written - entry.evidence - _cleared(entry)
    ):
        is_ours = name in entry.evidence
        yield place.differs(STANDS_IN[name], _held(name, is_ours), _held(name, not is_ours))
    yield from _supporters(place, elder, theirs["supporters"])
    if carer is not None and elder.file.carer not in (None, carer):
        yield place.differs("carer", elder.file.carer or "", carer)


def _said(field: str, value: Any) -> str:
    """A value of the form in a word."""
    if field in FLAGS:
        return "是" if value else "否"
    if field in LISTS:
        return "、".join(value or ())
    return chinese(value) if field in CHOICES else str(value or "")


def _as_read(field: str, value: str) -> str:
    """What the form would make of a value of ours: the same value in the form differs in nothing."""
    if field in (*CHOICES, *FLAGS):
        return value
    try:
        read = BY_FIELD[field].read(value)
    except UnreadableCell:
        return value
    return "、".join(read) if isinstance(read, list) else str(read or "")


def _cleared(entry: RegisterEntry) -> frozenset[str]:
    """Evidence that the register's own facts would state, and that is not held: who knew them has cleared it."""
    facts = entry.facts
    written = (said for field in ("care_situation", "difficulties") for said in phrases(facts.get(field)))
    stated = {STATED[said] for said in written if said in STATED}
    if facts.get("low_income") or facts.get("destitute_support"):
        stated.add("economic_hardship")
    if SEVERE_DISABILITY in facts.get("health", ()):
        stated.add("disability")
    return frozenset(stated) - entry.evidence


@dataclass(frozen=True)
class _Place:
    """Where in the file a row's fields stand."""

    row: Accepted

    def differs(self, field: str, ours: str, theirs: str) -> Flaw:
        """One difference, citizen numbers masked."""
        column = self.row.columns.get(field)
        cell = f"{letters(column)}{self.row.row}" if column else ""
        said = {"ours": shown(ours) or "(空)", "theirs": shown(theirs) or "(空)"}
        return Observation.DIFFERS.problem(BY_FIELD[field].title, cell, said["theirs"], **said)


def _health(place: _Place, ours: frozenset[str], theirs: frozenset[str]) -> Iterator[Flaw]:
    severe = frozenset((SEVERE_DISABILITY,))
    for field, part in (("disability", severe), ("chronic", (ours | theirs) - severe)):
        if ours & part != theirs & part:
            yield place.differs(field, joined(sorted(ours & part)), joined(sorted(theirs & part)))


def _supporters(place: _Place, elder: Elder, rows: list[dict[str, Any]]) -> Iterator[Flaw]:
    written = {int(row["id"].removeprefix("S")): row for row in rows}
    placed = supporter_places(elder.file.supporters)
    for number in sorted({*written, *placed}):
        field, row, name = f"supporter{number}", written.get(number), placed.get(number, "")
        contact = elder.file.contacts.get(name)
        if row is None or not name:
            said = (contact.name if contact else "", row["name"] if row else "")
            yield place.differs(f"{field}.name", *said)
            continue
        for part in SUPPORTER:
            known = getattr(contact, part) if contact else ""
            if part == "name" and not known and row[part] == name:
                continue  # in place of a name that is not known
            if row[part] and row[part] != _as_read(f"{field}.{part}", known):
                yield place.differs(f"{field}.{part}", known, row[part])
        left_on = elder.file.supporters[name].left_on
        left = left_on.isoformat() if left_on else None
        if row["left_county_on"] != left:
            yield place.differs(f"{field}.left", left or "在县内", row["left_county_on"] or "在县内")


def _held(name: str, is_held: bool) -> str:
    return f"{chinese(name)}:{'有' if is_held else '无'}"
