"""Scenarios: a township's history as JSON Lines, fed to the services, and the facts that they conclude."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.chassis.commands.command import Answer, Command, Outcome
from services.house import facts
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import local
from services.kernel.refusal import Refusal

Line = dict[str, Any]


class ScenarioError(ValueError):
    """The file is not a scenario; the message names the line and says what to do."""


class IncompleteLine(Refusal):
    """这一行缺少所需的项目，或填写有误 / a field that this kind of line needs is missing or malformed."""


class NotALine(Refusal):
    """应为 UTF-8 的一个 JSON 对象，at 带时区 / one JSON object in UTF-8, `at` such as "2024-01-01T08:00:00+08:00"."""


class OutOfOrder(Refusal):
    """前一行更晚，各行应按 at 先后排列 / the line before it is later: lines stand in the order of their `at`."""


@dataclass
class Rehearsal:
    """What a scenario came to: the facts, in the order in which they were concluded."""

    facts: list[dict[str, Any]]
    lines: int


def read_lines(path: Path) -> list[Line]:
    """A line of the file each: one that says nothing is empty, one that cannot be read holds its text as `unread`.

    Raises ScenarioError where not one is a scenario's.
    """
    content = path.read_bytes().removeprefix(BOM_UTF8)
    found = [_read(text) for text in content.rstrip().split(b"\n")]
    if not any(map(_moment, found)):
        raise ScenarioError(f"{path.name}: 没有一行是情景 / not one line of a scenario: {NotALine().advice}")
    return found


def _read(text: bytes) -> Line:
    if not text.strip():
        return {}
    try:
        line = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        line = None
    return line if line and isinstance(line, dict) else {"unread": text}


def _moment(line: Line) -> datetime | None:
    """When the line was learned, by the local clock; None where it does not say, or of nobody's life."""
    try:
        return local(datetime.fromisoformat(line["at"]))
    except (ValueError, KeyError, TypeError):
        return None


def in_memory(settings: Settings) -> Settings:
    """The same rules, with nothing that outlives the rehearsal."""
    return settings.model_copy(
        update={"data": None, "amqp_url": "memory://", "roles": None, "channels": None}
    )


def rehearse(
    lines: list[Line],
    until: date,
    settings: Settings,
    *,
    on_day: Callable[[date], None] | None = None,
    over_servers: bool = False,
) -> Rehearsal:
    """Plays a scenario through the end of `until`; nobody is really notified.

    On logs in memory, or where `over_servers` on those that the settings name, which must be a rehearsal's own.
    """
    first = next(filter(None, map(_moment, lines)), None)
    begins = first.date() if first else until
    with opened(settings if over_servers else in_memory(settings), is_alone=True) as house:
        conductor = Conductor(house, begins, on_day=on_day)
        refused = list(_play(house, conductor, lines, until))
        conductor.through(until)
        concluded = [fact for service in house.services.values() for fact in facts.of(service)]
        return Rehearsal(sorted([*concluded, *refused], key=_when), sum(map(bool, lines)))


def _play(house: House, conductor: Conductor, lines: list[Line], until: date) -> Iterator[dict[str, Any]]:
    """The refusals. A line that does not say when counts as one of the moment before it."""
    last = next(filter(None, map(_moment, lines)), None)
    for number, line in enumerate(lines, 1):
        if not line or last is None:
            continue
        last = max(last, _moment(line) or last)
        if last.date() > until:
            return
        answer = _take(house, conductor, line, last, number)
        if not answer.is_taken:
            fact = {"fact": "refused_line", "line": number, "on": last.date().isoformat()}
            yield fact | {"reason": answer.reason, "advice": answer.advice}


def _take(house: House, conductor: Conductor, line: Line, at: datetime, number: int) -> Answer:
    try:
        if (moment := _moment(line)) is None:
            raise NotALine
        if moment < at:
            raise OutOfOrder
        name = str(line.get("do"))
        command = house.read(name, json.dumps(_fields(house.commands.get(name), line, at)))
        return conductor.take(command, at, cause=f"line:{number}")
    except Refusal as refusal:
        conductor.until(at)
        return Answer(Outcome.REFUSED, refusal.reason, refusal.advice)


def _fields(kind: type[Command] | None, line: Line, at: datetime) -> Line:
    """A line's fields as its command has them: `on` defaults to the day of `at`, unknown ones fall away."""
    if kind is None:
        return {}
    known = kind.DECLARED.line
    called = {name: name for name in known.fields or kind.model_fields} | dict(known.called)
    names = {name: field for name, field in called.items() if name not in known.called.values()}
    fields = {names[name]: value for name, value in line.items() if name in names}
    if "on" in names:
        fields.setdefault("on", at.date().isoformat())
    if not known.is_whole(fields):
        raise IncompleteLine
    return fields


def _when(fact: dict[str, Any]) -> str:
    return fact.get("at") or fact["on"]


def write_facts(rehearsal: Rehearsal, out: Path) -> None:
    """The facts as JSON Lines."""
    text = "".join(json.dumps(fact, ensure_ascii=False, sort_keys=True) + "\n" for fact in rehearsal.facts)
    out.write_text(text, encoding="utf-8")
