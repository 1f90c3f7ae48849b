"""Whether a house is as it must be after a load and whatever befell it: judged by pure functions.

Nothing acknowledged is lost; nothing happened twice; each subject's order held; every read model equals its rebuild;
all services agree. `findings` is empty where all of that holds.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.faults.gathered import Acknowledged, Event, Gathered

_ENDINGS = {"DutyClosed", "DutySuperseded", "DutyWaived", "DutyEnded", "VisitMissed"}
MOST_SHOWN = 5


def nothing_is_lost(found: Gathered) -> Iterator[str]:
    """What was acknowledged has its answer, and is recorded once, as it was said."""
    visits = _by(_of_kind(found, "VisitRecorded"), lambda one: one.content["visit"])
    incidents = _by(_of_kind(found, "Problem.Created"), lambda one: one.content["problem"])
    for one in {(one.kind, one.id): one for one in found.acknowledged}.values():
        recorded = visits if one.kind == "visit" else incidents
        if one.key not in found.answers[one.service]:
            yield f"lost: {one.key} was acknowledged and has no answer"
        if one.kind == "facts":  # what came of it is for `services_agree`
            continue
        held = recorded.get(one.id, [])
        if len(held) != 1:
            yield f"lost or doubled: {one.kind} {one.id} was acknowledged and is recorded {len(held)} times"
        elif held[0].subject != one.elder:
            yield f"changed: {one.kind} {one.id} of {one.elder} is recorded of {held[0].subject}"
        elif not _is_content(held[0], one):
            yield f"changed: {one.kind} {one.id} is recorded with other content: {held[0].content}"


def _is_content(event: Event, one: Acknowledged) -> bool:
    named = {"incident": event.content.get("problem")}
    kept = event.content["content"] if one.kind == "visit" else event.content | named
    return all(kept.get(key) == value for key, value in one.content.items())


def nothing_happened_twice(found: Gathered) -> Iterator[str]:
    """No visit, incident, notice, duty, or effect of an event heard."""
    yield from _twice("visit recorded", (one.content["visit"] for one in _of_kind(found, "VisitRecorded")))
    yield from _twice("visit shown", (row["visit"] for row in found.tables["visits"]))
    yield from _twice(
        "notice", ((row["telling"], row["level"], row["recipient"]) for row in found.tables["notices"])
    )
    sent = (
        (one.aggregate, one.content["level"], person)
        for one in _of_kind(found, "Telling.NoticesSent")
        for person in one.content["to"]
    )
    yield from _twice("notice sent", sent)
    yield from _opened_twice(found.events["visits"])
    for name in found.events:
        effects = (
            (one.cause, one.kind, one.aggregate, json.dumps(one.content, sort_keys=True, default=str))
            for one in found.events[name]
            if "/" in one.cause
        )
        yield from _twice(f"effect in {name}", effects)


def _opened_twice(events: list[Event]) -> Iterator[str]:
    """A duty that came to its end may be opened again for the same period, where its cause comes back."""
    is_open: set[tuple[str, str, str]] = set()
    for one in events:
        key = (one.subject, one.content.get("duty", ""), one.content.get("period", ""))
        if one.kind in _ENDINGS:
            is_open.discard(key)
        elif one.kind == "DutyOpened":
            if key in is_open:
                yield f"twice: duty opened {key}"
            is_open.add(key)


def order_held(found: Gathered) -> Iterator[str]:
    """Per subject: a phone's visits are in the order in which they were acknowledged; effects in that of causes."""
    places = {one.content["visit"]: one.position for one in _of_kind(found, "VisitRecorded")}
    said = _by((one for one in found.acknowledged if one.kind == "visit"), lambda one: (one.phone, one.elder))
    for (phone, elder), visits in said.items():
        first = {one.id: one for one in sorted(visits, key=lambda one: one.place, reverse=True)}
        ordered = [one.id for one in sorted(first.values(), key=lambda one: one.place) if one.id in places]
        yield from _fallen(f"visits of {elder} by {phone}", [places[one] for one in ordered], ordered)
    causes = {
        one.id: (name, parts.get(one.position), one)
        for name, events in found.events.items()
        for parts in [{position: part for position, part, _ in found.told[name]}]
        for one in events
    }
    for name, events in found.events.items():
        reached: dict[tuple[str, int | None, str], tuple[int, str]] = {}
        for one in events:
            upstream, part, cause = causes.get(one.cause, (name, None, one))
            if upstream == name:
                continue
            key = (upstream, part, cause.subject)
            before, which = reached.get(key, (0, ""))
            if cause.position < before:
                yield f"order: {name} handled {cause.id} of {cause.subject} after {which}"
            reached[key] = max((before, which), (cause.position, cause.id))


def _fallen(what: str, positions: list[int], ids: list[str]) -> Iterator[str]:
    for before, after, which in zip(positions, positions[1:], ids[1:], strict=False):
        if after < before:
            yield f"order: {what}: {which} is recorded before what was acknowledged earlier"


