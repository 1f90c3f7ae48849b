"""The registry's read models: who is on the register, where, and when time will next change them."""

from __future__ import annotations

from services.chassis import days
from services.chassis.log import Recorded
from services.chassis.recorder import Sql
from services.registry import events
from services.registry.places import Village

TABLES = {
    "elders": (
        "CREATE TABLE IF NOT EXISTS elders (elder TEXT PRIMARY KEY, name TEXT NOT NULL, village TEXT NOT NULL,"
        " village_group TEXT NOT NULL, born TEXT NOT NULL, status TEXT NOT NULL, since TEXT NOT NULL, carer TEXT,"
        " reason TEXT, wake TEXT)"
    ),
    "days": days.TABLE,
    "villages": "CREATE TABLE IF NOT EXISTS villages (village TEXT PRIMARY KEY, name TEXT NOT NULL)",
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS elders_by_wake ON elders (wake)",
    "CREATE INDEX IF NOT EXISTS elders_by_village ON elders (village, status)",
    "CREATE INDEX IF NOT EXISTS elders_by_carer ON elders (carer)",
)

DUE = "SELECT elder FROM elders WHERE wake <= ? AND elder > ? ORDER BY elder LIMIT ?"
EVERY = "SELECT elder FROM elders WHERE elder > ? ORDER BY elder LIMIT ?"
ELDER = "SELECT * FROM elders WHERE elder = ?"
OF_CARER = "SELECT elder FROM elders WHERE carer = ? AND status <> 'ended' ORDER BY elder"
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
_STATUS = "UPDATE elders SET status = ?, since = ?, reason = ? WHERE elder = ?"
_CARER = "UPDATE elders SET carer = ? WHERE elder = ?"
_CORRECT = "UPDATE elders SET name = COALESCE(?, name), born = COALESCE(?, born) WHERE elder = ?"
_TRANSFER = "UPDATE elders SET village = ?, village_group = ?, carer = ? WHERE elder = ?"
_WAKE = "UPDATE elders SET wake = ? WHERE elder = ?"
_VILLAGE = "INSERT INTO villages VALUES (?, ?)"


def apply(sql: Sql, recorded: Recorded) -> None:
    """Brings the read models up to one event."""
    event = recorded.event
    days.apply(sql, recorded)
    match event:
        case events.ElderEnrolled(facts=facts):
            row = (facts.get("name", ""), facts["village"], facts["group"], facts["born"])
            sql.run(_ENROL, recorded.subject, *row, "enrolled", event.on, facts["carer"], None)
        case events.LeftBehindCertified():
            sql.run(_STATUS, "certified", event.on, None, recorded.subject)
        case events.StatusLapsed():
            sql.run(_STATUS, "lapsed", event.on, event.reason, recorded.subject)
        case events.StatusEnded():
            sql.run(_STATUS, "ended", event.on, event.reason, recorded.subject)
        case events.FactsCorrected(facts=facts):
            sql.run(_CORRECT, facts.get("name"), facts.get("born"), recorded.subject)
        case events.CarerPaired():
            sql.run(_CARER, event.carer, recorded.subject)
        case events.ElderTransferred():
            sql.run(_TRANSFER, event.village, event.group, event.carer, recorded.subject)
        case Village.Created():
            sql.run(_VILLAGE, recorded.subject, event.name)
        case _:
            pass
    if isinstance(event, events.FileEvent) and recorded.has_wake:
        sql.run(_WAKE, recorded.wake, recorded.subject)
