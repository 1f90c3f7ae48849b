"""Whether two entries may speak of one person: the same citizen number, else names that sound alike.

Where number and birth date differ it may still be one person, entered again after both were corrected: of the same name
and village, with the same supporters, phone or address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.registry.policies import LikenessPolicy


@dataclass(frozen=True)
class Identity:
    """What a person is known by: empty where the form does not say."""

    name: str
    citizen_number: str
    born: str
    village: str
    marks: frozenset[str] = frozenset()
    """Where and through whom they are reached: supporters, phone, address."""

    @classmethod
    def of(cls, form: dict[str, Any], village: str, supporters: Iterable[str] = ()) -> Identity:
        """As a form has it; `supporters` by name."""
        places = (f"{field}:{form[field]}" for field in ("phone", "address") if form.get(field))
        marks = frozenset((*places, *(f"supporter:{name}" for name in supporters if name)))
        known = (form.get("name") or "", form.get("citizen_number") or "", form.get("born", ""))
        return cls(*known, village, marks)


@dataclass(frozen=True)
class Likeness:
    """How alike two entries are: `percent` of their names, certain where the number is the same."""

    percent: int
    is_certain: bool


def likeness(one: Identity, other: Identity, policy: LikenessPolicy) -> Likeness | None:
    """None where nothing suggests that they are one person."""
    if one.citizen_number and one.citizen_number == other.citizen_number:
        return Likeness(100, is_certain=True)
    if one.village != other.village or not (one.name and other.name):
        return None
    if one.marks & other.marks and is_same_name(one.name, other.name):
        return Likeness(100, is_certain=False)
    if (one.citizen_number and other.citizen_number) or one.born != other.born:
        return None
    similarity = 1.0 if one.name == other.name else _sounds_like(one.name, other.name)
    return Likeness(int(similarity * 100), is_certain=False) if similarity >= policy.name_similarity else None


def is_same_name(one: str, other: str) -> bool:
    """The same, or the same but for a rare character that was written in another way, as 王䶮 and 王yan are."""
    if not (one and other):
        return False
    return one == other or any(re.fullmatch(_pattern(a), b) for a, b in ((one, other), (other, one)))


def _pattern(name: str) -> str:
    """Anything may stand in place of a character that keyboards lack; something of the name must be left."""
    parts = re.findall(r"[A-Za-z]+|.", name, re.DOTALL)
    if not any(map(_is_common, parts)):
        return re.escape(name)
    return "".join(re.escape(part) if _is_common(part) else "(?:.|[A-Za-z]+)" for part in parts)


def _is_common(part: str) -> bool:
    """A character of GB 2312, which every keyboard has."""
    try:
        return not part.isascii() and bool(part.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _sounds_like(one: str, other: str) -> float:
    """Of 1, by pinyin without tones: what is written down by ear is written in other characters."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - wanted seldom, and its tables are large

    return fuzz.ratio(_sound(one), _sound(other)) / 100


@lru_cache(maxsize=1024)
def _sound(name: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - as above

    return " ".join(lazy_pinyin(name))
