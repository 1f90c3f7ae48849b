"""How fast a township's history is rehearsed: sixty elders, two years, made of the scenario of ten elders."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from eventsourcing.persistence import StoredEvent

from benchmarks.results import Result, say
from services.chassis.log.recorder import SQLiteRecorder
from services.house.scenario import read_lines, rehearse
from services.house.settings import Settings
from services.servers import Urls

MODEL = Path("tests/acceptance/scenarios/ten-elders.jsonl")
COPIES, YEAR = 6, timedelta(days=364)
UNTIL = date(2026, 6, 14)
SHARED = {"OFFICE", "CENTRE", "CLINIC"}
ONCE = {"open_village", "appoint", "enrol"}
LAST = {"moved_out", "died"}
_NAMES = ("elder", "village", "staff", "by", "carer", "supporter", "visit", "incident", "subject")
_DAYS = ("on", "from", "to", "left_county_on")
Line = dict[str, Any]


def run(urls: Urls, rounds: int, seconds: float) -> None:
    """Row 9."""
    del urls, seconds
    result = Result(
        "9-rehearsal", "no budget; elder-days a second of `shouwang simulate`, 60 elders, two years"
    )
    lines = made_up(read_lines(MODEL))
    days = 10 * COPIES * (UNTIL - datetime.fromisoformat(lines[0]["at"]).date()).days
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sixty.jsonl"
        path.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
        for number in range(rounds):
            say(f"rehearsal: round {number + 1} of {rounds}")
            took = _simulated(path)
            events, alone = _recorder_alone(lines)
            result.add("elder-days a second", days / took)
            result.add("events a second", events / took)
            result.add("recorder alone, events a second", events / alone)
            result.ratio("events / recorder alone", alone / took)
    result.notes.append(f"{len(lines)} lines, {days:,} elder-days")
    result.end()


def made_up(lines: list[Line]) -> list[Line]:
    """Each copy under other names; the second year is the first again, without what begins or ends only once."""
    made: list[Line] = []
    for copy in range(COPIES):
        for line in lines:
            if line["do"] not in LAST and not (copy and line.get("staff") in SHARED):
                made.append(_renamed(line, f"-{copy}", timedelta()))
            if line["do"] not in ONCE:
                made.append(_renamed(line, f"-{copy}", YEAR))
    return sorted(made, key=lambda line: line["at"])


def _renamed(line: Line, suffix: str, later: timedelta) -> Line:
    given: Line = {}
    for key, value in line.items():
        if key == "at":
            given[key] = (datetime.fromisoformat(value) + later).isoformat()
        elif key in _DAYS and value:
            given[key] = (date.fromisoformat(value) + later).isoformat()
        elif key in _NAMES and value not in SHARED:
            year = "-2" if later and key in {"visit", "incident"} else ""
            given[key] = _suffixed(value, suffix + year)
        elif key == "supporters":
            given[key] = [_renamed(one, suffix, later) | {"id": one["id"] + suffix} for one in value]
        else:
            given[key] = value
    return given


def _suffixed(name: str, suffix: str) -> str:
    head, slash, group = name.partition("/")
    return head + suffix + slash + group if head != "township" else name


def _simulated(path: Path) -> float:
    """Seconds of the command, its start included."""
    out = path.with_suffix(".facts")
    command = [str(Path(sys.executable).with_name("shouwang")), "simulate", str(path)]
    command += ["--until", str(UNTIL), "--out", str(out)]
    begun = perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own program
    return perf_counter() - begun


@dataclass
class _Kept:
    """What was recorded, lot by lot."""

    lots: list[Sequence[StoredEvent]] = field(default_factory=list[Sequence[StoredEvent]])

    def keep(self, original: Any) -> Any:
        """A recorder's method that keeps what it is given, too."""

        def insert(recorder: Any, stored: Sequence[StoredEvent], **kwargs: Any) -> Any:
            self.lots.append(stored)
            return original(recorder, stored, **kwargs)

        return insert


def _recorder_alone(lines: list[Line]) -> tuple[int, float]:
    """How many events the rehearsal records, and the seconds that an empty recorder takes for them, lot by lot."""
    kept, original = _Kept(), SQLiteRecorder.insert_events
    SQLiteRecorder.insert_events = kept.keep(original)
    try:
        rehearse(lines, UNTIL, Settings(data=None))
    finally:
        SQLiteRecorder.insert_events = original
    recorder = SQLiteRecorder(":memory:", ())
    begun = perf_counter()
    for lot in kept.lots:
        recorder.insert_events(lot)
    took = perf_counter() - begun
    recorder.close()
    return sum(map(len, kept.lots)), took
