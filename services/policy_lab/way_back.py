"""The way back from what was recorded to what was asked: the commands of the past, in the order of time.

Only what came from outside is a command again; what was heard, or what time brought, follows from it anew. A command
that was refused without a record left nothing, and is not played again.

An acknowledgement answers a notice. In a replay every notice goes out when it is due; in fact it went out later, by
milliseconds or, where a process was behind, by hours. So an acknowledgement is asked as long after its notice as it
came in fact: at its own moment it would come after steps that nobody took, because it came before they were due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.commands.command import Asked, Command
from services.chassis.commands.declared import Left
from services.chassis.commands.fields import RECORDED
from services.history.timeline import happened_on
from services.house.house import House
from services.notify.commands import Acknowledge
from services.notify.tellings.domain import Telling

CHUNK = 1000
_BROUGHT = re.compile(r"[0-9a-f-]{36}/\d+|(day|clock|channel):.*")


def outside(house: House) -> list[Asked]:
    """Every command that left a fact, at its moment, in the order of time; of the same moment by service."""
    found = [(one.at, place, one) for place, name in enumerate(house.services) for one in _asked(house, name)]
    return [one for *_, one in sorted(found, key=lambda row: row[:2])]


class Lateness:
    """How much later than in a replay each telling's last notice went out.

    A step counts from when the one before it was really taken: so lateness adds up from step to step.
    """

    def __init__(self) -> None:
        self._due: dict[UUID, str] = {}
        self._late: dict[UUID, timedelta] = {}

    def note(self, event: Any) -> None:
        """Reads the next event of notify's log."""
        if isinstance(event, Telling.Created):
            self._due[event.originator_id] = event.due
        elif isinstance(event, Telling.NoticesSent):
            telling = event.originator_id
            late = event.timestamp - datetime.fromisoformat(self._due[telling])
            self._late[telling] = self.of(event) + late
            self._due[telling] = event.due or ""

    def of(self, event: Any) -> timedelta:
        """Of the telling that the event is of."""
        return self._late.get(event.originator_id, timedelta())


def _asked(house: House, name: str) -> Iterator[Asked]:
    log, after, last, lateness = house.services[name].log, 0, None, Lateness()
    ways = ways_back(house.commands.values())
    while recorded := log.events(after, CHUNK):
        for one in recorded:
            lateness.note(one.event)
            command = command_of(one.event, ways)
            if command is not None:
                late = lateness.of(one.event) if isinstance(command, Acknowledge) else timedelta()
                asked = Asked(command, one.event.timestamp - late, cause=one.event.causation)
                if asked != last:
                    yield asked
                last = asked
        after = recorded[-1].position


def ways_back(kinds: Iterable[type[Command]]) -> dict[str, list[type[Command]]]:
    """By the topic of a stored event, the commands that may have left it."""
    ways: dict[str, list[type[Command]]] = {}
    for kind in kinds:
        left = kind.DECLARED.left
        for topic in () if left is None else (left.topic, *left.also):
            ways.setdefault(topic, []).append(kind)
    return ways


def command_of(event: Any, ways: Mapping[str, list[type[Command]]]) -> Command | None:
    """The command that left this event; None where it came of something heard, or of time, or says too little."""
    if _BROUGHT.fullmatch(vars(event).get("causation") or ""):
        return None
    for kind in ways.get(getattr(type(event), "TOPIC", ""), ()):
        left = kind.DECLARED.left
        if left is not None and left.only(event):
            return _filled(kind, left, event)
    return None


def _filled(kind: type[Command], left: Left, event: Any) -> Command:
    """The command's fields, found under their names in the event; whom it is about is the event's subject."""
    held: dict[str, Any] = {**vars(event), "on": happened_on(event).isoformat()}
    for spread in ("facts", "content", "matter"):
        held |= {
            key: value for key, value in held.get(spread, {}).items() if key != "on" or spread == "content"
        }
    held.setdefault(kind.DECLARED.about, event.subject)
    said = {name: held.get(how) if isinstance(how, str) else how(event) for name, how in left.said.items()}
    fields = {key: value for key, value in (held | said).items() if key in kind.model_fields}
    return kind.model_validate_json(json.dumps(fields), context=RECORDED)
