"""The read model of the register: who is on it, where, with which status, and when time will next change that."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from services.chassis.log.recorder import Recorded, Sql
from services.chassis.reading.table import Projection, Table
from services.registry.elders import events

ELDERS = Table(
    "elders",
    {
        "elder": str,
        "name": str,
        "village": str,
        "village_group": str,
        "born": str,
        "status": str,
        "since": str,
        "carer": str | None,
        "reason": str | None,
        "wake": str | None,
    },
    indexes={
        "elders_by_wake": ("wake",),
        "elders_by_village": ("village", "status"),
        "elders_by_carer": ("carer",),
        "elders_by_birth": ("born",),
    },
)
NUMBERS = Table("numbers", {"elder": str, "digest": str}, indexes={"numbers_by_digest": ("digest",)})

DUE = "SELECT elder FROM elders WHERE wake <= ? AND elder > ? ORDER BY elder LIMIT ?"
EVERY = "SELECT elder FROM elders WHERE elder > ? ORDER BY elder LIMIT ?"
ELDER = f"{ELDERS.select} WHERE elder = ?"
OF_NUMBER = (
    "SELECT n.elder AS elder FROM numbers n JOIN elders e ON e.elder = n.elder"
    " WHERE n.digest = ? AND e.status <> 'merged' ORDER BY n.elder"
)
PEOPLE = (
    "SELECT elder, elders.name, elders.village, villages.name AS village_name, village_group, status, since FROM elders"
    " LEFT JOIN villages ON villages.village = elders.village ORDER BY elder"
)
OF_CARER = "SELECT elder FROM elders WHERE carer = ? AND status <> 'ended' ORDER BY elder"
MERGED = "SELECT elder FROM elders WHERE status = 'merged' AND reason = ? ORDER BY elder"
CERTIFIED = "SELECT elder, village, carer, born FROM elders WHERE status = 'certified' ORDER BY elder"
BY_STATUS = (
    "SELECT village, status, COUNT(*) AS number FROM elders GROUP BY village, status ORDER BY village, status"
)

_ENROL = ELDERS.put("elder", "name", "village", "village_group", "born", "status", "since", "carer", "reason")
_NUMBER = NUMBERS.put()
_STATUS = "UPDATE elders SET status = ?, since = ?, reason = ? WHERE elder = ?"
_CARER = "UPDATE elders SET carer = ? WHERE elder = ?"
_CORRECT = "UPDATE elders SET name = COALESCE(?, name), born = COALESCE(?, born) WHERE elder = ?"
_TRANSFER = "UPDATE elders SET village = ?, village_group = ?, carer = ? WHERE elder = ?"
_WAKE = "UPDATE elders SET wake = ? WHERE elder = ?"

_STATUSES: dict[type, str] = {
    events.LeftBehindCertified: "certified",
    events.StatusLapsed: "lapsed",
    events.StatusEnded: "ended",
}


def _filed(sql: Sql, recorded: Recorded) -> None:
    event, elder = recorded.event, recorded.subject
    match event:
        case events.ElderEnrolled(facts=facts):
            row = (facts.get("name", ""), facts["village"], facts["group"], facts["born"])
            sql.run(_ENROL, elder, *row, "enrolled", event.on, facts["carer"], None)
            _note_number(sql, elder, facts)
        case events.LeftBehindCertified() | events.StatusLapsed() | events.StatusEnded():
            sql.run(_STATUS, _STATUSES[type(event)], event.on, vars(event).get("reason"), elder)
        case events.EndUndone() | events.MergeUndone():
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
        case _:
            pass
    if recorded.has_wake:
        sql.run(_WAKE, recorded.wake, elder)


def digest_of(number: str) -> str:
    """What a citizen number is found by; none stands in a read model itself."""
    return sha256(number.encode()).hexdigest()


def _note_number(sql: Sql, elder: str, facts: dict[str, Any]) -> None:
    if number := facts.get("citizen_number"):
        sql.run(_NUMBER, elder, digest_of(number))


PROJECTION = Projection((ELDERS, NUMBERS), {events.FileEvent: _filed})
