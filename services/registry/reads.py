"""What can be read over HTTP. Contacts come straight from the log: nothing of them stands in a read model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from services.chassis.face import Reading
from services.chassis.log.event_log import EventLog
from services.registry.comparisons import views as comparison_views
from services.registry.comparisons.commands import Category, Decision, Kind
from services.registry.comparisons.domain import Comparison, comparison_id
from services.registry.duplicates import views as duplicate_views
from services.registry.elders.domain import Elder, elder_id
from services.registry.terms import NotOnRegister, UnknownComparison, UnknownDifference


class ContactShown(BaseModel):
    """紧急联系人: one supporter, and how they are reached."""

    supporter: str
    name: str
    relation: str
    phone: str
    whereabouts: str
    is_away: bool
    reported_on: date


class Contacts(BaseModel):
    """紧急联系人: of one elder, those in the county first, then by their ids."""

    elder: str
    contacts: list[ContactShown]


def contacts(log: EventLog, fields: Mapping[str, str], limit: int) -> Contacts:
    """At most `limit` contacts; raises NotOnRegister."""
    file = log.load(Elder, elder_id(fields["elder"]))
    if file is None or file.file.enrolled_on is None:
        raise NotOnRegister
    shown = [
        ContactShown(
            supporter=supporter,
            name=held.name,
            relation=held.relation,
            phone=held.phone,
            whereabouts=held.whereabouts,
            is_away=file.file.supporters[supporter].is_away
            and file.file.supporters[supporter].back_on is None,
            reported_on=held.since,
        )
        for supporter, held in file.file.contacts.items()
    ]
    return Contacts(
        elder=file.file.elder, contacts=sorted(shown, key=lambda one: (one.is_away, one.supporter))[:limit]
    )


class Pair(BaseModel):
    """疑似重复: two entries that may be one person, and how alike their names are, of 100."""

    elder: str
    other: str
    is_certain: bool
    percent: int
    suspected_on: date
    villages: list[str]


class Suspected(BaseModel):
    """疑似重复清单: the certain ones first."""

    suspected: list[Pair]


def duplicates(log: EventLog, fields: Mapping[str, str], limit: int) -> Suspected:
    """What nobody has decided yet."""
    del fields
    rows = log.query(duplicate_views.SUSPECTED, "open", limit)
    return Suspected(
        suspected=[
            Pair(
                elder=row["elder"],
                other=row["other"],
                is_certain=bool(row["is_certain"]),
                percent=row["percent"],
                suspected_on=row["suspected_on"],
                villages=[row["village"], row["other_village"]],
            )
            for row in rows
        ]
    )


class DifferenceShown(BaseModel):
    """差异: `place` is the sheet and row of their list, `tail` the last four of the number that stands there."""

    difference: str
    kind: Kind
    category: Category
    elder: str | None
    place: str
    tail: str
    decision: Decision | None
    by: str | None
    reason: str | None


class Differences(BaseModel):
    """比对差异: of one comparison, which has `total` of them, in the order of their numbers."""

    comparison: str
    total: int
    differences: list[DifferenceShown]


def differences(log: EventLog, fields: Mapping[str, str], limit: int) -> Differences:
    """At most `limit`, decided or not, after a `difference` where one is named; raises UnknownComparison."""
    comparison = fields["comparison"]
    if log.load(Comparison, comparison_id(comparison)) is None:
        raise UnknownComparison
    shown = [
        DifferenceShown(
            difference=str(row["number"]),
            by=row["by_staff"],
            **{key: row[key] for key in ("kind", "category", "elder", "place", "tail", "decision", "reason")},
        )
        for row in log.query(
            comparison_views.AFTER, comparison, _number(fields.get("difference", "0")), limit
        )
    ]
    (count,) = log.query(comparison_views.NUMBER_OF, comparison)
    return Differences(comparison=comparison, total=count["number"], differences=shown)


def _number(difference: str) -> int:
    """The place of a difference; raises UnknownDifference where it is no number."""
    if not (difference.isascii() and difference.isdigit() and len(difference) < len("1000000000")):
        raise UnknownDifference
    return int(difference)


_CONTACT = {
    "supporter": "S1",
    "name": "王小明",
    "relation": "儿子",
    "phone": "13800000000",
    "whereabouts": "广东省东莞市",
    "is_away": True,
    "reported_on": "2024-03-01",
}

_PAIR = {
    "elder": "E0001",
    "other": "E0002",
    "is_certain": False,
    "percent": 92,
    "suspected_on": "2024-03-01",
    "villages": ["530323990201", "530323990201"],
}

_ROW = {
    "kind": "on_theirs",
    "category": "disability",
    "elder": "E0001",
    "place": "Sheet1 7",
    "tail": "1224",
}

_SHOWN = {
    "comparison": "2024-civil",
    "total": 1,
    "differences": [_ROW | {"difference": "1", "decision": None, "by": None, "reason": None}],
}

READINGS = (
    Reading(
        "/elders/{elder}/contacts",
        "紧急联系人 / the family's emergency contacts, as last reported",
        contacts,
        Contacts,
        {"elder": "E0001", "contacts": [_CONTACT]},
    ),
    Reading(
        "/duplicates",
        "疑似重复 / suspected duplicates that nobody has decided yet, the certain ones first",
        duplicates,
        Suspected,
        {"suspected": [_PAIR]},
    ),
    Reading(
        "/comparisons/{comparison}/differences",
        "比对差异 / the differences of a comparison, with what was decided last",
        differences,
        Differences,
        _SHOWN,
    ),
    Reading(
        "/comparisons/{comparison}/differences/after/{difference}",
        "比对差异续 / those after a number, where there are more than one answer holds",
        differences,
        Differences,
        _SHOWN,
    ),
)
