"""How far somebody who follows a log is behind it; `most` is the most that is counted, however much there is."""

from __future__ import annotations

from services.chassis.log.event_log import EventLog
from services.chassis.log.recorder import SQLiteRecorder

_POSITION = {True: "rowid", False: "notification_id"}
_RECORDED = "SELECT COUNT(*) AS number FROM (SELECT 1 FROM stored_events WHERE {} > ? LIMIT ?) AS behind"
_NOW = {True: "CAST(strftime('%s', 'now') AS INTEGER)", False: "EXTRACT(EPOCH FROM now())::bigint"}
_SECONDS = "SELECT {} - at AS seconds FROM commits WHERE position > ? ORDER BY position LIMIT 1"
_PUBLISHED = (
    "SELECT COUNT(*) AS number, MIN(position) AS first FROM"
    " (SELECT position FROM told WHERE part = ? AND position > ? ORDER BY position LIMIT ?) AS behind"
)
_WAS_PUBLISHED = "SELECT COUNT(*) AS number FROM told WHERE part = ? AND position = ?"


def recorded_after(log: EventLog, position: int, most: int) -> int:
    """How many events were recorded after a position."""
    column = _POSITION[isinstance(log.recorder, SQLiteRecorder)]
    return log.query(_RECORDED.format(column), position, most)[0]["number"]


def seconds_since_commit(log: EventLog, position: int) -> float:
    """How long ago the first event after a position was committed, by its server's clock; 0 where there is none.

    What a version that kept no such moments recorded, counts from the first commit after it.
    """
    now = _NOW[isinstance(log.recorder, SQLiteRecorder)]
    rows = log.query(_SECONDS.format(now), position)
    return max(0.0, float(rows[0]["seconds"])) if rows else 0.0


def published_after(log: EventLog, partition: int, position: int, most: int) -> tuple[int, int | None]:
    """How many events of a partition were published after a position, and the position of the first."""
    row = log.query(_PUBLISHED, partition, position, most)[0]
    return row["number"], row["first"]


def was_published(log: EventLog, partition: int, position: int) -> bool:
    """Whether what stands at a position was published in a partition."""
    return bool(log.query(_WAS_PUBLISHED, partition, position)[0]["number"])
