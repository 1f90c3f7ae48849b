"""What each reader may see of problems: never more than the policy allows, and never a word that there is more.

A problem is judged by the policy that was in force on the day on which it was opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from services.chassis.log.event_log import EventLog
from services.chassis.policy.table import PolicyTable
from services.chassis.reading.days import last_turned
from services.kernel.roster import Roster, RosterError, roster_id
from services.kernel.terms import ProblemKind
from services.visits.policies import DutyPolicy
from services.visits.problems import views as problem_views
from services.visits.problems.domain import problem_id
from services.visits.problems.policies import Reader, may_see

NAME = "visits"
PAGE = 200
CONTACTS = "/elders/{elder}/contacts"
"""Where the registry shows the family's emergency contacts: left out of what the family must not hear of."""
_STEP = ("by", "unit", "units", "due", "stage", "text", "findings")
Row = dict[str, Any]


class ProblemReads:
    """Reads for one of the staff at a time."""

    def __init__(self, log: EventLog, policies: PolicyTable[DutyPolicy]) -> None:
        self._log = log
        self._policies = policies

    def seen_by(self, staff: str, limit: int) -> list[Row]:
        """The latest problems that they may see, those that are not verified first; empty for nobody's id."""
        reader = self._reader(staff)
        found: list[Row] = []
        for row in self._pages() if reader is not None else ():
            seen = self._seen(reader, row)
            if seen is not None:
                found.append(seen)
            if len(found) == limit:
                break
        return found

    def one_seen_by(self, staff: str, problem: str) -> list[Row]:
        """One problem with its texts and steps; empty where there is none that they may see."""
        reader = self._reader(staff)
        for row in self._log.query(problem_views.ONE, problem):
            seen = self._seen(reader, row)
            if seen is not None:
                return [seen | {"steps": [_step(event) for event in self._log.history(problem_id(problem))]}]
        return []

    def _reader(self, staff: str) -> Reader | None:
        """As who they hold their role on the day that has been turned to; None for nobody's id."""
        roster = self._log.load(Roster, roster_id(NAME)) or Roster.empty()
        try:
            return Reader(
                roster.role_of(staff, last_turned(self._log, NAME) or date.min), roster.staff[staff][1]
            )
        except RosterError:
            return None

    def _pages(self) -> Iterator[Any]:
        offset = 0
        while rows := self._log.query(problem_views.LATEST, PAGE, offset):
            yield from rows
            offset += PAGE

    def _seen(self, reader: Reader | None, row: Any) -> Row | None:
        units = [dict(one) for one in self._log.query(problem_views.UNITS_OF, row["problem"])]
        kind, opened = ProblemKind(row["kind"]), datetime.fromisoformat(row["opened_at"])
        policy = self._policies.on(opened.date()).problems
        handlers = {unit["unit"] for unit in units}
        if reader is None or not may_see(reader, kind, row["village"], handlers, policy):
            return None
        contacts = "" if policy.confidentiality.covers(kind) else CONTACTS.format(elder=row["elder"])
        return dict(row) | {"units": units, "contacts": contacts}


def _step(event: Any) -> Row:
    """One step as it is shown: when, what, by whom, and what they wrote."""
    held = vars(event)
    shown = {key: held[key] for key in _STEP if held.get(key)}
    name = str(type(event).TOPIC).partition(".")[2]
    return {"at": event.timestamp.isoformat(), "step": name} | shown
