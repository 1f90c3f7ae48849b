"""The registry's read models: who is on the register, where, and when time will next change them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from services.chassis.log.recorded import Recorded
from services.chassis.log.recorder import Sql
from services.chassis.reading import days
from services.registry.comparisons.domain import Comparison
from services.registry.duplicates.domain import Suspicion
from services.registry.elders import events
from services.registry.villages.domain import Village

TABLES = {
    "elders": (
        "CREATE TABLE IF NOT EXISTS elders (elder TEXT PRIMARY KEY, name TEXT NOT NULL, village TEXT NOT NULL,"
        " village_group TEXT NOT NULL, born TEXT NOT NULL, status TEXT NOT NULL, since TEXT NOT NULL, carer TEXT,"
        " reason TEXT, wake TEXT)"
    ),
    "duplicates": (
        "CREATE TABLE IF NOT EXISTS duplicates (elder TEXT, other TEXT, is_certain INTEGER NOT NULL,"
        " percent INTEGER NOT NULL, suspected_on TEXT NOT NULL, status TEXT NOT NULL, by_staff TEXT, reason TEXT,"
        " PRIMARY KEY (elder, other))"
    ),
    "differences": (
        "CREATE TABLE IF NOT EXISTS differences (comparison TEXT, number INTEGER, department TEXT NOT NULL,"
        " compared_on TEXT NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL, elder TEXT, place TEXT NOT NULL,"
        " tail TEXT NOT NULL, decision TEXT, by_staff TEXT, reason TEXT, PRIMARY KEY (comparison, number))"
    ),
    "numbers": "CREATE TABLE IF NOT EXISTS numbers (elder TEXT PRIMARY KEY, digest TEXT NOT NULL)",
    "days": days.TABLE,
    "villages": "CREATE TABLE IF NOT EXISTS villages (village TEXT PRIMARY KEY, name TEXT NOT NULL)",
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS elders_by_wake ON elders (wake)",
    "CREATE INDEX IF NOT EXISTS elders_by_village ON elders (village, status)",
    "CREATE INDEX IF NOT EXISTS elders_by_carer ON elders (carer)",
    "CREATE INDEX IF NOT EXISTS elders_by_birth ON elders (born)",
    "CREATE INDEX IF NOT EXISTS numbers_by_digest ON numbers (digest)",
)

DUE = "SELECT elder FROM elders WHERE wake <= ? AND elder > ? ORDER BY elder LIMIT ?"
EVERY = "SELECT elder FROM elders WHERE elder > ? ORDER BY elder LIMIT ?"
ELDER = "SELECT * FROM elders WHERE elder = ?"
OF_CARER = "SELECT elder FROM elders WHERE carer = ? AND status <> 'ended' ORDER BY elder"
LIKE = (
    "SELECT elder FROM elders WHERE born = ? UNION SELECT elder FROM numbers WHERE digest = ? ORDER BY elder"
)
ALIKE = (
    "SELECT a.elder AS elder, b.elder AS other FROM elders a JOIN elders b ON a.born = b.born AND a.elder < b.elder"
    " UNION SELECT a.elder AS elder, b.elder AS other FROM numbers a JOIN numbers b ON a.digest = b.digest"
    " AND a.elder < b.elder ORDER BY elder, other"
)
SUSPECTED = (
    "SELECT d.elder, d.other, d.is_certain, d.percent, d.suspected_on, d.status, d.by_staff, d.reason,"
    " a.village AS village, b.village AS other_village FROM duplicates d JOIN elders a ON a.elder = d.elder"
    " JOIN elders b ON b.elder = d.other WHERE d.status = ?"
    " ORDER BY d.is_certain DESC, d.percent DESC, d.elder, d.other LIMIT ?"
)
DIFFERENCES = (
    "SELECT * FROM differences WHERE comparison = ? OR ? = ''"
    " ORDER BY compared_on, comparison, number LIMIT ?"
)
UNDECIDED = (
    "SELECT * FROM differences WHERE (comparison = ? OR ? = '') "
    " AND (decision IS NULL OR decision = 'to_be_visited')"
    " ORDER BY compared_on, comparison, number LIMIT ?"
)
DIFFERENCES_AFTER = "SELECT * FROM differences WHERE comparison = ? AND number > ? ORDER BY number LIMIT ?"
HOW_MANY_DIFFER = "SELECT COUNT(*) AS number FROM differences WHERE comparison = ?"
DIFFERENCE = "SELECT * FROM differences WHERE comparison = ? AND number = ?"
MERGED = "SELECT elder FROM elders WHERE status = 'merged' AND reason = ? ORDER BY elder"
VILLAGES = "SELECT village, name FROM villages ORDER BY village"
CERTIFIED = "SELECT elder, village, carer, born FROM elders WHERE status = 'certified' ORDER BY elder"
BY_STATUS = (
    "SELECT village, status, COUNT(*) AS number FROM elders GROUP BY village, status ORDER BY village, status"
)

_ENROL = (
    "INSERT INTO elders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (elder) DO UPDATE SET"
    " name = excluded.name, village = excluded.village, village_group = excluded.village_group,"
    " born = excluded.born, status = excluded.status, since = excluded.since, carer = excluded.carer,"
    " reason = excluded.reason"
)
_NUMBER = "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (elder) DO UPDATE SET digest = excluded.digest"
_STATUS = "UPDATE elders SET status = ?, since = ?, reason = ? WHERE elder = ?"
_CARER = "UPDATE elders SET carer = ? WHERE elder = ?"
_CORRECT = "UPDATE elders SET name = COALESCE(?, name), born = COALESCE(?, born) WHERE elder = ?"
_TRANSFER = "UPDATE elders SET village = ?, village_group = ?, carer = ? WHERE elder = ?"
_SUSPECT = "INSERT INTO duplicates VALUES (?, ?, ?, ?, ?, 'open', NULL, NULL)"
_DECIDE = (
    "UPDATE duplicates SET status = ?, by_staff = ?, reason = ? WHERE (elder = ? AND other = ?)"
    " OR (elder = ? AND other = ?)"
)
_DIFFERENCE = "INSERT INTO differences VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)"
_DECIDED = "UPDATE differences SET decision = ?, by_staff = ?, reason = ? WHERE comparison = ? AND number = ?"
_WAKE = "UPDATE elders SET wake = ? WHERE elder = ?"
_VILLAGE = "INSERT INTO villages VALUES (?, ?)"

_STATUSES: dict[type, str] = {
    events.LeftBehindCertified: "certified",
    events.StatusLapsed: "lapsed",
    events.StatusEnded: "ended",
}


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the read models up to one event."""
    event = recorded.event
    days.apply(sql, recorded)
    if isinstance(event, events.FileEvent):
        _apply_file(sql, recorded)
        if recorded.has_wake:
            sql.run(_WAKE, recorded.wake, recorded.subject)
        return
    match event:
        case Village.Created():
            sql.run(_VILLAGE, recorded.subject, event.name)
        case Suspicion.Created():
            row = (event.other, int(event.is_certain), event.percent, event.on)
            sql.run(_SUSPECT, recorded.subject, *row)
        case Suspicion.KeptApart():
            _decide(sql, "kept", event, recorded.subject, event.other)
        case Comparison.Created():
            for number, one in enumerate(event.differences, 1):
                shown = (one["kind"], one["category"], one["elder"], one["place"], one["tail"])
                about = (recorded.subject, number, event.department, event.compared_on)
                sql.run(_DIFFERENCE, *about, *shown)
        case Comparison.Decided():
            said = (event.decision, event.by, event.reason)
            sql.run(_DECIDED, *said, recorded.subject, int(event.difference))
        case _:
            pass


