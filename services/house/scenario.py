"""Scenarios: a township's history as JSON Lines, fed to the services, and the facts that they conclude."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.chassis.commands.command import Answer, Outcome
from services.house import facts
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import local
from services.kernel.refusal import Refusal

Line = dict[str, Any]
MATTER_OF = {"incident": ("incident",), "missed": ("duty", "period"), "graded": ()}


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
        command = house.read(str(line.get("do")), json.dumps(_fields(line, at)))
        return conductor.take(command, at, cause=f"line:{number}")
    except Refusal as refusal:
        conductor.until(at)
        return Answer(Outcome.REFUSED, refusal.reason, refusal.advice)


def _fields(line: Line, at: datetime) -> Line:
    """A line's fields as its command has them: `on` defaults to the day of `at`, unknown ones fall away."""
    kind = str(line.get("do"))
    fields = {key: value for key, value in line.items() if key in _KNOWN.get(kind, ())}
    if "on" in _KNOWN.get(kind, ()):
        fields.setdefault("on", at.date().isoformat())
    needed = _NEEDED.get(kind, ())
    if kind == "acknowledge":
        needed = MATTER_OF.get(str(line.get("about")), ())
    if any(fields.get(key) is None for key in needed):
        raise IncompleteLine
    if kind == "change_facts" and (len(fields) == 1 or None in fields.values()):
        raise IncompleteLine
    if kind == "absent":
        fields = {"elder": fields.get("elder"), "begins": fields.get("from"), "ends": fields.get("to")}
    return fields


_ON_ELDER = ("elder", "on")
_BY = ("elder", "by", "on")
_KNOWN: dict[str, tuple[str, ...]] = {
    "open_village": ("village", "name", "groups"),
    "appoint": ("staff", "role", "village"),
    "enrol": (
        *("elder", "born", "sex", "village", "group", "living", "evidence", "health"),
        *("declined_institution", "supporters", "carer"),
    ),
    "supporter_left": ("elder", "supporter", "on"),
    "supporter_returned": ("elder", "supporter", "on", "kind"),
    "observe": ("elder", "evidence", "on"),
    "clear": ("elder", "evidence", "on"),
    "change_facts": ("elder", "living", "health", "declined_institution"),
    "pair": ("elder", "carer"),
    "transfer": ("elder", "village", "group", "on", "carer"),
    "go_on_leave": ("staff", "stand_in", "begins", "ends"),
    "return_from_leave": ("staff", "on"),
    "end_appointment": ("staff", "on"),
    "correct_facts": ("elder", "by", "reason", "born", "sex", "living", "supporters"),
    "remove_for_error": ("elder", "by", "reason"),
    "undo_end": ("elder", "by", "reason"),
    "merge": ("by", "reason", "kept", "merged"),
    "undo_merge": ("by", "reason", "merged"),
    "hand_over": ("giver", "taker", "on", "elders"),
    "visit": ("visit", "elder", "by", "on", "mode", "check_up", "confirms_facts", "evidence"),
    "reassess": _BY,
    "sign_agreement": _BY,
    "review_living_security": _BY,
    "absent": ("elder", "from", "to"),
    "enter_institution": _ON_ELDER,
    "leave_institution": _ON_ELDER,
    "died": _ON_ELDER,
    "moved_out": _ON_ELDER,
    "incident": ("incident", "elder", "kind"),
    "acknowledge": ("by", "about", "subject", "duty", "period", "incident"),
    "duty_done": ("duty", "subject", "by", "on"),
}
_NEEDED = {"enrol": ("carer",)}


def _when(fact: dict[str, Any]) -> str:
    return fact.get("at") or fact["on"]


def write_facts(rehearsal: Rehearsal, out: Path) -> None:
    """The facts as JSON Lines."""
    text = "".join(json.dumps(fact, ensure_ascii=False, sort_keys=True) + "\n" for fact in rehearsal.facts)
    out.write_text(text, encoding="utf-8")
