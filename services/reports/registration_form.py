"""登记表: who is on the register, in the form's own columns, as the importer reads them; all of it text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.kernel.terms import Evidence
from services.ledger import columns, own_pages
from services.ledger import form_choices as choices
from services.registry.terms import CONTACT, ReturnKind, Supporter
from services.reports.figures import Column, Figure, ReportTable, figure
from services.reports.people import ElderRecord, Said
from services.reports.scope import Scope

ON_REGISTER = frozenset(("enrolled", "certified", "lapsed"))
TEXTS = (
    "group",
    "name",
    "citizen_number",
    "born",
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
)
SEVERE = "一级或二级"
"""重残: which of the two the register does not hold."""
YES, NO, NONE = "是", "否", "无"
WIDTHS = {
    "serial": 2,
    "sex": 2,
    "elder": 7,
    "citizen_number": 10,
    "address": 11.5,
    "health_note": 8,
    "key_person": 9,
}
USUAL_WIDTH, DATE_WIDTH = 5, 6
FORM = (*columns.COLUMNS, columns.FILE)


def _first_words(known: Mapping[str, str]) -> dict[str, str]:
    return {meant: said for said, meant in reversed(list(known.items()))}


_SEX, _LIVING = _first_words(choices.SEXES), _first_words(choices.LIVING)
_CHRONIC, _STATED = _first_words(choices.CHRONIC), _first_words(choices.STATED)
_KINDS = _STATED | {Evidence.ADVANCED_AGE.value: choices.BY_BIRTHDAY}
_OWN_COLUMN = frozenset(("incapacity", "major_illness"))


def table(scope: Scope) -> ReportTable | None:
    """None for who reads no citizen numbers: without its number a row would be another entry."""
    if not scope.redaction.sees_numbers:
        return None
    elders = [one for one in scope.elders if one.status is not None and one.status.value in ON_REGISTER]
    shown = tuple(Column(column.field, column.title, _width(column)) for column in FORM)
    rows = tuple(_row(scope, number, elder) for number, elder in enumerate(elders, 1))
    return ReportTable("form", own_pages.FORM, shown, rows, held=4, notes=tuple(_notes(elders)))


def _width(column: columns.FormColumn) -> float:
    return WIDTHS.get(column.field, DATE_WIDTH if column.field in columns.DATES else USUAL_WIDTH)


def _row(scope: Scope, number: int, elder: ElderRecord) -> tuple[Figure, ...]:
    said = _person(scope, elder) | _health(scope, elder) | _supporters(elder)
    said |= {"serial": Figure(str(number)), "elder": Figure(elder.elder)}
    return tuple(said.get(column.field, Figure("")) for column in FORM)


def _person(scope: Scope, elder: ElderRecord) -> dict[str, Figure]:
    facts, signed, carer = elder.facts, elder.signed, elder.carer
    said = {name: _fact(facts, name, lambda value: str(value or "")) for name in TEXTS}
    return said | {
        "village": _fact(facts, "village", lambda _: scope.village_name(elder.village)),
        "sex": _fact(facts, "sex", lambda value: _SEX.get(value, "")),
        "living": _fact(facts, "living", lambda value: _LIVING.get(value, "")),
        "income_sources": _fact(facts, "income_sources", "、".join),
        "low_income": _fact(facts, "low_income", _yes),
        "destitute_support": _fact(facts, "destitute_support", _yes),
        "declined_institution": _fact(facts, "declined_institution", lambda value: "不愿意" if value else ""),
        "agreement_signed_on": Figure(signed.on.isoformat(), (signed.id,)) if signed else Figure("未签"),
        "carer": Figure(carer.value, (carer.id,)) if carer else Figure(""),
    }


def _fact(facts: Mapping[str, Said], name: str, say: Callable[[Any], str]) -> Figure:
    held = facts.get(name)
    return Figure("") if held is None else Figure(say(held.value), (held.id,))


def _yes(value: object) -> str:
    return YES if value else NO


def _health(scope: Scope, elder: ElderRecord) -> dict[str, Figure]:
    """Health as it is held, and the evidence that the reader may know; what is kept from them is left open."""
    evidence, hidden = scope.redaction.evidence(elder), scope.redaction.hidden_evidence
    kinds = {name: said for name, said in evidence.items() if name in _KINDS and name not in _OWN_COLUMN}
    own = {
        name: Figure(YES, (evidence[name].id,)) if name in evidence else Figure("" if name in hidden else NO)
        for name in _OWN_COLUMN
    }
    return own | {
        "chronic": _fact(elder.facts, "health", _chronic),
        "disability": _fact(elder.facts, "health", _severe),
        "key_person": figure("、".join(_KINDS[name] for name in kinds), (kind.id for kind in kinds.values())),
    }


def _chronic(health: list[str]) -> str:
    return "、".join(_CHRONIC[name] for name in health if name in _CHRONIC) or NONE


def _severe(health: list[str]) -> str:
    return SEVERE if choices.SEVERE_DISABILITY in health else ""


def _supporters(elder: ElderRecord) -> dict[str, Figure]:
    said = dict[str, Figure]()
    for number, name in columns.supporter_places(elder.supporters).items():
        story, contact = elder.supporters[name], dict[str, Any]()
        for statement in story:
            contact |= {part: statement.value[part] for part in CONTACT if statement.value.get(part)}
        stands, ids = _stands(name, story), [one.id for one in story]
        is_back = not stands.is_away and any("returned_on" in one.value for one in story)
        values = {part: str(contact.get(part, "")) for part in CONTACT} | {
            "name": str(contact.get("name") or name),
            "left": stands.left_on.isoformat() if stands.left_on else "在家",
            "back": "长期返乡" if is_back else "",
        }
        said |= {f"supporter{number}.{part}": figure(value, ids) for part, value in values.items()}
    return said


def _stands(name: str, story: list[Said]) -> Supporter:
    """Since when they are away, and perhaps back for a while: by what the register made of each move."""
    now = Supporter(name, None)
    for statement in story:
        said = statement.value
        if "returned_on" in said:
            on = date.fromisoformat(said["returned_on"])
            now = now.returned(ReturnKind(said["counts_as"]), on)
        elif "left_on" in said:
            now = now.left(date.fromisoformat(said["left_on"]))
        elif "left_county_on" in said:
            left = said["left_county_on"]
            now = replace(
                now, left_on=left and date.fromisoformat(left), back_on=now.back_on if left else None
            )
    return now


def _notes(elders: list[ElderRecord]) -> Iterator[str]:
    """What the form has no place for, by id: it does not go where the form goes."""
    back = [
        f"{elder.elder} {name} {stands.back_on}"
        for elder in elders
        for name, story in sorted(elder.supporters.items())
        if (stands := _stands(name, story)).back_on is not None
    ]
    more = [elder.elder for elder in elders if len(elder.supporters) > len(columns.SUPPORTERS)]
    inside = [elder.elder for elder in elders if elder.in_institution is not None]
    for what, found in (
        ("赡养人暂时返乡", back),
        ("赡养人多于三名，只列前三名", more),
        ("已入住养老机构", inside),
    ):
        if found:
            yield f"注：登记表没有地方写的——{what}：{'、'.join(found)}。"
