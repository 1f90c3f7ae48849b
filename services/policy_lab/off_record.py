"""The recorded past beside its replay under the same policy: how late the record was, and what really differs.

Compared is what was concluded, about whom, told to whom and at which level. When it was told is lateness, and stands by
itself: a process that was behind, or a clock that jumps, tells the same later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from services.house.facts import Fact
from services.kernel.labels import chinese

AT, NONE = "at", timedelta()
TOLD = frozenset({"notice", "escalation_exhausted", "reminder"})
WHICH = ("fact", "elder", "subject", "about", "duty", "period", "incident", "problem", "stage", "unit")
"""What a fact is about; two that agree in it, and differ in something else, are one fact that came out differently."""
MATTER = ("about", "grade", "duty", "period", "incident", "problem", "stage", "unit")
NAMES = {
    "notice": "通知",
    "escalation_exhausted": "升级已尽",
    "reminder": "晨报提醒",
    "opened": "开出",
    "refused": "不予建档",
    "missed": "漏办",
    "ended_duty": "终止",
}
FIELDS = {
    "to": "收件人",
    "level": "级次",
    "on": "日期",
    "grade": "等级",
    "count": "次数",
    "shortfall": "欠缺",
    "responsible": "责任人",
    "reason": "原因",
}
ONLY = {
    "recorded": "只在记录 only in the record",
    "replayed": "只在重演 only in the replay",
    "both": "记录 → 重演 record → replay",
}


@dataclass(frozen=True)
class Lateness:
    """Of one kind of telling: how many went out when the replay says, later or earlier, and by how much at most."""

    kind: str
    on_time: int
    later: int
    earlier: int
    most_later: timedelta
    most_earlier: timedelta


@dataclass(frozen=True)
class Deviation:
    """One fact that is in the record alone, in the replay alone, or in both and differs in `fields`.

    `fields` are pairs (recorded, replayed) by their names; `fact` is the recorded one, else the replayed.
    """

    where: str
    fact: Fact
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class OffRecord:
    """What a replay under the present policy does not show as it was recorded."""

    lateness: list[Lateness]
    deviations: list[Deviation]

    def as_json(self) -> dict[str, Any]:
        """For programs: spans in seconds."""
        late = [
            asdict(kind)
            | {name: getattr(kind, name).total_seconds() for name in ("most_later", "most_earlier")}
            for kind in self.lateness
        ]
        return {"lateness": late, "deviations": [asdict(deviation) for deviation in self.deviations]}


def off_record(recorded: Iterable[Fact], replayed: Iterable[Fact]) -> OffRecord:
    """What was recorded, and what came of the same commands under the same policy."""
    slips: dict[str, list[timedelta]] = defaultdict(list)
    only: tuple[list[Fact], list[Fact]] = ([], [])
    by_content = _by_content(recorded), _by_content(replayed)
    for content in by_content[0].keys() | by_content[1].keys():
        sides = by_content[0].get(content, []), by_content[1].get(content, [])
        pairs = _nearest(*sides)
        for one, other in pairs:
            if AT in one:
                slips[one["fact"]].append(_moment(one) - _moment(other))
        for side, paired in enumerate(zip(*pairs, strict=True) if pairs else ((), ())):
            taken = set(map(id, paired))
            only[side].extend(fact for fact in sides[side] if id(fact) not in taken)
    return OffRecord(
        [_lateness(kind, slips[kind]) for kind in sorted(slips)],
        sorted(_deviations(*only), key=lambda one: (_when(one.fact), repr(one))),
    )


def _by_content(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=_when):
        found[repr(sorted((key, value) for key, value in fact.items() if key != AT))].append(fact)
    return found


def _nearest(ones: list[Fact], others: list[Fact]) -> list[tuple[Fact, Fact]]:
    """Pairs in the order of time that lie nearest to each other, as many as there can be."""
    if len(ones) > len(others):
        return [(one, other) for other, one in _nearest(others, ones)]
    spare, begin, pairs = len(others) - len(ones), 0, list[tuple[Fact, Fact]]()
    for place, one in enumerate(ones):
        near = range(begin, place + spare + 1)
        best = min(near, key=lambda number: abs(_moment(others[number]) - _moment(one)))
        pairs.append((one, others[best]))
        begin = best + 1
    return pairs


def _lateness(kind: str, slips: list[timedelta]) -> Lateness:
    later, earlier = [slip for slip in slips if slip > NONE], [-slip for slip in slips if slip < NONE]
    on_time = len(slips) - len(later) - len(earlier)
    most = max(later, default=NONE), max(earlier, default=NONE)
    return Lateness(kind, on_time, len(later), len(earlier), *most)


def _deviations(recorded: Iterable[Fact], replayed: Iterable[Fact]) -> Iterator[Deviation]:
    """What is about the same and differs in as little as possible is one; of a telling, in one thing alone."""
    left: dict[tuple[Any, ...], list[Fact]] = defaultdict(list)
    for fact in replayed:
        left[_about(fact)].append(fact)
    for fact in recorded:
        there = left[_about(fact)]
        other = min(
            there,
            key=lambda other: (len(_apart(fact, other)), abs(_moment(fact) - _moment(other))),
            default=None,
        )
        if other is None or (fact["fact"] in TOLD and len(_apart(fact, other)) > 1):
            yield Deviation("recorded", fact, {})
            continue
        there.remove(other)
        yield Deviation("both", fact, _apart(fact, other))
    yield from (Deviation("replayed", fact, {}) for facts in left.values() for fact in facts)


def _about(fact: Fact) -> tuple[Any, ...]:
    return (*(fact.get(key) for key in WHICH), fact.get("grade") if fact["fact"] in TOLD else None)


def _apart(one: Fact, other: Fact) -> dict[str, tuple[Any, Any]]:
    names = sorted((one.keys() | other.keys()) - {AT})
    return {name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)}


def _when(fact: Fact) -> str:
    return fact.get(AT) or fact["on"]


def _moment(fact: Fact) -> datetime:
    return datetime.fromisoformat(_when(fact)).replace(tzinfo=None)


def named(kind: str) -> str:
    """A kind of fact, in Chinese."""
    return NAMES.get(kind, chinese(kind))


def said_of(deviation: Deviation) -> tuple[str, str]:
    """What it is about, and in what it deviates."""
    fact = deviation.fact
    matter = " ".join(_word(fact[key]) for key in MATTER if fact.get(key) is not None)
    head = f"{_when(fact)[:16].replace('T', ' ')} {named(fact['fact'])} {fact['fact']}"
    rest = fact.keys() - {AT, "on", "fact", "subject", "elder", *MATTER}
    fields = deviation.fields or {key: (fact[key], None) for key in sorted(rest)}
    told = ", ".join(_field(name, pair, is_pair=bool(deviation.fields)) for name, pair in fields.items())
    subject = fact.get("subject") or fact["elder"]
    return f"  {head}: {subject} {matter}".rstrip(), f"    {ONLY[deviation.where]}: {told}".rstrip(": ")


def _field(name: str, pair: tuple[Any, Any], *, is_pair: bool) -> str:
    recorded, replayed = (_word(value) for value in pair)
    label = f"{FIELDS[name]} {name}" if name in FIELDS else name
    return f"{label} {recorded} → {replayed}" if is_pair else f"{label} {recorded}"


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(_word, value))
    return "–" if value is None else chinese(str(value))