def _apply_file(sql: Sql, recorded: Recorded) -> None:
    event, elder = recorded.event, recorded.subject
    match event:
        case events.ElderEnrolled(facts=facts):
            row = (facts.get("name", ""), facts["village"], facts["group"], facts["born"])
            sql.run(_ENROL, elder, *row, "enrolled", event.on, facts["carer"], None)
            _note_number(sql, elder, facts)
        case events.LeftBehindCertified() | events.StatusLapsed() | events.StatusEnded():
            sql.run(_STATUS, _STATUSES[type(event)], event.on, vars(event).get("reason"), elder)
        case events.EndUndone():
            sql.run(_STATUS, event.status, event.since, event.because, elder)
        case events.FactsCorrected(facts=facts):
            sql.run(_CORRECT, facts.get("name"), facts.get("born"), elder)
            _note_number(sql, elder, facts)
        case events.CarerPaired():
            sql.run(_CARER, event.carer, elder)
        case events.PairingEnded():
            sql.run(_CARER, None, elder)
        case events.ElderTransferred():
            sql.run(_TRANSFER, event.village, event.group, event.carer, elder)
        case events.ElderMerged():
            sql.run(_STATUS, "merged", event.on, event.into, elder)
            _decide(sql, "merged", event, elder, event.into)
        case events.MergeUndone():
            sql.run(_STATUS, event.status, event.since, event.because, elder)
            _decide(sql, "open", event, elder, event.into)
        case _:
            pass


def digest_of(number: str) -> str:
    """What a citizen number is found by; none stands in a read model itself."""
    return sha256(number.encode()).hexdigest()


def _note_number(sql: Sql, elder: str, facts: dict[str, Any]) -> None:
    if number := facts.get("citizen_number"):
        sql.run(_NUMBER, elder, digest_of(number))


def _decide(sql: Sql, status: str, event: Any, elder: str, other: str) -> None:
    """What became of a suspicion, whichever of the two comes first in it; nothing where nobody suspected."""
    sql.run(_DECIDE, status, event.by, event.reason, elder, other, other, elder)