def all_is_told(found: Gathered) -> Iterator[str]:
    """Each log is told to its end, with no event left out and each partition in one chain."""
    for name, events in found.events.items():
        end = max((one.position for one in events), default=0)
        if found.relayed[name] != end:
            yield f"not told: {name} is told up to {found.relayed[name]} of {end}"
        places = {position for position, _, _ in found.told[name]}
        yield from (
            f"not told: {name} left out {one.id} ({one.kind})"
            for one in events
            if one.is_told and one.position not in places
        )
        last: dict[int, int] = defaultdict(int)
        for position, part, previous in found.told[name]:
            if previous != last[part]:
                yield f"not told in order: {name}/{part} at {position} follows {previous}, not {last[part]}"
            last[part] = position


def all_is_heard(found: Gathered) -> Iterator[str]:
    """Every position is its upstream's last told; nothing waits."""
    ends: dict[tuple[str, int], int] = {}
    for name, told in found.told.items():
        for position, part, _ in told:
            ends[name, part] = position
    for (name, upstream, part), position in found.heard.items():
        if position != ends.get((upstream, part), 0):
            yield f"not heard: {name} heard {upstream}/{part} up to {position} of {ends.get((upstream, part), 0)}"


def nothing_waits(found: Gathered, planted: frozenset[str] = frozenset()) -> Iterator[str]:
    """Nothing is parked but what was planted: ids of parked messages."""
    yield from (
        f"parked: in {name} {id_}: {error}" for name, id_, error in found.parked if id_ not in planted
    )


def read_models_equal_their_rebuild(found: Gathered) -> Iterator[str]:
    """Live = made again from the log."""
    yield from (
        f"read model: {name}: {', '.join(tables)}" for name, tables in found.differing.items() if tables
    )


def services_agree(found: Gathered) -> Iterator[str]:
    """Who is certified is graded; every miss and every incident has its telling, and no other; all know the elders."""
    tables = found.tables
    enrolled = {row["elder"] for row in tables["elders"]}
    certified = {row["elder"] for row in tables["elders"] if row["status"] == "certified"}
    graded = {row["elder"] for row in tables["grades"] if row["grade"] is not None}
    yield from _unlike("certified", certified, "graded", graded)
    yield from _unlike(
        "enrolled",
        enrolled,
        "with a care record",
        {r["subject"] for r in tables["records"] if r["kind"] == "elder"},
    )
    known = {one.subject for one in found.events["notify"] if one.kind == "Person.Created"}
    yield from _unlike("enrolled", enrolled, "known to notify", known)

    def matters(about: str) -> set[tuple[Any, ...]]:
        rows = (row for row in tables["tellings"] if row["about"] == about)
        return {(r["subject"], r["incident"]) if about == "incident" else _miss(r) for r in rows}

    missed = {_miss(row) for row in tables["duties"] if row["status"] == "missed"}
    yield from _unlike("missed", missed, "told as missed", matters("missed"))
    incidents = {(row["elder"], row["incident"]) for row in tables["incidents"]}
    yield from _unlike("incidents", incidents, "told as incidents", matters("incident"))
    changed = {one.id for one in _of_kind(found, "FactsChanged")}
    yield from _unlike("changed facts", changed, "taken over by visits", changed & _causes(found, "visits"))
    urgent = {row["incident"] for row in tables["incidents"]}
    reported = {one.id for one in _of_kind(found, "Problem.Created") if one.content["problem"] in urgent}
    yield from _unlike("incidents", reported, "taken over by notify", reported & _causes(found, "notify"))
    unsent = {row["telling"] for row in tables["tellings"] if row["about"] == "incident"} - {
        row["telling"] for row in tables["notices"]
    }
    if unsent:
        yield f"incidents of which nobody was told: {_some(unsent)}"


def _causes(found: Gathered, name: str) -> set[str]:
    return {one.cause for one in found.events[name]}


def _miss(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["subject"], row["duty"], row["period"]


RULES: tuple[Callable[[Gathered], Iterator[str]], ...] = (
    nothing_is_lost,
    nothing_happened_twice,
    order_held,
    all_is_told,
    all_is_heard,
    read_models_equal_their_rebuild,
    services_agree,
)


def findings(found: Gathered, planted: frozenset[str] = frozenset()) -> list[str]:
    """What does not hold; empty where all is well. `planted` are ids of messages that must be parked, and are."""
    told = [one for rule in RULES for one in rule(found)] + list(nothing_waits(found, planted))
    missing = planted - {id_ for _, id_, _ in found.parked}
    return told + [f"not parked: {one} was planted, and nobody kept it" for one in sorted(missing)]


def _of_kind(found: Gathered, kind: str) -> list[Event]:
    return [one for events in found.events.values() for one in events if one.kind == kind]


def _by(items: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    held: dict[Any, list[Any]] = defaultdict(list)
    for one in items:
        held[key(one)].append(one)
    return held


def _twice(what: str, keys: Iterable[Any]) -> Iterator[str]:
    yield from (f"twice: {what} {key}: {times} times" for key, times in Counter(keys).items() if times > 1)


def _unlike(one: str, these: set[Any], other: str, those: set[Any]) -> Iterator[str]:
    if these - those:
        yield f"{one} and not {other}: {_some(these - those)}"
    if those - these:
        yield f"{other} and not {one}: {_some(those - these)}"


def _some(items: set[Any]) -> str:
    return f"{len(items)}: {sorted(map(str, items))[:MOST_SHOWN]}"
