"""Which files of a log came of one request: by its correlation, for which no table is kept.

The database goes through the whole log: for a person who looks into one matter, not for a service at work.
"""

from __future__ import annotations

import json
from uuid import UUID

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder

_FILES = {
    True: "SELECT DISTINCT originator_id FROM stored_events WHERE instr(CAST(state AS TEXT), ?) > 0",
    False: "SELECT DISTINCT originator_id FROM stored_events WHERE position(convert_to(?, 'UTF8') IN state) > 0",
}


def files_of_request(log: EventLog, correlation: str) -> list[UUID]:
    """The aggregates of which an event may have come of it: text that somebody wrote may look like it."""
    wanted = f'"correlation":{json.dumps(correlation, ensure_ascii=False)}'
    rows = log.query(_FILES[isinstance(log.recorder, SQLiteRecorder)], wanted)
    return [found if isinstance(found := row["originator_id"], UUID) else UUID(found) for row in rows]
