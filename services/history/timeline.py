"""Looking in: one subject's history across services, and the state as it was, by two dates.

`as_of` is what had happened by a day, `known_by` what had been recorded by a day; both count the whole day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from eventsourcing.utils import resolve_topic

from services.chassis.messaging.relay import identity_of
from services.history.sentences.catalogue import EVENTS, Before, Sentence, say
from services.house.house import House
from services.registry.elders import views as elder_views

_HAPPENED = (
    *("happened_on", "returned_on", "left_on", "observed_on", "cleared_on", "held_on"),
    *("reviewed_on", "signed_on", "done_on", "filed_on", "found_on", "met_on", "since", "measured_on"),
    *("compared_on", "seen_on"),
)
_OWN = frozenset(
    {
        *("originator_id", "originator_version", "originator_topic", "timestamp", "on", "subject"),
        *(
            "causation",
            "correlation",
            "wake",
            "class_version",
            "matter",
            "rule",
            "text",
            "content",
            "facts",
            "owed",
            "first",
            "before",
            "differences",
        ),
    }
)
_BROUGHT_BY = {
    "clock": "时间到",
    "line": "情景行",
    "ledger": "登记表",
    "request": "请求",
    "comparison": "数据比对",
    "township file": "乡镇文件",
}
PERSONAL = frozenset(
    {"name", "citizen_number", "phone", "address", "health_note", "supporters", "whereabouts"}
)


@dataclass(frozen=True)
class HistoryLine:
    """One stored event: when it became known, when it happened, what it says and what brought it.

    `cause` names the event or the command, `because` says it.
    """

    known_at: datetime
    happened_on: date
    service: str
    event: str
    subject: str
    label: str
    details: dict[str, Any]
    id: str
    cause: str
    because: str
    said_of: tuple[str, Mapping[str, Any], Mapping[str, Any]]
    """The topic, the fields, and what the file's events said before."""

    @cached_property
    def says(self) -> Sentence:
        """The event as a sentence."""
        return say(*self.said_of)


def history(
    house: House, subject: str, *, as_of: date | None = None, known_by: date | None = None
) -> list[HistoryLine]:
    """Every stored event about a subject, in the order in which it became known.

    What was recorded of entries that were merged into it stands among it, with the entry that it is of.
    """
    lines: list[HistoryLine] = []
    for entry in _entries(house, subject):
        for name, service in house.services.items():
            for file in service.application.files_of(entry):
                before = Before()
                found = [line_of(name, event, before) for event in service.log.history(file)]
                lines += found if entry == subject else [_of_entry(line, entry) for line in found]
    causes = _Causes(house, {line.id: f"{line.service}.{line.event}" for line in lines})
    wanted = [
        line
        for line in _causes_first(lines)
        if (as_of is None or line.happened_on <= as_of)
        and (known_by is None or line.known_at.date() <= known_by)
    ]
    return [causes.named(line) for line in wanted]


def _entries(house: House, subject: str) -> list[str]:
    """The subject, and whoever was merged into it, and into those."""
    found = [subject]
    for entry in found:
        found += [row["elder"] for row in house.views("registry", elder_views.MERGED, entry)]
    return found


def _of_entry(line: HistoryLine, entry: str) -> HistoryLine:
    return replace(line, details={"entry": entry} | line.details)


def _causes_first(lines: list[HistoryLine]) -> list[HistoryLine]:
    """By the moment of becoming known; within a moment, what brought something stands before it."""
    held = {line.id: line for line in lines}
    placed: dict[str, HistoryLine] = {}

    def place(line: HistoryLine) -> None:
        for before in (_previous(line.id), line.cause):
            earlier = held.get(before)
            if earlier is not None and before not in placed and earlier.known_at == line.known_at:
                place(earlier)
        placed[line.id] = line

    for line in sorted(lines, key=lambda line: line.known_at):
        if line.id not in placed:
            place(line)
    return list(placed.values())


def _previous(identity: str) -> str:
    file, _, version = identity.partition("/")
    return f"{file}/{int(version) - 1}"


def happened_on(event: Any) -> date:
    """The day on which a fact happened, whenever it was recorded."""
    held = vars(event)
    if "content" in held:
        return date.fromisoformat(held["content"]["on"])
    found = next((held[key] for key in _HAPPENED if held.get(key)), held["on"])
    return date.fromisoformat(found)


@lru_cache
def term_of(kind: type[Any]) -> str:
    """The Chinese term with which the docstring of an event or a command begins; its name where there is none."""
    for base in kind.__mro__:  # the library remakes nested classes, without their docstrings
        term = re.split(r"[:：,，.]", base.__dict__.get("__doc__") or "")[0]
        if any("\u4e00" <= letter <= "\u9fff" for letter in term):
            return term
    return kind.__name__


def line_of(service: str, event: Any, before: Before | None = None) -> HistoryLine:
    """One stored event as a line, without personal fields; its cause is an id.

    `before` is what the events of its file said until then.
    """
    held = vars(event)
    topic = str(type(event).TOPIC)
    details = {key: value for key, value in held.items() if key not in _OWN and value not in (None, [], "")}
    for key in ("facts", "content", "matter"):
        shown = {name: value for name, value in held.get(key, {}).items() if name not in PERSONAL}
        details |= {name: value for name, value in shown.items() if value not in (None, [], "", False)}
    if "differences" in held:
        details["differences"] = len(held["differences"])
    return HistoryLine(
        known_at=event.timestamp,
        happened_on=happened_on(event),
        service=service,
        event=topic.partition(".")[2],
        subject=str(held.get("subject", "")),
        label=term_of(type(event)),
        details=details,
        id=identity_of(event),
        cause=held.get("causation", ""),
        because="",
        said_of=(topic, held, (before or Before()).take(held)),
    )


class _Causes:
    """What brought the events of a history: by the id of an event or a command, its name and how it is said."""

    def __init__(self, house: House, names: dict[str, str]) -> None:
        self._house = house
        self._names = names
        self._said: dict[str, str] = {}
        kinds = (kind for service in house.services.values() for kind in service.application.decisions)
        self._terms = {kind.NAME: term_of(kind) for kind in kinds} | _BROUGHT_BY

    def named(self, line: HistoryLine) -> HistoryLine:
        """The line with its cause by name."""
        if line.cause not in self._names:
            self._names[line.cause] = _elsewhere(self._house, line.cause)
        cause = self._names[line.cause]
        if cause not in self._said:
            self._said[cause] = self._because(cause)
        return replace(line, cause=cause, because=self._said[cause])

    def _because(self, cause: str) -> str:
        """认定 LeftBehindCertified, or what somebody asked for: 走访登记 visit:V1."""
        service, _, name = cause.partition(".")
        if service in self._house.services and name:
            topic = next((one for one in (cause, f"kernel.{name}") if one in EVENTS), "")
            return f"{term_of(resolve_topic(topic))} {name}" if topic else name
        prefix = cause.partition(":")[0]
        return f"{self._terms[prefix]} {cause}" if prefix in self._terms else cause


def _elsewhere(house: House, cause: str) -> str:
    """The name of an event in another subject's history, such as a day's turning; a command's id as it is."""
    file, _, version = cause.rpartition("/")
    try:
        place = UUID(file), int(version)
    except ValueError:
        return cause
    for name, service in house.services.items():
        found = service.log.recorder.select_events(place[0], gt=place[1] - 1, lte=place[1])
        if found:
            return f"{name}.{found[0].topic.partition('.')[2]}"
    return cause


def replay(house: House, service: str, subject: str, known_by: date) -> Any:
    """The first file of a subject in a service as its events stood at the end of `known_by`; None before it."""
    held = house.services[service]
    state: Any = None
    for file in held.application.files_of(subject):
        for event in held.log.history(file):
            if event.timestamp.date() > known_by:
                break
            state = event.mutate(state)
        if state is not None:
            return state
    return None
